//! What a host reads when its file is wrong.

use std::fs;

use rstest::rstest;

use crate::adapters::profiles::{ProfileError, load};

const GOOD: &str = include_str!("../../../../config/organisations/admax.toml");

/// The message for the ADMAX profile in which `from` stands as `to`; the folder is left out of it.
fn message(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("organisations").join("host.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::create_dir(folder.path().join("systems")).unwrap();
    for part in ["billing", "hosting", "crm"] {
        let from = format!("{}/config/systems/{part}.toml", env!("CARGO_MANIFEST_DIR"));
        fs::copy(from, folder.path().join("systems").join(format!("{part}.toml"))).unwrap();
    }
    fs::write(&file, GOOD.replacen(from, to, 1)).unwrap();
    let answer = load(file.to_str().unwrap());
    answer
        .unwrap_err()
        .to_string()
        .replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn the_same_file_unharmed_loads_from_disk_under_its_own_name() {
    let file = format!("{}/config/organisations/admax.toml", env!("CARGO_MANIFEST_DIR"));
    let (mut read, shipped) = (load(&file).unwrap(), load("admax").unwrap());
    assert!(
        read.files.values().all(|file| file.starts_with('/')),
        "{:?}",
        read.files
    );
    assert_eq!(read.files.len(), shipped.files.len());
    read.files.clone_from(&shipped.files);
    assert_eq!(read, shipped);
}

#[rstest]
#[case::value_of_the_wrong_kind(
    "name = \"ADMAX AB\"",
    "name = 5",
    "organisations/host.toml:3: name: invalid type: integer `5`, expected a string"
)]
#[case::word_that_is_none_of_the_allowed(
    "kind = \"registry\"",
    "kind = \"register\"",
    "organisations/host.toml:222: recipients[3].kind: unknown variant `register`, expected one of `registry`, `registrar`, `office_licence`, `firewall`, `hosting`, `credit`, `accounting`, `payment`, `crm`, `newsletter`, `analytics`, `telephony`, `chat`, `certificate_authority`"
)]
#[case::unknown_key(
    "country = \"DE\"",
    "contry = \"DE\"",
    "organisations/host.toml:204: recipients[2].contry: unknown field `contry`, expected one of `id`, `name`, `former_names`, `own_name`, `same_name_as`, `country`, `safeguard`, `kind`, `role`, `agreement`, `review_on`, `purpose`, `group`, `categories`, `shared`, `used_when`, `identifiers`, `registries`, `contact`, `answer_within_days`, `follow_up`, `owner`, `impossible`"
)]
#[case::missing_key(
    "colour = \"#0b5cad\"\n",
    "",
    "organisations/host.toml:1: colour: missing field `colour`"
)]
#[case::country(
    "country = \"DE\"",
    "country = \"Tyskland\"",
    "organisations/host.toml:204: recipients[2].country: expected a country code of two upper-case letters, such as SE"
)]
#[case::colour(
    "#0b5cad",
    "blue",
    "organisations/host.toml:4: colour: expected a colour such as \"#1a5fb4\""
)]
#[case::date(
    "start = \"2018-01-01\"",
    "start = \"2018-13-01\"",
    "organisations/host.toml:10: fiscal_years[0].start: invalid value: string \"2018-13-01\", expected a date in quotation marks, such as \"2026-11-21\""
)]
#[case::date_of_another_type(
    "start = \"2018-01-01\"",
    "start = 2018-01-01",
    "organisations/host.toml:10: fiscal_years[0].start: invalid type: map, expected a date in quotation marks, such as \"2026-11-21\""
)]
#[case::key_missing_further_in(
    "role = \"processor\"\n",
    "",
    "organisations/host.toml:201: recipients[2].role: missing field `role`"
)]
#[case::condition(
    "none_of = [\"fi\", \"no\", \"bo\", \"dk\"]",
    "never = []",
    "organisations/host.toml:211: recipients[2].used_when.never: unknown field `never`, expected one of `system`, `table`, `field`, `any_of`, `none_of`, `present`"
)]
#[case::condition_without_a_test(
    ", none_of = [\"fi\", \"no\", \"bo\", \"dk\"]",
    "",
    "organisations/host.toml:211: recipients[2].used_when: expected system and table, alone or with field and one of any_of, none_of or present = true"
)]
#[case::level(
    "[contact]",
    "[levels]\nerasure = \"A9\"\n\n[contact]",
    "organisations/host.toml:22: levels.erasure: unknown variant `A9`, expected one of `A0`, `A1`, `A2`, `A3`"
)]
#[case::right(
    "[contact]",
    "[levels]\nerase = \"A3\"\n\n[contact]",
    "organisations/host.toml:22: levels.erase: unknown field `erase`, expected one of `access`, `rectification`, `erasure`, `restriction`, `portability`, `objection`, `consent_withdrawal`, `human_review`"
)]
#[case::not_toml(
    "[contact]",
    "[contact",
    "organisations/host.toml:21: .: unclosed table, expected `]`"
)]
#[case::included_file(
    "../systems/crm.toml",
    "../systems/sales.toml",
    "systems/sales.toml: No such file or directory (os error 2)"
)]
fn a_bad_file_names_file_line_key_and_what_was_expected(
    #[case] from: &str,
    #[case] to: &str,
    #[case] expected: &str,
) {
    assert_eq!(message(from, to), expected);
}

