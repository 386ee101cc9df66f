//! Granting and carrying out a rectification (Art. 16), and what its person is told.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Asked, wrong};
use crate::domain::calendar::stockholm_date;
use crate::domain::contact::Email;
use crate::domain::data_map::{PersonalField, System};
use crate::domain::erasure::SurveyRequest;
use crate::domain::grant::{Change, Grant, Rectification, RefusedItem, Step, StepKind, Terms};
use crate::domain::recipient::TellOutcome;
use crate::domain::right::Right;
use crate::services::answer::{self, ToldRecipient};
use crate::services::execution::Failure;
use crate::services::letters::{self, Letter, Post};
use crate::services::searching::Subject;
use crate::services::{Context, Error, FieldError, Result};
use crate::store::Conn;
use crate::store::cases::StoredCase;
use crate::store::grant_steps::{self, StepState};
use crate::store::keys::CaseKey;

/// What staff correct, as they say it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedRectification {
    /// The right value for each field that is wrong.
    pub changes: Vec<AskedChange>,
}

/// A field and its right value, as staff type it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedChange {
    /// The field's name.
    pub field: String,
    /// The value.
    pub value: String,
}

/// The terms: each system, table, row and column with the old value and the new.
pub(super) fn terms(ctx: &Context, subject: &Subject, asked: &Asked) -> Result<Terms> {
    let changes = changes(ctx, asked)?;
    let mut found = Vec::new();
    let map = &ctx.organisation.map;
    let roots = subject.roots();
    let corrects = |system: &&System| system.tables.iter().any(|table| !table.rectify.is_empty());
    for system in map.systems.iter().filter(corrects) {
        let Some(own) = roots.get(&system.id) else {
            continue;
        };
        let mut request = SurveyRequest::new(system, &[], own.clone());
        for table in &system.tables {
            let columns = request.columns.entry(table.name.clone()).or_default();
            columns.extend(table.rectify.values().cloned());
        }
        found.push((ctx.systems.get(&system.id)?.survey(&request)?, own.clone()));
    }
    let today = stockholm_date(ctx.now());
    let terms = Rectification::make(map, &found, changes, today);
    Ok(Terms::Rectification(terms))
}

fn changes(ctx: &Context, asked: &Asked) -> Result<Vec<Change>> {
    let today = stockholm_date(ctx.now());
    let asked = asked.rectification.iter().flat_map(|asked| &asked.changes);
    let mut changes: BTreeMap<PersonalField, Change> = BTreeMap::new();
    let mut wrongs: Vec<FieldError> = Vec::new();
    for one in asked {
        let Some(field) = PersonalField::from_name(&one.field) else {
            wrongs.push(wrong("field", "unknown"));
            continue;
        };
        match field.normalised(&one.value, today) {
            Some(value) if !changes.contains_key(&field) => {
                changes.insert(field, Change { field, value });
            }
            Some(_) => wrongs.push(wrong(field.name(), "twice")),
            None => wrongs.push(wrong(field.name(), "invalid")),
        }
    }
    if !wrongs.is_empty() {
        return Err(Error::Invalid(wrongs));
    }
    if changes.is_empty() {
        return Err(Error::field("changes", "required"));
    }
    Ok(changes.into_values().collect())
}

/// Takes over what an outdated grant had done, and leaves out recipients that never got what changes.
pub(super) fn narrow(ctx: &Context, case: &StoredCase, mut grant: Grant) -> Result<Grant> {
    let Terms::Rectification(terms) = &mut grant.terms else {
        return Ok(grant);
    };
    if case.case.partly_done {
        let before = super::earlier(ctx, &mut *ctx.store.get()?, case)?;
        if let Some(before) = &before {
            if let Terms::Rectification(earlier) = &before.terms {
                terms.take_over(earlier);
            }
            // What recipients know the person by may be among what has been set already.
            for told in &mut grant.told {
                let known = before.told.iter().find(|known| known.recipient == told.recipient);
                if let Some(known) = known.filter(|known| known.outcome.reaches()) {
                    told.outcome = known.outcome.clone();
                }
            }
        }
    }
    if terms.is_empty() {
        return Err(Error::Conflict("nothing_to_rectify"));
    }
    grant.told.retain(|told| {
        let recipient = ctx.organisation.recipient(&told.recipient);
        let used = !matches!(told.outcome, TellOutcome::NotTold { .. });
        used && recipient.is_some_and(|known| !terms.told_to(&known.categories).is_empty())
    });
    Ok(grant)
}

/// Sets the values of one table, or reads them back.
pub(super) fn run_step(
    ctx: &Context,
    terms: &Rectification,
    step: &Step,
) -> std::result::Result<u64, Failure> {
    let system = ctx.systems.get(&step.system)?;
    let corrections = terms.corrections(step);
    let amount = u64::try_from(corrections.len()).unwrap_or(u64::MAX);
    match step.kind {
        StepKind::Change => match system.rectify(&step.table, &corrections)? {
            0 => Ok(amount),
            _ => Err(Failure::Outdated),
        },
        StepKind::Verify => match system.unrectified(&step.table, &corrections)? {
            0 => Ok(amount),
            _ => Err(Failure::NotVerified),
        },
        _ => Err(Failure::Ours(Error::internal("no step of a rectification"))),
    }
}

