//! Refusals, holds, stops and other ways a case may turn: what the person and the recipients are told.

use rstest::rstest;

use super::*;

fn events_allowed(case: &Case) -> Vec<&'static str> {
    super::world::Alphabet::new()
        .events
        .iter()
        .filter(|event| case.apply(event, cool_off_until()).is_ok_and(|t| t.case != *case))
        .map(super::world::column)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
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
        _ => panic!("nothing else was prepared"),
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
    let outdated = executing()
        .apply(&Event::PlanOutdated { begun: false }, noon())
        .unwrap();
    assert_eq!(outdated.effects, [Effect::CancelNotices]);
    assert_eq!(
        (outdated.case.state, outdated.case.proposal),
        (State::Assessing, None)
    );
}

#[test]
fn what_has_been_begun_is_brought_to_its_end() {
    let begun = after(executing(), [Event::PlanOutdated { begun: true }]);
    let ways_out = [
        Event::Withdrawn,
        Event::Forwarded,
        Event::Merged,
        refusal_prepared(RefusalGround::LegalClaims),
    ];
    for event in ways_out {
        assert_eq!(
            begun.apply(&event, noon()),
            Err(TransitionError::PartlyDone),
            "{event:?}"
        );
    }
    let asked = after(begun.clone(), [Event::ClarificationAsked { on: today() }]);
    assert_eq!(
        asked.apply(&Event::Lapsed, noon()),
        Err(TransitionError::PartlyDone)
    );
    let finished = after(
        begun,
        [
            plan_made(Confirmation::NotNeeded),
            approved_by(APPROVER),
            Event::ExecutionStarted,
            Event::ExecutionCompleted,
        ],
    );
    assert!(!finished.partly_done);
}

#[rstest]
#[case(Right::Rectification, "answered")]
#[case(Right::Restriction, "answered")]
#[case(Right::Objection, "answered")]
#[case(Right::ConsentWithdrawal, "answered")]
#[case(Right::Access, "ready_for_release")]
#[case(Right::Portability, "ready_for_release")]
fn what_is_granted_in_full_is_carried_out_at_once(#[case] right: Right, #[case] then: &str) {
    let granted = assessing(right).apply(&granted(), noon()).unwrap();
    assert_eq!(granted.case.state, State::Executing);
    assert_eq!(granted.effects, [Effect::PlanNotices, Effect::CarryOut]);
    let done = granted.case.apply(&Event::ExecutionCompleted, noon()).unwrap();
    assert_eq!(done.case.state.name(), then);
    let answered = [Effect::SendNotices, Effect::TellGranted, Effect::SettleIfDone];
    assert_eq!(
        done.effects,
        if then == "answered" {
            answered.to_vec()
        } else {
            vec![]
        }
    );
}

#[test]
fn a_review_by_a_person_is_answered_when_it_is_granted() {
    let granted = assessing(Right::HumanReview).apply(&granted(), noon()).unwrap();
    assert_eq!(granted.case.state, State::Answered { at: noon() });
    assert_eq!(granted.effects, [Effect::TellGranted, Effect::SettleIfDone]);
}

#[test]
fn what_is_granted_in_part_needs_another_person() {
    let prepared = after(assessing(Right::Access), [granted_in_part()]);
    assert_eq!(prepared.state, State::Assessing);
    assert_eq!(
        prepared.apply(&approved_by(AGENT), noon()),
        Err(TransitionError::FourEyes)
    );
    let approved = prepared.apply(&approved_by(APPROVER), noon()).unwrap();
    assert_eq!(approved.case.state, State::Executing);
}

#[test]
fn an_erasure_is_never_granted_without_its_plan() {
    for event in [granted(), granted_in_part()] {
        assert_eq!(
            assessing(Right::Erasure).apply(&event, noon()),
            Err(TransitionError::NotForRight)
        );
    }
}

#[test]
fn an_answer_with_data_goes_out_by_a_decision_of_its_own() {
    let ready = after(assessing(Right::Access), [granted(), Event::ExecutionCompleted]);
    let released = ready.apply(&Event::Released, noon()).unwrap();
    assert_eq!(released.effects, [Effect::TellGranted, Effect::SettleIfDone]);
    // Until then it can be looked into again, or taken back.
    assert_eq!(after(ready.clone(), [Event::Stopped]).state, State::Assessing);
    assert_eq!(after(ready.clone(), [Event::Withdrawn]).state.name(), "withdrawn");
    let unproved = Case {
        identity: IdentityStanding {
            reached: Level::A1,
            required: Level::A2,
        },
        ..ready
    };
    assert_eq!(
        unproved.apply(&Event::Released, noon()),
        Err(TransitionError::IdentityMissing)
    );
}

#[test]
fn a_duplicate_ends_with_the_older_case_and_its_person_is_told() {
    let merged = assessing(Right::Access).apply(&Event::Merged, noon()).unwrap();
    assert_eq!(merged.case.state, State::Closed { at: noon() });
    assert_eq!(merged.effects, [Effect::TellMerged]);
    let unproved = after(received(Right::Access), [Event::IdentityAsked]);
    assert!(unproved.apply(&Event::Merged, noon()).is_err());
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
    // Who asks is for the controller to judge.
    let unproved = after(received(Right::Access), [Event::IdentityAsked]);
    for case in [assessing(Right::Access), unproved] {
        let forwarded = after(case, [Event::Forwarded]);
        assert_eq!(
            after(forwarded, [Event::ForwardingCompleted]).state,
            State::Closed { at: cool_off_until() }
        );
    }
}

#[test]
fn a_case_being_carried_out_is_left_only_by_what_the_systems_say() {
    assert_eq!(
        events_allowed(&executing()),
        ["execution completed", "extended", "plan outdated"]
    );
}
