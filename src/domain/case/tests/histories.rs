//! Random histories: whatever happens in whatever order, some things never come about.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::*;

fn staff() -> impl Strategy<Value = StaffId> {
    (1u128..=3).prop_map(|number| StaffId(Uuid::from_u128(number)))
}

fn hash() -> impl Strategy<Value = String> {
    select(vec!["a".to_owned(), "b".to_owned()])
}

fn level() -> impl Strategy<Value = Level> {
    select(vec![Level::A0, Level::A1, Level::A2, Level::A3])
}

/// Who makes what the service may also make by itself.
fn maker() -> impl Strategy<Value = Option<StaffId>> {
    proptest::option::weighted(0.8, staff())
}

fn event() -> impl Strategy<Value = Event> {
    let confirmation = select(vec![
        Confirmation::NotNeeded,
        Confirmation::Awaited,
        Confirmation::Given,
    ]);
    let plan = (1u128..=2, hash(), maker(), confirmation).prop_map(|(plan, hash, by, confirmation)| {
        Event::PlanMade {
            plan: PlanId(Uuid::from_u128(plan)),
            hash,
            by,
            confirmation,
        }
    });
    let refusal =
        (select(RefusalGround::ALL), staff()).prop_map(|(ground, by)| Event::RefusalPrepared { ground, by });
    let approval = (staff(), 0i64..72).prop_map(|(by, hours)| Event::ProposalApproved {
        by,
        cool_off_until: noon() + TimeDelta::hours(hours),
    });
    let grant = (hash(), staff(), any::<bool>(), any::<bool>()).prop_map(|(hash, by, partial, by_itself)| {
        match partial {
            true => Event::GrantPrepared { hash, by },
            false => Event::Granted {
                hash,
                by: Some(by).filter(|_| !by_itself),
            },
        }
    });
    prop_oneof![
        3 => Just(Event::IdentityAsked),
        1 => level().prop_map(Event::LevelRequired),
        4 => level().prop_map(Event::IdentityProved),
        1 => Just(Event::ClarificationAsked { on: today() }),
        2 => Just(Event::ClarificationAnswered),
        1 => Just(Event::Extended),
        5 => plan,
        3 => hash().prop_map(|hash| Event::ConsequencesConfirmed { hash }),
        3 => grant,
        2 => refusal,
        5 => approval,
        1 => staff().prop_map(|by| Event::ProposalRejected { by }),
        4 => Just(Event::ExecutionStarted),
        3 => Just(Event::ExecutionCompleted),
        2 => Just(Event::ForwardingCompleted),
        2 => Just(Event::Reopened),
        2 => Just(Event::HoldLifted),
        4 => select(vec![
            Event::Stopped, Event::PlanOutdated { begun: false }, Event::PlanOutdated { begun: true }, Event::Closed,
            Event::Withdrawn, Event::Lapsed, Event::Forwarded, Event::Merged, Event::Released, Event::HeldLegally,
        ]),
    ]
}

/// Events with the hours between them.
fn history() -> impl Strategy<Value = (Right, Vec<(Event, i64)>)> {
    let right = prop_oneof![3 => Just(Right::Erasure), 2 => select(Right::ALL.to_vec())];
    (right, prop::collection::vec((event(), 0i64..6), 0..60))
}

/// One step that was allowed.
struct Step {
    before: Case,
    event: Event,
    at: DateTime<Utc>,
    after: Case,
    effects: Vec<Effect>,
}

fn played((right, events): (Right, Vec<(Event, i64)>)) -> Vec<Step> {
    let mut case = received(right);
    let mut at = noon();
    let mut steps = Vec::new();
    for (event, hours) in events {
        at += TimeDelta::hours(hours);
        if let Ok(Transition { case: after, effects }) = case.apply(&event, at) {
            steps.push(Step {
                before: case,
                event,
                at,
                after: after.clone(),
                effects,
            });
            case = after;
        }
    }
    steps
}

fn decided(state: &State) -> bool {
    matches!(
        state.name(),
        "approved" | "executing" | "ready_for_release" | "answered"
    )
}

/// What was approved last, and is neither stopped nor outdated: its proposal, and the end of its cool-off.
#[derive(Default)]
struct Approval(Option<(Proposal, DateTime<Utc>)>);

