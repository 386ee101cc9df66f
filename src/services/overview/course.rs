//! What happened on a case's way, as staff see it beside the case.

use crate::domain::case::Event;
use crate::domain::staff::{Actor, Permission};
use crate::services::handling::{self, ForwardingFile, HoldFile, Question};
use crate::services::incidents::{self, Incident};
use crate::services::{Context, Result, account_end, execution};
use crate::store::Conn;
use crate::store::cases::StoredCase;
use crate::store::forwardings::ForwardingRow;
use crate::store::links::{self, Linked};
use crate::store::paper_letters::{self, PaperLetter};
use crate::store::standing::{self, StandingUse};

/// What happened on a case's way.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// What waits for the person's answer.
    pub questions: Vec<Question>,
    /// The legal hold in force, and whether the person was told.
    pub hold: Option<(HoldFile, bool)>,
    /// To whom the request was passed on.
    pub forwarding: Option<(ForwardingRow, ForwardingFile)>,
    /// Cases that were split off this one, or that it was split off.
    pub linked: Vec<Linked>,
    /// The case that goes on with this one, and those that this one goes on with.
    pub merged: Vec<Linked>,
    /// Personal data breaches.
    pub incidents: Vec<Incident>,
    /// Letters on paper.
    pub letters: Vec<PaperLetter>,
    /// What became of an account that ended.
    pub ended: Option<StandingUse>,
}

pub(super) fn load(ctx: &Context, conn: &mut Conn, actor: &Actor, case: &StoredCase) -> Result<Course> {
    Ok(Course {
        questions: handling::open_questions(ctx, conn, case)?,
        hold: handling::open_hold(ctx, conn, case)?,
        forwarding: handling::open_forwarding(ctx, conn, case)?,
        linked: links::list(conn, case.id)?,
        merged: links::list_merged(conn, case.id, case.merged_into)?,
        incidents: incidents::of_case(ctx, conn, actor, case)?,
        letters: paper_letters::list(conn, case.id)?,
        ended: standing::find_use(conn, case.id)?,
    })
}

/// Whether the state and the role allow an action of a case's course now; none for an action that is not one.
pub(super) fn allows(ctx: &Context, actor: &Actor, case: &StoredCase, action: &str) -> Option<bool> {
    let handles = actor.may(Permission::HandleCases);
    let fits = |event: Event| case.case.apply(&event, ctx.now()).is_ok();
    let (state, on) = (&case.case.state, case.deadline.received_on());
    Some(match action {
        "request_clarification" => handles && fits(Event::ClarificationAsked { on }),
        "record_clarification" => handles && fits(Event::ClarificationAnswered),
        "request_identity" => {
            let waits = state.is_undecided() && state.name() != "received";
            handles && waits && !case.case.identity.is_enough()
        }
        "announce_fee" => handles && state.is_undecided() && state.name() != "received",
        "forward" => handles && fits(Event::Forwarded),
        "merge" => handles && fits(Event::Merged),
        "split" => {
            let whole = state.is_undecided() && case.case.must_not_have_begun().is_ok();
            handles && whole && !account_end::is_end(case)
        }
        "undo_account_end" => handles && account_end::is_end(case) && fits(Event::Withdrawn),
        "advise" => actor.may(Permission::Advise),
        "report_incident" => actor.may(Permission::ReportIncidents),
        "hold" => handles && fits(Event::HeldLegally),
        "lift_hold" => handles && fits(Event::HoldLifted),
        "reopen" => handles && handling::may_reopen(ctx, case).is_ok(),
        "close" => handles && (fits(Event::Closed) || fits(Event::ForwardingCompleted)),
        "settle" => handles && execution::is_unsettled(case),
        // Known with the letters and notices themselves.
        "letter_sent" | "record_told" | "record_unreachable" => false,
        _ => return None,
    })
}

/// The actions, and that a letter can be marked as posted when one waits.
pub(super) fn with_letters(
    mut actions: Vec<&'static str>,
    actor: &Actor,
    course: &Course,
) -> Vec<&'static str> {
    let waits = course.letters.iter().any(|letter| letter.sent_at.is_none());
    if waits && actor.may(Permission::HandleCases) {
        actions.push("letter_sent");
    }
    actions
}
