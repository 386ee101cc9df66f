//! Typing in a request that came by another way than the form.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::Stockholm;
use serde::{Deserialize, Serialize};

use super::case::path_of;
use super::who::{Answer, Desk};
use crate::domain::language::Language;
use crate::domain::right::Right;
use crate::domain::staff::Permission;
use crate::http::pages::{Form, Visit, field_errors};
use crate::http::views::customer::RequestValues;
use crate::http::views::layout::{FieldError, FieldErrors};
use crate::http::views::staff::IntakePage;
use crate::services::accounts::Authenticated;
use crate::services::intake::{self, Request, STAFF_CHANNELS, Typed};
use crate::services::{Context, Error, FieldError as WrongField, Result};

const PATH: &str = "/staff/cases/new";

/// The fields by the use case's names and the form's, in the order of the page.
const FIELDS: [(&str, &str); 12] = [
    ("channel", "channel"),
    ("received_at", "received_at"),
    ("right", "right"),
    ("restriction.ground", "restriction_ground"),
    ("email", "email"),
    ("name", "name"),
    ("customer_number", "customer_number"),
    ("personal_number", "personal_number"),
    ("message", "message"),
    ("acting_for.name", "acting_name"),
    ("acting_for.relation", "acting_relation"),
    ("language", "language"),
];

/// The form, empty.
pub(super) async fn form(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, now) = desk
        .run(|ctx, who| {
            if who.actor.may(Permission::OpenCases) {
                Ok(ctx.now())
            } else {
                Err(Error::Forbidden("role"))
            }
        })
        .await?;
    let sent = Sent {
        received_at: now.with_timezone(&Stockholm).format("%Y-%m-%dT%H:%M").to_string(),
        language: desk.visit.app.ctx.organisation.language.tag().to_owned(),
        ..Sent::default()
    };
    Ok(desk.visit.show(&page(&desk, &who, &sent, FieldErrors::default())))
}

/// What the form sends.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Sent {
    csrf: String,
    channel: String,
    received_at: String,
    right: String,
    restriction_ground: String,
    email: String,
    name: String,
    personal_number: String,
    customer_number: String,
    message: String,
    acting_name: String,
    acting_relation: String,
    language: String,
}

impl Sent {
    fn typed(&self) -> Typed {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Typed {
            right: some(&self.right),
            restriction_ground: some(&self.restriction_ground),
            email: some(&self.email),
            name: some(&self.name),
            personal_number: some(&self.personal_number),
            customer_number: some(&self.customer_number),
            message: some(&self.message),
            language: some(&self.language),
            acting_name: some(&self.acting_name),
            acting_relation: some(&self.acting_relation),
            ..Typed::default()
        }
    }

    fn take_in(&self, ctx: &Context, who: &Authenticated) -> Result<crate::domain::ids::Reference> {
        // Permission first: who may not type requests in learns nothing of what is wrong with one.
        if !who.actor.may(Permission::OpenCases) {
            return Err(Error::Forbidden("role"));
        }
        let now = ctx.now();
        let received_at = local(&self.received_at).filter(|at| *at <= now);
        // Everything that is wrong at once; the use case stops at the first.
        let mut wrong = Vec::new();
        if !STAFF_CHANNELS.contains(&self.channel.as_str()) {
            wrong.extend(fields_of(Error::field("channel", "unknown")));
        }
        if received_at.is_none() {
            wrong.extend(fields_of(Error::field("received_at", "invalid")));
        }
        if let Err(error) = Request::parse(&self.typed(), now, false) {
            wrong.extend(fields_of(error));
        }
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        let case =
            intake::submit_for_person(ctx, who.actor, &self.typed(), &self.channel, received_at, None)?;
        Ok(case.reference)
    }
}

fn fields_of(error: Error) -> Vec<WrongField> {
    match error {
        Error::Invalid(fields) => fields,
        _ => Vec::new(),
    }
}

/// The moment of a local time as forms send it, `2026-11-21T14:03`. Of an hour that comes twice, the first: the time
/// limit then runs from the earlier.
fn local(text: &str) -> Option<DateTime<Utc>> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
    let naive = formats
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok())?;
    let moment = Stockholm.from_local_datetime(&naive).earliest()?;
    Some(moment.with_timezone(&Utc))
}

/// Takes in what was typed.
pub(super) async fn submit(visit: Visit, Form(sent): Form<Sent>) -> Answer {
    let kept = super::session::kept(PATH.to_owned(), &sent);
    let desk = Desk::sent_keeping(visit, PATH, &sent.csrf, kept)?;
    let work = sent.clone();
    let (who, outcome) = desk.attempt(move |ctx, who| work.take_in(ctx, who)).await?;
    match outcome {
        Ok(reference) if who.actor.may(Permission::ReadCases) => {
            Ok(desk.visit.see_other(&path_of(&reference), Some("case_opened")))
        }
        Ok(_) => Ok(desk.visit.see_other(PATH, Some("case_opened"))),
        Err(error) => match errors(&error) {
            Some(errors) => {
                let view = page(&desk, &who, &sent, errors);
                Ok(desk.visit.render(crate::http::error::status(&error), &view))
            }
            None => Err(desk.visit.fail(&error).into()),
        },
    }
}

/// What is wrong with which field.
pub(super) fn errors(error: &Error) -> Option<FieldErrors> {
    if let Error::Invalid(wrong) = error
        && wrong.iter().any(|wrong| wrong.code == "some_identifier_required")
    {
        let key = "error-identifier".to_owned();
        return Some(FieldErrors(vec![FieldError { field: "email", key }]));
    }
    field_errors(error, &FIELDS)
}

fn page(desk: &Desk, who: &Authenticated, sent: &Sent, errors: FieldErrors) -> IntakePage {
    IntakePage {
        t: desk.visit.t(),
        page: desk.page(who, "new"),
        values: RequestValues {
            objects_to: String::new(),
            understood: false,
            right: Right::from_name(&sent.right),
            restriction_ground: sent.restriction_ground.clone(),
            name: sent.name.clone(),
            email: sent.email.clone(),
            personal_number: sent.personal_number.clone(),
            customer_number: sent.customer_number.clone(),
            message: sent.message.clone(),
            acting: !(sent.acting_name.is_empty() && sent.acting_relation.is_empty()),
            acting_name: sent.acting_name.clone(),
            acting_relation: sent.acting_relation.clone(),
            language: Language::from_tag(&sent.language).unwrap_or_default(),
            ..RequestValues::default()
        },
        received_at: sent.received_at.clone(),
        channel: sent.channel.clone(),
        errors,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("2026-11-21T14:03", Some("2026-11-21T13:03:00Z"))]
    #[case("2026-06-30T00:30", Some("2026-06-29T22:30:00Z"))]
    #[case("2026-06-30 00:30", Some("2026-06-29T22:30:00Z"))]
    #[case("2026-10-25T02:30", Some("2026-10-25T00:30:00Z"))] // comes twice: the first
    #[case("2026-03-29T02:30", None)] // never comes
    #[case("2026-02-30T10:00", None)]
    #[case("yesterday", None)]
    #[case("", None)]
    fn times_are_swedish(#[case] typed: &str, #[case] moment: Option<&str>) {
        let moment = moment.map(|text| text.parse::<DateTime<Utc>>().unwrap());
        assert_eq!(local(typed), moment);
    }
}
