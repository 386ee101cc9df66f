//! What the person does with their case: confirm, write, withdraw or stop.

use std::collections::BTreeMap;

use actix_web::web;
use serde::Deserialize;

use super::access::{Holder, keeping};
use super::path_of;
use crate::domain::case::State;
use crate::domain::ids::CaseId;
use crate::http::pages::{Answer, Form, Visit, field_errors};
use crate::http::views::layout::FieldErrors;
use crate::services::{Context, Error, Result, codes, handling, overview, planning, recipients, restricting};

/// To the field for the code, for who has no access (any more).
pub(super) fn code_first(visit: &Visit, path: &str) -> Answer {
    let reference = super::named(visit, path)?;
    Ok(visit.see_other(&path_of(&reference), None))
}

/// The form under the consequences.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Confirmation {
    csrf: String,
    accept: String,
    plan: String,
}

/// The person confirms the consequences of the plan they were shown.
pub(super) async fn confirm(visit: Visit, path: web::Path<String>, Form(form): Form<Confirmation>) -> Answer {
    let Some(holder) = Holder::of(visit.clone(), &path, &form.csrf)? else {
        return code_first(&visit, &path);
    };
    if form.accept != "true" {
        return holder
            .show_again(|view| view.errors = FieldErrors::of_fields(&["accept"]))
            .await;
    }
    let (reference, token) = (holder.reference.clone(), holder.token.clone());
    let confirmed = holder.visit.attempt(move |ctx| {
        let case = codes::authenticate(ctx, &reference, &token)?;
        let shown = Some(form.plan.as_str()).filter(|hash| !hash.is_empty());
        planning::confirm(ctx, case.id, shown)
    });
    match confirmed.await {
        Ok(_) => Ok(holder.back(Some("confirmed"))),
        Err(error) => holder.failed(&error),
    }
}

/// The form for a message.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Message {
    csrf: String,
    message: String,
}

/// The person writes to staff.
pub(super) async fn write(visit: Visit, path: web::Path<String>, Form(form): Form<Message>) -> Answer {
    let Some(holder) = Holder::of(visit.clone(), &path, &form.csrf)? else {
        return Ok(keeping(&visit, &super::named(&visit, &path)?, form.message));
    };
    let (reference, token, text) = (
        holder.reference.clone(),
        holder.token.clone(),
        form.message.clone(),
    );
    let written = holder.visit.attempt(move |ctx| {
        let case = codes::authenticate(ctx, &reference, &token)?;
        handling::write_to_staff(ctx, case.id, &text)
    });
    match written.await {
        Ok(()) => Ok(holder.back(Some("message_sent"))),
        Err(Error::Unauthenticated(_)) => Ok(keeping(&visit, &holder.reference, form.message)),
        Err(error) => match field_errors(&error, &[("text", "message")]) {
            Some(errors) => {
                holder
                    .show_again(|view| {
                        view.message = form.message;
                        view.errors = errors;
                    })
                    .await
            }
            None => holder.failed(&error),
        },
    }
}

/// The form for a person's view of what was not corrected.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Statement {
    csrf: String,
    statement: String,
}

/// The person says how they see what was not corrected.
pub(super) async fn state_view(visit: Visit, path: web::Path<String>, Form(form): Form<Statement>) -> Answer {
    let Some(holder) = Holder::of(visit.clone(), &path, &form.csrf)? else {
        return code_first(&visit, &path);
    };
    let (reference, token) = (holder.reference.clone(), holder.token.clone());
    let stated = holder.visit.attempt(move |ctx| {
        let person = overview::person_case(ctx, &reference, &token)?;
        handling::state_view(ctx, &person, &form.statement)
    });
    match stated.await {
        Ok(()) => Ok(holder.back(Some("statement_kept"))),
        Err(error) => match field_errors(&error, &[("text", "statement-text")]) {
            Some(errors) => holder.show_again(|view| view.errors = errors).await,
            None => holder.failed(&error),
        },
    }
}

/// The form for consent under a restriction.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Consent {
    csrf: String,
    /// A box for each purpose.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

