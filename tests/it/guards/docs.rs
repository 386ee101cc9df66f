//! The documents say what is there: their links lead somewhere, the commands they name exist, and every code that a
//! case shows is explained.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use dataratt::adapters::profiles;
use dataratt::domain::organisation::{Severity, findings};

use super::source::{self, File};
use crate::support::fixtures::root;

/// The documents at the top and under `docs/`.
fn documents() -> Vec<File> {
    let at_the_top = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(|path| File {
        path: path.to_owned(),
        text: fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}")),
    });
    let documents: Vec<File> = at_the_top
        .into_iter()
        .chain(source::files("docs", "md"))
        .collect();
    assert!(
        documents.len() > 15,
        "only {} documents were found",
        documents.len()
    );
    documents
}

fn document(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// A document without its blocks of code, whose brackets are no links.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let kept = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// What links and pictures point at: `[text](here)`, and `src="here"`.
fn targets(text: &str) -> Vec<&str> {
    let after = |mark: &'static str, end: char| {
        let parts = text.split(mark).skip(1);
        parts.filter_map(move |rest| rest.split(end).next())
    };
    after("](", ')').chain(after("src=\"", '"')).collect()
}

/// The anchor that a heading gets where the documents are read.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars();
    kept.filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() })
        .collect()
}

fn anchors(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    prose(&text)
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(anchor)
        .collect()
}

fn is_broken(document: &File, target: &str) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return false;
    }
    let own = root().join(&document.path);
    let (path, part) = target.split_once('#').unwrap_or((target, ""));
    let file = match path {
        "" => own.clone(),
        path => own.parent().unwrap().join(path),
    };
    !file.exists() || !(part.is_empty() || anchors(&file).contains(part))
}

