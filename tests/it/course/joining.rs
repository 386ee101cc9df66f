//! Passing on, joining and dividing cases, and a copy before an erasure.

use chrono::TimeDelta;
use dataratt::domain::ids::Reference;
use dataratt::services::{Error, forwarded, handling};
use serde_json::json;

use super::Desk;

fn forward(may_name: bool) -> serde_json::Value {
    json!({ "action": "forward", "text": "Gäller kontaktformuläret.", "may_name": may_name,
            "controller": { "name": "Skogsblomma AB", "email": "dso@skogsblomma.example" } })
}

#[test]
fn what_we_only_process_goes_to_the_controller_who_instructs_us() {
    let desk = Desk::new();
    let case = desk.unproved("erasure");
    let case = desk.does(&case, forward(true));
    assert_eq!(case.case.state.name(), "forwarded");
    let told = desk.mail(&case, "skickad till den som ansvarar").text();
    assert!(
        told.contains("personuppgiftsbiträde") && told.contains("Skogsblomma AB"),
        "{told}"
    );
    assert_eq!(desk.seen_by_person(&case)["forwarded_to"], "Skogsblomma AB");
    let mail = desk.mail(&case, "En begäran enligt dataskyddsförordningen");
    assert!(mail.is_to("dso@skogsblomma.example"));
    let (text, person) = (mail.text(), desk.person(0).email.unwrap());
    assert!(
        text.contains("2026-11-23") && text.contains("2026-12-23") && text.contains("kontaktformuläret"),
        "{text}"
    );
    assert!(!text.contains(&person), "who asks takes the code: {text}");
    let token = mail.link("/forwarded/").rsplit('/').next().unwrap().to_owned();
    assert!(matches!(
        forwarded::open(&desk.world, &token, "00000000"),
        Err(Error::Rejected(_))
    ));
    let opened = forwarded::open(&desk.world, &token, &mail.code()).unwrap();
    assert_eq!(opened.file.email.unwrap().as_str(), person);
    forwarded::instruct(&desk.world, &token, &mail.code(), "Radera raden.").unwrap();
    let case = desk.find(&case.reference);
    assert_eq!(case.attention.as_deref(), Some("controller_answered"));
    assert!(
        !desk.seen_by_person(&case).to_string().contains("Radera raden"),
        "that is between us and them"
    );
    let case = desk.does(
        &case,
        json!({ "action": "close", "reason": "Instruktionen är utförd." }),
    );
    assert_eq!(case.case.state.name(), "closed");
    assert!(matches!(
        forwarded::open(&desk.world, &token, &mail.code()),
        Err(Error::Gone(_))
    ));
    assert!(forwarded::view(&desk.world, &token).unwrap().is_settled);
    assert!(matches!(
        forwarded::view(&desk.world, "nothing"),
        Err(Error::NotFound)
    ));
}

#[test]
fn a_controller_that_may_not_be_named_is_not() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let case = desk.does(&case, forward(false));
    assert!(
        !desk
            .mail(&case, "skickad till den som ansvarar")
            .text()
            .contains("Skogsblomma")
    );
    let seen = desk.seen_by_person(&case);
    assert_eq!(
        (&seen["forwarded"], &seen["forwarded_to"]),
        (&json!(true), &json!(null))
    );
    assert!(!seen.to_string().contains("Skogsblomma"));
    let other = desk.unproved("portability");
    let wrong = json!({ "action": "forward", "text": "Hej.", "controller": { "name": "", "email": "nej" } });
    assert_eq!(desk.refuses(&other, wrong), "controller.name:required");
}

#[test]
fn ten_wrong_codes_close_a_forwarding_for_an_hour() {
    let desk = Desk::new();
    let case = desk.unproved("access");
    let case = desk.does(&case, forward(true));
    let mail = desk.mail(&case, "En begäran enligt dataskyddsförordningen");
    let token = mail.link("/forwarded/").rsplit('/').next().unwrap().to_owned();
    for _ in 0..10 {
        assert!(matches!(
            forwarded::open(&desk.world, &token, "00000000"),
            Err(Error::Rejected(_))
        ));
    }
    assert!(matches!(
        forwarded::open(&desk.world, &token, &mail.code()),
        Err(Error::TooMany { .. })
    ));
    desk.advance(TimeDelta::minutes(61));
    forwarded::open(&desk.world, &token, &mail.code()).unwrap();
}

