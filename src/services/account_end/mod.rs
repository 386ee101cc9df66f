//! The end of an account: an erasure that nobody asked for. A machine's word starts it, the service plans it, an approver has
//! approved such plans before (or looks at this one), and a quarantine leaves time to undo it.

mod deciding;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::intake::{Arrival, CaseFile, Request, Typed};
use super::jobs::{self, Job};
use super::letters::{EndedStage, Letter};
use super::searching::Subject;
use super::transition::{self, Change};
use super::{Context, Error, Result, intake, telling};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::{Event, State};
use crate::domain::identity::Method;
use crate::domain::ids::Reference;
use crate::domain::right::Right;
use crate::domain::staff::{Actor, Permission, Role};
use crate::domain::standing;
use crate::store::cases::{self, StoredCase};
use crate::store::standing as store;
use crate::store::{Conn, case_files, identity, jobs as queue, plans, proposals};

pub use deciding::{go_on, look_again};

/// How such cases came.
pub const CHANNEL: &str = "account_end";

/// Whether the case is the end of an account, whoever told us of it.
#[must_use]
pub fn is_end(case: &StoredCase) -> bool {
    case.channel == CHANNEL && case.case.right == Right::Erasure
}

/// Whether the actor's word proves that an account has ended: the host's own machine, or its command line.
#[must_use]
pub const fn is_word(actor: &Actor) -> bool {
    matches!(
        actor,
        Actor::System
            | Actor::Staff {
                role: Role::Machine,
                ..
            }
    )
}

/// Whether a case is the end of an account that a machine told us of, so that nobody has to prove who asks.
fn by_word(conn: &mut Conn, case: &StoredCase) -> Result<bool> {
    let proofs = identity::list_proofs(conn, case.id)?;
    Ok(is_end(case) && proofs.iter().any(|proof| proof.method == Method::AccountEnd))
}

/// Takes the end of an account in. Said twice while the first is open, it is one case.
///
/// # Errors
/// When the actor may not, or names nobody.
pub fn submit(
    ctx: &Context,
    actor: Actor,
    typed: &Typed,
    received_at: DateTime<Utc>,
    idempotency: Option<(&str, &[u8])>,
) -> Result<StoredCase> {
    if !actor.may(Permission::OpenCases) || !is_word(&actor) {
        return Err(Error::Forbidden("role"));
    }
    let erasure = Right::Erasure.name().to_owned();
    let typed = Typed {
        right: typed.right.clone().or(Some(erasure)),
        ..typed.clone()
    };
    let request = Request::parse(&typed, ctx.now(), false)?;
    if request.right != Right::Erasure {
        return Err(Error::field("right", "not_for_channel"));
    }
    let named = request.file.keys();
    if named.iter().next().is_none() {
        return Err(Error::field("customer_number", "some_identifier_required"));
    }
    let digests = intake::lookup_digests(ctx, &named);
    let digests: Vec<Vec<u8>> = digests.into_iter().map(|(_, digest)| digest.to_vec()).collect();
    let conn = &mut *ctx.store.get()?;
    if let (None, Some(open)) = (idempotency, store::find_open_end(conn, &digests)?) {
        return Ok(cases::find_by_id(conn, open)?);
    }
    // What the machine names the account by is no address to write to: that is the one on file, once it is found.
    let file = CaseFile {
        email: None,
        named: Some(named),
        ..request.file.clone()
    };
    let arrival = Arrival {
        channel: CHANNEL,
        received_at,
        actor,
        idempotency,
        proofs: vec![Method::AccountEnd],
    };
    intake::submit(ctx, &Request { file, ..request }, &arrival)
}

/// Puts the planning into the queue once the systems have been searched. What was planned once and stopped waits for a
/// person.
///
/// # Errors
/// When the database fails.
pub fn go_on_when_due(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    let waits = case.case.state == State::Assessing && case.case.proposal.is_none();
    if !waits || !by_word(conn, case)? || was_planned(conn, case)? {
        return Ok(());
    }
    let job = Job::EndAccount { case: case.id };
    if !queue::is_waiting(conn, case.id, job.kind())? {
        jobs::enqueue(ctx, conn, &job, None)?;
    }
    Ok(())
}

