//! The notice's machine and its answers, as tables.

use chrono::{DateTime, NaiveDate, Utc};

use super::*;

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn answer(outcome: Outcome) -> Answer {
    Answer {
        outcome,
        ground: None,
        statute: None,
        backups_until: None,
    }
}

#[rstest::rstest]
#[case(answer(Outcome::Erased), Ok(()))]
#[case(answer(Outcome::NoDataFound), Ok(()))]
#[case(answer(Outcome::Rectified), Err(AnswerError::OutcomeNotOffered))]
#[case(answer(Outcome::ErasedBackupsUntil), Err(AnswerError::BackupsDateMissing))]
#[case(answer(Outcome::Refused), Err(AnswerError::GroundMissing))]
#[case(Answer { ground: Some(KeepGround::OwnController), ..answer(Outcome::Refused) }, Err(AnswerError::GroundNotOffered))]
#[case(Answer { ground: Some(KeepGround::LegalObligation), ..answer(Outcome::Partly) }, Err(AnswerError::StatuteMissing))]
#[case(Answer { ground: Some(KeepGround::LegalObligation), statute: Some(" ".into()), ..answer(Outcome::Partly) }, Err(AnswerError::StatuteMissing))]
#[case(Answer { ground: Some(KeepGround::LegalObligation), statute: Some("bokföringslagen".into()), ..answer(Outcome::Partly) }, Ok(()))]
fn a_processors_answer_must_be_whole(#[case] given: Answer, #[case] verdict: Result<(), AnswerError>) {
    assert_eq!(given.check(Kind::Erasure, false), verdict);
}

#[test]
fn an_independent_controller_may_decide_for_itself() {
    let own = Answer {
        ground: Some(KeepGround::OwnController),
        ..answer(Outcome::Refused)
    };
    assert_eq!(own.check(Kind::Erasure, true), Ok(()));
}

