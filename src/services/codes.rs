//! The codes: eight digits to the typed address, and eight to the address on file.

use chrono::TimeDelta;
use serde_json::json;

use super::letters::{self, Letter, Post};
use super::{Context, Error, Result, intake, proving};
use crate::domain::contact::Email;
use crate::domain::identity::{Level, Method};
use crate::domain::ids::{CaseId, Reference};
use crate::domain::sealing::Purpose;
use crate::domain::staff::Actor;
use crate::store::cases::{self, StoredCase};
use crate::store::identity::{self, Challenge, CodeOf};
use crate::store::keys::CaseKey;
use crate::store::{self, Conn, throttles};

/// How long a code works.
const VALID: TimeDelta = TimeDelta::minutes(10);
/// Tries a round allows, right or wrong, over both its codes.
const TRIES: u32 = 5;
/// New rounds an hour for one reference.
const ROUNDS_AN_HOUR: u32 = 3;
/// Code mails a day to one address, over all cases.
const MAILS_A_DAY: u32 = 3;
/// How long a page stays open to who entered a code.
const ACCESS: TimeDelta = TimeDelta::hours(24);

/// What entering a right code gives.
pub struct Verified {
    /// Opens the case's page and API; shown once, kept as a keyed hash.
    pub token: String,
    /// The case afterwards.
    pub case: StoredCase,
}

/// Starts a round of a case that has no current one: a code to the typed address, always the same mail.
///
/// # Errors
/// When the database fails.
pub fn start(ctx: &Context, conn: &mut Conn, key: &CaseKey, case: &StoredCase, email: &Email) -> Result<()> {
    let now = ctx.now();
    let round = ctx.new_id();
    let code = eight_digits(ctx);
    let challenge = Challenge {
        id: round,
        case_id: case.id.0,
        created_at: now,
        expires_at: now + VALID,
        attempts: 0,
        typed_digest: digest(ctx, round, &code).to_vec(),
        typed_used_at: None,
        on_file_digest: None,
        on_file_used_at: None,
        superseded_at: None,
    };
    identity::start_round(conn, &challenge)?;
    if !may_mail(ctx, conn, email)? {
        return Ok(());
    }
    let letter = Letter::Code {
        right: case.case.right,
        received_on: case.deadline.received_on(),
        due_on: case.deadline.due_on(),
        code,
    };
    letters::post(ctx, conn, key, &to_person(case), email.as_str(), letter).map(drop)
}

/// Adds the code for the address on file to the current round, when that is another address.
///
/// # Errors
/// When the database fails.
pub fn add_on_file(
    ctx: &Context,
    conn: &mut Conn,
    key: &CaseKey,
    case: &StoredCase,
    email: &Email,
) -> Result<()> {
    let Some(round) = identity::find_round(conn, case.id)? else {
        return Ok(());
    };
    if round.on_file_digest.is_some() || !may_mail(ctx, conn, email)? {
        return Ok(());
    }
    let code = eight_digits(ctx);
    identity::add_on_file_code(conn, round.id, &digest(ctx, round.id, &code))?;
    letters::post(
        ctx,
        conn,
        key,
        &to_person(case),
        email.as_str(),
        Letter::CodeOnFile {
            right: case.case.right,
            code,
        },
    )
    .map(drop)
}

/// Sends new codes. Whoever asks learns nothing: not whether there is such a case, nor whether a
/// mail was sent.
///
/// # Errors
/// When the database fails.
pub fn ask_again(ctx: &Context, reference: &Reference) -> Result<()> {
    if !begins_round(ctx, reference)? {
        return Ok(());
    }
    ctx.store.transaction(|conn| {
        let Some(found) = known(conn, reference)? else {
            return Ok(());
        };
        let case = cases::lock(conn, found)?;
        let (key, file) = intake::open_file(ctx, &case)?;
        let Some(email) = &file.email else { return Ok(()) };
        identity::supersede_round(conn, case.id, ctx.now())?;
        start(ctx, conn, &key, &case, email)?;
        ctx.record(conn, case.id.0, &Actor::Person, "code_asked", json!({}))?;
        super::searching::send_on_file_code(ctx, conn, &key, &case)
    })
}

