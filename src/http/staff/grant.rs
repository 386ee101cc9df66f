//! Granting from the page of a case: what is typed, what it would change, and what was granted.

use serde::{Deserialize, Serialize};

use super::act::Sent;
use super::case::see;
use super::case_page::{self, Reader};
use super::who::{Answer, Desk};
use crate::adapters::templates::facts::Words;
use crate::domain::data_map::PersonalField;
use crate::domain::grant::{Grant, Terms};
use crate::domain::ids::Reference;
use crate::domain::right::Right;
use crate::http::views::staff::{GrantTerms, RecordedRow, SetRow, TypedGrant};
use crate::services::granting::rectification::{AskedChange, AskedRectification};
use crate::services::{Context, Error, Result, granting};
use crate::store::cases;

/// The fields of the form that grants.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct GrantSent {
    new_name: String,
    new_address: String,
    new_postal_code: String,
    new_city: String,
    new_email: String,
    new_phone: String,
    new_personal_number: String,
    refused_item: String,
    refused_ground: String,
    refused_reason: String,
    /// The hash of the terms that were shown; empty where they are yet to be.
    terms: String,
}

impl GrantSent {
    fn value(&self, field: PersonalField) -> &str {
        match field {
            PersonalField::Name => &self.new_name,
            PersonalField::Address => &self.new_address,
            PersonalField::PostalCode => &self.new_postal_code,
            PersonalField::City => &self.new_city,
            PersonalField::Email => &self.new_email,
            PersonalField::Phone => &self.new_phone,
            PersonalField::PersonalNumber => &self.new_personal_number,
        }
    }

    /// What it asks for.
    pub fn asked(&self) -> granting::Asked {
        let changes = PersonalField::ALL
            .into_iter()
            .filter(|field| !self.value(*field).trim().is_empty())
            .map(|field| AskedChange {
                field: field.name().to_owned(),
                value: self.value(field).to_owned(),
            });
        let refusal = granting::AskedRefusal {
            item: self.refused_item.clone(),
            ground: self.refused_ground.clone(),
            reason: self.refused_reason.clone(),
        };
        let refused = [&refusal.item, &refusal.ground, &refusal.reason]
            .iter()
            .any(|text| !text.trim().is_empty());
        granting::Asked {
            refused: if refused { vec![refusal] } else { vec![] },
            rectification: Some(AskedRectification {
                changes: changes.collect(),
            }),
            seen: Some(self.terms.clone()).filter(|hash| !hash.is_empty()),
            ..granting::Asked::default()
        }
    }

    /// What was typed, to be shown again.
    pub fn typed(&self) -> TypedGrant {
        TypedGrant {
            values: PersonalField::ALL
                .map(|field| (field.name(), self.value(field).to_owned()))
                .to_vec(),
            refused_item: self.refused_item.clone(),
            refused_ground: self.refused_ground.clone(),
            refused_reason: self.refused_reason.clone(),
        }
    }

    /// Whether the terms are to be shown before anything is granted.
    pub fn is_preview(&self) -> bool {
        self.terms.is_empty()
    }
}

/// Whether a case of this right shows its terms before they are granted.
fn shows_terms(ctx: &Context, reference: &Reference) -> Result<bool> {
    let case = cases::find(&mut *ctx.store.get()?, reference)?;
    Ok(case.case.right == Right::Rectification)
}

/// The page of the case, with what the grant would change.
async fn preview(desk: &Desk, sent: &Sent, reference: Reference) -> Answer {
    let work = sent.clone();
    let (who, outcome) = desk
        .run(move |ctx, who| {
            let case = cases::find(&mut *ctx.store.get()?, &reference)?;
            let version: i64 = work.version.parse().map_err(|_| Error::Stale)?;
            let made = if case.version == version {
                granting::preview(ctx, &who.actor, case.id, &work.grant.asked())
            } else {
                Err(Error::Stale)
            };
            match made {
                Err(error) if !super::act::can_be_shown(&error) => Err(error),
                made => Ok((made, see(ctx, &who.actor, &reference)?)),
            }
        })
        .await?;
    let (made, seen) = outcome;
    match made {
        Ok(grant) => {
            let mut view = case_page::view(desk, &who, &seen);
            view.preview = Some(terms(
                &Words {
                    t: desk.visit.t(),
                    organisation: &desk.visit.app.ctx.organisation,
                },
                &grant,
            ));
            view.typed = sent.typed();
            Ok(desk.visit.show(&view))
        }
        Err(error) => Ok(super::act::again(desk, &who, sent, &error, &seen)),
    }
}

/// What was granted, or prepared.
pub(super) fn granted(reader: &Reader<'_>, grant: Option<&Grant>) -> Option<GrantTerms> {
    grant.map(|grant| terms(&reader.words, grant))
}

fn terms(words: &Words<'_>, grant: &Grant) -> GrantTerms {
    let (mut set, mut recorded) = (vec![], vec![]);
    if let Terms::Rectification(terms) = &grant.terms {
        set.extend(terms.places.iter().map(|place| SetRow {
            system: words.system(&place.system),
            what: words.contents(&place.system, &place.table),
            field: words.t.of("field-", place.field.name()),
            old: place.old.clone(),
            new: place.new.clone(),
        }));
        recorded.extend(terms.recorded.iter().map(|one| RecordedRow {
            system: words.system(&one.system),
            what: words.contents(&one.system, &one.table),
            field: words.t.of("field-", one.field.name()),
            old: one.old.clone(),
            new: one.new.clone(),
            ground: words.ground(&one.ground),
        }));
    }
    let (mut marked, mut by_hand) = (vec![], vec![]);
    if let Terms::Restriction(terms) = &grant.terms {
        let place = |system: &str, table: &str| {
            format!("{} ({})", words.system(system), words.contents(system, table))
        };
        marked.extend(terms.marks.iter().map(|mark| place(&mark.system, &mark.table)));
        marked.dedup();
        by_hand.extend(terms.by_hand().iter().map(|one| place(&one.system, &one.table)));
        by_hand.dedup();
    }
    let refused = grant.refused.iter().map(|item| {
        let ground = words.t.of("refusal-", item.ground.name());
        (item.item.clone(), ground, item.reason.clone())
    });
    let told = grant.told.iter().filter(|told| told.outcome.reaches());
    GrantTerms {
        hash: grant.hash(),
        needs_another: grant.needs_another(),
        set,
        recorded,
        marked,
        by_hand,
        refused: refused.collect(),
        told: told.map(|told| words.recipient(&told.recipient)).collect(),
    }
}

/// Answers a form that grants with what that would change; nothing where it was shown already.
pub(super) async fn first_shown(desk: &Desk, sent: &Sent, reference: &Reference) -> Option<Answer> {
    if sent.action != "grant" || !sent.grant.is_preview() {
        return None;
    }
    let wanted = reference.clone();
    match desk.run(move |ctx, _| shows_terms(ctx, &wanted)).await {
        Ok((_, true)) => Some(preview(desk, sent, reference.clone()).await),
        Ok((_, false)) => None,
        Err(turned) => Some(Err(turned)),
    }
}
