//! The shape of files: how they open, how long they and their functions are, and words that must not be in them.

use std::process::Command;
use std::{fs, iter};

use super::source::{self, File, code_only};
use crate::support::fixtures;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

/// Written by a tool, not by us.
const GENERATED: &[&str] = &["src/store/schema.rs"];

fn ours() -> Vec<File> {
    let files = source::files("src", "rs")
        .into_iter()
        .chain(source::files("tests", "rs"));
    let files = files.chain(source::files("benches", "rs"));
    let files: Vec<File> = files
        .filter(|file| !GENERATED.contains(&file.path.as_str()))
        .collect();
    assert!(files.len() > 10, "the source is read");
    files
}

/// A function: its first line (from 1) and its lines of code, blank ones and comments not counted.
struct Function {
    line: usize,
    lines: usize,
    excused: bool,
}

/// The functions of formatted code: each ends at the brace that stands as far in as its `fn`.
fn functions(text: &str) -> Vec<Function> {
    let code = code_only(text);
    let lines: Vec<&str> = code.lines().collect();
    let written: Vec<&str> = text.lines().collect();
    let starts = lines.iter().enumerate().filter(|(_, line)| is_function(line));
    let whole = starts.filter_map(|(start, line)| {
        let indent = line.len() - line.trim_start().len();
        let end = format!("{}}}", " ".repeat(indent));
        let header = lines[start..]
            .iter()
            .position(|line| line.trim_end().ends_with(['{', ';', '}']))?;
        if !lines[start + header].trim_end().ends_with('{') {
            return None; // without a body, or all of it on this line
        }
        let length = lines[start..].iter().position(|line| line.trim_end() == end)?;
        let body = &lines[start + header + 1..start + length];
        let above = written[..start]
            .iter()
            .rev()
            .take_while(|line| !line.trim().is_empty() && line.trim() != "}");
        Some(Function {
            line: start + 1,
            lines: body.iter().filter(|line| !line.trim().is_empty()).count(),
            excused: above
                .into_iter()
                .any(|line| line.contains("expect(clippy::too_many_lines")),
        })
    });
    whole.collect()
}

fn is_function(line: &str) -> bool {
    let words = line.split_whitespace().take_while(|word| {
        let modifier = ["async", "const", "unsafe", "extern", "default", "fn"].contains(word);
        modifier || word.starts_with("pub")
    });
    words.last() == Some("fn")
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let silent: Vec<String> = ours()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.path)
        .collect();
    assert!(
        silent.is_empty(),
        "no `//!` on the first line of: {}",
        silent.join(", ")
    );
}

#[test]
fn no_file_is_too_long() {
    let lines = |file: &File| file.text.lines().count();
    let long: Vec<String> = ours()
        .iter()
        .filter(|file| lines(file) > FILE_LINES)
        .map(|file| format!("{}: {} lines", file.path, lines(file)))
        .collect();
    assert!(
        long.is_empty(),
        "more than {FILE_LINES} lines:\n{}",
        long.join("\n")
    );
}

#[test]
fn no_function_is_too_long() {
    let mut seen = 0;
    let mut long = Vec::new();
    for file in ours() {
        for function in functions(&file.text) {
            seen += 1;
            if function.lines > FUNCTION_LINES && !function.excused {
                long.push(format!(
                    "{}:{}: {} lines",
                    file.path, function.line, function.lines
                ));
            }
        }
    }
    assert!(seen > 50, "only {seen} functions were found");
    assert!(
        long.is_empty(),
        "more than {FUNCTION_LINES} lines:\n{}",
        long.join("\n")
    );
}

#[test]
fn a_function_is_measured_by_its_code() {
    let body: String = iter::repeat_n("        f();\n\n        // why\n", 61).collect();
    let long = format!("impl A {{\n    pub(crate) async fn g(\n        a: u8,\n    ) {{\n{body}    }}\n}}\n");
    let found = functions(&long);
    assert_eq!(
        (found.len(), found[0].line, found[0].lines, found[0].excused),
        (1, 2, 61, false)
    );
    let reason = "    #[expect(clippy::too_many_lines, reason = \"a table\")]\n    pub(crate)";
    let excused = functions(&long.replace("    pub(crate)", reason));
    assert!(excused[0].excused);
    assert!(functions("trait T {\n    fn a(&self);\n    fn b() {}\n}\n// fn c() {\n").is_empty());
}

/// Words that tell where something was made, not what it is; split so that this file does not hold them.
fn forbidden() -> Vec<String> {
    [
        ("/wo", "rk/"),
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("sparse+", "http"),
        (".cargo/", "registry"),
    ]
    .map(|(a, b)| format!("{a}{b}"))
    .to_vec()
}

/// The forbidden words in a text, each as a name of its own: `/network/` is none.
fn told(path: &str, text: &str) -> Vec<String> {
    let line_tells = |line: &str, word: &str| {
        line.match_indices(word)
            .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.'))
    };
    let lines = text.lines().enumerate();
    let hits = lines.flat_map(|(at, line)| forbidden().into_iter().map(move |word| (at, line, word)));
    let hits = hits.filter(|(_, line, word)| line_tells(line, word));
    hits.map(|(at, _, word)| format!("{path}:{}: {word}", at + 1))
        .collect()
}

/// The files that git tracks here; none outside a clone, such as in an unpacked archive.
fn tracked() -> Vec<String> {
    let mut git = Command::new("git");
    git.args(["-c", "safe.directory=*", "ls-files", "-z"])
        .current_dir(fixtures::root());
    let listed = git.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&listed)
        .split_terminator('\0')
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_tracked_file_tells_where_it_was_made() {
    let mut wrong = Vec::new();
    for path in tracked() {
        if let Ok(text) = fs::read_to_string(fixtures::root().join(&path)) {
            wrong.extend(told(&path, &text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_forbidden_word_is_found_where_it_stands_alone() {
    let path = &forbidden()[0];
    assert_eq!(
        told("a.md", &format!("x\nin {path}main")),
        [format!("a.md:2: {path}")]
    );
    assert!(told("a.md", &format!("https://host.example{path}x, /network/")).is_empty());
}

#[test]
fn every_locked_package_comes_from_the_public_index() {
    let lock = fs::read_to_string(fixtures::root().join("Cargo.lock")).unwrap();
    let sources = lock.lines().filter_map(|line| line.strip_prefix("source = "));
    let strange: Vec<&str> = sources
        .filter(|it| *it != "\"registry+https://github.com/rust-lang/crates.io-index\"")
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}
