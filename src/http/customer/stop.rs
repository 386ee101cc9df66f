//! What a person ends: the boxes of a form, and what they do on the page of their case.

use std::collections::BTreeMap;

use actix_web::web;
use serde::Deserialize;

use super::access::{Holder, opens};
use super::path_of;
use crate::adapters::templates::facts::Words;
use crate::domain::case::State;
use crate::domain::grant::stop::Wish;
use crate::domain::right::Right;
use crate::http::pages::{Answer, Form, Visit};
use crate::http::views::customer_stop::{ConsentChoice, StopView, StoppedView};
use crate::http::views::layout::FieldErrors;
use crate::services::overview::PersonCase;
use crate::services::{codes, stopping};

/// What the names of the boxes begin with.
const BOX: &str = "consent-";

/// The ids whose boxes are ticked.
pub(super) fn chosen(rest: &BTreeMap<String, String>) -> Vec<String> {
    let ids = rest.iter().filter(|(_, value)| value.as_str() == "true");
    ids.filter_map(|(name, _)| name.strip_prefix(BOX))
        .map(str::to_owned)
        .collect()
}

/// What is to be stopped, where something was chosen.
pub(super) fn wish(objects_to: &str, rest: &BTreeMap<String, String>, understood: &str) -> Option<Wish> {
    let wish = Wish {
        marketing: objects_to == "marketing",
        other: objects_to == "other",
        purposes: chosen(rest),
        confirmed: understood == "true",
    };
    Some(wish).filter(|wish| *wish != Wish::default())
}

/// A box for each consent that there is.
pub(super) fn consent_choices(visit: &Visit, chosen: &[String]) -> Vec<ConsentChoice> {
    let language = visit.language();
    let uses = visit
        .app
        .ctx
        .organisation
        .map
        .distinct_uses(crate::domain::data_map::PurposeUse::is_consent);
    uses.into_iter()
        .map(|one| ConsentChoice {
            field: format!("{BOX}{}", one.id),
            title: one.title.get(language).to_owned(),
            stops: one.stops.as_ref().map(|text| text.get(language).to_owned()),
            chosen: chosen.contains(&one.id),
        })
        .collect()
}

/// What ends or has ended, on the page of a case.
pub(super) fn view(visit: &Visit, person: &PersonCase) -> Option<StopView> {
    let case = &person.case.case;
    if !matches!(case.right, Right::Objection | Right::ConsentWithdrawal) {
        return None;
    }
    let words = Words {
        t: visit.t(),
        organisation: &visit.app.ctx.organisation,
    };
    let done = person.stopped.as_ref().map(|facts| StoppedView {
        from: facts.from,
        campaigns_until: facts.campaigns_until,
        marketing: facts.marketing,
        uses: words.stopped(&facts.uses),
        refused: facts.refused.iter().map(|item| words.refused_use(item)).collect(),
        erasable: facts.erasable,
    });
    let confirmed = person.wish.as_ref().is_some_and(|wish| wish.confirmed);
    let waits = case.state == State::Assessing && case.proposal.is_none();
    let asks = case.right == Right::ConsentWithdrawal && waits && !confirmed;
    let wished = person.wish.as_ref().map(|wish| wish.purposes.clone());
    Some(StopView {
        choices: if asks {
            consent_choices(visit, &wished.unwrap_or_default())
        } else {
            vec![]
        },
        asks,
        confirmed: confirmed && done.is_none(),
        done,
    })
}

/// The form with the boxes.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Withdrawn {
    csrf: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// The person withdraws the consents that they ticked, with what stops working before their eyes.
pub(super) async fn confirm(visit: Visit, path: web::Path<String>, Form(form): Form<Withdrawn>) -> Answer {
    let Some(holder) = Holder::of(visit.clone(), &path, &form.csrf)? else {
        return super::acts::code_first(&visit, &path);
    };
    let purposes = chosen(&form.rest);
    if purposes.is_empty() {
        return holder
            .show_again(|view| view.errors = FieldErrors::of_fields(&["consents"]))
            .await;
    }
    let (reference, token) = (holder.reference.clone(), holder.token.clone());
    let confirmed = holder.visit.attempt(move |ctx| {
        let case = codes::authenticate(ctx, &reference, &token)?;
        stopping::confirm(ctx, case.id, Some(&purposes))
    });
    match confirmed.await {
        Ok(_) => Ok(holder.back(Some("consent_ended"))),
        Err(error) => holder.failed(&error),
    }
}

/// The form of one button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Pressed {
    csrf: String,
}

/// The person asks for the erasure of what is left over, and comes to the case that this begins.
pub(super) async fn begin_erasure(
    visit: Visit,
    path: web::Path<String>,
    Form(form): Form<Pressed>,
) -> Answer {
    let Some(holder) = Holder::of(visit.clone(), &path, &form.csrf)? else {
        return super::acts::code_first(&visit, &path);
    };
    let (reference, token) = (holder.reference.clone(), holder.token.clone());
    let begun = holder.visit.attempt(move |ctx| {
        let case = codes::authenticate(ctx, &reference, &token)?;
        stopping::begin_erasure(ctx, case.id)
    });
    match begun.await {
        Ok((case, token)) => {
            let more = opens(&visit, token);
            Ok(visit.see_other_with(&path_of(&case.reference), Some("erasure_begun"), Some(more)))
        }
        Err(error) => holder.failed(&error),
    }
}
