//! Which templates are taken, and that two people's values never lead to the same files.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn template(written: &str) -> Result<PathTemplate, String> {
    PathTemplate::try_from(written.to_owned())
}

fn completed(written: &str, values: &[(&str, &str)]) -> Result<Option<Vec<EntryName>>, UnfitValue> {
    let values: BTreeMap<&str, &str> = values.iter().copied().collect();
    template(written)
        .unwrap()
        .complete(|name| values.get(name).copied())
}

/// The path when all its names are exact.
fn path(written: &str, values: &[(&str, &str)]) -> String {
    let names = completed(written, values).unwrap().unwrap();
    let exact: Vec<&str> = names.iter().map(|name| name.exact().unwrap()).collect();
    exact.join("/")
}

#[rstest]
#[case("{login}")]
#[case("www/{login}")]
#[case("{login|first}/{login}")]
#[case("{mailbox|domain}/{mailbox|local}/Maildir")]
#[case("*/{domain}")]
#[case("{login}-{date}.tar.gz")]
#[case("{date}/{login}.{number}")]
#[case("u_{login}")]
#[case("{login}/*")]
fn a_template_that_leads_to_one_person(#[case] written: &str) {
    assert_eq!(template(written).unwrap().as_str(), written);
}

#[rstest]
#[case::for_everybody("shared")]
#[case::nothing("")]
#[case::empty_name("www//{login}")]
#[case::absolute("/srv/{login}")]
#[case::up("../{login}")]
#[case::up_later("{login}/..")]
#[case::here("./{login}")]
#[case::first_letter_alone("{login|first}")]
#[case::local_part_alone("{mailbox|local}")]
#[case::domain_alone("{mailbox|domain}")]
#[case::halves_of_two("{a|domain}/{b|local}")]
#[case::only_wildcards("*/{date}")]
#[case::wildcard_in_a_name("{login}-*")]
#[case::two_values("{login}-{domain}")]
#[case::number_touches("{login}{number}")]
#[case::date_touches("{date}{login}")]
#[case::letters_between("{login}x{number}")]
#[case::unknown_part("{login|upper}")]
#[case::no_name("{}")]
#[case::open("{login")]
#[case::closed("login}")]
#[case::zero("{login}\0")]
fn a_template_that_may_lead_to_others_is_refused(#[case] written: &str) {
    let message = template(written).unwrap_err();
    assert!(message.contains("expected names separated by /"), "{message}");
}

#[rstest]
#[case("www/{login}", "www/anna")]
#[case("{box|domain}/{box|local}", "kund.example/Info")]
#[case("{login|first}/{login|lower}", "a/anna")]
#[case("u_{login}.d", "u_anna.d")]
fn values_complete_a_path(#[case] written: &str, #[case] complete: &str) {
    let values = [("login", " anna "), ("box", "Info@kund.example")];
    assert_eq!(path(written, &values), complete);
}

#[rstest]
#[case::up("..")]
#[case::here(".")]
#[case::below("a/b")]
#[case::zero("a\0b")]
#[case::root("/")]
#[case::far_up("../../etc")]
fn a_value_that_is_no_name_completes_nothing(#[case] value: &str) {
    let failed = completed("www/{login}", &[("login", value)]).unwrap_err();
    assert_eq!(failed, UnfitValue("login".to_owned()));
    assert!(!failed.to_string().contains("etc"));
}

#[test]
fn a_value_too_long_for_a_name_completes_nothing() {
    let long = "a".repeat(256);
    assert!(completed("{login}", &[("login", &long)]).is_err());
    assert!(completed("{login}", &[("login", &long[1..])]).is_ok());
}

#[rstest]
#[case(&[])]
#[case(&[("login", "")])]
#[case(&[("login", "  ")])]
fn without_its_value_a_path_leads_nowhere(#[case] values: &[(&str, &str)]) {
    assert_eq!(completed("www/{login}", values), Ok(None));
}

