//! The two languages hold the same keys, with the same values in them, and every key in use exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;

/// The messages of a language: key to what stands after it, over all its files.
fn messages(language: Language) -> BTreeMap<String, String> {
    let mut messages = BTreeMap::new();
    for file in files(&root().join("locales").join(language.tag()), "ftl") {
        let mut key = String::new();
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            if let Some((name, text)) = line
                .split_once(" =")
                .filter(|_| line.starts_with(char::is_alphabetic))
            {
                key = name.to_owned();
                let twice = messages.insert(key.clone(), text.to_owned());
                assert!(twice.is_none(), "{key} stands twice in {}", language.tag());
            } else if line.starts_with([' ', '\t']) {
                messages.get_mut(&key).unwrap().push_str(line);
            }
        }
    }
    messages
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| ending.split(' ').any(|e| extension == e))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What stands between quotes right after `call`, in all templates and sources.
fn quoted_after(call: &str) -> BTreeSet<String> {
    let mut sources = files(&root().join("templates"), "html txt");
    sources.extend(files(&root().join("src"), "rs"));
    let mut found = BTreeSet::new();
    for file in sources
        .iter()
        .filter(|file| !file.ends_with("texts_tests.rs") && !file.ends_with("texts.rs"))
    {
        let text = std::fs::read_to_string(file).unwrap();
        let after = text
            .split(call)
            .skip(1)
            .filter_map(|rest| rest.trim_start().strip_prefix('"'));
        found.extend(after.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    found
}

fn values(text: &str) -> BTreeSet<&str> {
    text.split('$')
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
        .collect()
}

#[test]
fn both_languages_have_the_same_keys_and_values() {
    let (swedish, english) = (messages(Language::Sv), messages(Language::En));
    let keys = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<BTreeSet<_>>();
    let differing: Vec<_> = keys(&swedish)
        .symmetric_difference(&keys(&english))
        .cloned()
        .collect();
    assert!(differing.is_empty(), "in one language only: {differing:?}");
    assert!(swedish.len() > 200, "the files were not read");
    for (key, text) in &swedish {
        assert_eq!(values(text), values(&english[key]), "{key}");
    }
}

#[test]
fn every_key_in_use_exists() {
    let known = messages(Language::Sv);
    let used: BTreeSet<_> = ["t.get(", "t.one(", "t.two(", "texts.get(", "texts.one("]
        .into_iter()
        .flat_map(quoted_after)
        .collect();
    assert!(used.len() > 100, "the templates were not read");
    let missing: Vec<_> = used.iter().filter(|key| !known.contains_key(*key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_prefix_in_use_leads_somewhere() {
    let known = messages(Language::Sv);
    for prefix in quoted_after("t.of(").into_iter().chain(quoted_after("t.or(")) {
        assert!(known.keys().any(|key| key.starts_with(&prefix)), "{prefix}");
    }
}

#[test]
fn no_text_is_left_over() {
    let used: BTreeSet<_> = ["t.get(", "t.one(", "t.two("]
        .into_iter()
        .flat_map(quoted_after)
        .collect();
    let prefixes: Vec<_> = ["t.of(", "t.or("]
        .into_iter()
        .flat_map(quoted_after)
        .filter(|p| !p.is_empty())
        .collect();
    let by_name = ["told-", "outcome-", "error-", "event-", "flash-"];
    let left: Vec<_> = messages(Language::Sv)
        .into_keys()
        .filter(|key| !used.contains(key))
        .filter(|key| !prefixes.iter().any(|prefix| key.starts_with(prefix.as_str())))
        .filter(|key| !by_name.iter().any(|prefix| key.starts_with(prefix)))
        .collect();
    assert!(left.is_empty(), "used nowhere: {left:?}");
}

#[test]
fn numbers_choose_between_one_and_many() {
    let (swedish, english) = (Texts::new(Language::Sv), Texts::new(Language::En));
    assert_eq!(swedish.one("queue-total", "count", 1_u64), "1 ärende");
    assert_eq!(swedish.one("queue-total", "count", 12_u64), "12 ärenden");
    assert_eq!(english.one("case-days-left", "count", 1_i64), "day left");
    assert_eq!(english.one("case-days-left", "count", -3_i64), "days left");
}

#[test]
fn thousands_stand_apart() {
    let (swedish, english) = (Texts::new(Language::Sv), Texts::new(Language::En));
    for (number, written) in [
        (0_i64, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (-123_456, "-123,456"),
        (12_345_678, "12,345,678"),
    ] {
        assert_eq!(english.number(number), written);
        assert_eq!(swedish.number(number), written.replace(',', "\u{a0}"));
    }
}

#[test]
fn a_date_is_written_the_same_in_both_languages() {
    let date = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    assert_eq!(
        Texts::new(Language::Sv).one("until", "date", date),
        "till och med 2026-11-21"
    );
    assert_eq!(
        Texts::new(Language::En).one("until", "date", date),
        "through 2026-11-21"
    );
}

#[test]
fn a_key_without_text_is_marked_and_never_borrowed_from_the_other_language() {
    assert_eq!(t(Language::En, "no-such-key"), "⟦no-such-key⟧");
}

#[test]
fn names_are_put_in_as_they_are() {
    let text = Texts::new(Language::Sv).one("error-contact", "email", "a+b@exempel.test");
    assert!(
        text.contains(" a+b@exempel.test."),
        "isolation marks would break addresses: {text:?}"
    );
}

#[rstest::rstest]
#[case(0, "0\u{a0}B", "0\u{a0}B")]
#[case(999, "999\u{a0}B", "999\u{a0}B")]
#[case(1000, "1\u{a0}kB", "1\u{a0}kB")]
#[case(1001, "1,1\u{a0}kB", "1.1\u{a0}kB")]
#[case(2_400_000, "2,4\u{a0}MB", "2.4\u{a0}MB")]
#[case(999_999, "1\u{a0}MB", "1\u{a0}MB")]
#[case(12_000_000_000_000_000, "12\u{a0}000\u{a0}TB", "12,000\u{a0}TB")]
fn a_length_is_told_in_the_unit_that_keeps_it_short(#[case] bytes: u64, #[case] sv: &str, #[case] en: &str) {
    assert_eq!(Texts::new(Language::Sv).size(bytes), sv);
    assert_eq!(Texts::new(Language::En).size(bytes), en);
}