#[test]
fn every_link_leads_somewhere() {
    let mut seen = 0;
    let mut broken = Vec::new();
    for document in documents() {
        for target in targets(&prose(&document.text)) {
            seen += 1;
            if is_broken(&document, target) {
                broken.push(format!("{}: {target}", document.path));
            }
        }
    }
    assert!(seen > 40, "only {seen} links were found");
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_seen() {
    let document = File {
        path: "docs/api.md".into(),
        text: String::new(),
    };
    for target in [
        "nowhere.md",
        "../docs/api.md#no-such-part",
        "#no-such-part",
        "../README",
    ] {
        assert!(is_broken(&document, target), "{target}");
    }
    for target in ["operating.md", "../README.md", "#errors", "https://example.org/x"] {
        assert!(!is_broken(&document, target), "{target}");
    }
}

/// What stands as code in a document: its blocks' lines, and what is between backticks.
fn code(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            found.push(line);
        } else {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// The words with which the documents call a program.
fn words_after(program: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for document in documents() {
        for line in code(&document.text) {
            let tokens: Vec<&str> = line.split_whitespace().collect();
            let called = tokens.windows(2).filter(|pair| pair[0] == program);
            words.extend(called.map(|pair| pair[1].trim_end_matches([',', ';']).to_owned()));
        }
    }
    words
}

#[test]
fn every_make_target_that_is_named_exists() {
    let makefile = document("Makefile");
    let named = words_after("make");
    assert!(named.len() >= 3, "{named:?}");
    for word in named {
        assert!(makefile.contains(&format!("\n{word}:")), "make {word}");
    }
}

#[test]
fn every_command_that_is_named_exists() {
    let help = Command::new(env!("CARGO_BIN_EXE_dataratt"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let known: BTreeSet<String> = help
        .lines()
        .filter_map(|line| {
            line.strip_prefix("  ")?
                .split_whitespace()
                .next()
                .map(str::to_owned)
        })
        .collect();
    let named = words_after("dataratt");
    assert!(named.len() >= 6, "{named:?}");
    let is_word = |word: &&String| word.bytes().all(|b| b.is_ascii_lowercase());
    let unknown: Vec<&String> = named.difference(&known).filter(is_word).collect();
    assert!(unknown.is_empty(), "no such command: {unknown:?}");
}

#[test]
fn every_file_and_test_that_is_named_exists() {
    let sources = [source::files("src", "rs"), source::files("tests", "rs")].concat();
    let folders = ["src/", "tests/", "config/", "templates/", "docs/"];
    let (mut files, mut tests, mut missing) = (0, 0, Vec::new());
    for document in documents() {
        let text = prose(&document.text);
        for name in code(&text) {
            let is_test = document.path == "docs/security.md"
                && name.matches('_').count() > 2
                && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let exists = if folders.iter().any(|folder| name.starts_with(folder)) {
                files += 1;
                root().join(name).exists()
            } else if is_test {
                tests += 1;
                let definition = format!("fn {name}(");
                sources.iter().any(|file| file.text.contains(&definition))
            } else {
                true
            };
            if !exists {
                missing.push(format!("{}: {name}", document.path));
            }
        }
    }
    assert!(files > 30 && tests > 10, "{files} files, {tests} tests");
    assert!(missing.is_empty(), "there is no:\n{}", missing.join("\n"));
}

/// The codes that the source can put on a case.
fn attention_codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::from([dataratt::store::jobs::ATTENTION.to_owned()]);
    for file in source::files("src", "rs") {
        for call in file.text.split("set_attention(").skip(1) {
            codes.extend(quoted(call.split(';').next().unwrap_or_default()));
        }
        let chosen = file.text.split("let (attention, ").skip(1);
        codes.extend(chosen.flat_map(|rest| quoted(rest.split("};").next().unwrap_or_default())));
    }
    codes.retain(|code| !code.starts_with("system_") || code == "system_failed");
    codes
}

fn quoted(text: &str) -> Vec<String> {
    let parts = text.split('"').skip(1).step_by(2);
    let is_code = |part: &&str| part.len() > 5 && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    parts.filter(is_code).map(str::to_owned).collect()
}

/// The codes of the errors that services and pages make up, without tests.
fn error_codes() -> BTreeSet<String> {
    let kinds = [
        "Conflict",
        "Forbidden",
        "Gone",
        "Rejected",
        "Unavailable",
        "Unauthenticated",
    ];
    let mut codes = BTreeSet::new();
    for file in source::files("src", "rs") {
        let product = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for kind in kinds {
            let call = format!("Error::{kind}(\"");
            let made = product.split(&call).skip(1);
            codes.extend(made.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
    codes
}

#[test]
fn every_error_code_stands_in_the_documentation_of_the_api() {
    let codes = error_codes();
    assert!(codes.len() >= 60, "{codes:?}");
    let api = document("docs/api.md");
    let silent: Vec<&String> = codes
        .iter()
        .filter(|code| !api.contains(&format!("`{code}`")))
        .collect();
    assert!(silent.is_empty(), "docs/api.md says nothing of {silent:?}");
}

/// The codes that have a text for staff.
fn attention_texts() -> BTreeSet<String> {
    let texts = source::files("locales/sv", "ftl");
    let lines = texts.iter().flat_map(|file| file.text.lines());
    let keys = lines.filter_map(|line| line.split_once(" = ")?.0.strip_prefix("attention-"));
    keys.map(str::to_owned).collect()
}

#[test]
fn every_code_that_asks_for_attention_is_explained() {
    let mut codes = attention_codes();
    assert!(codes.len() >= 10, "{codes:?}");
    codes.extend(attention_texts());
    let operating = document("docs/operating.md");
    let silent: Vec<&String> = codes
        .iter()
        .filter(|code| !operating.contains(&format!("`{code}`")))
        .collect();
    assert!(silent.is_empty(), "docs/operating.md says nothing of {silent:?}");
}

#[test]
fn the_example_of_a_profile_holds_together() {
    let path = root().join("docs/examples/small-host.toml");
    let organisation = profiles::load(&path.to_string_lossy()).unwrap();
    let errors: Vec<_> = findings(&organisation)
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// The parts of a data map that the documents show.
fn shown_maps() -> Vec<String> {
    let text = document("docs/data-map.md");
    let blocks = text.split("```toml\n").skip(1);
    let blocks = blocks.filter_map(|block| Some(block.split_once("```")?.0.to_owned()));
    blocks.filter(|block| block.starts_with("[[systems]]")).collect()
}

#[test]
fn what_is_shown_of_a_data_map_holds_together() {
    let maps = shown_maps();
    assert!(!maps.is_empty());
    let directory = tempfile::tempdir().unwrap();
    let shipped = |path: &str| fs::read_to_string(root().join("config").join(path)).unwrap();
    let profile = shipped("organisations/admax.toml").replace("\"../systems/files.toml\"", "\"shown.toml\"");
    let profile = profile.replace("../systems/", "");
    for name in ["billing", "hosting", "crm"] {
        let text = shipped(&format!("systems/{name}.toml"));
        fs::write(directory.path().join(format!("{name}.toml")), text).unwrap();
    }
    fs::write(directory.path().join("host.toml"), profile).unwrap();
    for map in maps {
        fs::write(directory.path().join("shown.toml"), &map).unwrap();
        let organisation = profiles::load(directory.path().join("host.toml").to_str().unwrap());
        let organisation = organisation.unwrap_or_else(|error| panic!("{error}\n{map}"));
        assert!(organisation.map.systems.len() > 3, "the example is read");
        let found = findings(&organisation);
        let errors: Vec<_> = found
            .iter()
            .filter(|found| found.severity == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{errors:?}\n{map}");
    }
}
