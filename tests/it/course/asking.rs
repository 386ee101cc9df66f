//! Questions to the person: when the clock stops, what they see, and what comes of silence.

use chrono::TimeDelta;
use dataratt::services::{Error, handling};
use serde_json::json;

use super::Desk;

fn question(reason: &str) -> serde_json::Value {
    json!({ "action": "request_clarification", "text": "Gäller det alla år?", "reason": reason })
}

#[test]
fn a_necessary_question_asked_at_once_stops_the_clock_until_it_is_answered() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    // Received on Monday 2026-11-23: due on 23 December.
    assert_eq!(case.deadline.due_on().to_string(), "2026-12-23");
    let case = desk.does(&case, question("large_request"));
    assert_eq!(case.case.state.name(), "clarification_pending");
    assert!(case.deadline.is_paused());
    let mail = desk.mail(&case, "Vi behöver fråga dig en sak");
    assert!(mail.text().contains("Gäller det alla år?"), "{}", mail.text());
    assert!(
        mail.text().contains("står stilla från 2026-11-23"),
        "{}",
        mail.text()
    );
    assert!(mail.text().contains("Du får ändå begära allt."));
    let seen = desk.seen_by_person(&case);
    assert_eq!(seen["asked"], json!(["clarification"]));
    assert_eq!(seen["questions"][0]["text"], "Gäller det alla år?");
    assert_eq!(seen["paused"], true);
    desk.advance(TimeDelta::days(5));
    handling::write_to_staff(&desk.world, case.id, "Bara förra året.").unwrap();
    let case = desk.find(&case.reference);
    assert_eq!(case.case.state.name(), "assessing");
    assert!(case.message_waits);
    assert!(!case.deadline.is_paused());
    // 23 December + 5 days is Monday 28 December, a working day.
    assert_eq!(case.deadline.due_on().to_string(), "2026-12-28");
    assert_eq!(
        desk.database
            .count("SELECT count(*) FROM cases WHERE due_on = '2026-12-28'"),
        1
    );
    let clock = case.deadline.clock();
    assert_eq!(clock.due_without_pause_on.to_string(), "2026-12-23");
    assert_eq!(desk.seen_by_person(&case)["questions"], json!([]));
}

#[test]
fn other_questions_late_ones_and_second_ones_leave_the_clock_running() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let case = desk.does(&case, question("other"));
    assert!(!case.deadline.is_paused());
    assert!(desk.mail(&case, "fråga").text().contains("fortsätter att gå"));
    let case = desk.does(
        &case,
        json!({ "action": "record_clarification", "text": "Ringde: ja." }),
    );
    let case = desk.does(&case, question("large_request"));
    assert!(case.deadline.is_paused(), "the first necessary one");
    let case = desk.does(
        &case,
        json!({ "action": "record_clarification", "text": "Alla." }),
    );
    let case = desk.does(&case, question("large_request"));
    assert!(!case.deadline.is_paused(), "asked before");
    let late = desk.assessed_of("access", &desk.person(1));
    desk.advance(TimeDelta::days(7));
    let late = desk.does(&late, question("large_request"));
    assert!(!late.deadline.is_paused(), "asked late");
    assert_eq!(
        desk.refuses(&late, question("large_request")),
        "transition_refused"
    );
    assert_eq!(late.deadline.due_on(), late.deadline.due_without_pause());
}

#[test]
fn a_question_needs_words_and_a_reason_that_there_is() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let ask = |text: &str, reason: &str| {
        desk.refuses(
            &case,
            json!({ "action": "request_clarification", "text": text, "reason": reason }),
        )
    };
    assert_eq!(ask(" ", "other"), "text:required");
    assert_eq!(ask("Vad?", "fee"), "reason:unknown");
    let early = desk.unproved("portability");
    assert_eq!(desk.refuses(&early, question("other")), "transition_refused");
    assert_eq!(
        desk.refuses(&case, json!({ "action": "record_clarification", "text": "Ja." })),
        "transition_refused"
    );
}

#[test]
fn a_question_that_is_not_answered_is_reminded_of_once_and_ends_the_case_which_can_be_reopened() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let case = desk.does(&case, question("large_request"));
    desk.days_later(22);
    assert_eq!(desk.mails(&case, "Vi väntar på dig").len(), 0);
    desk.days_later(2);
    desk.days_later(1);
    assert_eq!(desk.mails(&case, "Vi väntar på dig").len(), 1, "once");
    assert!(desk.mail(&case, "Vi väntar på dig").text().contains("2026-12-23"));
    desk.days_later(6);
    let case = desk.find(&case.reference);
    assert_eq!(case.case.state.name(), "lapsed");
    assert!(!case.deadline.is_paused(), "the pause ended with the case");
    let told = desk.mail(&case, "Ditt ärende är avslutat").text();
    assert!(
        told.contains("inte har fått svar på vår fråga")
            && told.contains("imy.se")
            && told.contains("domstol"),
        "{told}"
    );
    let case = desk.does(&case, json!({ "action": "reopen" }));
    assert_eq!(case.case.state.name(), "assessing");
    assert_eq!(case.deadline.received_on().to_string(), "2026-12-24");
    assert_eq!(
        case.deadline.due_on().to_string(),
        "2027-01-25",
        "a clock of its own: 24 January is a Sunday"
    );
    assert_eq!(
        case.reopened.unwrap().1.to_string(),
        "2027-01-25",
        "31 days of pause, and a Sunday"
    );
    assert!(desk.mail(&case, "öppet igen").text().contains("2027-01-25"));
    let case = desk.does(&case, question("large_request"));
    assert!(case.deadline.is_paused(), "the first of this clock");
}

