//! Swedish and English say the same: the same files, keys and variables.

use std::collections::{BTreeMap, BTreeSet};

use super::source;

/// A key (`message` or `message.attribute`) and the variables of its text.
type Texts = BTreeMap<String, BTreeSet<String>>;

/// The texts of one Fluent file, and the keys that it defines twice.
fn texts(ftl: &str) -> (Texts, Vec<String>) {
    let (mut texts, mut twice) = (Texts::new(), Vec::new());
    let (mut message, mut current) = (String::new(), String::new());
    for line in ftl.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = defined(line) {
            message = name.to_owned();
            current.clone_from(&message);
        } else if let Some(name) = line.trim_start().strip_prefix('.').and_then(defined) {
            current = format!("{message}.{name}");
        } else if current.is_empty() || line.trim().is_empty() {
            continue;
        } else {
            texts.entry(current.clone()).or_default().extend(variables(line));
            continue;
        }
        if texts.insert(current.clone(), variables(line)).is_some() {
            twice.push(current.clone());
        }
    }
    (texts, twice)
}

/// The name in `name = …`, when the line begins with one.
fn defined(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (!name.is_empty() && name.chars().all(inside)).then_some(name)
}

fn variables(line: &str) -> BTreeSet<String> {
    let inside = |c: &char| c.is_ascii_alphanumeric() || *c == '-' || *c == '_';
    let names = line
        .split('$')
        .skip(1)
        .map(|after| after.chars().take_while(inside).collect());
    names.filter(|name: &String| !name.is_empty()).collect()
}

/// Every text of a language with its file, and what is defined twice.
fn language(tag: &str) -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
    let (mut all, mut seen, mut twice) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
    let folder = format!("locales/{tag}");
    for file in source::files(&folder, "ftl") {
        let name = file.path.trim_start_matches(&folder).to_owned();
        let (texts, again) = texts(&file.text);
        twice.extend(again);
        for (key, variables) in texts {
            if !seen.insert(key.clone()) {
                twice.push(key.clone());
            }
            all.insert(format!("{name}: {key}"), variables);
        }
    }
    (all, twice)
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_variables() {
    let ((sv, sv_twice), (en, en_twice)) = (language("sv"), language("en"));
    let only = |a: &Texts, b: &Texts| {
        a.keys()
            .filter(|key| !b.contains_key(*key))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(only(&sv, &en), [""; 0], "only in Swedish");
    assert_eq!(only(&en, &sv), [""; 0], "only in English");
    let differ: Vec<_> = sv
        .iter()
        .filter(|(key, variables)| en[*key] != **variables)
        .collect();
    assert!(differ.is_empty(), "other variables in English: {differ:#?}");
    assert_eq!((sv_twice, en_twice), (vec![], vec![]), "defined twice");
}

#[test]
fn a_fluent_file_is_read_as_it_is_meant() {
    let ftl = concat!(
        "# note = $no\nhello = Hej { $name }!\nlong =\n    Du har { $count ->\n        [one] ett = ärende\n",
        "       *[other] { $count } ärenden\n    } till { DATETIME($due) }\n    .title = Om { $what }\nhello = igen\n",
    );
    let (texts, twice) = texts(ftl);
    let list = |key: &str| texts[key].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(texts.len(), 3);
    assert_eq!(
        (list("long"), list("long.title")),
        (vec!["count", "due"], vec!["what"])
    );
    assert_eq!(twice, ["hello"]);
}
