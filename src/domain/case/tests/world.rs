//! A small world: every case that can come about when a handful of events happen in any order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::*;

/// The events of the small world, and the two moments at which they happen.
pub(super) struct Alphabet {
    pub(super) events: Vec<Event>,
    pub(super) moments: [DateTime<Utc>; 2],
}

impl Alphabet {
    pub(super) fn new() -> Self {
        let mut events = vec![
            Event::IdentityAsked,
            Event::LevelRequired(Level::A0),
            Event::LevelRequired(Level::A2),
            Event::IdentityProved(Level::A1),
            Event::IdentityProved(Level::A3),
            Event::ClarificationAsked { on: today() },
            Event::ClarificationAnswered,
            Event::Extended,
            plan_made(Confirmation::NotNeeded),
            plan_made(Confirmation::Awaited),
            plan_made(Confirmation::Given),
            confirmed(),
            Event::ConsequencesConfirmed {
                hash: "another".into(),
            },
            granted(),
            granted_in_part(),
            refusal_prepared(RefusalGround::NotIdentified),
            refusal_prepared(RefusalGround::NoErasureGround),
        ];
        for by in [AGENT, APPROVER] {
            events.push(approved_by(by));
            events.push(Event::ProposalRejected { by });
        }
        events.extend([
            Event::Stopped,
            Event::ExecutionStarted,
            Event::PlanOutdated { begun: false },
            Event::PlanOutdated { begun: true },
            Event::ExecutionCompleted,
            Event::Released,
            Event::Closed,
            Event::Withdrawn,
            Event::Lapsed,
            Event::Forwarded,
            Event::ForwardingCompleted,
            Event::Merged,
            Event::Reopened,
            Event::HeldLegally,
            Event::HoldLifted,
        ]);
        Self {
            events,
            moments: [noon(), cool_off_until()],
        }
    }
}

/// What the event is called in the matrix.
pub(super) const fn column(event: &Event) -> &'static str {
    match event {
        Event::IdentityAsked => "identity asked",
        Event::LevelRequired(_) => "level required",
        Event::IdentityProved(_) => "identity proved",
        Event::ClarificationAsked { .. } => "clarification asked",
        Event::ClarificationAnswered => "clarification answered",
        Event::Extended => "extended",
        Event::PlanMade { .. } => "plan made",
        Event::ConsequencesConfirmed { .. } => "consequences confirmed",
        Event::Granted { .. } => "granted",
        Event::GrantPrepared { .. } => "grant in part prepared",
        Event::RefusalPrepared { .. } => "refusal prepared",
        Event::ProposalApproved { .. } => "proposal approved",
        Event::ProposalRejected { .. } => "proposal rejected",
        Event::Stopped => "stopped",
        Event::ExecutionStarted => "execution started",
        Event::PlanOutdated { .. } => "plan outdated",
        Event::ExecutionCompleted => "execution completed",
        Event::Released => "released",
        Event::Closed => "closed",
        Event::Withdrawn => "withdrawn",
        Event::Lapsed => "lapsed",
        Event::Forwarded => "forwarded",
        Event::ForwardingCompleted => "forwarding completed",
        Event::Merged => "merged",
        Event::Reopened => "reopened",
        Event::HeldLegally => "held legally",
        Event::HoldLifted => "hold lifted",
    }
}

/// What an event in a state can lead to, over all cases in that state.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// The states that can follow.
    pub(super) next: BTreeSet<&'static str>,
    /// The reasons for which it may be refused, other than the state.
    pub(super) reasons: BTreeSet<String>,
    /// What is committed with it, by the state that follows.
    pub(super) effects: BTreeSet<(&'static str, String)>,
}

/// All outcomes that can come about for a right, by state and event.
pub(super) struct World {
    pub(super) cells: BTreeMap<(&'static str, &'static str), Cell>,
    pub(super) reached: BTreeSet<&'static str>,
}

/// The world of `right`, made once.
pub(super) fn world(right: Right) -> &'static World {
    static WORLDS: [OnceLock<World>; Right::ALL.len()] = [const { OnceLock::new() }; Right::ALL.len()];
    let place = Right::ALL.iter().position(|r| *r == right).unwrap();
    WORLDS[place].get_or_init(|| explore(right))
}

fn explore(right: Right) -> World {
    let alphabet = Alphabet::new();
    let mut cells: BTreeMap<_, Cell> = BTreeMap::new();
    let mut reached = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![received(right)];
    while let Some(case) = waiting.pop() {
        reached.insert(case.state.name());
        for event in &alphabet.events {
            let cell = cells.entry((case.state.name(), column(event))).or_default();
            for at in alphabet.moments {
                match case.apply(event, at) {
                    Ok(Transition { case, effects }) => {
                        let name = case.state.name();
                        cell.next.insert(name);
                        if !effects.is_empty() {
                            cell.effects.insert((name, names(&effects)));
                        }
                        if seen.insert(format!("{case:?}")) {
                            waiting.push(case);
                        }
                    }
                    Err(TransitionError::NotInState { .. }) => {}
                    Err(error) => {
                        cell.reasons.insert(error.to_string());
                    }
                }
            }
        }
    }
    World { cells, reached }
}

fn names(effects: &[Effect]) -> String {
    let name = |effect: &Effect| match effect {
        Effect::ScheduleErasure(_) => "ScheduleErasure".to_owned(),
        other => format!("{other:?}"),
    };
    effects.iter().map(name).collect::<Vec<_>>().join(", ")
}
