//! The draft as text.

use super::super::PersonalField;
use super::{Drafted, Link, Part};

pub(super) fn file(system: &Drafted<'_>, parts: &[Part<'_>], left: &[&str], keyless: &[&str]) -> String {
    let id = system.id;
    let variable: String = id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    let mut text = format!(
        "# A draft, made from names alone: read every line, above all what erasure does, and what is personal and missing.\n\
         # Its categories must be those of your profile. Then: dataratt check\n\
         [[systems]]\nid = {id}\nname = {{ sv = {id}, en = {id} }}\nconnector = \"{}\"\nurl = \"env:{variable}_DATABASE_URL\"\n\
         # Nothing is erased while this stands here: plans are compared with what you do by hand.\nmode = \"shadow\"\n\
         # backups_expire_after_days = 35\n",
        system.connector.name(),
        id = quoted(id),
    );
    for part in parts {
        text.push('\n');
        text.push_str(&table(part));
    }
    for (what, names) in [
        ("Left out, because nothing in them looks personal", left),
        ("Left out, because no unique key tells their rows apart", keyless),
    ] {
        if !names.is_empty() {
            text.push_str(&format!(
                "\n# {what}: {}\n",
                names
                    .iter()
                    .map(|name| quoted(name))
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
        }
    }
    text
}

fn table(part: &Part<'_>) -> String {
    let guess = &part.guess;
    let mut lines = Vec::new();
    let personal = guess.personal();
    if !personal.is_empty() {
        lines.push(format!("# Looks personal: {}", list(&personal)));
    }
    lines.push(format!("[[systems.tables]]\nname = {}", quoted(&part.table.name)));
    if part.key != ["id"] {
        lines.push(format!("key = [{}]", list(&part.key)));
    }
    if part.register {
        lines.push(
            "# The accounts: one row says who somebody is, and has the address on file.\nregister = true"
                .to_owned(),
        );
    }
    if guess.finds_a_person() {
        lines.push(format!(
            "person = {}",
            pairs(guess.person.iter().map(|(key, column)| (*key, *column)))
        ));
    }
    lines.extend(part.parent.as_ref().map(parent));
    if !part.references.is_empty() {
        lines.push(format!(
            "references = [{}]",
            list(&part.references.iter().copied().collect::<Vec<_>>())
        ));
    }
    for name in &part.back {
        lines.push(format!(
            "# Refers to {} too, which leads back here: that is emptied where it allows NULL.",
            quoted(name)
        ));
    }
    lines.push(rule(part));
    if guess.books().is_none() {
        let mut fields = guess.fields();
        fields.retain(|(_, column)| !part.key.contains(column));
        if !fields.is_empty() {
            lines.push(format!(
                "rectify = {}",
                pairs(
                    fields
                        .iter()
                        .map(|(field, column)| (PersonalField::name(*field), *column))
                )
            ));
        }
    }
    let free = guess.free();
    if !free.is_empty() {
        lines.push(format!("review = [{}]", list(&free)));
    }
    lines.join("\n") + "\n"
}

fn parent(link: &Link<'_>) -> String {
    let guessed = if link.is_guessed {
        "# No constraint says so: judged by the column's name.\n"
    } else {
        ""
    };
    let on = pairs(link.on.iter().copied());
    format!("{guessed}parent = {{ table = {}, on = {on} }}", quoted(link.to))
}

/// What erasure does, with the category that goes with it.
fn rule(part: &Part<'_>) -> String {
    let (category, erase) = match part.guess.books() {
        Some(Some(date)) => (
            "accounting",
            format!("# The date that decides the financial year?\nerase = {{ retain = \"bookkeeping\", fiscal_date = {} }}", quoted(date)),
        ),
        Some(None) => (
            "accounting",
            "# Accounting records? Then name their date: erase = { retain = \"bookkeeping\", fiscal_date = \"…\" }\nerase = { keep = \"bookkeeping\" }".to_owned(),
        ),
        None if part.is_kept => {
            let mut keep = part.key.clone();
            keep.extend(part.parent.iter().flat_map(|link| link.on.iter().map(|(here, _)| *here)));
            keep.extend(part.guess.fields().iter().filter(|(field, _)| {
                matches!(field, PersonalField::Name | PersonalField::Address | PersonalField::PostalCode | PersonalField::City)
            }).map(|(_, column)| *column));
            (
                "contact",
                format!("# What the records that stay need of it\nerase = {{ delete = true, else_reduce_to = [{}] }}", list(&keep)),
            )
        }
        None if part.guess.is_personal() => ("contact", "erase = \"delete\"".to_owned()),
        None => ("services", "erase = \"delete\"".to_owned()),
    };
    format!("category = \"{category}\"\norigin = \"provided\"\n{erase}")
}

fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| quoted(name))
        .collect::<Vec<_>>()
        .join(", ")
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = pairs
        .map(|(key, value)| format!("{} = {}", bare(key), quoted(value)))
        .collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn bare(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(plain) {
        key.to_owned()
    } else {
        quoted(key)
    }
}

/// A string as TOML writes it, on one line.
fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            c if c.is_control() => written.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => written.push(c),
        }
    }
    written + "\""
}
