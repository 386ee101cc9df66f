//! Granting a restriction (Art. 18): its terms, and marking in each system.

use chrono::NaiveDate;
use serde::Deserialize;

use super::Asked;
use crate::domain::calendar::stockholm_date;
use crate::domain::erasure::SurveyRequest;
use crate::domain::grant::{Grant, RestrictionTerms, Step, StepKind, Terms};
use crate::domain::organisation::{LegalBasis, Organisation, Purpose};
use crate::domain::recipient::TellOutcome;
use crate::domain::restriction::{Allowed, Ground, Services};
use crate::services::execution::Failure;
use crate::services::searching::Subject;
use crate::services::{Context, Error, Result};

/// What staff restrict, as they say it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AskedRestriction {
    /// The ground's name.
    pub ground: String,
    /// Ids of categories, or `system.table`; everything when empty.
    pub items: Vec<String>,
    /// Until when it is expected to last.
    pub expected_end: Option<NaiveDate>,
    /// What may still be done beside storing.
    pub allowed: Vec<String>,
    /// What becomes of services.
    pub services: String,
}

/// The terms: each row that is marked, with what stood there before.
pub(super) fn terms(ctx: &Context, subject: &Subject, asked: &Asked) -> Result<Terms> {
    let mut terms = read(ctx, asked)?;
    let mut found = Vec::new();
    let map = &ctx.organisation.map;
    let roots = subject.roots();
    for system in &map.systems {
        let Some(own) = roots.get(&system.id) else {
            continue;
        };
        let mut request = SurveyRequest::new(system, &[], own.clone());
        for table in &system.tables {
            let columns = request.columns.entry(table.name.clone()).or_default();
            columns.extend(table.restrict.iter().flat_map(|rule| rule.set.keys().cloned()));
        }
        found.push((ctx.systems.get(&system.id)?.survey(&request)?, own.clone()));
    }
    terms.mark(map, &found);
    terms.purposes = purposes(&ctx.organisation, &terms.categories);
    if terms.is_empty() {
        return Err(Error::Conflict("nothing_to_restrict"));
    }
    Ok(Terms::Restriction(terms))
}

/// What the categories serve, but for what only the law asks for: nobody needs consent for that, nor can it be had.
fn purposes(organisation: &Organisation, categories: &[String]) -> Vec<String> {
    let serves = |purpose: &&Purpose| {
        let mut categories = categories.iter().filter_map(|id| organisation.category(id));
        categories.any(|category| category.purposes.contains(&purpose.id))
    };
    let asked = |purpose: &&Purpose| purpose.legal_bases != [LegalBasis::LegalObligation];
    let purposes = organisation.purposes.iter().filter(serves).filter(asked);
    purposes.map(|purpose| purpose.id.clone()).collect()
}

fn read(ctx: &Context, asked: &Asked) -> Result<RestrictionTerms> {
    let asked = asked.restriction.clone().unwrap_or_default();
    let ground = Ground::from_name(&asked.ground).ok_or_else(|| Error::field("ground", "unknown"))?;
    let services = Services::from_name(&asked.services).ok_or_else(|| Error::field("services", "unknown"))?;
    let allowed: Option<Vec<Allowed>> = asked
        .allowed
        .iter()
        .map(|name| Allowed::from_name(name))
        .collect();
    let mut allowed = allowed.ok_or_else(|| Error::field("allowed", "unknown"))?;
    // What the person consents to is always allowed, whether or not staff thought of it.
    if !allowed.contains(&Allowed::Consent) {
        allowed.insert(0, Allowed::Consent);
    }
    let today = stockholm_date(ctx.now());
    if asked.expected_end.is_some_and(|end| end < today) {
        return Err(Error::field("expected_end", "in_past"));
    }
    let known = |item: &String| {
        let table = item.split_once('.');
        ctx.organisation.category(item).is_some()
            || table.is_some_and(|(system, table)| ctx.organisation.map.table(system, table).is_some())
    };
    if !asked.items.iter().all(known) {
        return Err(Error::field("items", "unknown"));
    }
    Ok(RestrictionTerms {
        ground,
        items: asked.items,
        expected_end: asked.expected_end,
        allowed,
        services,
        categories: vec![],
        purposes: vec![],
        covered: vec![],
        marks: vec![],
    })
}

/// Leaves out recipients that never got what is restricted.
pub(super) fn narrow(ctx: &Context, mut grant: Grant) -> Grant {
    if let Terms::Restriction(terms) = &grant.terms {
        grant.told.retain(|told| {
            let recipient = ctx.organisation.recipient(&told.recipient);
            let used = !matches!(told.outcome, TellOutcome::NotTold { .. });
            let gets = |id: &String| terms.categories.contains(id);
            used && recipient.is_some_and(|known| known.categories.iter().any(gets))
        });
    }
    grant
}

/// Marks the rows of one table, or reads the marks back.
pub(super) fn run_step(
    ctx: &Context,
    terms: &RestrictionTerms,
    step: &Step,
) -> std::result::Result<u64, Failure> {
    let system = ctx.systems.get(&step.system)?;
    let corrections = terms.corrections(step);
    let amount = u64::try_from(corrections.len()).unwrap_or(u64::MAX);
    match step.kind {
        StepKind::Mark => match system.rectify(&step.table, &corrections)? {
            0 => Ok(amount),
            _ => Err(Failure::Outdated),
        },
        StepKind::Verify => match system.unrectified(&step.table, &corrections)? {
            0 => Ok(amount),
            _ => Err(Failure::NotVerified),
        },
        _ => Err(Failure::Ours(Error::internal("no step of a restriction"))),
    }
}
