//! Under which conditions an event that the state allows may happen.

use rstest::rstest;

use super::*;

fn refused_with(case: &Case, event: &Event, at: DateTime<Utc>) -> TransitionError {
    case.apply(event, at).expect_err("must not be allowed")
}

#[rstest]
#[case::plan(plan_made(Confirmation::NotNeeded))]
#[case::refusal(refusal_prepared(RefusalGround::NoErasureGround))]
fn who_prepared_it_neither_approves_nor_rejects_it(#[case] prepared: Event) {
    let case = after(assessing(Right::Erasure), [prepared]);
    for event in [approved_by(AGENT), Event::ProposalRejected { by: AGENT }] {
        assert_eq!(refused_with(&case, &event, noon()), TransitionError::FourEyes);
    }
    case.apply(&approved_by(APPROVER), noon()).unwrap();
    let rejected = case
        .apply(&Event::ProposalRejected { by: APPROVER }, noon())
        .unwrap();
    assert_eq!(
        (rejected.case.state, rejected.case.proposal),
        (State::Assessing, None)
    );
}

#[test]
fn preparing_it_anew_moves_the_bar_to_who_did_that() {
    let by_approver = Event::PlanMade {
        plan: PLAN,
        hash: "another".into(),
        by: Some(APPROVER),
        confirmation: Confirmation::NotNeeded,
    };
    let case = after(
        assessing(Right::Erasure),
        [plan_made(Confirmation::NotNeeded), by_approver],
    );
    assert_eq!(
        refused_with(&case, &approved_by(APPROVER), noon()),
        TransitionError::FourEyes
    );
    case.apply(&approved_by(AGENT), noon()).unwrap();
}

#[test]
fn what_is_gone_or_was_never_prepared_cannot_be_approved() {
    let case = assessing(Right::Erasure);
    for event in [
        approved_by(APPROVER),
        Event::ProposalRejected { by: APPROVER },
        confirmed(),
    ] {
        assert_eq!(
            refused_with(&case, &event, noon()),
            TransitionError::NothingPrepared
        );
    }
}

#[rstest]
#[case::not_needed(Confirmation::NotNeeded, None)]
#[case::awaited(Confirmation::Awaited, Some(TransitionError::NotConfirmed))]
fn approval_waits_for_the_person(#[case] confirmation: Confirmation, #[case] error: Option<TransitionError>) {
    let made = assessing(Right::Erasure)
        .apply(&plan_made(confirmation), noon())
        .unwrap();
    let asked = made.effects == [Effect::AskForConfirmation];
    assert_eq!(asked, error.is_some());
    assert_eq!(made.case.apply(&approved_by(APPROVER), noon()).err(), error);
    let given = after(made.case, [confirmed()]);
    given.apply(&approved_by(APPROVER), noon()).unwrap();
    assert_eq!(
        refused_with(&given, &confirmed(), noon()),
        TransitionError::AlreadyDone
    );
}

#[test]
fn no_plan_is_born_confirmed() {
    let case = assessing(Right::Erasure);
    assert_eq!(
        refused_with(&case, &plan_made(Confirmation::Given), noon()),
        TransitionError::NotConfirmed
    );
}

#[test]
fn a_confirmation_of_another_plan_counts_for_nothing() {
    let case = after(assessing(Right::Erasure), [plan_made(Confirmation::Awaited)]);
    let other = Event::ConsequencesConfirmed {
        hash: "another".into(),
    };
    assert_eq!(refused_with(&case, &other, noon()), TransitionError::PlanChanged);
    // A new plan asks anew, even after a confirmation.
    let anew = after(case, [confirmed(), plan_made(Confirmation::Awaited)]);
    assert_eq!(
        refused_with(&anew, &approved_by(APPROVER), noon()),
        TransitionError::NotConfirmed
    );
}

#[test]
fn only_a_plan_is_confirmed() {
    let case = after(
        assessing(Right::Erasure),
        [refusal_prepared(RefusalGround::NoErasureGround)],
    );
    assert_eq!(
        refused_with(&case, &confirmed(), noon()),
        TransitionError::NothingPrepared
    );
}

#[rstest]
#[case(Level::A0)]
#[case(Level::A1)]
#[case(Level::A2)]
#[case(Level::A3)]
fn nothing_goes_on_below_the_level_that_is_needed(#[case] required: Level) {
    for reached in [Level::A0, Level::A1, Level::A2, Level::A3] {
        let case = Case {
            state: State::Assessing,
            identity: IdentityStanding { reached, required },
            ..received(Right::Erasure)
        };
        let error = (reached < required).then_some(TransitionError::IdentityMissing);
        let prepared = Case {
            proposal: after(assessing(Right::Erasure), [plan_made(Confirmation::Awaited)]).proposal,
            ..case.clone()
        };
        let confirmed_plan = Case {
            proposal: after(
                assessing(Right::Erasure),
                [plan_made(Confirmation::Awaited), confirmed()],
            )
            .proposal,
            ..case.clone()
        };
        let tried = [
            case.apply(&plan_made(Confirmation::NotNeeded), noon()),
            case.apply(&Event::Merged, noon()),
            prepared.apply(&confirmed(), noon()),
            confirmed_plan.apply(&approved_by(APPROVER), noon()),
        ];
        assert_eq!(tried.map(Result::err), [error; 4], "{reached:?} of {required:?}");
    }
}