#[test]
fn what_is_offered_fits_what_is_asked() {
    let mut table = String::new();
    for kind in Kind::ALL {
        let offered: Vec<&str> = Outcome::offered(kind).into_iter().map(Outcome::name).collect();
        table.push_str(&format!("{}: {}\n", kind.name(), offered.join(" ")));
    }
    insta::assert_snapshot!(table, @r"
    erasure: erased erased_backups_until no_data_found refused partly need_more_identifiers forwarded_to_subprocessors wrong_recipient
    rectification: no_data_found rectified refused partly need_more_identifiers forwarded_to_subprocessors wrong_recipient
    restriction: no_data_found restricted refused partly need_more_identifiers forwarded_to_subprocessors wrong_recipient
    restriction_lifted: no_data_found need_more_identifiers forwarded_to_subprocessors wrong_recipient
    objection: no_data_found refused partly need_more_identifiers forwarded_to_subprocessors wrong_recipient
    account_ended: erased erased_backups_until no_data_found refused partly need_more_identifiers forwarded_to_subprocessors wrong_recipient
    ");
}

#[test]
fn the_matrix_is_the_one_agreed() {
    let at = noon();
    let states = [
        State::Planned,
        State::Queued,
        State::Sent { at },
        State::Overdue { at },
        State::Escalated { at },
        State::Unanswered { at },
        State::Informed { at },
        State::Bounced { at },
        State::Answered {
            at,
            outcome: Outcome::Erased,
        },
        State::Impossible,
        State::Cancelled,
    ];
    let events = [
        Event::Released,
        Event::Rerouted,
        Event::Delivered { independent: false },
        Event::Delivered { independent: true },
        Event::Undeliverable,
        Event::Overdue,
        Event::Escalated,
        Event::GivenUp,
        Event::Abandoned,
        Event::Answered(Outcome::Erased),
        Event::Cancelled,
    ];
    let mut matrix = String::new();
    for state in states {
        let row: Vec<&str> = events
            .iter()
            .map(|event| state.apply(*event, at).map_or("-", |next| next.name()))
            .collect();
        matrix.push_str(&format!("{}: {}\n", state.name(), row.join(" ")));
    }
    insta::assert_snapshot!(matrix, @r"
    planned: queued - - - - - - - - - cancelled
    queued: - - sent informed bounced - - - impossible answered -
    sent: - - - - bounced overdue escalated - - answered -
    overdue: - - - - bounced - escalated - - answered -
    escalated: - - - - bounced - - unanswered - answered -
    unanswered: - - - - - - - - - answered -
    informed: - - - - bounced - - - - answered -
    bounced: - queued sent informed - - - - impossible answered -
    answered: - - answered answered answered - - - - answered -
    impossible: - - - - - - - - - - -
    cancelled: - - - - - - - - - - -
    ");
}

#[test]
fn a_case_waits_for_answers_that_can_still_come_or_need_work() {
    let at = noon();
    assert!(!State::Sent { at }.is_settled());
    assert!(!State::Bounced { at }.is_settled());
    assert!(
        !State::Answered {
            at,
            outcome: Outcome::NeedMoreIdentifiers
        }
        .is_settled()
    );
    assert!(
        State::Answered {
            at,
            outcome: Outcome::Refused
        }
        .is_settled()
    );
    assert!(!State::Overdue { at }.is_settled());
    assert!(!State::Escalated { at }.is_settled());
    assert!(State::Unanswered { at }.is_settled());
    assert!(State::Informed { at }.is_settled());
    assert!(State::Impossible.is_settled());
}

#[test]
fn names_are_the_serialised_forms_and_lead_back() {
    for outcome in Outcome::ALL {
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.name());
        assert_eq!(Outcome::from_name(outcome.name()), Some(outcome));
    }
    for ground in KeepGround::ALL {
        assert_eq!(serde_json::to_value(ground).unwrap(), ground.name());
        assert_eq!(KeepGround::from_name(ground.name()), Some(ground));
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Sent on Monday 2 March 2026; Easter is 5 April.
fn silence(reminders: usize, escalated_on: Option<&str>) -> Silence {
    Silence {
        sent_on: day("2026-03-02"),
        answer_by: day("2026-03-16"),
        reminders,
        escalated_on: escalated_on.map(day),
        overdue: false,
    }
}

#[rstest::rstest]
#[case::not_yet("2026-03-06", silence(0, None), None)]
#[case::a_week("2026-03-09", silence(0, None), Some(Step::Remind(1)))]
#[case::once("2026-03-10", silence(1, None), None)]
#[case::two_weeks("2026-03-16", silence(1, None), Some(Step::Remind(2)))]
#[case::both_at_once("2026-03-16", silence(0, None), Some(Step::Remind(2)))]
#[case::past_the_day("2026-03-17", silence(2, None), Some(Step::MarkOverdue))]
#[case::said_once("2026-03-17", Silence { overdue: true, ..silence(2, None) }, None)]
#[case::three_weeks("2026-03-23", silence(2, None), Some(Step::Escalate))]
#[case::after_a_long_stop("2026-06-01", silence(0, None), Some(Step::Escalate))]
#[case::its_time_runs_from_the_escalation("2026-06-02", silence(0, Some("2026-06-01")), None)]
#[case::in_the_end("2026-04-13", silence(2, Some("2026-03-23")), Some(Step::GiveUp))]
#[case::not_before("2026-04-10", silence(2, Some("2026-03-23")), None)]
fn silence_is_followed_up_in_steps(#[case] today: &str, #[case] silence: Silence, #[case] due: Option<Step>) {
    assert_eq!(FollowUp::default().due(&silence, day(today)), due);
}

#[test]
fn nobody_is_reminded_on_a_holiday() {
    // Seven days after Friday 27 March is Good Friday: the next working day is Tuesday.
    let sent = Silence {
        sent_on: day("2026-03-27"),
        ..silence(0, None)
    };
    let due = |today| {
        FollowUp::default().due(
            &Silence {
                overdue: true,
                ..sent
            },
            day(today),
        )
    };
    assert_eq!(due("2026-04-06"), None);
    assert_eq!(due("2026-04-07"), Some(Step::Remind(1)));
}

#[rstest::rstest]
#[case("remind_after_days = []", true)]
#[case("remind_after_days = [3, 5, 8]", true)]
#[case("remind_after_days = [5, 3]", false)]
#[case("remind_after_days = [0]", false)]
#[case("escalate_after_days = 14", false)]
#[case("escalate_after_days = 50", false)]
#[case("give_up_after_days = 22", true)]
fn the_days_of_following_up_must_rise(#[case] lines: &str, #[case] good: bool) {
    assert_eq!(toml::from_str::<FollowUp>(lines).is_ok(), good);
}

proptest::proptest! {
    /// Day by day, every reminder goes out once, the escalation comes after them and the end comes last, whatever the days are.
    #[test]
    fn every_step_comes_once_and_in_order(days in proptest::collection::btree_set(1_u16..60, 2..6), start in 0_u64..2000) {
        let mut days: Vec<u16> = days.into_iter().collect();
        let (give_up_after_days, escalate_after_days) = (days.pop().unwrap(), days.pop().unwrap());
        let reminders = days.len();
        let follow_up = FollowUp { remind_after_days: days, escalate_after_days, give_up_after_days };
        let sent_on = day("2026-01-01") + chrono::Days::new(start);
        let mut silence = Silence { sent_on, answer_by: sent_on + chrono::Days::new(10), reminders: 0, escalated_on: None, overdue: false };
        let mut steps = Vec::new();
        for offset in 0..200 {
            let today = sent_on + chrono::Days::new(offset);
            while let Some(step) = follow_up.due(&silence, today) {
                proptest::prop_assert!(step == Step::MarkOverdue || crate::domain::calendar::is_working_day(today));
                steps.push(step);
                match step {
                    Step::Remind(used) => silence.reminders = used,
                    Step::MarkOverdue => silence.overdue = true,
                    Step::Escalate => silence.escalated_on = Some(today),
                    Step::GiveUp => break,
                }
            }
            if steps.last() == Some(&Step::GiveUp) { break; }
        }
        let count = |wanted: fn(&Step) -> bool| steps.iter().filter(|step| wanted(step)).count();
        proptest::prop_assert!(count(|step| matches!(step, Step::Remind(_))) <= reminders);
        proptest::prop_assert_eq!(count(|step| *step == Step::Escalate), 1);
        proptest::prop_assert_eq!(steps.last(), Some(&Step::GiveUp));
    }
}
