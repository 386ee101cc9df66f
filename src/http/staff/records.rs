//! What was collected for a person: on the page of the case, and page by page before it is released.

use actix_web::web;
use serde::Deserialize;

use super::case::path_of;
use super::case_page::{Reader, Seen};
use super::who::{Answer, Desk};
use crate::adapters::templates::facts::Words;
use crate::domain::access::{self, Chosen, Fate};
use crate::domain::ids::Reference;
use crate::domain::right::Right;
use crate::http::pages::{Visit, local_time};
use crate::http::views::staff::{CollectView, PartRow, RecordsPage, StaffPackageView};
use crate::services::Error;
use crate::services::packages::{self, PartView};

/// What the collecting form offers; nothing when there is nothing to choose.
pub(super) fn collecting(reader: &Reader<'_>, seen: &Seen) -> CollectView {
    let (words, organisation) = (reader.words, reader.words.organisation);
    let open = match seen.case.case.case.right {
        Right::Portability => access::undecided(organisation),
        _ => vec![],
    };
    let bases = |one: &access::Undecided| {
        let all = one.purposes.iter().map(|(id, bases)| {
            let bases: Vec<String> = bases
                .iter()
                .map(|basis| words.t.of("legal-basis-", basis.name()))
                .collect();
            let title = organisation
                .purpose(id)
                .map(|purpose| purpose.title.get(words.t.language()));
            format!("{}: {}", title.unwrap_or(id), bases.join("; "))
        });
        all.collect::<Vec<_>>()
    };
    let undecided = open
        .iter()
        .map(|one| (one.category.clone(), words.category(&one.category), bases(one)));
    let mapped = organisation.map.tables();
    let categories = organisation
        .categories
        .iter()
        .map(|category| (category.id.clone(), words.category(&category.id)));
    let tables = mapped.map(|(system, table)| {
        let name = table.full_name(system);
        (name, format!("{}: {}", words.system(&system.id), table.name))
    });
    CollectView {
        undecided: undecided.collect(),
        items: categories.chain(tables).collect(),
    }
}

/// The package of a case.
pub(super) fn package(reader: &Reader<'_>, seen: &Seen) -> Option<StaffPackageView> {
    let package = seen.case.package.as_ref()?;
    Some(StaffPackageView {
        state: package.state.name(),
        until: package.until.map(local_time),
        downloads: package.downloads,
        parts: package
            .parts
            .iter()
            .filter(|part| part.rows > 0)
            .map(|part| part_row(reader.words, part))
            .collect(),
        without: package
            .without
            .iter()
            .map(|chosen| without(reader.words, chosen))
            .collect(),
    })
}

fn part_row(words: Words<'_>, part: &PartView) -> PartRow {
    PartRow {
        id: format!("{}.{}", part.system, part.table),
        path: format!("{}/{}", part.system, part.table),
        system: words.system(&part.system),
        table: part.table.clone(),
        what: words.category(&part.category),
        rows: part.rows,
        counted: part.counted,
        has_free_text: part.has_free_text,
        needs_review: part.needs_review,
    }
}

fn without(words: Words<'_>, chosen: &Chosen) -> (String, String) {
    let why = match &chosen.fate {
        Fate::Withheld { ground, reason } => format!("{}. {reason}", words.t.of("refusal-", ground.name())),
        Fate::LeftOut { why } => words.t.of("left-out-", why.name()),
        Fate::Included | Fate::Counted => String::new(),
    };
    let what = words.contents(&chosen.system, &chosen.table);
    (
        format!("{what} ({}: {})", words.system(&chosen.system), chosen.table),
        why,
    )
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    from: i64,
}

/// A page of a table's records; that somebody looked is recorded.
pub(super) async fn show(visit: Visit, path: web::Path<(String, String, String)>) -> Answer {
    let desk = Desk::at(visit)?;
    let (reference, system, table) = path.into_inner();
    let wanted = web::Query::<Wanted>::from_query(desk.visit.request.query_string());
    let from = wanted.map_or(0, |wanted| wanted.from);
    let (named, of) = (reference.clone(), (system, table));
    let (who, look) = desk
        .run(move |ctx, who| {
            let reference = Reference::parse(&named).map_err(|_| Error::NotFound)?;
            packages::look(ctx, &who.actor, &reference, (&of.0, &of.1), from)
        })
        .await?;
    let words = Words {
        t: desk.visit.t(),
        organisation: &desk.visit.app.ctx.organisation,
    };
    let parsed = Reference::parse(&reference).map_err(|_| desk.visit.fail(&Error::NotFound))?;
    let free = |name: &String| look.free_text.contains(name);
    let page = RecordsPage {
        t: desk.visit.t(),
        page: desk.page(&who, "queue"),
        back: path_of(&parsed),
        reference,
        version: look.version,
        part: part_row(words, &look.part),
        columns: look
            .columns
            .iter()
            .map(|column| (column.name.clone(), free(&column.name)))
            .collect(),
        rows: look
            .rows
            .into_iter()
            .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
            .collect(),
        from: look.from + 1,
        next: look.next,
    };
    Ok(desk.visit.show(&page))
}
