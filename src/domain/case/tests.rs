//! The rules of a case, tried as tables, as every history of a small world, and as random histories.

mod conditions;
mod database;
mod endings;
mod histories;
mod matrix;
mod world;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::domain::identity::Level;
use crate::domain::ids::{PlanId, StaffId};
use crate::domain::right::Right;

const AGENT: StaffId = StaffId(Uuid::from_u128(1));
const APPROVER: StaffId = StaffId(Uuid::from_u128(2));
const PLAN: PlanId = PlanId(Uuid::from_u128(10));
const HASH: &str = "hash of the plan";

fn noon() -> DateTime<Utc> {
    "2026-11-23T11:00:00Z".parse().unwrap()
}

fn cool_off_until() -> DateTime<Utc> {
    noon() + TimeDelta::hours(48)
}

fn today() -> NaiveDate {
    noon().date_naive()
}

/// A request as it comes in: nothing proved, A2 needed.
fn received(right: Right) -> Case {
    Case {
        right,
        state: State::Received,
        identity: IdentityStanding {
            reached: Level::A0,
            required: Level::A2,
        },
        proposal: None,
        on_hold: false,
        partly_done: false,
        extended: false,
        received_at: noon(),
    }
}

fn plan_made(confirmation: Confirmation) -> Event {
    Event::PlanMade {
        plan: PLAN,
        hash: HASH.into(),
        by: Some(AGENT),
        confirmation,
    }
}

fn refusal_prepared(ground: RefusalGround) -> Event {
    Event::RefusalPrepared { ground, by: AGENT }
}

fn granted() -> Event {
    Event::Granted {
        hash: HASH.into(),
        by: Some(AGENT),
    }
}

fn granted_in_part() -> Event {
    Event::GrantPrepared {
        hash: HASH.into(),
        by: AGENT,
    }
}

fn confirmed() -> Event {
    Event::ConsequencesConfirmed { hash: HASH.into() }
}

fn approved_by(by: StaffId) -> Event {
    Event::ProposalApproved {
        by,
        cool_off_until: cool_off_until(),
    }
}

/// The case after these events, all of which must be allowed, after the cool-off.
fn after(case: Case, events: impl IntoIterator<Item = Event>) -> Case {
    events.into_iter().fold(case, |case, event| {
        case.apply(&event, cool_off_until())
            .unwrap_or_else(|error| panic!("{event:?} in {}: {error}", case.state.name()))
            .case
    })
}

fn assessing(right: Right) -> Case {
    after(
        received(right),
        [Event::IdentityAsked, Event::IdentityProved(Level::A2)],
    )
}

fn approved() -> Case {
    after(
        assessing(Right::Erasure),
        [plan_made(Confirmation::NotNeeded), approved_by(APPROVER)],
    )
}

fn executing() -> Case {
    after(approved(), [Event::ExecutionStarted])
}
