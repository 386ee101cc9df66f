//! Refusals, holds, stops and other ways a case may turn: what the person and the recipients are told.

use rstest::rstest;

use super::*;

fn events_allowed(case: &Case) -> Vec<&'static str> {
    super::world::Alphabet::new()
        .events
        .iter()
        .filter(|event| case.apply(event, cool_off_until()).is_ok_and(|t| t.case != *case))
        .map(super::world::column)
        .collect()
}

#[test]
fn a_refusal_needs_no_identity_but_two_people_and_is_told() {
    let case = after(
        received(Right::Erasure),
        [
            Event::IdentityAsked,
            refusal_prepared(RefusalGround::NotIdentified),
        ],
    );
    assert_eq!(case.state, State::IdentityPending);
    let refused = case.apply(&approved_by(APPROVER), noon()).unwrap();
    let ground = RefusalGround::NotIdentified;
    assert_eq!(refused.case.state, State::Refused { at: noon(), ground });
    assert_eq!(refused.effects, [Effect::TellRefused]);
}

#[rstest]
#[case::before_the_proof(true, RefusalGround::NotIdentified, None)]
#[case::by_a_lower_requirement(false, RefusalGround::NotIdentified, None)]
#[case::on_another_ground(true, RefusalGround::NoDataHeld, Some(RefusalGround::NoDataHeld))]
fn nobody_is_refused_for_want_of_an_identity_that_they_proved_meanwhile(
    #[case] proves: bool,
    #[case] prepared: RefusalGround,
    #[case] left: Option<RefusalGround>,
) {
    let enough = if proves {
        Event::IdentityProved(Level::A2)
    } else {
        Event::LevelRequired(Level::A0)
    };
    let case = after(
        received(Right::Erasure),
        [Event::IdentityAsked, refusal_prepared(prepared), enough],
    );
    assert_eq!(case.state, State::Assessing);
    let proposed = case.proposal.map(|proposal| match proposal {
        Proposal::Refusal { ground, .. } => ground,
        Proposal::Erasure { .. } => panic!("no plan was made"),
    });
    assert_eq!(proposed, left);
}

#[test]
fn a_proof_that_is_not_enough_leaves_the_refusal() {
    let case = after(
        received(Right::Erasure),
        [
            Event::IdentityAsked,
            refusal_prepared(RefusalGround::NotIdentified),
            Event::IdentityProved(Level::A1),
        ],
    );
    assert!(case.proposal.is_some());
}

#[rstest]
#[case(plan_made(Confirmation::Awaited))]
#[case(refusal_prepared(RefusalGround::NoErasureGround))]
fn what_is_taken_back_while_a_decision_is_prepared_is_not_decided(#[case] prepared: Event) {
    let case = after(assessing(Right::Erasure), [prepared]);
    let withdrawn = case.apply(&Event::Withdrawn, noon()).unwrap();
    assert_eq!(withdrawn.case.proposal, None);
    assert!(withdrawn.effects.contains(&Effect::TellWithdrawn));
    let state = withdrawn.case.state.name();
    assert_eq!(
        withdrawn.case.apply(&approved_by(APPROVER), noon()),
        Err(TransitionError::NotInState { state })
    );
}

#[test]
fn a_hold_in_the_cool_off_stops_the_erasure_until_it_is_lifted() {
    let held = after(approved(), [Event::HeldLegally]);
    assert_eq!(
        held.apply(&Event::ExecutionStarted, cool_off_until()),
        Err(TransitionError::OnHold)
    );
    let lifted = held.apply(&Event::HoldLifted, cool_off_until()).unwrap();
    assert_eq!(lifted.effects, [Effect::ScheduleErasure(cool_off_until())]);
    assert_eq!(lifted.case, approved());
    assert_eq!(
        after(lifted.case, [Event::ExecutionStarted]).state,
        State::Executing
    );
}

#[rstest]
#[case(Event::Stopped)]
#[case(Event::Withdrawn)]
fn a_held_erasure_can_still_be_given_up(#[case] event: Event) {
    let held = after(approved(), [Event::HeldLegally]);
    let given_up = held.apply(&event, noon()).unwrap();
    assert!(given_up.effects.contains(&Effect::CancelNotices));
    assert!(given_up.case.on_hold);
}

#[test]
fn under_a_hold_a_refusal_is_possible_and_an_erasure_is_not() {
    let held = after(assessing(Right::Erasure), [Event::HeldLegally]);
    let plan = after(held.clone(), [plan_made(Confirmation::NotNeeded)]);
    assert_eq!(
        plan.apply(&approved_by(APPROVER), noon()),
        Err(TransitionError::OnHold)
    );
    let refusal = after(
        held,
        [
            refusal_prepared(RefusalGround::LegalClaims),
            approved_by(APPROVER),
        ],
    );
    assert_eq!(refusal.state.name(), "refused");
}

#[test]
fn what_is_being_erased_cannot_be_held_and_what_was_retained_can() {
    let state = "executing";
    assert_eq!(
        executing().apply(&Event::HeldLegally, noon()),
        Err(TransitionError::NotInState { state })
    );
    let answered = after(executing(), [Event::ExecutionCompleted]);
    let closed = after(answered.clone(), [Event::Closed]);
    for case in [answered, closed] {
        let held = after(case.clone(), [Event::HeldLegally]);
        assert!(held.on_hold);
        assert_eq!(
            held.apply(&Event::HeldLegally, noon()),
            Err(TransitionError::AlreadyDone)
        );
        let lifted = held.apply(&Event::HoldLifted, noon()).unwrap();
        assert_eq!((lifted.case, lifted.effects), (case, vec![]));
    }
}

#[test]
fn recipients_are_told_when_it_is_done_and_before_the_person_reads_who_was_told() {
    let started = approved()
        .apply(&Event::ExecutionStarted, cool_off_until())
        .unwrap();
    assert_eq!(started.effects, []);
    let done = started
        .case
        .apply(&Event::ExecutionCompleted, cool_off_until())
        .unwrap();
    assert_eq!(
        done.effects,
        [Effect::SendNotices, Effect::TellErased, Effect::SettleIfDone]
    );
}

#[test]
fn an_outdated_plan_takes_its_notices_with_it_and_needs_a_new_decision() {
    let outdated = executing().apply(&Event::PlanOutdated, noon()).unwrap();
    assert_eq!(outdated.effects, [Effect::CancelNotices]);
    assert_eq!(
        (outdated.case.state, outdated.case.proposal),
        (State::Assessing, None)
    );
}

#[test]
fn a_reopened_case_is_judged_from_the_start() {
    let refused = after(
        assessing(Right::Erasure),
        [
            refusal_prepared(RefusalGround::NoErasureGround),
            approved_by(APPROVER),
        ],
    );
    let reopened = after(refused, [Event::Reopened]);
    assert_eq!((reopened.state, reopened.proposal), (State::Assessing, None));
    let lapsed = after(received(Right::Erasure), [Event::IdentityAsked, Event::Lapsed]);
    assert_eq!(after(lapsed, [Event::Reopened]).state, State::IdentityPending);
}

#[test]
fn what_we_pass_on_as_processor_can_be_closed() {
    let forwarded = after(assessing(Right::Access), [Event::Forwarded]);
    assert_eq!(
        after(forwarded, [Event::ForwardingCompleted]).state,
        State::Closed { at: cool_off_until() }
    );
}

#[test]
fn a_case_being_carried_out_is_left_only_by_what_the_systems_say() {
    assert_eq!(
        events_allowed(&executing()),
        ["extended", "plan outdated", "execution completed"]
    );
}