impl Approval {
    fn follow(&mut self, step: &Step) {
        if let (Event::ProposalApproved { cool_off_until, .. }, Some(proposal)) =
            (&step.event, &step.before.proposal)
        {
            self.0 = Some((proposal.clone(), *cool_off_until));
        } else if step.after.state.name() == "assessing" {
            self.0 = None;
        }
    }
}

proptest! {
    #![proptest_config(Config::with_cases(256))]

    #[test]
    fn nothing_is_done_below_the_level_that_is_needed(history in history()) {
        for step in played(history) {
            prop_assert!(!decided(&step.after.state) || step.after.identity.is_enough(), "{:?}", step.event);
            prop_assert!(step.after.identity.reached >= step.before.identity.reached);
        }
    }

    #[test]
    fn nobody_decides_on_what_they_prepared(history in history()) {
        for step in played(history) {
            if let Event::ProposalApproved { by, .. } | Event::ProposalRejected { by } = step.event {
                let prepared_by = step.before.proposal.as_ref().map(Proposal::prepared_by);
                prop_assert!(prepared_by.is_some_and(|other| other != Some(by)));
            }
        }
    }

    #[test]
    fn an_erasure_starts_only_as_approved_confirmed_and_cooled_off(history in history()) {
        let mut approval = Approval::default();
        let mut confirmed = BTreeSet::new();
        for step in played(history) {
            if let Event::PlanMade { hash, .. } = &step.event {
                confirmed.remove(hash);
            }
            if let Event::ConsequencesConfirmed { hash } = &step.event {
                confirmed.insert(hash.clone());
            }
            approval.follow(&step);
            if step.event == Event::ExecutionStarted {
                let (proposal, cool_off_until) = approval.0.as_ref().expect("approved before");
                prop_assert!(step.at >= *cool_off_until);
                prop_assert_eq!(step.after.proposal.as_ref(), Some(proposal));
                let Proposal::Erasure { hash, confirmation, .. } = proposal else {
                    return Err(TestCaseError::fail("only an erasure waits out a cool-off"));
                };
                prop_assert!(*confirmation == Confirmation::NotNeeded || confirmed.contains(hash));
            }
            if step.after.state == State::Executing && step.before.state != State::Executing {
                prop_assert_eq!(step.event == Event::ExecutionStarted, step.after.right == Right::Erasure);
            }
        }
    }

    #[test]
    fn what_is_carried_out_was_granted_and_in_part_by_two(history in history()) {
        for step in played(history) {
            if step.after.right == Right::Erasure || step.after.state != State::Executing {
                continue;
            }
            let Some(Proposal::Grant { partial, prepared_by, .. }) = &step.after.proposal else {
                return Err(TestCaseError::fail("carried out without a grant"));
            };
            match step.event {
                Event::Granted { .. } => prop_assert!(!partial),
                Event::ProposalApproved { by, .. } => prop_assert!(*partial && Some(by) != *prepared_by),
                _ => prop_assert_eq!(step.before.state, State::Executing),
            }
        }
    }

    #[test]
    fn what_was_begun_is_never_dropped(history in history()) {
        for step in played(history) {
            let next = step.after.state.name();
            prop_assert!(!step.after.partly_done || !matches!(next, "withdrawn" | "refused" | "lapsed" | "forwarded" | "closed"));
        }
    }

    #[test]
    fn an_ended_case_is_left_only_by_taking_it_up_again(history in history()) {
        for step in played(history) {
            let (before, after) = (step.before.state.name(), step.after.state.name());
            if matches!(before, "refused" | "withdrawn" | "lapsed" | "closed") && before != after {
                prop_assert_eq!(&step.event, &Event::Reopened);
                prop_assert_eq!(&step.after.proposal, &None);
            }
        }
    }

    #[test]
    fn whoever_is_refused_is_told_and_is_not_refused_as_unknown_after_a_proof(history in history()) {
        let mut prepared_when_known = false;
        for step in played(history) {
            if let Event::RefusalPrepared { .. } = step.event {
                prepared_when_known = step.before.identity.is_enough();
            }
            let told = step.effects.contains(&Effect::TellRefused);
            let refuses = step.before.state.name() != "refused" && step.after.state.name() == "refused";
            prop_assert_eq!(told, refuses);
            if let (true, State::Refused { ground: RefusalGround::NotIdentified, .. }) = (refuses, step.after.state) {
                prop_assert!(prepared_when_known || !step.after.identity.is_enough());
            }
        }
    }

    #[test]
    fn under_a_hold_nothing_is_approved_or_started(history in history()) {
        for step in played(history) {
            let enters = step.before.state.name() != step.after.state.name();
            let entered = enters && matches!(step.after.state.name(), "approved" | "executing");
            let erases = step.after.right == Right::Erasure;
            prop_assert!(!(erases && entered && step.after.on_hold));
            prop_assert!(!(erases && step.after.state == State::Executing && step.after.on_hold));
        }
    }

    /// Every approved erasure has an open appointment, unless a hold took it; the hold's end makes a new one.
    #[test]
    fn an_approved_erasure_that_is_not_held_has_its_time(history in history()) {
        let mut appointment = None;
        for step in played(history) {
            for effect in &step.effects {
                if let Effect::ScheduleErasure(at) = effect {
                    appointment = Some(*at);
                }
            }
            if step.event == Event::HeldLegally {
                appointment = None; // the job comes, is refused, and is done with
            }
            if let State::Approved { cool_off_until } = step.after.state && !step.after.on_hold {
                prop_assert_eq!(appointment, Some(cool_off_until));
            }
        }
    }

    #[test]
    fn no_effect_comes_without_its_cause(history in history()) {
        let mut planned = false;
        for step in played(history) {
            let next = step.after.state.name();
            for effect in &step.effects {
                let caused = match effect {
                    Effect::AskForConfirmation => matches!(step.event, Event::PlanMade { .. }),
                    Effect::ScheduleErasure(_) => next == "approved",
                    Effect::PlanNotices => matches!(next, "approved" | "executing"),
                    Effect::CarryOut => next == "executing" && step.after.right != Right::Erasure,
                    Effect::SendNotices => planned && step.event == Event::ExecutionCompleted,
                    Effect::CancelNotices => matches!(next, "assessing" | "withdrawn"),
                    Effect::TellErased => step.event == Event::ExecutionCompleted,
                    Effect::TellGranted => next == "answered" && step.after.right != Right::Erasure,
                    Effect::SettleIfDone => next == "answered",
                    Effect::TellMerged => step.event == Event::Merged,
                    Effect::TellRefused => next == "refused",
                    Effect::TellWithdrawn => matches!(step.event, Event::Withdrawn | Event::Stopped),
                    Effect::TellLapsed => next == "lapsed",
                };
                prop_assert!(caused, "{effect:?} of {:?}", step.event);
                match effect {
                    Effect::PlanNotices => planned = true,
                    Effect::CancelNotices | Effect::SendNotices => planned = false,
                    _ => {}
                }
            }
            // Notices lie ready exactly while what was decided may still be carried out. An answer with data tells
            // no recipient anything: nothing was planned for it.
            if !path::passes_through(step.after.right, &State::ReadyForRelease) {
                prop_assert_eq!(planned, matches!(next, "approved" | "executing"));
            }
        }
    }

    #[test]
    fn what_the_case_is_about_never_changes(history in history()) {
        for step in played(history) {
            prop_assert_eq!(step.before.right, step.after.right);
            prop_assert_eq!(step.before.received_at, step.after.received_at);
            // Only a case that is taken up again gets a clock that can be extended once more.
            prop_assert!(step.after.extended || !step.before.extended || !step.before.state.is_open());
        }
    }
}

/// The properties above say nothing about states that no history comes to.
#[test]
fn random_histories_come_to_every_state() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::from(["received"]);
    for _ in 0..1024 {
        let history = history().new_tree(&mut runner).unwrap().current();
        reached.extend(played(history).iter().map(|step| step.after.state.name()));
    }
    let missed: Vec<_> = State::NAMES
        .into_iter()
        .filter(|name| !reached.contains(name))
        .collect();
    assert_eq!(missed, [""; 0]);
}
