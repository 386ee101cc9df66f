//! Taking a request in: from the form, the API, the portal, or typed in by staff.

mod request;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::handoff::{self, HandedOver};
use super::jobs::{self, Job};
use super::{Context, Error, Result, account_end, codes, keys};
use crate::domain::calendar::stockholm_date;
use crate::domain::deadline::Deadline;
use crate::domain::grant::stop;
use crate::domain::identity::Method;
use crate::domain::ids::Reference;
use crate::domain::matching::PersonKeys;
use crate::domain::sealing::Purpose;
use crate::domain::staff::{Actor, Permission};
use crate::store::cases::{self, NewCase, StoredCase};
use crate::store::keys::CaseKey;
use crate::store::{self, Conn};

pub use request::{ActingFor, CaseFile, Request, Typed, Wish, identifiers};

/// Where a sealed case file belongs.
pub const CASE_FILE: &str = "cases.sealed";

/// The day from which the regulation applies (Art. 99(2)).
const GDPR_APPLIES_FROM: NaiveDate = match NaiveDate::from_ymd_opt(2018, 5, 25) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

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

/// Every way in which a request can come.
const CHANNELS: [&str; 9] = [
    "web",
    "api",
    "portal",
    "email",
    "phone",
    "chat",
    "letter",
    "in_person",
    "account_end",
];

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
        wish: request.file.wish.clone(),
        stop: request.file.stop.clone(),
        named: None,
        restriction_ground: request.file.restriction_ground,
    };
    let request = Request {
        file,
        ..request.clone()
    };
    let arrival = Arrival {
        proofs: vec![Method::Portal],
        ..arrival.clone()
    };
    submit_with(ctx, &request, &arrival, |conn| {
        handoff::consume(conn, handed_over)
    })
}