/// A field that was corrected, as its person is told: masked, as mail travels far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// The field.
    pub field: PersonalField,
    /// What stood in the systems, masked; several where they differed.
    pub old: Vec<String>,
    /// What stands there now, masked.
    pub new: String,
    /// The ids of the systems.
    pub systems: Vec<String>,
}

/// A kind of document in which the correction is only recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAsItIs {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// The law.
    pub ground: String,
    /// How many documents.
    pub documents: usize,
}

/// The answer to a rectification. It can be made again at any time, with the recipients' latest answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RectifiedFacts {
    /// By field.
    pub corrected: Vec<Corrected>,
    /// What stays as it is.
    pub kept: Vec<KeptAsItIs>,
    /// The local day on which the last of it was read back.
    pub on: Option<NaiveDate>,
    /// Who was told.
    pub told: Vec<ToldRecipient>,
    /// What is refused.
    pub refused: Vec<RefusedItem>,
}

/// The answer, when a rectification was granted.
///
/// # Errors
/// When the database fails.
pub fn facts(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Option<RectifiedFacts>> {
    if case.case.right != Right::Rectification {
        return Ok(None);
    }
    let Some(grant) = super::find(ctx, conn, case)? else {
        return Ok(None);
    };
    let Terms::Rectification(terms) = &grant.terms else {
        return Ok(None);
    };
    let steps = grant_steps::list(conn, (case.id, &grant.hash()))?;
    let done = steps.iter().filter_map(|stored| match stored.state {
        StepState::Done { at } => Some(at),
        _ => None,
    });
    Ok(Some(RectifiedFacts {
        corrected: corrected(terms),
        kept: kept(terms),
        on: done.max().map(stockholm_date),
        told: answer::told(conn, case.id)?,
        refused: grant.refused,
    }))
}

fn corrected(terms: &Rectification) -> Vec<Corrected> {
    let of_field = |change: &Change| {
        let places = terms.places.iter().filter(|place| place.field == change.field);
        let (mut old, mut systems) = (Vec::new(), Vec::new());
        for place in places {
            let masked = place.old.as_deref().map(|old| change.field.masked(old));
            old.extend(masked.filter(|masked| !old.contains(masked)));
            if !systems.contains(&place.system) {
                systems.push(place.system.clone());
            }
        }
        Corrected {
            field: change.field,
            old,
            new: change.field.masked(&change.value),
            systems,
        }
    };
    let all = terms.changes.iter().map(of_field);
    all.filter(|corrected| !corrected.systems.is_empty()).collect()
}

fn kept(terms: &Rectification) -> Vec<KeptAsItIs> {
    let mut kept: BTreeMap<(&str, &str, &str), Vec<_>> = BTreeMap::new();
    for one in &terms.recorded {
        let rows = kept.entry((&one.system, &one.table, &one.ground)).or_default();
        if !rows.contains(&&one.key) {
            rows.push(&one.key);
        }
    }
    kept.into_iter()
        .map(|((system, table, ground), rows)| KeptAsItIs {
            system: system.to_owned(),
            table: table.to_owned(),
            ground: ground.to_owned(),
            documents: rows.len(),
        })
        .collect()
}

/// Tells the address that was on file that another stands there now: whoever takes an account over begins with that.
///
/// # Errors
/// When the database fails.
pub fn warn_old_address(ctx: &Context, conn: &mut Conn, case: &StoredCase, key: &CaseKey) -> Result<()> {
    let grant = super::open(ctx, conn, case)?;
    let Terms::Rectification(terms) = &grant.terms else {
        return Ok(());
    };
    let Some((old, new)) = terms.address_on_file() else {
        return Ok(());
    };
    let Ok(old) = Email::parse(old) else {
        return Ok(());
    };
    let post = Post {
        case: case.id,
        reference: case.reference.as_str(),
        language: case.language,
        notice: None,
    };
    let letter = Letter::AddressChanged {
        on: stockholm_date(ctx.now()),
        new: PersonalField::Email.masked(new),
    };
    letters::post(ctx, conn, key, &post, old.as_str(), letter)?;
    let detail = serde_json::json!({ "letter": "address_changed" });
    Ok(ctx.record(
        conn,
        case.id.0,
        &crate::domain::staff::Actor::System,
        "letter_queued",
        detail,
    )?)
}

/// Whether `email` stands on file because this case set it there: it then proves nothing in this case.
///
/// # Errors
/// When the database fails.
pub fn has_set(ctx: &Context, conn: &mut Conn, case: &StoredCase, email: &Email) -> Result<bool> {
    if case.case.right != Right::Rectification {
        return Ok(false);
    }
    let now = super::find(ctx, conn, case)?;
    let before = super::earlier(ctx, conn, case)?;
    let sets = |grant: &Grant| match &grant.terms {
        Terms::Rectification(terms) => terms
            .address_on_file()
            .is_some_and(|(_, new)| new == email.as_str()),
        _ => false,
    };
    Ok(now.iter().chain(&before).any(sets))
}
