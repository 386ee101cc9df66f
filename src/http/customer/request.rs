//! Handing a request in.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web;
use serde::Deserialize;

use super::receipt::{RECEIPT, Receipt};
use super::stop::{chosen, consent_choices, wish};
use super::{named, path_of};
use crate::domain::language::Language;
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::http::client;
use crate::http::pages::{Answer, Form, Visit, field_errors};
use crate::http::views::customer::{RequestForm, RequestValues, SubmittedPage};
use crate::http::views::layout::FieldErrors;
use crate::services::handoff::{self, HandedOver};
use crate::services::intake::{self, Arrival, Request, Typed};
use crate::services::{Context, limits};

/// The use case's fields and the form's, in the order they stand on the page.
const FIELDS: [(&str, &str); 14] = [
    ("right", "right"),
    ("wrong", "wrong"),
    ("correct", "correct"),
    ("evidence", "evidence"),
    ("objection.message", "objects_to"),
    ("consent.purposes", "consents"),
    ("restriction.ground", "restriction_ground"),
    ("message", "message"),
    ("email", "email"),
    ("name", "name"),
    ("customer_number", "customer_number"),
    ("personal_number", "personal_number"),
    ("acting_for.name", "acting_name"),
    ("acting_for.relation", "acting_relation"),
];

/// What the form sends.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    right: String,
    name: String,
    email: String,
    personal_number: String,
    customer_number: String,
    message: String,
    acting_name: String,
    acting_relation: String,
    wrong: String,
    correct: String,
    evidence: String,
    /// `marketing` or `other`: what is objected to.
    objects_to: String,
    restriction_ground: String,
    /// `true`: what stops working is understood.
    understood: String,
    language: String,
    submission: String,
    handoff: String,
    /// The trap: people do not see it.
    website: String,
    /// The boxes of the consents among it: one field each.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

impl Sent {
    fn typed(&self) -> Typed {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Typed {
            right: filled(&self.right),
            email: filled(&self.email),
            name: filled(&self.name),
            personal_number: filled(&self.personal_number),
            customer_number: filled(&self.customer_number),
            message: filled(&self.message),
            language: filled(&self.language),
            acting_name: filled(&self.acting_name),
            acting_relation: filled(&self.acting_relation),
            wrong: filled(&self.wrong),
            correct: filled(&self.correct),
            evidence: filled(&self.evidence),
            stop: wish(&self.objects_to, &self.rest, &self.understood),
            restriction_ground: filled(&self.restriction_ground),
        }
    }

    fn values(&self, language: Language) -> RequestValues {
        RequestValues {
            right: Right::from_name(&self.right),
            name: self.name.clone(),
            email: self.email.clone(),
            personal_number: self.personal_number.clone(),
            customer_number: self.customer_number.clone(),
            message: self.message.clone(),
            acting: !(self.acting_name.is_empty() && self.acting_relation.is_empty()),
            acting_name: self.acting_name.clone(),
            acting_relation: self.acting_relation.clone(),
            wrong: self.wrong.clone(),
            correct: self.correct.clone(),
            evidence: self.evidence.clone(),
            objects_to: self.objects_to.clone(),
            understood: self.understood == "true",
            restriction_ground: self.restriction_ground.clone(),
            language: Language::from_tag(&self.language).unwrap_or(language),
        }
    }

    /// What makes two submissions one: the form's number and all that was typed. Whoever goes back and types something
    /// else asks for something else.
    fn key(&self) -> String {
        let consents = chosen(&self.rest).join(" ");
        let parts = [
            &self.submission,
            &self.right,
            &self.name,
            &self.email,
            &self.personal_number,
            &self.customer_number,
            &self.message,
            &self.acting_name,
            &self.acting_relation,
            &self.wrong,
            &self.correct,
            &self.evidence,
            &self.language,
            &self.objects_to,
            &self.restriction_ground,
            &consents,
            &self.understood,
        ];
        format!("form {parts:?}")
    }
}

/// What the address may say.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    right: String,
}

/// The empty form.
pub(super) async fn form(visit: Visit) -> Answer {
    let asked = web::Query::<Asked>::from_query(visit.request.query_string());
    let right = asked.map(|asked| asked.into_inner().right).unwrap_or_default();
    let sent = Sent {
        right,
        submission: visit.app.ctx.new_id().to_string(),
        ..Sent::default()
    };
    Ok(visit.show(&form_page(&visit, &sent, FieldErrors::default())))
}

fn form_page(visit: &Visit, sent: &Sent, errors: FieldErrors) -> RequestForm {
    let values = sent.values(visit.language());
    let query = values.right.map(|right| format!("?right={}", right.name()));
    let path = format!("/requests/new{}", query.unwrap_or_default());
    RequestForm {
        rights: visit.app.ctx.organisation.rights_offered(),
        t: visit.t(),
        page: visit.page_at(&path, String::new()),
        values,
        errors,
        submission: sent.submission.clone(),
        consents: consent_choices(visit, &chosen(&sent.rest)),
        handed_over: Some(sent.handoff.clone()).filter(|sealed| !sealed.is_empty()),
    }
}