/// `with`: what must hold for the case to stand, in its transaction. A repeated submission does not get there.
fn submit_with(
    ctx: &Context,
    request: &Request,
    arrival: &Arrival<'_>,
    with: impl Fn(&mut Conn) -> Result<()>,
) -> Result<StoredCase> {
    must_be_known(ctx, request)?;
    let idempotency = arrival.idempotency.map(|(key, body)| {
        let secret = ctx.keys.for_purpose(Purpose::Idempotency);
        (
            secret.digest(&[b"key", key.as_bytes()]),
            secret.digest(&[b"body", body]),
        )
    });
    let key = keys::make(ctx, ctx.new_id())?;
    let outcome = ctx.store.transaction(|conn| {
        let case = insert(ctx, conn, &key, request, arrival, idempotency.as_ref())?;
        with(conn)?;
        Ok(case)
    });
    // Only what certainly made no case: a commit whose answer was lost may have made one.
    if let Err(Taken::Store(store::Error::Duplicate(_)) | Taken::Service(_)) = outcome {
        keys::destroy(ctx, key.id().0);
    }
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

/// Consents that are withdrawn by name must be some that there are.
fn must_be_known(ctx: &Context, request: &Request) -> Result<()> {
    let named = request.file.stop.as_ref().map(|wish| wish.purposes.as_slice());
    match named.filter(|named| !named.is_empty()) {
        Some(named) if stop::withdrawn(&ctx.organisation.map, named).is_err() => {
            Err(Error::field("consent.purposes", "unknown"))
        }
        _ => Ok(()),
    }
}

/// Takes in what a member of staff typed, or a machine sent. The same Idempotency-Key of the same caller is one case.
///
/// # Errors
/// When they may not, the channel is unknown, or the time of receipt lies ahead.
pub fn submit_for_person(
    ctx: &Context,
    actor: Actor,
    typed: &Typed,
    channel: &str,
    received_at: Option<DateTime<Utc>>,
    idempotency: Option<(&str, &[u8])>,
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
    // Before the regulation applied there was nothing to ask for under it: somebody mistyped the year.
    if stockholm_date(received_at) < GDPR_APPLIES_FROM {
        return Err(Error::field("received_at", "too_old"));
    }
    // A key is its caller's own.
    let key = idempotency.map(|(key, body)| (format!("{} {key}", actor.pseudonym()), body));
    let idempotency = key.as_ref().map(|(key, body)| (key.as_str(), *body));
    if channel == account_end::CHANNEL && account_end::is_word(&actor) {
        return account_end::submit(ctx, actor, typed, received_at, idempotency);
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
            idempotency,
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
    key: &CaseKey,
    request: &Request,
    arrival: &Arrival<'_>,
    idempotency: Option<&([u8; 32], [u8; 32])>,
) -> std::result::Result<StoredCase, Taken> {
    let now = ctx.now();
    let case = file(ctx, conn, key, request, arrival, idempotency, None)?;
    let id = case.id;
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
    if let Some(email) = &request.file.email
        && !arrival.proofs.contains(&Method::AccountEnd)
    {
        codes::start(ctx, conn, key, &case, email)?;
    }
    jobs::enqueue(ctx, conn, &Job::SearchPerson { case: id }, None)?;
    Ok(case)
}

/// Makes the case itself: its key, what is sealed with it, and its first event.
fn file(
    ctx: &Context,
    conn: &mut Conn,
    key: &CaseKey,
    request: &Request,
    arrival: &Arrival<'_>,
    idempotency: Option<&([u8; 32], [u8; 32])>,
    beside: Option<&Reference>,
) -> store::Result<StoredCase> {
    let now = ctx.now();
    let id = key.id();
    let reference = Reference::from_random(u64::from_le_bytes(ctx.random_bytes()));
    let deadline = Deadline::from_receipt(arrival.received_at);
    let new = NewCase {
        id: id.0,
        reference: reference.to_string(),
        right_: request.right.name(),
        state: "received",
        channel: arrival.channel.to_owned(),
        language: request.language.tag(),
        received_at: arrival.received_at,
        due_on: deadline.due_on(),
        required_level: ctx.organisation.required_level(request.right, true).number(),
        state_since: now,
        created_at: now,
        sealed: key.seal(CASE_FILE, ctx.nonce(), &request.file),
        idempotency_digest: idempotency.map(|(key, _)| key.to_vec()),
        idempotency_body: idempotency.map(|(_, body)| body.to_vec()),
    };
    let case = cases::insert(conn, &new, &lookup_digests(ctx, &request.file.keys()))?;
    let fields: Vec<&str> = request.file.keys().iter().map(|(kind, _)| kind.name()).collect();
    let mut detail =
        json!({ "right": request.right.name(), "channel": arrival.channel, "identifiers": fields });
    if let (Some(beside), Some(map)) = (beside, detail.as_object_mut()) {
        map.insert("beside".to_owned(), json!(beside.as_str()));
    }
    ctx.record_first(conn, id.0, &arrival.actor, "case_received", detail)?;
    Ok(case)
}

/// Makes a case beside another one of the same person, which is searched for as any; no code is sent, as what was
/// proved there is carried over.
///
/// # Errors
/// When the database fails.
pub fn file_beside(
    ctx: &Context,
    conn: &mut Conn,
    key: &CaseKey,
    request: &Request,
    from: &StoredCase,
    received_at: DateTime<Utc>,
    actor: &Actor,
) -> Result<StoredCase> {
    // Of an account that ended nobody asked for anything: who asks for something beside it does so on its page.
    let came = if account_end::is_end(from) {
        "web"
    } else {
        from.channel.as_str()
    };
    let known = CHANNELS.into_iter().find(|channel| *channel == came);
    let arrival = Arrival {
        channel: known.ok_or_else(|| Error::internal("an unknown channel"))?,
        received_at,
        actor: *actor,
        idempotency: None,
        proofs: vec![],
    };
    let case = file(ctx, conn, key, request, &arrival, None, Some(&from.reference))?;
    jobs::enqueue(ctx, conn, &Job::SearchPerson { case: case.id }, None)?;
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

/// A sealed value that goes when its case is thinned.
///
/// # Errors
/// [`Error::Gone`] `case_thinned` when it is gone.
pub fn present(sealed: Option<&[u8]>) -> Result<&[u8]> {
    sealed.ok_or(Error::Gone("case_thinned"))
}

/// What the person wrote in a case.
///
/// # Errors
/// [`Error::Gone`] when the case has been thinned, or its key is gone.
pub fn open_file(ctx: &Context, case: &StoredCase) -> Result<(CaseKey, CaseFile)> {
    let sealed = present(case.sealed.as_deref())?;
    let key = keys::find(ctx, case.id.0)?;
    let file = key.open(CASE_FILE, sealed)?;
    Ok((key, file))
}
