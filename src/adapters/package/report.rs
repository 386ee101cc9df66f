//! The report that opens a package: what is held and why, in the person's language (Art. 15(1) and (2), Art. 12(1)).

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;

use askama::Template;
use chrono::NaiveDate;

use super::{NamedFile, ZipPacking, folder};
use crate::adapters::templates::brand::legible_on_light;
use crate::adapters::templates::facts::Words;
use crate::adapters::templates::look::OrganisationLook;
use crate::adapters::texts::Texts;
use crate::domain::access::{ActualRecipient, Chosen, Fate};
use crate::domain::calendar::stockholm_date;
use crate::domain::language::Language;
use crate::domain::recipient::Recipient;
use crate::domain::right::Right;
use crate::services::packages::facts::{PackageFacts, PackageSource, PackedTable};

/// Rows of a table that the report shows; the files hold all.
const ROWS: usize = 50;
/// Characters of a value that it shows.
const CHARS: usize = 400;

/// What the report is called.
pub(super) const fn name(language: Language) -> &'static str {
    match language {
        Language::Sv => "rapport.html",
        Language::En => "report.html",
    }
}

#[derive(Template)]
#[template(path = "package/report.html")]
struct Report<'a> {
    t: Texts,
    look: &'a OrganisationLook,
    colour: String,
    authority: String,
    reference: &'a str,
    made_on: NaiveDate,
    is_access: bool,
    categories: Vec<CategoryPart>,
    recipients: Vec<RecipientPart>,
    decisions: Vec<[String; 3]>,
    without: Vec<WithoutPart>,
}

/// A category of data with all that is told of it.
struct CategoryPart {
    name: String,
    description: String,
    purposes: Vec<(String, String)>,
    source: String,
    kept: String,
    tables: Vec<TablePart>,
}

struct TablePart {
    system: String,
    table: String,
    rows: i64,
    counted: bool,
    kept: Option<(NaiveDate, NaiveDate)>,
    files: Vec<String>,
    columns: Vec<String>,
    sample: Vec<Vec<String>>,
}

impl TablePart {
    fn more(&self) -> bool {
        i64::try_from(self.sample.len()).unwrap_or_default() < self.rows
    }
}

struct RecipientPart {
    name: String,
    country: String,
    purpose: String,
    shared: String,
    transfer: Option<String>,
    informed: Vec<(NaiveDate, String)>,
}

struct WithoutPart {
    what: String,
    why: String,
    reason: String,
    withheld: bool,
}

/// The report.
pub(super) fn render(
    packing: &ZipPacking,
    facts: &PackageFacts,
    files: &[NamedFile],
    source: &mut dyn PackageSource,
) -> io::Result<String> {
    let words = Words {
        t: Texts::new(facts.language),
        organisation: &packing.organisation,
    };
    let report = Report {
        t: words.t,
        look: &packing.look,
        colour: legible_on_light(&packing.look.colour),
        authority: packing.organisation.authority.name.get(facts.language).to_owned(),
        reference: &facts.reference,
        made_on: stockholm_date(facts.made_at),
        is_access: facts.right == Right::Access,
        categories: categories(words, facts, files, source)?,
        recipients: facts
            .recipients
            .iter()
            .filter_map(|one| recipient(words, one))
            .collect(),
        decisions: decisions(words),
        without: without(words, facts),
    };
    report.render().map_err(io::Error::other)
}

fn categories(
    words: Words<'_>,
    facts: &PackageFacts,
    files: &[NamedFile],
    source: &mut dyn PackageSource,
) -> io::Result<Vec<CategoryPart>> {
    let language = words.t.language();
    let category_of = |table: &PackedTable| {
        let mapped = words.organisation.map.table(&table.system, &table.table);
        mapped.map(|mapped| mapped.category.clone()).unwrap_or_default()
    };
    let mut parts = Vec::new();
    for category in &words.organisation.categories {
        let mut tables = Vec::new();
        for (at, table) in facts.tables.iter().enumerate() {
            if category_of(table) == category.id {
                tables.push(table_part(words, table, at, files, source)?);
            }
        }
        if tables.is_empty() {
            continue;
        }
        let purposes = category
            .purposes
            .iter()
            .filter_map(|id| words.organisation.purpose(id));
        let rule = category
            .retention
            .as_deref()
            .and_then(|id| words.organisation.retention_rule(id));
        parts.push(CategoryPart {
            name: category.name.get(language).to_owned(),
            description: category.description.get(language).to_owned(),
            purposes: purposes
                .map(|purpose| {
                    let bases: Vec<String> = purpose
                        .legal_bases
                        .iter()
                        .map(|basis| words.t.of("legal-basis-", basis.name()))
                        .collect();
                    (purpose.title.get(language).to_owned(), bases.join(", "))
                })
                .collect(),
            source: category.source.get(language).to_owned(),
            kept: rule
                .map(|rule| rule.text.get(language).to_owned())
                .unwrap_or_default(),
            tables,
        });
    }
    Ok(parts)
}

