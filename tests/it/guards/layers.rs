//! Every arrow between the layers points the right way, and the outside stays where it belongs.

use std::collections::BTreeSet;

use super::source::{self, code_only};

/// What each top-level module may import, besides itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("config", &["domain"]),
    ("telemetry", &["domain"]),
    ("domain", &[]),
    ("store", &["domain", "config", "telemetry"]),
    ("services", &["domain", "store", "config", "telemetry"]),
    (
        "adapters",
        &["domain", "store", "services", "config", "telemetry"],
    ),
    (
        "app",
        &["domain", "store", "services", "adapters", "config", "telemetry"],
    ),
    (
        "http",
        &[
            "domain",
            "store",
            "services",
            "adapters",
            "app",
            "config",
            "telemetry",
        ],
    ),
    (
        "worker",
        &[
            "domain",
            "store",
            "services",
            "adapters",
            "app",
            "config",
            "telemetry",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "store",
            "services",
            "adapters",
            "app",
            "http",
            "worker",
            "config",
            "telemetry",
        ],
    ),
];

/// Crates and modules of the standard library that only some layers may name.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("actix_web", &["http", "cli"]),
    ("askama", &["http", "adapters"]),
    ("lettre", &["adapters"]),
    ("postgres", &["adapters"]),
    ("clap", &["cli"]),
    ("figment", &["config"]),
    (
        "std::fs",
        &["config", "adapters", "app", "http", "worker", "cli", "telemetry"],
    ),
    ("std::env", &["config", "adapters", "app", "cli"]),
    ("std::net::TcpStream", &["adapters", "cli"]),
    ("std::process", &["adapters", "cli"]),
    ("tokio", &["adapters", "app", "http", "worker", "cli"]),
    ("rand", &["services", "adapters", "app"]),
];

/// The module path of a file: `src/store/cases.rs` is `store`, `cases`.
fn module_of(path: &str) -> Vec<&str> {
    let inside = path.strip_prefix("src/").unwrap_or(path).trim_end_matches(".rs");
    inside.split('/').filter(|part| *part != "mod").collect()
}

/// The top-level modules of the crate that the code in `module` names, through `crate::` or `super::`.
fn named(module: &[&str], code: &str) -> BTreeSet<String> {
    let mut tops = BTreeSet::new();
    for tail in after(code, "crate::") {
        tops.extend(heads(tail));
    }
    let climb = "super::".repeat(module.len());
    for tail in after(code, &climb) {
        if !module.is_empty() && !tail.starts_with("super") {
            tops.extend(heads(tail));
        }
    }
    tops
}

/// What follows each `prefix` that begins a path.
fn after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let begins = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    let hits = code.match_indices(prefix).filter(|(at, _)| begins(*at));
    hits.map(|(at, _)| &code[at + prefix.len()..]).collect()
}

/// The first names of a path or of a `{…}` group of paths.
fn heads(tail: &str) -> Vec<String> {
    let Some(group) = tail.trim_start().strip_prefix('{') else {
        return vec![word(tail)];
    };
    let (mut depth, mut heads, mut expect) = (0, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expect = true,
            _ if c.is_alphabetic() && expect => {
                heads.push(word(&group[at..]));
                expect = false;
            }
            _ => {}
        }
    }
    heads
}

fn word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Whether code names a crate or module in a path.
fn uses(code: &str, name: &str) -> bool {
    let colons = format!("{name}::");
    let ended = [format!("use {name};"), format!("use {name} as ")];
    !after(code, &colons).is_empty() || ended.iter().any(|line| code.contains(line))
}

/// The code without its unit tests, which may use the outside: they stand last, or in a file of their own.
fn product<'a>(path: &str, code: &'a str) -> &'a str {
    if path.ends_with("/tests.rs") || path.contains("/tests/") {
        return "";
    }
    code.split_once("#[cfg(test)]")
        .map_or(code, |(product, _)| product)
}

/// What is wrong with the code of one file, as sentences.
fn wrong(path: &str, text: &str) -> Vec<String> {
    let module = module_of(path);
    let code = code_only(text);
    let Some(layer) = module.first().filter(|top| !["lib", "main"].contains(top)) else {
        return Vec::new();
    };
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| name == layer) else {
        return vec![format!(
            "{path}: `{layer}` has no place among the layers (tests/it/guards/layers.rs)"
        )];
    };
    let known = |top: &String| MAY_IMPORT.iter().any(|(name, _)| name == top);
    let arrows = named(&module, &code).into_iter().filter(known);
    let arrows = arrows.filter(|top| top != layer && !allowed.contains(&top.as_str()));
    let arrows = arrows.map(|top| format!("{path}: `{layer}` must not import `{top}`"));
    let product = product(path, &code);
    let outside = ONLY_IN
        .iter()
        .filter(|(name, layers)| !layers.contains(layer) && uses(product, name));
    let outside = outside.map(|(name, layers)| format!("{path}: `{name}` belongs in {}", layers.join(", ")));
    arrows.chain(outside).collect()
}

#[test]
fn every_arrow_points_to_the_left() {
    let files = source::files("src", "rs");
    assert!(files.len() > 5, "the source is read");
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| wrong(&file.path, &file.text))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_arrow_to_the_right_is_found_in_every_form() {
    for code in [
        "use crate::store::cases;",
        "use crate::{domain::right, store::{cases, jobs}};",
        "fn f(x: crate::store::Id) {}",
        "use super::super::store::cases;",
        "pub use crate::{\n    store,\n};",
    ] {
        let found = wrong("src/domain/case.rs", code);
        assert_eq!(
            found,
            ["src/domain/case.rs: `domain` must not import `store`"],
            "{code}"
        );
    }
    assert_eq!(wrong("src/worker/mod.rs", "use crate::http::error;").len(), 1);
    assert_eq!(wrong("src/extra.rs", "").len(), 1);
}

#[test]
fn an_arrow_to_the_left_and_what_only_looks_like_one_pass() {
    for (path, code) in [
        (
            "src/services/intake.rs",
            "use crate::{domain::{right, http_like}, store::http};",
        ),
        (
            "src/domain/case.rs",
            "// crate::store\nlet s = \"crate::store::x\"; use super::right; my_crate::store();",
        ),
        (
            "src/domain/a/b.rs",
            "use super::super::store_of_rules; use crate::domain::store;",
        ),
        ("src/lib.rs", "pub mod store;"),
    ] {
        assert_eq!(wrong(path, code), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn the_outside_is_named_only_where_it_belongs() {
    assert_eq!(wrong("src/domain/case.rs", "use std::fs;").len(), 1);
    assert_eq!(wrong("src/http/api.rs", "use diesel::prelude::*;").len(), 1);
    assert_eq!(
        wrong("src/services/x.rs", "let a = actix_web::web::Data;").len(),
        1
    );
    assert!(
        wrong(
            "src/store/cases.rs",
            "use diesel::prelude::*; use crate::domain::case;"
        )
        .is_empty()
    );
    assert!(wrong("src/services/x.rs", "#[cfg(test)]\nmod tests { use std::fs; }").is_empty());
    assert!(wrong("src/services/x.rs", "let a = my::rand::x; b.tokio();").is_empty());
}