/// Whether one more round may begin for this reference, which gives new tries. Counted for references that name no case
/// too, so that these answer alike.
fn begins_round(ctx: &Context, reference: &Reference) -> Result<bool> {
    let subject = counted(ctx, reference);
    let hour = std::time::Duration::from_hours(1);
    ctx.store.transaction(|conn| {
        let taken = throttles::take(conn, "code_round", &subject, ROUNDS_AN_HOUR, hour, ctx.now())?;
        let begins = taken.allowed || !ctx.policy.limits;
        if begins {
            throttles::forget(conn, "code_try", &subject)?;
        }
        Ok(begins)
    })
}

/// What the counters know a reference by.
fn counted(ctx: &Context, reference: &Reference) -> [u8; 32] {
    let secret = ctx.keys.for_purpose(Purpose::Throttles);
    secret.digest(&[b"code", reference.as_str().as_bytes()])
}

fn known(conn: &mut Conn, reference: &Reference) -> Result<Option<CaseId>> {
    match cases::find(conn, reference) {
        Ok(case) => Ok(Some(case.id)),
        Err(store::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Enters a code: the typed address's or the address on file's. A reference that names no case answers as one whose codes
/// are all wrong, after the same work.
///
/// # Errors
/// [`Error::Rejected`] for a wrong code or an unknown case, [`Error::Gone`] for a spent or expired
/// one, [`Error::TooMany`] when the tries are used up.
pub fn verify(ctx: &Context, reference: &Reference, typed: &str) -> Result<Verified> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let case = known(&mut *ctx.store.get()?, reference)?;
    let nobody = CaseId(uuid::Uuid::nil());
    // The try is counted and committed before anything is compared.
    let taken = count_try(ctx, "code_try", reference)?;
    if !taken.allowed {
        return Err(Error::TooMany {
            retry_after: taken.retry_after_seconds,
        });
    }
    let round = identity::find_round(&mut *ctx.store.get()?, case.unwrap_or(nobody))?;
    let tries = i32::try_from(TRIES).unwrap_or_default();
    let granted = ctx
        .store
        .transaction(|conn| identity::take_attempt(conn, case.unwrap_or(nobody), tries, ctx.now()))?;
    if granted.is_none() {
        // Takes as long as the write that a try in time makes, and decides nothing.
        count_try(ctx, "code_late", reference)?;
    }
    let compared = granted.as_ref().or(round.as_ref());
    let matches = compared.and_then(|round| matching(ctx, round, &code));
    match (case, granted, matches) {
        (Some(case), Some(round), Some(CodeOf::Typed)) => {
            spend(ctx, case, &round, CodeOf::Typed, Method::TypedAddress)
        }
        (Some(case), Some(round), Some(CodeOf::OnFile)) => {
            spend(ctx, case, &round, CodeOf::OnFile, Method::OnFileAddress)
        }
        // Who has the code may know that it came too late.
        (_, None, Some(_)) => Err(Error::Gone("code_expired")),
        _ => Err(Error::Rejected("code_invalid")),
    }
}

fn count_try(ctx: &Context, bucket: &str, reference: &Reference) -> Result<throttles::Taken> {
    let (subject, now) = (counted(ctx, reference), ctx.now());
    let window = VALID.to_std().unwrap_or_default();
    ctx.store
        .transaction(|conn| Ok(throttles::take(conn, bucket, &subject, TRIES, window, now)?))
}

/// Which of the round's codes this is.
fn matching(ctx: &Context, round: &Challenge, code: &str) -> Option<CodeOf> {
    let secret = ctx.keys.for_purpose(Purpose::Codes);
    let parts: [&[u8]; 2] = [round.id.as_bytes(), code.as_bytes()];
    let is_on_file = round
        .on_file_digest
        .as_ref()
        .is_some_and(|stored| secret.matches(&parts, stored));
    match (secret.matches(&parts, &round.typed_digest), is_on_file) {
        (true, _) => Some(CodeOf::Typed),
        (_, true) => Some(CodeOf::OnFile),
        _ => None,
    }
}

fn spend(ctx: &Context, case: CaseId, round: &Challenge, code: CodeOf, method: Method) -> Result<Verified> {
    ctx.store.transaction(|conn| {
        // The case before its codes, in the order in which a search goes that adds one.
        cases::lock(conn, case)?;
        if !identity::spend_code(conn, round.id, code, ctx.now())? {
            return Err(Error::Gone("code_used"));
        }
        proving::add(ctx, conn, case, method, &Actor::Person)?;
        let token = grant_access(ctx, conn, case)?;
        Ok(Verified {
            token,
            case: cases::find_by_id(conn, case)?,
        })
    })
}

/// A new token that opens the case's page.
///
/// # Errors
/// When the database fails.
pub fn grant_access(ctx: &Context, conn: &mut Conn, case: CaseId) -> Result<String> {
    let token = super::tokens::secret(ctx);
    let digest = super::tokens::digest(ctx, &token);
    identity::grant_access(conn, case, &digest, ctx.now(), ctx.now() + ACCESS)?;
    Ok(token)
}

/// Whether there is a page to come to with a code: not when the case's file has been destroyed. Who has the reference of
/// such a case has it from our letters of then; of other references it says nothing.
///
/// # Errors
/// [`Error::Gone`] `case_thinned`.
pub fn not_thinned(ctx: &Context, reference: &Reference) -> Result<()> {
    match cases::find(&mut *ctx.store.get()?, reference) {
        Ok(case) if case.thinned_at.is_some() => Err(Error::Gone("case_thinned")),
        Ok(_) | Err(store::Error::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The case that a person's token opens.
///
/// # Errors
/// [`Error::Gone`] `case_thinned` when its file has been destroyed;
/// [`Error::Unauthenticated`] when it opens none, or not this one.
pub fn authenticate(ctx: &Context, reference: &Reference, token: &str) -> Result<StoredCase> {
    let denied = || Error::Unauthenticated("code_needed");
    let mut conn = ctx.store.get()?;
    let case = cases::find(&mut conn, reference).map_err(|_| denied())?;
    if case.thinned_at.is_some() {
        return Err(Error::Gone("case_thinned"));
    }
    let digest = super::tokens::digest(ctx, token);
    if identity::has_access(&mut conn, case.id, &digest, ctx.now())? {
        Ok(case)
    } else {
        Err(denied())
    }
}

/// Whether one more code mail may go to this address today.
fn may_mail(ctx: &Context, conn: &mut Conn, email: &Email) -> Result<bool> {
    if !ctx.policy.limits {
        return Ok(true);
    }
    let subject = ctx
        .keys
        .for_purpose(Purpose::Throttles)
        .digest(&[b"code-mail", email.as_str().as_bytes()]);
    let taken = throttles::take(
        conn,
        "code_mail",
        &subject,
        MAILS_A_DAY,
        std::time::Duration::from_hours(24),
        ctx.now(),
    )?;
    Ok(taken.allowed)
}

fn to_person(case: &StoredCase) -> Post<'_> {
    Post {
        case: case.id,
        reference: case.reference.as_str(),
        language: case.language,
        notice: None,
    }
}

fn digest(ctx: &Context, round: uuid::Uuid, code: &str) -> [u8; 32] {
    ctx.keys
        .for_purpose(Purpose::Codes)
        .digest(&[round.as_bytes(), code.as_bytes()])
}

/// Eight digits, each as likely as the other: what does not divide evenly is drawn again.
#[must_use]
pub fn eight_digits(ctx: &Context) -> String {
    const CODES: u32 = 100_000_000;
    loop {
        let drawn = u32::from_le_bytes(ctx.random_bytes());
        if drawn < u32::MAX - u32::MAX % CODES {
            return format!("{:08}", drawn % CODES);
        }
    }
}

/// The level reached, in the words of the API.
#[must_use]
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::A0 => "A0",
        Level::A1 => "A1",
        Level::A2 => "A2",
        Level::A3 => "A3",
    }
}