/// Takes the request in.
pub(super) async fn submit(visit: Visit, Form(mut sent): Form<Sent>) -> Answer {
    visit.check_origin()?;
    let vouched = if sent.handoff.is_empty() {
        None
    } else {
        let handed_over =
            handoff::unseal(&visit.app.ctx, &sent.handoff).map_err(|error| visit.fail(&error))?;
        identify(&mut sent, &handed_over);
        Some(handed_over)
    };
    let network = client::neighbourhood(client::address(&visit.request, &visit.app.web));
    let work = sent.clone();
    let outcome = visit.attempt(move |ctx| take_in(ctx, &work, &network, vouched.as_ref()));
    match outcome.await {
        Ok(receipt) => Ok(receipt.redirect(&visit)),
        Err(error) => match field_errors(&error, &FIELDS) {
            Some(errors) => {
                let view = form_page(&visit, &sent, errors);
                Ok(visit.render(StatusCode::UNPROCESSABLE_ENTITY, &view))
            }
            None => Err(visit.fail(&error)),
        },
    }
}

/// Who somebody is whom the portal handed over is what the portal says.
fn identify(sent: &mut Sent, handed_over: &HandedOver) {
    handed_over.email.as_str().clone_into(&mut sent.email);
    sent.name = handed_over
        .name
        .as_ref()
        .map(|name| name.as_str().to_owned())
        .unwrap_or_default();
    sent.customer_number = handed_over.customer_number.clone().unwrap_or_default();
    sent.personal_number.clear();
    sent.acting_name.clear();
    sent.acting_relation.clear();
}

fn take_in(
    ctx: &Context,
    sent: &Sent,
    network: &str,
    vouched: Option<&HandedOver>,
) -> crate::services::Result<Receipt> {
    let now = ctx.now();
    let request = Request::parse(&sent.typed(), now, true)?;
    limits::take_intake(ctx, network)?;
    if !sent.website.is_empty() {
        return Ok(Receipt::of_nothing(ctx, request.right));
    }
    let key = sent.key();
    let arrival = Arrival {
        channel: if vouched.is_some() { "portal" } else { "web" },
        received_at: now,
        actor: Actor::Person,
        idempotency: Some((key.as_str(), b"".as_slice())).filter(|_| !sent.submission.is_empty()),
        proofs: vec![],
    };
    let case = match vouched {
        Some(handed_over) => intake::submit_handed_over(ctx, &request, &arrival, handed_over)?,
        None => intake::submit(ctx, &request, &arrival)?,
    };
    Ok(Receipt::of(&case))
}

/// What was taken in, with the field for the code; for others than who sent the form, the page of the code alone.
pub(super) async fn submitted(visit: Visit, path: web::Path<String>) -> Answer {
    let reference = named(&visit, &path)?;
    let cookie = visit.request.cookie(RECEIPT);
    let receipt = cookie.and_then(|cookie| Receipt::read(cookie.value()));
    let Some(receipt) = receipt.filter(|receipt| receipt.reference == reference) else {
        return Ok(visit.see_other(&path_of(&reference), None));
    };
    Ok(visit.show(&SubmittedPage {
        t: visit.t(),
        page: visit.page(String::new()),
        reference: receipt.reference.to_string(),
        right: receipt.right,
        received_on: receipt.received_on,
        due_on: receipt.due_on,
    }))
}

/// What the host's portal sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Handed {
    token: String,
    right: String,
}

/// The form, for a customer whom the host's portal vouches for. The portal's page sends this from another site, and
/// the token is all that counts. Nothing is kept: what is vouched for lies sealed in the form.
pub(super) async fn hand_over(visit: Visit, Form(handed): Form<Handed>) -> Answer {
    let handed_over = handoff::verify(&visit.app.ctx, &handed.token).map_err(|error| visit.fail(&error))?;
    let ctx = &visit.app.ctx;
    let mut sent = Sent {
        right: handed.right,
        submission: ctx.new_id().to_string(),
        handoff: handoff::seal(ctx, &handed_over).map_err(|error| visit.fail(&error))?,
        ..Sent::default()
    };
    identify(&mut sent, &handed_over);
    Ok(visit.show(&form_page(&visit, &sent, FieldErrors::default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_and_the_form_it_is_typed_into_make_a_submission() {
        let one = Sent {
            submission: "1".to_owned(),
            name: "Anna".to_owned(),
            ..Sent::default()
        };
        let other = |change: fn(&mut Sent)| {
            let mut sent = one.clone();
            change(&mut sent);
            sent.key()
        };
        assert_eq!(one.key(), other(|_| ()));
        assert_ne!(one.key(), other(|sent| sent.submission = "2".to_owned()));
        assert_ne!(one.key(), other(|sent| sent.message = "mer".to_owned()));
        // The same letters in another field are something else.
        assert_ne!(
            one.key(),
            other(|sent| {
                sent.name.clear();
                sent.email = "Anna".to_owned();
            })
        );
    }

    #[test]
    fn an_unreadable_seal_is_no_word_of_the_portals() {
        let error = crate::services::Error::Unauthenticated("handoff_invalid");
        assert!(field_errors(&error, &FIELDS).is_none());
    }
}
