//! Objection (Art. 21) and withdrawal of consent (Art. 7(3)): the terms, and stopping it in each system.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Asked, wrong};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::RefusalGround;
use crate::domain::contact::Email;
use crate::domain::data_map::{DataMap, PurposeUse};
use crate::domain::grant::stop::{self, Address, NotStoppable, Place, Roots, Wish};
use crate::domain::grant::{Grant, RefusedItem, Step, StepKind, Stopping, Terms};
use crate::domain::identity::Level;
use crate::domain::matching::{KeyKind, RowKey, Standing};
use crate::domain::recipient::{Recipient, TellOutcome, Told};
use crate::domain::right::Right;
use crate::services::execution::Failure;
use crate::services::intake::CaseFile;
use crate::services::searching::{self, FIND_LIMIT, Subject};
use crate::services::{Context, Error, Result, intake, planning};
use crate::store::cases::StoredCase;

/// What staff say is to be stopped.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedStop {
    /// All direct marketing; for an objection.
    pub marketing: bool,
    /// Ids of the map: other processing that is objected to, or the consents that are withdrawn.
    pub purposes: Vec<String>,
}

/// The terms of a grant, and whom the systems know.
///
/// An address that nobody has proved is theirs is stopped all the same, and it alone: that harms nobody, and Art. 21
/// and 7(3) ask for no more than the address. Whoever proved that an address on file is theirs is stopped in all their
/// rows.
pub(super) fn make(
    ctx: &Context,
    case: &StoredCase,
    asked: &Asked,
    refused: Vec<RefusedItem>,
) -> Result<(Subject, Grant)> {
    let map = &ctx.organisation.map;
    let (_, file) = intake::open_file(ctx, case)?;
    let right = case.case.right;
    let (marketing, uses) = scope(map, right, asked, file.stop.as_ref())?;
    for item in &refused {
        must_be_refusable(map, right, marketing, &uses, item)?;
    }
    let subject = searching::search(ctx, &file.keys(), asked.account.as_ref())?;
    let known = case.case.identity.reached >= Level::A1 && !subject.ambiguous();
    let addresses = addresses(&file, &subject, known);
    let (places, by_hand) = stop::places(map, &uses);
    let own = if known { subject.roots() } else { Roots::new() };
    let roots = rows(ctx, &places, &addresses, own)?;
    let told = told(ctx, &subject, &places, marketing, &roots)?;
    let stopping = Stopping {
        marketing,
        uses,
        from: stockholm_date(ctx.now()),
        places,
        addresses,
        roots,
        by_hand,
    };
    let terms = match right {
        Right::Objection => Terms::Objection(stopping),
        _ => Terms::ConsentWithdrawal(stopping),
    };
    Ok((subject, Grant { terms, refused, told }))
}

/// Whether all marketing stops, and which uses do.
fn scope(map: &DataMap, right: Right, asked: &Asked, wish: Option<&Wish>) -> Result<(bool, Vec<String>)> {
    let field = if right == Right::Objection {
        "objection.purposes"
    } else {
        "consent.purposes"
    };
    let unfit = |error: NotStoppable| {
        let code = match error {
            NotStoppable::Unknown => "unknown",
            NotStoppable::Nothing => "required",
            NotStoppable::OtherBasis => "other_basis",
        };
        Error::field(field, code)
    };
    let ids = |uses: Vec<&PurposeUse>| uses.into_iter().map(|one| one.id.clone()).collect();
    if right == Right::ConsentWithdrawal {
        let named = match (&asked.consent, wish) {
            (Some(asked), _) => &asked.purposes,
            (None, Some(wish)) => &wish.purposes,
            (None, None) => &Vec::new(),
        };
        return Ok((false, ids(stop::withdrawn(map, named).map_err(unfit)?)));
    }
    // Marketing stops unless the person said that it is not what they mean.
    let wished = wish.is_none_or(|wish| wish.marketing || !wish.other);
    let (marketing, named) = match &asked.objection {
        Some(asked) => (asked.marketing || wished, asked.purposes.as_slice()),
        None => (wished, [].as_slice()),
    };
    Ok((
        marketing,
        ids(stop::objected(map, marketing, named).map_err(unfit)?),
    ))
}

fn must_be_refusable(
    map: &DataMap,
    right: Right,
    marketing: bool,
    uses: &[String],
    item: &RefusedItem,
) -> Result<()> {
    if !stop::may_refuse_part(map, right, &item.item, item.ground) {
        return Err(Error::Conflict("marketing_never_refused"));
    }
    if uses.contains(&item.item) || (marketing && item.item == stop::ALL_MARKETING) {
        return Err(Error::Invalid(vec![wrong("item", "granted_too")]));
    }
    Ok(())
}

/// The addresses to leave alone: the one that was typed, and of who is known to be the person all of theirs.
fn addresses(file: &CaseFile, subject: &Subject, known: bool) -> Vec<Address> {
    let mut addresses = Address::among(&file.keys());
    if known {
        addresses.extend(Address::among(&subject.keys));
        let theirs = subject
            .matches
            .iter()
            .filter(|found| found.standing == Standing::Theirs);
        addresses.extend(theirs.flat_map(|found| Address::among(&found.row.keys)));
    }
    addresses.retain(|address| address.kind != KeyKind::Email || Email::parse(&address.value).is_ok());
    addresses.sort();
    addresses.dedup();
    addresses
}