/// What the names of the boxes begin with.
const PURPOSE: &str = "purpose-";

/// The person consents to purposes under a restriction, or withdraws that: one is as easy as the other.
pub(super) async fn consent(visit: Visit, path: web::Path<String>, Form(form): Form<Consent>) -> Answer {
    let Some(holder) = Holder::of(visit.clone(), &path, &form.csrf)? else {
        return code_first(&visit, &path);
    };
    let boxes = form.rest.iter().filter(|(_, value)| *value == "true");
    let purposes: Vec<String> = boxes
        .filter_map(|(name, _)| Some(name.strip_prefix(PURPOSE)?.to_owned()))
        .collect();
    let (reference, token) = (holder.reference.clone(), holder.token.clone());
    let recorded = holder.visit.attempt(move |ctx| {
        let case = codes::authenticate(ctx, &reference, &token)?;
        restricting::consent(ctx, case.id, &purposes)
    });
    match recorded.await {
        Ok(()) => Ok(holder.back(Some("consent_saved"))),
        Err(error) => holder.failed(&error),
    }
}

/// The form to withdraw or stop.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Withdrawal {
    csrf: String,
    sure: String,
}

/// The person takes the request back, which ends the case and so asks whether they are sure; or stops an erasure that
/// has not begun, which is done at once.
pub(super) async fn withdraw(visit: Visit, path: web::Path<String>, Form(form): Form<Withdrawal>) -> Answer {
    let Some(holder) = Holder::of(visit.clone(), &path, &form.csrf)? else {
        return code_first(&visit, &path);
    };
    let (reference, token) = (holder.reference.clone(), holder.token.clone());
    let withdrawn = holder.visit.attempt(move |ctx| {
        let case = codes::authenticate(ctx, &reference, &token)?;
        let stops = matches!(case.case.state, State::Approved { .. });
        if !stops && case.case.state.can_be_withdrawn() && form.sure != "true" {
            return Ok(None);
        }
        let after = handling::withdraw(ctx, case.id)?;
        Ok(Some(matches!(after.case.state, State::Withdrawn { .. })))
    });
    match withdrawn.await {
        Ok(None) => {
            holder
                .show_again(|view| view.errors = FieldErrors::of_fields(&["sure"]))
                .await
        }
        Ok(Some(true)) => Ok(holder.back(Some("withdrawn"))),
        Ok(Some(false)) => Ok(holder.back(Some("stopped"))),
        Err(error) => holder.failed(&error),
    }
}

/// The form with nothing but a button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Button {
    csrf: String,
}

/// Does what a button of the person's asks for, and says so as `flash`.
async fn press<T: Send + 'static>(
    visit: Visit,
    path: web::Path<String>,
    Form(form): Form<Button>,
    flash: &'static str,
    work: fn(&Context, CaseId) -> Result<T>,
) -> Answer {
    let Some(holder) = Holder::of(visit.clone(), &path, &form.csrf)? else {
        return code_first(&visit, &path);
    };
    let (reference, token) = (holder.reference.clone(), holder.token.clone());
    let asked = holder.visit.attempt(move |ctx| {
        let case = codes::authenticate(ctx, &reference, &token)?;
        work(ctx, case.id)
    });
    match asked.await {
        Ok(_) => Ok(holder.back(Some(flash))),
        Err(error) => holder.failed(&error),
    }
}

/// The person asks for a copy of their data before it is erased.
pub(super) async fn ask_for_copy(visit: Visit, path: web::Path<String>, form: Form<Button>) -> Answer {
    press(visit, path, form, "copy_asked", handling::ask_for_copy).await
}

/// The person asks to move their domain names before they are erased.
pub(super) async fn ask_for_transfer(visit: Visit, path: web::Path<String>, form: Form<Button>) -> Answer {
    press(visit, path, form, "transfer_asked", handling::ask_for_transfer).await
}

/// The person asks for the list of the recipients that were told.
pub(super) async fn ask_for_recipients(visit: Visit, path: web::Path<String>, form: Form<Button>) -> Answer {
    press(visit, path, form, "recipients_listed", recipients::ask).await
}
