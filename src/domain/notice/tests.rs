//! The notice's machine and its answers, as tables.

use chrono::{DateTime, Utc};

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
        Event::Delivered { independent: false },
        Event::Delivered { independent: true },
        Event::Undeliverable,
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
    planned: queued - - - - cancelled
    queued: - sent informed bounced answered -
    sent: - - - - answered -
    informed: - - - - answered -
    bounced: - sent informed - answered -
    answered: - answered answered answered answered -
    impossible: - - - - - -
    cancelled: - - - - - -
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