#[test]
fn more_proof_is_asked_for_only_while_what_there_is_does_not_suffice() {
    let desk = Desk::new();
    let case = desk.unproved("access");
    let ask = json!({ "action": "request_identity", "text": "Adressen är ny för oss.", "evidence": ["letter", "call_back"] });
    let case = desk.does(&case, ask.clone());
    assert!(case.deadline.is_paused());
    assert_eq!(case.case.state.name(), "identity_pending");
    let mail = desk.mail(&case, "Vi behöver veta att det är du").text();
    assert!(
        mail.contains("Adressen är ny för oss.") && mail.contains("Vi ringer upp"),
        "{mail}"
    );
    assert!(
        mail.contains("ingen kopia av en ID-handling") && mail.contains("avslutar vi ärendet"),
        "{mail}"
    );
    assert!(!mail.contains("besöker oss"), "only what was offered: {mail}");
    let seen = desk.seen_by_person(&case);
    assert_eq!(seen["questions"][0]["reason"], "identity");
    assert_eq!(seen["questions"][0]["evidence"], json!(["call_back", "letter"]));
    desk.advance(TimeDelta::days(1));
    let case = desk.does(&case, ask.clone());
    assert_eq!(
        desk.seen_by_person(&case)["questions"].as_array().unwrap().len(),
        1,
        "the newer one"
    );
    assert!(case.deadline.is_paused(), "the same doubt goes on");
    desk.advance(TimeDelta::days(2));
    handling::write_to_staff(&desk.world, case.id, "Ring gärna.").unwrap();
    assert!(
        desk.find(&case.reference).deadline.is_paused(),
        "words prove nothing"
    );
    let case = desk.does(
        &desk.find(&case.reference),
        json!({ "action": "accept_identity", "method": "call_back" }),
    );
    assert_eq!(case.case.state.name(), "assessing");
    assert!(!case.deadline.is_paused(), "the level is reached");
    assert_eq!(
        case.deadline.due_on().to_string(),
        "2026-12-28",
        "three days, and Christmas"
    );
    assert_eq!(desk.refuses(&case, ask), "transition_refused");
    let odd = json!({ "action": "request_identity", "text": "Varför?", "evidence": ["passport_copy"] });
    let other = desk.asks("access", &desk.person(1));
    assert_eq!(desk.refuses(&other, odd), "evidence:unknown");
}

#[test]
fn an_address_that_nobody_proved_gets_no_words_of_staff() {
    let desk = Desk::new();
    let email = "nagon.ny@kund.example";
    let typed = dataratt::services::intake::Typed {
        right: Some("access".into()),
        email: Some(email.into()),
        ..Default::default()
    };
    let case = desk.submit(&typed);
    let case = desk.does(
        &case,
        json!({ "action": "request_identity", "text": "Hemliga skäl." }),
    );
    let mail = desk.mail(&case, "Vi behöver veta att det är du");
    assert!(
        mail.is_to(email) && !mail.text().contains("Hemliga skäl"),
        "{}",
        mail.text()
    );
    assert_eq!(
        desk.seen_by_person(&case)["questions"][0]["text"],
        "Hemliga skäl.",
        "read with the code"
    );
}

#[test]
fn who_never_proves_who_they_are_is_reminded_a_week_before_the_case_lapses() {
    let desk = Desk::new();
    let case = desk.unproved("access");
    desk.days_later(24);
    assert_eq!(desk.mails(&case, "Vi väntar på dig").len(), 1);
    // Asked anew, there are thirty days from then.
    desk.does(
        &case,
        json!({ "action": "request_identity", "text": "Vi ser en ny adress." }),
    );
    desk.days_later(10);
    assert_eq!(desk.find(&case.reference).case.state.name(), "identity_pending");
    desk.days_later(14);
    assert_eq!(desk.mails(&case, "Vi väntar på dig").len(), 2);
    desk.days_later(7);
    assert_eq!(desk.find(&case.reference).case.state.name(), "lapsed");
    assert!(matches!(
        handling::write_to_staff(&desk.world, case.id, ""),
        Err(Error::Invalid(_))
    ));
}
