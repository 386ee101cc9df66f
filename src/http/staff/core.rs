//! What is left of a case once its file is gone, and finding a person's cases from what they supply.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde::Deserialize;
use uuid::Uuid;

use super::case_page::{self, Reader, names};
use super::who::{Answer, Desk};
use super::{plan_page, trail};
use crate::adapters::templates::facts::Words;
use crate::domain::calendar::stockholm_date;
use crate::http::pages::{Form, Visit, local_time};
use crate::http::views::layout::FieldErrors;
use crate::http::views::staff::{CorePage, DecisionRow, EarlierRow, HandledPage};
use crate::services::accounts::{Authenticated, StaffMember};
use crate::services::intake::Typed;
use crate::services::records::{self, CoreRecord, Earlier};
use crate::store::records::Decision;

/// The page of a core record.
pub(super) fn view(
    desk: &Desk,
    who: &Authenticated,
    record: &CoreRecord,
    colleagues: &[StaffMember],
) -> CorePage {
    let app = &desk.visit.app;
    let reader = Reader {
        words: Words {
            t: desk.visit.t(),
            organisation: &app.ctx.organisation,
        },
        names: names(colleagues),
    };
    let case = &record.case;
    let notices = record.notices.iter();
    CorePage {
        t: desk.visit.t(),
        page: desk.page(who, "queue"),
        reference: case.reference.to_string(),
        right: case.case.right,
        state: case.case.state.name().to_owned(),
        channel: case.channel.clone(),
        received_on: case.deadline.received_on(),
        due_on: case.deadline.due_on(),
        ended_on: record.ended_on,
        thinned_on: stockholm_date(case.thinned_at.unwrap_or(case.state_since)),
        until: record.until,
        proofs: case_page::proofs(&reader, &record.proofs),
        decisions: record.decisions.iter().map(|it| decision(&reader, it)).collect(),
        planned: plan_page::rows(&reader, &record.planned),
        steps: record
            .steps
            .iter()
            .map(|step| plan_page::step_row(&reader, step))
            .collect(),
        notices: notices
            .map(|row| plan_page::notice(&reader, &BTreeMap::new(), row, &[]))
            .collect(),
        mails: case_page::mails(&record.mails),
        events: trail::events(&reader, &record.events),
    }
}

fn decision(reader: &Reader<'_>, decision: &Decision) -> DecisionRow {
    let by = |id: Uuid| reader.staff(&id.to_string());
    let refusal = |ground: &String| reader.words.t.of("refusal-", ground);
    DecisionRow {
        kind: match (decision.kind.as_str(), decision.partial) {
            ("erasure", _) => "erasure",
            ("refusal", _) => "refusal",
            (_, Some(true)) => "grant_in_part",
            _ => "grant",
        },
        state: decision.state.clone(),
        ground: decision.ground.as_ref().map(refusal),
        prepared_by: decision.prepared_by.map_or_else(|| reader.actor("system"), by),
        prepared_at: local_time(decision.prepared_at),
        decided: decision
            .decided_by
            .zip(decision.decided_at)
            .map(|(id, at)| (by(id), local_time(at))),
    }
}

/// Other cases of a person.
pub(super) fn earlier(found: &[Earlier]) -> Vec<EarlierRow> {
    let row = |other: &Earlier| EarlierRow {
        reference: other.reference.to_string(),
        right: other.right,
        received_on: other.received_on,
        ended_on: other.ended_on,
    };
    found.iter().map(row).collect()
}

/// What the form for a person's cases sends.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    csrf: String,
    email: String,
    personal_number: String,
    customer_number: String,
}

/// The form.
pub(super) async fn form(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, ()) = desk.run(|_, who| records::may_find(&who.actor)).await?;
    let page = handled(&desk, &who, &Asked::default(), FieldErrors::default(), None);
    Ok(desk.visit.show(&page))
}

/// The cases of who has any of the identifiers.
pub(super) async fn find(visit: Visit, Form(asked): Form<Asked>) -> Answer {
    let desk = Desk::sent(visit, "/staff/handled", &asked.csrf)?;
    let typed = Typed {
        email: Some(asked.email.clone()),
        personal_number: Some(asked.personal_number.clone()),
        customer_number: Some(asked.customer_number.clone()),
        ..Typed::default()
    };
    let (who, found) = desk
        .attempt(move |ctx, who| records::find(ctx, &who.actor, &typed))
        .await?;
    match found {
        Ok(found) => {
            let found = Some(earlier(&found));
            Ok(desk
                .visit
                .show(&handled(&desk, &who, &asked, FieldErrors::default(), found)))
        }
        Err(error) => match super::intake::errors(&error) {
            Some(errors) => {
                let page = handled(&desk, &who, &asked, errors, None);
                Ok(desk.visit.render(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
            None => Err(desk.visit.fail(&error).into()),
        },
    }
}

fn handled(
    desk: &Desk,
    who: &Authenticated,
    asked: &Asked,
    errors: FieldErrors,
    earlier: Option<Vec<EarlierRow>>,
) -> HandledPage {
    HandledPage {
        t: desk.visit.t(),
        page: desk.page(who, "queue"),
        errors,
        email: asked.email.clone(),
        personal_number: asked.personal_number.clone(),
        customer_number: asked.customer_number.clone(),
        earlier,
    }
}