#[rstest]
#[case("{login}-{date}.tar.gz", "anna-2026-11-21.tar.gz", true)]
#[case("{login}-{date}.tar.gz", "anna-20261121.tar.gz", true)]
#[case("{login}-{date}.tar.gz", "anna-2026-11-21-2026-11-22.tar.gz", false)]
#[case("{login}-{date}.tar.gz", "anna-lisa-2026-11-21.tar.gz", false)]
#[case("{login}-{date}.tar.gz", "anna-2026-1121.tar.gz", false)]
#[case("{login}-{date}.tar.gz", "anna-2026-11-21.tar.gz.old", false)]
#[case("{login}.{number}", "anna.17", true)]
#[case("{login}.{number}", "anna.", false)]
#[case("{login}.{number}", "anna.1.2", false)]
#[case("{number}-{login}", "17-anna", true)]
#[case("{number}-{login}", "anna", false)]
fn a_pattern_means_the_names_of_one_value(#[case] written: &str, #[case] name: &str, #[case] meant: bool) {
    let names = completed(written, &[("login", "anna")]).unwrap().unwrap();
    assert_eq!(names[0].exact(), None);
    assert_eq!(names[0].fits(name), meant);
}

#[test]
fn any_name_is_one_that_is_not_hidden() {
    let names = completed("*/{login}", &[("login", "anna")]).unwrap().unwrap();
    assert!(names[0].fits("2026") && !names[0].fits(".trash") && !names[0].fits(""));
}

#[rstest]
#[case("inv/{v}", "inv/1017", Some("1017"))]
#[case("inv/{v}.d", "inv/1017.d", Some("1017"))]
#[case("{v}-{date}.gz", "a-b-2026-11-21.gz", Some("a-b"))]
#[case("{number}.{v}", "7.1017", Some("1017"))]
#[case("{v|first}/{v}", "1/1017", Some("1017"))]
#[case("{v|lower}", "1017", None)]
fn a_path_tells_whose_it_is(#[case] written: &str, #[case] path: &str, #[case] value: Option<&str>) {
    let names: Vec<String> = path.split('/').map(str::to_owned).collect();
    let template = template(written).unwrap();
    assert!(
        template
            .anybodys()
            .iter()
            .zip(&names)
            .all(|(name, entry)| name.fits(entry))
    );
    assert_eq!(
        template.values_in(&names).unwrap().get("v").map(String::as_str),
        value
    );
    assert_eq!(template.values_in(&[]), None);
}

#[rstest]
#[case("www/{a}", "www/{b}", true)]
#[case("www/{a}", "mail/{b}", false)]
#[case("www/{a}/logs", "www/{b}", true)]
#[case("www/{a}", "www/{b}/logs", false)]
#[case("{a}-{date}.sql", "{a}-{date}.tar", false)]
#[case("{a}-{date}.gz", "{a}-{date}.sql.gz", true)]
#[case("u_{a}", "v_{a}", false)]
#[case("shared/{a}", "{a}/x", true)]
fn tables_that_may_share_files(#[case] one: &str, #[case] two: &str, #[case] inside: bool) {
    assert_eq!(template(one).unwrap().lies_in(&template(two).unwrap()), inside);
}

const TEMPLATES: [&str; 6] = [
    "{v}",
    "u_{v}-{date}.gz",
    "{number}.{v}",
    "{v}/{number}",
    "{v|first}/{v}",
    "{v}-{number}-{number}",
];

proptest! {
    #[test]
    fn no_entry_is_meant_by_two_values(
        one in "[ab1.-]{1,6}", other in "[ab1.-]{1,6}", date in "2026-11-2[0-9]", number in "[0-9]{1,3}"
    ) {
        prop_assume!(one != other);
        for written in TEMPLATES {
            let template = template(written).unwrap();
            let (Ok(Some(mine)), Ok(Some(theirs))) =
                (template.complete(|_| Some(&one)), template.complete(|_| Some(&other))) else { continue };
            // A name that is mine, with the date and numbers filled in.
            let first = one.chars().next().unwrap().to_string();
            let entry: Vec<String> = written
                .replace("{v|first}", &first)
                .replace("{v}", &one)
                .replace("{date}", &date)
                .replace("{number}", &number)
                .split('/')
                .map(str::to_owned)
                .collect();
            let fits = |names: &[EntryName]| names.iter().zip(&entry).all(|(name, entry)| name.fits(entry));
            prop_assert!(fits(&mine), "{written} {entry:?}");
            prop_assert!(!fits(&theirs), "{written} {entry:?} is also of {other:?}");
        }
    }

    #[test]
    fn whatever_a_value_is_the_names_stay_below(value in any::<String>()) {
        let names = template("a/{v}/{number}.{v}").unwrap().complete(|_| Some(&value));
        for name in names.ok().flatten().into_iter().flatten() {
            let plain = name.exact().is_none_or(|name| !name.contains(['/', '\0']) && !["", ".", ".."].contains(&name));
            prop_assert!(plain, "{name:?}");
        }
    }
}
