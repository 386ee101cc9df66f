//! Taking a request in: from the form, the API, the portal, or typed in by staff.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::jobs::{self, Job};
use super::handoff::{self, HandedOver};
use super::{Context, Error, FieldError, Result, codes};
use crate::domain::contact::{ContactError, Email, FreeText, PersonName};
use crate::domain::deadline::Deadline;
use crate::domain::identity::Method;
use crate::domain::ids::{CaseId, Reference};
use crate::domain::language::Language;
use crate::domain::matching::PersonKeys;
use crate::domain::personal_number::PersonalNumber;
use crate::domain::right::Right;
use crate::domain::sealing::Purpose;
use crate::domain::staff::{Actor, Permission};
use crate::store::cases::{self, NewCase, StoredCase};
use crate::store::keys::{self, CaseKey};
use crate::store::{self, Conn};

/// A request as it was typed. Empty texts count as absent.
#[derive(Clone, Default, Deserialize)]
pub struct Typed {
    /// The right's name.
    pub right: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Personnummer or samordningsnummer.
    pub personal_number: Option<String>,
    /// The host's customer number.
    pub customer_number: Option<String>,
    /// What the person wants to say.
    pub message: Option<String>,
    /// `sv` or `en`.
    pub language: Option<String>,
    /// For whom somebody acts: their own name.
    pub acting_name: Option<String>,
    /// What they are to the person.
    pub acting_relation: Option<String>,
}

/// What the person wrote, checked; the sealed part of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    /// E-mail address; staff may take in a request without one.
    pub email: Option<Email>,
    /// Name.
    pub name: Option<PersonName>,
    /// Personnummer or samordningsnummer.
    pub personal_number: Option<PersonalNumber>,
    /// The host's customer number.
    pub customer_number: Option<String>,
    /// What the person wants to say.
    pub message: Option<FreeText>,
    /// Who acts for the person, and as what.
    pub acting_for: Option<ActingFor>,
}

/// Somebody who acts for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingFor {
    /// Their name.
    pub name: PersonName,
    /// What they are to the person.
    pub relation: FreeText,
}

/// Where a sealed case file belongs.
pub const CASE_FILE: &str = "cases.sealed";

/// Customer numbers are short; anything longer is something else.
const MAX_CUSTOMER_NUMBER: usize = 40;

impl CaseFile {
    /// The keys by which the person may be found.
    #[must_use]
    pub fn keys(&self) -> PersonKeys {
        PersonKeys {
            customer_number: self.customer_number.clone(),
            personal_number: self
                .personal_number
                .as_ref()
                .map(|number| number.as_str().to_owned()),
            email: self.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: None,
        }
    }
}

/// A request that can be taken in.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked for.
    pub right: Right,
    /// In which language the person reads.
    pub language: Language,
    /// What they wrote.
    pub file: CaseFile,
}