fn table_part(
    words: Words<'_>,
    table: &PackedTable,
    at: usize,
    files: &[NamedFile],
    source: &mut dyn PackageSource,
) -> io::Result<TablePart> {
    let mut sample = Vec::new();
    if !table.counted {
        source.rows(at, &mut |row| {
            sample.push(
                row.into_iter()
                    .map(|value| shortened(value.unwrap_or_default()))
                    .collect(),
            );
            Ok(if sample.len() < ROWS {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        })?;
    }
    let own = files.iter().filter(|file| file.table == at);
    Ok(TablePart {
        system: words.system(&table.system),
        table: table.table.clone(),
        rows: table.rows,
        counted: table.counted,
        kept: table.kept.map(|kept| (kept.first, kept.last)),
        files: own
            .map(|file| file.name.clone())
            .chain(table.files.then(|| folder(table)))
            .collect(),
        columns: table.columns.iter().map(|column| column.name.clone()).collect(),
        sample,
    })
}

fn shortened(value: String) -> String {
    match value.char_indices().nth(CHARS) {
        Some((at, _)) => format!("{} …", value.get(..at).unwrap_or_default()),
        None => value,
    }
}

fn recipient(words: Words<'_>, actual: &ActualRecipient) -> Option<RecipientPart> {
    let (t, language) = (words.t, words.t.language());
    let known = words.organisation.recipient(&actual.recipient)?;
    let purpose = words.organisation.purpose(&known.purpose);
    let informed = actual.informed.iter().map(|informed| {
        let outcome = informed.outcome.as_ref().map_or_else(
            || t.get("recipients-no-answer"),
            |outcome| t.or("outcome-", outcome),
        );
        (
            informed.on,
            format!("{}: {outcome}", t.or("notice-kind-", &informed.kind)),
        )
    });
    Some(RecipientPart {
        name: known.own_name.as_ref().map_or_else(
            || known.name.clone(),
            |own| format!("{} ({})", known.name, own.name),
        ),
        country: known.country.map_or_else(
            || t.get("report-country-unknown"),
            |country| country.name(language).unwrap_or(country.code()).to_owned(),
        ),
        purpose: purpose
            .map(|purpose| purpose.title.get(language).to_owned())
            .unwrap_or_default(),
        shared: known.shared.get(language).to_owned(),
        transfer: transfer(t, known),
        informed: informed.collect(),
    })
}

/// Where data leaves the EEA, on which safeguard (Art. 15(2), 46).
fn transfer(t: Texts, recipient: &Recipient) -> Option<String> {
    match recipient.is_in_eea() {
        Some(true) => None,
        Some(false) => Some(recipient.safeguard.as_ref().map_or_else(
            || t.get("report-safeguard-missing"),
            |safeguard| t.one("report-safeguard", "what", safeguard.get(t.language())),
        )),
        None => Some(t.get("report-transfer-unknown")),
    }
}

fn decisions(words: Words<'_>) -> Vec<[String; 3]> {
    let language = words.t.language();
    let told = words.organisation.automated_decisions.iter();
    told.map(|decision| {
        [&decision.title, &decision.logic, &decision.consequences].map(|text| text.get(language).to_owned())
    })
    .collect()
}

/// What is not in the package, by category and reason.
fn without(words: Words<'_>, facts: &PackageFacts) -> Vec<WithoutPart> {
    let mut seen = BTreeSet::new();
    let line = |chosen: &Chosen| {
        let what = format!(
            "{} ({})",
            words.contents(&chosen.system, &chosen.table),
            words.system(&chosen.system)
        );
        let (why, reason, withheld) = match &chosen.fate {
            Fate::Withheld { ground, reason } => {
                (words.t.of("refusal-", ground.name()), reason.clone(), true)
            }
            Fate::LeftOut { why } => (words.t.of("left-out-", why.name()), String::new(), false),
            Fate::Included | Fate::Counted => return None,
        };
        seen.insert((what.clone(), why.clone())).then_some(WithoutPart {
            what,
            why,
            reason,
            withheld,
        })
    };
    facts.without.iter().filter_map(line).collect()
}
