//! The settings: each says what it is for, and each is read.

use std::fs;
use std::path::Path;

use crate::support::fixtures::root;

/// A setting of `config/default.toml`, and whether a comment stands above it or the settings it belongs to.
struct Setting {
    name: String,
    explained: bool,
}

fn settings(text: &str) -> Vec<Setting> {
    let (mut section, mut explained) = (String::new(), false);
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('#') {
            explained = true;
        } else if line.is_empty() {
            explained = false;
        } else if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
            explained = false;
        } else if let Some((key, _)) = line.split_once('=') {
            let name = format!("{section}{}", key.trim());
            found.push(Setting { name, explained });
        }
    }
    found
}

/// All code that is no test.
fn code(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            code(&path, text);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            // A chain of fields may be broken over lines.
            text.extend(fs::read_to_string(path).unwrap().split_whitespace());
        }
    }
}

#[test]
fn every_setting_is_explained_and_read() {
    let text = fs::read_to_string(root().join("config/default.toml")).unwrap();
    let mut source = String::new();
    code(&root().join("src"), &mut source);
    let settings = settings(&text);
    assert!(settings.len() > 20, "only {} settings were found", settings.len());
    let silent: Vec<&str> = settings
        .iter()
        .filter(|it| !it.explained)
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(silent, Vec::<&str>::new(), "no comment");
    let unread = |it: &&Setting| !source.contains(&format!(".{}", it.name));
    let unread: Vec<&str> = settings
        .iter()
        .filter(unread)
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(unread, Vec::<&str>::new(), "nothing reads it");
}

#[test]
fn a_setting_without_a_word_is_seen() {
    let found = settings("# what\na = 1\nb = 2\n\nc = 3\n[s]\n# why\nd = 4\n");
    let names: Vec<(&str, bool)> = found.iter().map(|it| (it.name.as_str(), it.explained)).collect();
    assert_eq!(names, [("a", true), ("b", true), ("c", false), ("s.d", true)]);
}