#[rstest]
#[case::as_it_should_be("erase = \"delete\"", "fine")]
#[case::erase_word(
    "erase = \"remove\"",
    "map.toml:9: systems[0].tables[0].erase: invalid value: string \"remove\", expected \"delete\", { delete = true, else_reduce_to = [columns] }, { fields = { column = \"null\" } }, { retain = ground, fiscal_date = column } or { keep = reason }"
)]
#[case::erase_two_ways(
    "erase = { delete = true, retain = \"bookkeeping\" }",
    "map.toml:9: systems[0].tables[0].erase: invalid value: map, expected \"delete\", { delete = true, else_reduce_to = [columns] }, { fields = { column = \"null\" } }, { retain = ground, fiscal_date = column } or { keep = reason }"
)]
#[case::erase_ground(
    "erase = { retain = \"taxes\", fiscal_date = \"d\" }",
    "map.toml:9: systems[0].tables[0].erase.retain: unknown variant `taxes`, expected `bookkeeping` or `one_stop_shop`"
)]
#[case::erase_key(
    "erase = { remove = true }",
    "map.toml:9: systems[0].tables[0].erase.remove: unknown field `remove`, expected one of `delete`, `else_reduce_to`, `retain`, `fiscal_date`, `oss_when`, `keeps`, `bar`, `keep`, `fields`"
)]
#[case::erase_number(
    "erase = 3",
    "map.toml:9: systems[0].tables[0].erase: invalid type: integer `3`, expected \"delete\", { delete = true, else_reduce_to = [columns] }, { fields = { column = \"null\" } }, { retain = ground, fiscal_date = column } or { keep = reason }"
)]
fn a_bad_rule_of_a_table_says_how_it_is_written(#[case] rule: &str, #[case] expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("host.toml");
    let table = format!(
        "[[systems]]\nid = \"a\"\nname = {{ sv = \"a\", en = \"a\" }}\nconnector = \"manual\"\n\
         [[systems.tables]]\nname = \"t\"\ncategory = \"c\"\norigin = \"provided\"\n{rule}\n"
    );
    let head = GOOD.replace(
        "include = [\"../systems/billing.toml\", \"../systems/hosting.toml\", \"../systems/crm.toml\", \"../systems/files.toml\"]",
        "include = [\"map.toml\"]",
    );
    fs::write(&file, head).unwrap();
    fs::write(folder.path().join("map.toml"), table).unwrap();
    let answer = load(file.to_str().unwrap()).map_or_else(|error| error.to_string(), |_| "fine".to_owned());
    assert_eq!(
        answer.replace(&format!("{}/", folder.path().display()), ""),
        expected
    );
}

#[test]
fn an_unknown_name_is_answered_with_those_there_are() {
    let error = load("admx").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no profile is called admx; there are: admax, iso27001-host, poise, skara-websolution, webbplats-nu"
    );
    assert!(matches!(
        load("/no/such/profile.toml"),
        Err(ProfileError::Unreadable { .. })
    ));
}