impl Request {
    /// Checks what was typed, all of it at once, so that a form can show every wrong field.
    ///
    /// # Errors
    /// [`Error::Invalid`] with a code for each field.
    pub fn parse(typed: &Typed, now: DateTime<Utc>, email_needed: bool) -> Result<Self> {
        let mut wrong = Vec::new();
        let right = match typed.right.as_deref().map(Right::from_name) {
            Some(Some(right)) => Some(right),
            Some(None) => fail(&mut wrong, "right", "unknown"),
            None => fail(&mut wrong, "right", "required"),
        };
        let language = match filled(typed.language.as_ref()) {
            None => Some(Language::default()),
            Some(tag) => Language::from_tag(tag).or_else(|| fail(&mut wrong, "language", "unknown")),
        };
        let email = contact(&mut wrong, "email", typed.email.as_ref(), Email::parse);
        if email_needed && filled(typed.email.as_ref()).is_none() {
            fail::<()>(&mut wrong, "email", "required");
        }
        let name = contact(&mut wrong, "name", typed.name.as_ref(), PersonName::parse);
        let message = contact(&mut wrong, "message", typed.message.as_ref(), FreeText::parse);
        let today = crate::domain::calendar::stockholm_date(now);
        let personal_number = filled(typed.personal_number.as_ref()).and_then(|text| {
            PersonalNumber::parse(text, today)
                .ok()
                .or_else(|| fail(&mut wrong, "personal_number", "invalid"))
        });
        let customer_number = filled(typed.customer_number.as_ref()).and_then(|text| {
            let plain = text.chars().count() <= MAX_CUSTOMER_NUMBER && !text.chars().any(char::is_control);
            if plain {
                Some(text.to_owned())
            } else {
                fail(&mut wrong, "customer_number", "invalid")
            }
        });
        let acting_for = acting_for(&mut wrong, typed);
        match (right, language) {
            (Some(right), Some(language)) if wrong.is_empty() => {
                let file = CaseFile {
                    email,
                    name,
                    personal_number,
                    customer_number,
                    message,
                    acting_for,
                };
                Ok(Self {
                    right,
                    language,
                    file,
                })
            }
            _ => Err(Error::Invalid(wrong)),
        }
    }
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn fail<T>(wrong: &mut Vec<FieldError>, field: &'static str, code: &'static str) -> Option<T> {
    wrong.push(FieldError { field, code });
    None
}

fn contact<T>(
    wrong: &mut Vec<FieldError>,
    field: &'static str,
    text: Option<&String>,
    parse: impl Fn(&str) -> std::result::Result<T, ContactError>,
) -> Option<T> {
    match parse(filled(text)?) {
        Ok(value) => Some(value),
        Err(ContactError::TooLong) => fail(wrong, field, "too_long"),
        Err(_) => fail(wrong, field, "invalid"),
    }
}

fn acting_for(wrong: &mut Vec<FieldError>, typed: &Typed) -> Option<ActingFor> {
    let name = contact(
        wrong,
        "acting_for.name",
        typed.acting_name.as_ref(),
        PersonName::parse,
    );
    let relation = contact(
        wrong,
        "acting_for.relation",
        typed.acting_relation.as_ref(),
        FreeText::parse,
    );
    match (
        filled(typed.acting_name.as_ref()),
        filled(typed.acting_relation.as_ref()),
    ) {
        (None, None) => None,
        (Some(_), None) => fail(wrong, "acting_for.relation", "required"),
        (None, Some(_)) => fail(wrong, "acting_for.name", "required"),
        (Some(_), Some(_)) => Some(ActingFor {
            name: name?,
            relation: relation?,
        }),
    }
}

/// How and when a request reached us.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// The channel's name.
    pub channel: &'static str,
    /// When: the database's time for public intake, the true time for what staff type in.
    pub received_at: DateTime<Utc>,
    /// Who handed it in.
    pub actor: Actor,
    /// The Idempotency-Key and the body it came with.
    pub idempotency: Option<(&'a str, &'a [u8])>,
    /// What already proves who the person is: the portal's token.
    pub proofs: Vec<Method>,
}

/// The channels that staff can name.
pub const STAFF_CHANNELS: [&str; 6] = ["email", "phone", "chat", "letter", "in_person", "account_end"];

/// Takes a request in: a case, its first code, its trace and the work that follows, all or nothing.
/// The systems are searched later, so that the answer tells nothing of whether the person is known.
///
/// # Errors
/// When the Idempotency-Key came with another body before, or the database fails.
pub fn submit(ctx: &Context, request: &Request, arrival: &Arrival<'_>) -> Result<StoredCase> {
    submit_with(ctx, request, arrival, |_| Ok(()))
}

/// As [`submit`], for somebody whom the portal handed over: who they are is what the portal says, whatever was typed,
/// and its word is their first proof. The token is used up with the case that it makes.
///
/// # Errors
/// [`Error::Gone`] `handoff_used` when another case was made of it, and those of [`submit`].
pub fn submit_handed_over(
    ctx: &Context,
    request: &Request,
    arrival: &Arrival<'_>,
    handed_over: &HandedOver,
) -> Result<StoredCase> {
    let file = CaseFile {
        email: Some(handed_over.email.clone()),
        name: handed_over.name.clone(),
        personal_number: handed_over.personal_number.clone(),
        customer_number: handed_over.customer_number.clone(),
        message: request.file.message.clone(),
        acting_for: None,
    };
    let request = Request {
        file,
        ..request.clone()
    };
    let arrival = Arrival {
        proofs: vec![Method::Portal],
        ..arrival.clone()
    };
    submit_with(ctx, &request, &arrival, |conn| handoff::consume(conn, handed_over))
}

/// `with`: what must hold for the case to stand, in its transaction. A repeated submission does not get there.
fn submit_with(
    ctx: &Context,
    request: &Request,
    arrival: &Arrival<'_>,
    with: impl Fn(&mut Conn) -> Result<()>,
) -> Result<StoredCase> {
    let idempotency = arrival.idempotency.map(|(key, body)| {
        let secret = ctx.keys.for_purpose(Purpose::Idempotency);
        (
            secret.digest(&[b"key", key.as_bytes()]),
            secret.digest(&[b"body", body]),
        )
    });
    let outcome = ctx.store.transaction(|conn| {
        let case = insert(ctx, conn, request, arrival, idempotency.as_ref())?;
        with(conn)?;
        Ok(case)
    });
    match (outcome, idempotency) {
        (Err(Taken::Store(store::Error::Duplicate(_))), Some((key, body))) => {
            let earlier = cases::find_by_idempotency(&mut *ctx.store.get()?, &key)?;
            if earlier.idempotency_body.as_deref() == Some(body.as_slice()) {
                Ok(earlier)
            } else {
                Err(Error::Conflict("idempotency_mismatch"))
            }
        }
        (Err(Taken::Store(error)), _) => Err(error.into()),
        (Err(Taken::Service(error)), _) => Err(error),
        (Ok(case), _) => Ok(case),
    }
}