#[test]
fn a_duplicate_goes_on_in_the_older_case_of_the_same_person() {
    let desk = Desk::new();
    let older = desk.assessed("access");
    desk.advance(TimeDelta::days(1));
    let newer = desk.assessed("access");
    let merge = |into: &Reference| json!({ "action": "merge", "into": into.to_string() });
    assert_eq!(desk.refuses(&older, merge(&newer.reference)), "into:not_older");
    assert_eq!(desk.refuses(&newer, merge(&newer.reference)), "into:itself");
    assert_eq!(
        desk.refuses(&newer, json!({ "action": "merge", "into": "nonsense" })),
        "into:unknown"
    );
    let stranger = desk.assessed_of("access", &desk.person(1));
    assert_eq!(
        desk.refuses(&stranger, merge(&older.reference)),
        "into:another_person"
    );
    let other_right = desk.assessed("portability");
    assert_eq!(
        desk.refuses(&other_right, merge(&older.reference)),
        "into:other_right"
    );
    let unproved = desk.unproved("access");
    assert_eq!(
        desk.refuses(&unproved, merge(&older.reference)),
        "transition_refused"
    );
    let merged = desk.does(&newer, merge(&older.reference));
    assert_eq!(merged.case.state.name(), "closed");
    assert_eq!(merged.merged_into, Some(older.id));
    let told = desk.mail(&merged, "hanteras ihop").text();
    assert!(told.contains(&older.reference.to_string()), "{told}");
    assert!(desk.actions_of(&older).contains(&"case_merged_here".to_owned()));
    assert_eq!(
        desk.refuses(&merged, json!({ "action": "reopen" })),
        "transition_refused"
    );
    let by_hand = "UPDATE cases SET state = 'assessing' WHERE merged_into IS NOT NULL";
    assert!(
        desk.database.owner().execute(by_hand, &[]).is_err(),
        "nor by hand"
    );
    let by_hand = format!(
        "UPDATE cases SET merged_into = '{}' WHERE id = '{}'",
        stranger.id, other_right.id
    );
    assert!(
        desk.database.owner().execute(&by_hand, &[]).is_err(),
        "of another right"
    );
}

#[test]
fn a_request_for_several_things_becomes_a_case_for_each_with_what_was_proved() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    desk.advance(TimeDelta::days(2));
    let split = |rights: &[&str]| json!({ "action": "split", "rights": rights });
    assert_eq!(desk.refuses(&case, split(&[])), "rights:required");
    assert_eq!(desk.refuses(&case, split(&["access"])), "rights:twice");
    assert_eq!(desk.refuses(&case, split(&["everything"])), "rights:unknown");
    let case = desk.does(&case, split(&["rectification", "objection"]));
    let seen = desk.seen_by_person(&case);
    let linked = seen["linked"].as_array().unwrap();
    assert_eq!(linked.len(), 2);
    let told = desk.mail(&case, "fler ärendenummer").text();
    for one in linked {
        let reference = Reference::parse(one["reference"].as_str().unwrap()).unwrap();
        let new = desk.find(&reference);
        assert!(told.contains(one["reference"].as_str().unwrap()), "{told}");
        assert_eq!(new.case.received_at, case.case.received_at, "the same clock");
        assert_eq!(
            new.case.state.name(),
            "assessing",
            "nothing is to be proved again"
        );
        assert_eq!(new.language, case.language);
        assert_eq!(
            desk.seen_by_person(&new)["linked"][0]["reference"],
            case.reference.to_string(),
            "both ways"
        );
    }
    handling::withdraw(&desk.world, case.id).unwrap();
    assert_eq!(desk.refuses(&case, split(&["portability"])), "transition_refused");
}

#[test]
fn who_will_lose_their_data_can_ask_for_a_copy_first() {
    let desk = Desk::new();
    let case = desk.assessed("erasure");
    let copy = handling::ask_for_copy(&desk.world, case.id).unwrap();
    desk.work();
    let copy = desk.find(&copy.reference);
    assert_eq!(
        (copy.case.right.name(), copy.case.state.name()),
        ("portability", "assessing")
    );
    assert!(
        matches!(
            handling::ask_for_copy(&desk.world, case.id),
            Err(Error::Refused(_))
        ),
        "once"
    );
    let access = desk.assessed("access");
    assert!(matches!(
        handling::ask_for_copy(&desk.world, access.id),
        Err(Error::Refused(_))
    ));
}