#[rstest]
#[case(Level::A1, State::IdentityPending)]
#[case(Level::A2, State::Assessing)]
#[case(Level::A3, State::Assessing)]
fn a_proof_moves_the_case_on_once_it_is_enough(#[case] proved: Level, #[case] state: State) {
    let case = after(
        received(Right::Erasure),
        [Event::IdentityAsked, Event::IdentityProved(proved)],
    );
    assert_eq!(case.state, state);
    // A weaker proof afterwards takes nothing away.
    assert_eq!(after(case.clone(), [Event::IdentityProved(Level::A0)]), case);
}

#[test]
fn a_right_that_needs_no_proof_is_assessed_at_once() {
    let case = after(received(Right::Objection), [Event::LevelRequired(Level::A0)]);
    assert_eq!(case.state, State::Assessing);
}

#[test]
fn the_level_that_is_needed_is_settled_before_the_decision() {
    let judged = after(assessing(Right::Erasure), [Event::LevelRequired(Level::A3)]);
    assert_eq!(
        refused_with(&judged, &plan_made(Confirmation::NotNeeded), noon()),
        TransitionError::IdentityMissing
    );
    for case in [
        approved(),
        executing(),
        after(assessing(Right::Access), [Event::Forwarded]),
    ] {
        let state = case.state.name();
        assert_eq!(
            refused_with(&case, &Event::LevelRequired(Level::A3), noon()),
            TransitionError::NotInState { state }
        );
    }
}

#[test]
fn a_proof_given_in_the_cool_off_changes_nothing_else() {
    let case = approved();
    let proved = case.apply(&Event::IdentityProved(Level::A3), noon()).unwrap();
    assert_eq!(proved.effects, []);
    assert_eq!(proved.case.identity.reached, Level::A3);
    assert_eq!(
        Case {
            identity: case.identity,
            ..proved.case
        },
        case
    );
}

#[rstest]
#[case(-1, Some(TransitionError::CoolingOff))]
#[case(0, None)]
#[case(1, None)]
fn the_cool_off_ends_to_the_microsecond(#[case] off: i64, #[case] error: Option<TransitionError>) {
    let at = cool_off_until() + TimeDelta::microseconds(off);
    assert_eq!(approved().apply(&Event::ExecutionStarted, at).err(), error);
}

#[rstest]
#[case::nothing_prepared(Case { proposal: None, ..approved() }, TransitionError::NothingPrepared)]
#[case::a_refusal(
    Case {
        proposal: Some(Proposal::Refusal { ground: RefusalGround::NoDataHeld, prepared_by: AGENT }),
        ..approved()
    },
    TransitionError::NothingPrepared
)]
#[case::not_confirmed(
    Case {
        proposal: Some(Proposal::Erasure {
            plan: PLAN,
            hash: HASH.into(),
            prepared_by: Some(AGENT),
            confirmation: Confirmation::Awaited,
        }),
        ..approved()
    },
    TransitionError::NotConfirmed
)]
#[case::identity(
    Case { identity: IdentityStanding { reached: Level::A1, required: Level::A2 }, ..approved() },
    TransitionError::IdentityMissing
)]
#[case::hold(Case { on_hold: true, ..approved() }, TransitionError::OnHold)]
fn an_approved_case_that_should_not_be_is_not_carried_out(
    #[case] case: Case,
    #[case] error: TransitionError,
) {
    assert_eq!(
        refused_with(&case, &Event::ExecutionStarted, cool_off_until()),
        error
    );
}

#[test]
fn time_is_extended_once() {
    let case = after(assessing(Right::Access), [Event::Extended]);
    assert!(case.extended);
    assert_eq!(
        refused_with(&case, &Event::Extended, noon()),
        TransitionError::AlreadyDone
    );
}

#[rstest]
#[case(Right::Access)]
#[case(Right::Rectification)]
#[case(Right::Restriction)]
#[case(Right::Portability)]
#[case(Right::Objection)]
#[case(Right::ConsentWithdrawal)]
#[case(Right::HumanReview)]
fn only_an_erasure_is_planned(#[case] right: Right) {
    assert_eq!(
        refused_with(&assessing(right), &plan_made(Confirmation::NotNeeded), noon()),
        TransitionError::NotForRight
    );
}