fn was_planned(conn: &mut Conn, case: &StoredCase) -> Result<bool> {
    match plans::find_newest(conn, case.id) {
        Ok(_) => Ok(true),
        Err(crate::store::Error::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// How long such an erasure can be undone once it is approved.
#[must_use]
pub fn quarantine(ctx: &Context) -> TimeDelta {
    TimeDelta::days(ctx.policy.account_end_quarantine_days.into())
}

/// Tells the person that the account has ended, when its data is erased, and how to undo that.
///
/// # Errors
/// When the database fails.
pub fn tell_approved(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<()> {
    let State::Approved { cool_off_until } = case.case.state else {
        return Ok(());
    };
    let (key, _) = intake::open_file(ctx, case)?;
    let erased_from = stockholm_date(cool_off_until);
    let letter = Letter::AccountEnded {
        stage: EndedStage::Begins { erased_from },
    };
    telling::send(ctx, conn, case, &key, letter)
}

/// What the person is told when nothing is erased after all: nothing, when they were never told that it would be.
///
/// # Errors
/// When the database fails.
pub fn called_off(conn: &mut Conn, case: &StoredCase) -> Result<Option<Letter>> {
    let told = proposals::was_approved(conn, case.id)?;
    Ok(told.then_some(Letter::AccountEnded {
        stage: EndedStage::Undone,
    }))
}

/// The machine takes its word back: nothing is erased. Said twice, it is the same.
///
/// # Errors
/// When the actor may not, no machine told us of the case, or the erasure has begun.
pub fn undo(ctx: &Context, actor: &Actor, reference: &Reference) -> Result<StoredCase> {
    if !actor.may(Permission::OpenCases) || !is_word(actor) {
        return Err(Error::Forbidden("role"));
    }
    ctx.store.transaction(|conn| {
        let found = cases::find(conn, reference)?;
        let case = cases::lock(conn, found.id)?;
        if !by_word(conn, &case)? {
            return Err(Error::NotFound);
        }
        if matches!(case.case.state, State::Withdrawn { .. }) {
            return Ok(case);
        }
        call_off(ctx, conn, &case, actor)
    })
}

/// Calls the erasure off, for whoever may.
///
/// # Errors
/// When it has begun, or the database fails.
pub fn call_off(ctx: &Context, conn: &mut Conn, case: &StoredCase, actor: &Actor) -> Result<StoredCase> {
    let change = Change {
        event: Event::Withdrawn,
        actor,
        action: "account_end_undone",
        detail: json!({}),
        visible: true,
    };
    transition::apply(ctx, conn, case, change)
}

/// Keeps the address on file of the account that the machine named as the one to write to, so that the person can get a
/// code and undo it, and staff find the case by whatever the account has. While it is not clear which account is meant
/// there is none, and nobody gets a code.
///
/// # Errors
/// When the database fails.
pub fn keep_address(ctx: &Context, conn: &mut Conn, case: &StoredCase, subject: &Subject) -> Result<()> {
    let (key, file) = intake::open_file(ctx, case)?;
    let Some(named) = &file.named else { return Ok(()) };
    let account = subject
        .account
        .as_ref()
        .filter(|account| standing::names(named, account));
    let email = account.and_then(|_| subject.on_file());
    if let Some(account) = account {
        case_files::add_digests(conn, case.id, &intake::lookup_digests(ctx, &account.keys))?;
    }
    if email == file.email {
        return Ok(());
    }
    let file = CaseFile { email, ..file };
    let sealed = key.seal(intake::CASE_FILE, ctx.nonce(), &file);
    Ok(case_files::reseal(conn, case.id, &sealed)?)
}