/// Takes in what a member of staff typed.
///
/// # Errors
/// When they may not, the channel is unknown, or the time of receipt lies ahead.
pub fn submit_for_person(
    ctx: &Context,
    actor: Actor,
    typed: &Typed,
    channel: &str,
    received_at: Option<DateTime<Utc>>,
) -> Result<StoredCase> {
    if !actor.may(Permission::OpenCases) {
        return Err(Error::Forbidden("role"));
    }
    let channel = STAFF_CHANNELS.into_iter().find(|known| *known == channel);
    let channel = channel.ok_or_else(|| Error::field("channel", "unknown"))?;
    let now = ctx.now();
    let received_at = received_at.unwrap_or(now);
    if received_at > now {
        return Err(Error::field("received_at", "in_future"));
    }
    let request = Request::parse(typed, now, false)?;
    let keys = request.file.keys();
    if keys.iter().next().is_none() {
        return Err(Error::field("email", "some_identifier_required"));
    }
    submit(
        ctx,
        &request,
        &Arrival {
            channel,
            received_at,
            actor,
            idempotency: None,
            proofs: vec![],
        },
    )
}

/// An error of the database stays one until it is known whether it means a repeated submission.
enum Taken {
    Store(store::Error),
    Service(Error),
}

impl From<store::Error> for Taken {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Taken {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

fn insert(
    ctx: &Context,
    conn: &mut Conn,
    request: &Request,
    arrival: &Arrival<'_>,
    idempotency: Option<&([u8; 32], [u8; 32])>,
) -> std::result::Result<StoredCase, Taken> {
    let now = ctx.now();
    let id = CaseId(ctx.new_id());
    let key = CaseKey::new(id, ctx.random_bytes());
    keys::insert(
        conn,
        &key,
        &ctx.keys.for_purpose(Purpose::CaseKeys),
        ctx.nonce(),
        now,
    )?;
    let reference = Reference::from_random(u64::from_le_bytes(ctx.random_bytes()));
    let new = NewCase {
        id: id.0,
        reference: reference.to_string(),
        right_: request.right.name(),
        state: "received",
        channel: arrival.channel.to_owned(),
        language: request.language.tag(),
        received_at: arrival.received_at,
        due_on: Deadline::from_receipt(arrival.received_at).due_on(),
        required_level: ctx.organisation.required_level(request.right, true).number(),
        state_since: now,
        created_at: now,
        sealed: key.seal(CASE_FILE, ctx.nonce(), &request.file),
        idempotency_digest: idempotency.map(|(key, _)| key.to_vec()),
        idempotency_body: idempotency.map(|(_, body)| body.to_vec()),
    };
    cases::insert(conn, &new, &lookup_digests(ctx, &request.file.keys()))?;
    let fields: Vec<&str> = request.file.keys().iter().map(|(kind, _)| kind.name()).collect();
    let detail = json!({ "right": request.right.name(), "channel": arrival.channel, "identifiers": fields });
    ctx.record(conn, id.0, &arrival.actor, "case_received", detail)?;
    for method in &arrival.proofs {
        store::identity::insert_proof(conn, ctx.new_id(), id, *method, None, now)?;
        ctx.record(
            conn,
            id.0,
            &arrival.actor,
            "identity_proof_given",
            json!({ "method": method.name() }),
        )?;
    }
    let case = cases::find_by_id(conn, id)?;
    if let Some(email) = &request.file.email {
        codes::start(ctx, conn, &key, &case, email)?;
    }
    jobs::enqueue(ctx, conn, &Job::SearchPerson { case: id }, None)?;
    Ok(case)
}

/// The keyed hashes by which staff find a case from an exact identifier.
#[must_use]
pub fn lookup_digests(ctx: &Context, keys: &PersonKeys) -> Vec<(&'static str, [u8; 32])> {
    let secret = ctx.keys.for_purpose(Purpose::CaseLookup);
    keys.iter()
        .map(|(kind, value)| {
            (
                kind.name(),
                secret.digest(&[kind.name().as_bytes(), value.as_bytes()]),
            )
        })
        .collect()
}

/// What the person wrote in a case.
///
/// # Errors
/// When the case's key has been destroyed, or the database fails.
pub fn open_file(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<(CaseKey, CaseFile)> {
    let key = keys::find(conn, case.id, &ctx.keys.for_purpose(Purpose::CaseKeys))?;
    let file = key.open(CASE_FILE, &case.sealed)?;
    Ok((key, file))
}
