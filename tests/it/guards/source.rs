//! Reading the source: its files, and its code without comments and literals.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::fixtures;

/// A file of the crate.
#[derive(Clone)]
pub struct File {
    /// Its path from the crate's folder, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// The files under `folder` whose names end in `.ext`, sorted; none when the folder is not there.
pub fn files(folder: &str, ext: &str) -> Vec<File> {
    let root = fixtures::root();
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|its| its == ext) {
                let inside = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                found.push(File {
                    path: inside,
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Rust code with every comment and literal blanked; lines stay where they are.
pub fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let skipped = comment(rest).or_else(|| literal(rest, after_word)).unwrap_or(0);
        let (gone, kept) = rest.split_at(skipped);
        code.extend(gone.chars().filter(|c| *c == '\n'));
        rest = kept;
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.push(' ');
        }
    }
    code
}

/// The length of the comment that `text` begins with; block comments nest.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.strip_prefix("/*")?;
    let (mut depth, mut at) = (1, 2);
    while depth > 0 && at < text.len() {
        let step = match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (1, 2),
            [b'*', b'/', ..] => (-1, 2),
            _ => (0, 1),
        };
        depth += step.0;
        at += step.1;
    }
    Some(at)
}

/// The length of the string or character literal that `text` begins with.
fn literal(text: &str, after_word: bool) -> Option<usize> {
    let body = text.strip_prefix('b').unwrap_or(text);
    let body = if after_word {
        text
    } else {
        body.strip_prefix('r').unwrap_or(body)
    };
    let prefix = text.len() - body.len();
    let raw = text[..prefix].ends_with('r');
    let hashes = if raw {
        body.bytes().take_while(|byte| *byte == b'#').count()
    } else {
        0
    };
    let quoted = body[hashes..].strip_prefix('"');
    if let Some(inside) = quoted.filter(|_| raw) {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(prefix + hashes + 1 + inside.find(&end)? + end.len());
    }
    if let Some(inside) = quoted {
        return Some(prefix + 1 + unescaped(inside, b'"')? + 1);
    }
    let inside = body.strip_prefix('\'').filter(|_| !raw)?;
    let mut chars = inside.chars();
    let is_char = chars.next()? == '\\' || chars.next() == Some('\'');
    is_char.then(|| unescaped(inside, b'\'').map(|end| prefix + 1 + end + 1))?
}

/// Where `end` stands for the first time without a backslash before it.
fn unescaped(text: &str, end: u8) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let found = byte == end && !escaped;
        escaped = byte == b'\\' && !escaped;
        found
    })
}

#[test]
fn code_is_left_and_words_are_gone() {
    let text = "use a::b; // crate::x\n/* crate::y /* z */ */ let s = \"a \\\" crate::w\"; f(b'\\'', 'q', r#\"crate::\"\"#);\n";
    let code = code_only(text);
    assert!(!code.contains("crate"), "{code}");
    assert_eq!(
        code.split_whitespace().collect::<String>(),
        "usea::b;lets=;f(,,);"
    );
    assert_eq!(code.lines().count(), 2);
}

#[test]
fn lifetimes_and_names_that_end_in_r_are_code() {
    let text = "fn f<'a>(s: &'a str, br: u8) -> &'static str { var\"x\" }\nlet t = \"two\nlines\"; g()";
    let code = code_only(text);
    assert!(
        code.contains("<'a>") && code.contains("&'static str") && code.contains("br: u8"),
        "{code}"
    );
    assert!(
        code.contains("var") && code.contains("g()") && !code.contains("lines"),
        "{code}"
    );
    assert_eq!(code.lines().count(), 3);
}