/// The person's rows in the tables where something stops and in those above them: their own, and whatever carries one
/// of the addresses.
fn rows(ctx: &Context, places: &[Place], addresses: &[Address], own: Roots) -> Result<Roots> {
    let mut roots = own;
    roots.retain(|system, _| places.iter().any(|place| &place.system == system));
    for (system, tables) in ways(&ctx.organisation.map, places) {
        let found = found_by(ctx, system, &tables, addresses)?;
        let known = roots.entry(system.to_owned()).or_default();
        known.retain(|table, _| tables.contains(&table.as_str()));
        merge(known, found);
    }
    Ok(roots)
}

/// By system, the tables in which something stops, with those that their rows hang on.
fn ways<'a>(map: &'a DataMap, places: &'a [Place]) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut ways: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for place in places {
        let way = ways.entry(&place.system).or_default();
        let mut here = map.table(&place.system, &place.table);
        while let Some(table) = here.filter(|table| !way.contains(&table.name.as_str())) {
            way.push(&table.name);
            let parent = table.parent.as_ref();
            here = parent.and_then(|parent| map.table(&place.system, &parent.table));
        }
    }
    ways
}

type Rows = BTreeMap<String, Vec<RowKey>>;

fn found_by(ctx: &Context, system: &str, tables: &[&str], addresses: &[Address]) -> Result<Rows> {
    let mut found = Rows::new();
    if addresses.is_empty() {
        return Ok(found);
    }
    let connected = ctx.systems.get(system)?;
    for name in tables {
        let Some(table) = ctx.organisation.map.table(system, name) else {
            continue;
        };
        if table.person.email.is_none() && table.person.phone.is_none() {
            continue;
        }
        for address in addresses {
            let rows = connected.find(table, &address.keys(), FIND_LIMIT)?;
            let keys = rows.into_iter().map(|row| row.key).collect();
            merge(&mut found, Rows::from([((*name).to_owned(), keys)]));
        }
    }
    Ok(found)
}

fn merge(into: &mut Rows, more: Rows) {
    for (table, keys) in more {
        let known = into.entry(table).or_default();
        for key in keys {
            if !known.contains(&key) {
                known.push(key);
            }
        }
    }
    into.retain(|_, keys| !keys.is_empty());
}

/// Those who use the data that stops, with what they know the person by: who markets for us must hear of it.
fn told(
    ctx: &Context,
    subject: &Subject,
    places: &[Place],
    marketing: bool,
    roots: &Roots,
) -> Result<Vec<Told>> {
    let surveys = planning::survey(ctx, roots)?;
    let told = planning::told(ctx, subject, &surveys);
    let concerned = |told: &Told| {
        let recipient = ctx.organisation.recipient(&told.recipient);
        recipient.is_some_and(|recipient| serves(ctx, recipient, places, marketing))
            && !matches!(told.outcome, TellOutcome::NotTold { .. })
    };
    Ok(told.into_iter().filter(concerned).collect())
}

fn serves(ctx: &Context, recipient: &Recipient, places: &[Place], marketing: bool) -> bool {
    let mut uses = recipient.used_when.iter().flat_map(|uses| &uses.0).peekable();
    if uses.peek().is_none() {
        let purpose = ctx.organisation.purpose(&recipient.purpose);
        return marketing && purpose.is_some_and(|purpose| purpose.marketing);
    }
    uses.any(|used| {
        places
            .iter()
            .any(|place| place.system == used.system && place.table == used.table)
    })
}

/// What the terms ask to be done: stop it in each table, then read back.
pub(super) fn steps(stopping: &Stopping) -> Vec<Step> {
    let step = |place: &Place, kind| Step {
        system: place.system.clone(),
        table: place.table.clone(),
        kind,
    };
    let stops = stopping.places.iter().map(|place| step(place, StepKind::Stop));
    let verifies = stopping.places.iter().map(|place| step(place, StepKind::Verify));
    stops.chain(verifies).collect()
}

/// Does one step. The rows are looked for anew: an import may have brought more of them since it was decided.
pub(super) fn run_step(ctx: &Context, stopping: &Stopping, step: &Step) -> std::result::Result<u64, Failure> {
    let place = stopping
        .place(&step.system, &step.table)
        .ok_or_else(|| Error::internal("a step for nothing that stops"))?;
    let ways = ways(&ctx.organisation.map, std::slice::from_ref(place));
    let tables = ways.get(place.system.as_str()).cloned().unwrap_or_default();
    let mut roots = stopping.roots.get(&place.system).cloned().unwrap_or_default();
    roots.retain(|table, _| tables.contains(&table.as_str()));
    merge(
        &mut roots,
        system_failure(found_by(ctx, &place.system, &tables, &stopping.addresses))?,
    );
    let connected = ctx.systems.get(&place.system)?;
    match step.kind {
        StepKind::Stop => Ok(connected.stop(&place.table, &place.stop, &roots)?),
        StepKind::Verify => match connected.unstopped(&place.table, &place.stop, &roots)? {
            0 => Ok(0),
            _ => Err(Failure::NotVerified),
        },
        other => Err(Error::internal(format!("no such step: {}", other.name())).into()),
    }
}

/// A system's failure belongs to the step, not to the service.
fn system_failure<T>(outcome: Result<T>) -> std::result::Result<T, Failure> {
    outcome.map_err(|error| match error {
        Error::System(error) => Failure::System(error),
        other => Failure::Ours(other),
    })
}

/// Whether the whole request may be refused on this ground.
///
/// # Errors
/// [`Error::Conflict`] `marketing_never_refused` when it may not.
pub fn must_allow_refusal(right: Right, file: &CaseFile, ground: RefusalGround) -> Result<()> {
    if stop::may_refuse(right, file.stop.as_ref(), ground) {
        Ok(())
    } else {
        Err(Error::Conflict("marketing_never_refused"))
    }
}
