//! What is announced to people: a fee before it is charged, a breach of their data, a change of policy or register.

use dataratt::domain::staff::Role;
use dataratt::services::changes::{self, NewChange};
use dataratt::services::incidents::{self, ForPerson};
use dataratt::services::{Error, handling};
use rstest::rstest;
use serde_json::json;

use super::Desk;

#[test]
fn a_fee_is_announced_with_its_reasons_and_the_clock_goes_on() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let fee = json!({ "action": "announce_fee", "ground": "excessive", "amount": 1200,
                      "reason": "Det är sjätte begäran om samma uppgifter i november." });
    let after = desk.does(&case, fee.clone());
    assert_eq!(after.case.state.name(), "assessing", "nothing is refused");
    let letter = desk.mail(&case, "En avgift för din begäran").text();
    for words in [
        "1 200 kronor",
        "artikel 12.5",
        "sjätte begäran",
        "ta tillbaka din begäran",
        "Orimlig",
    ] {
        let plain = letter.replace('\u{a0}', " ");
        assert!(plain.contains(words), "{words}: {letter}");
    }
    let seen = desk.seen_by_person(&after);
    assert_eq!(seen["paused"], false);
    assert!(seen["timeline"].to_string().contains("fee_announced"), "{seen}");
    // It says what it costs, so it can be taken back.
    handling::withdraw(&desk.world, case.id).unwrap();
    assert_eq!(desk.refuses(&case, fee), "transition_refused");
}

#[rstest]
#[case::of_no_ground_for_it("no_data_held", json!(100), "Skäl.", "ground:unknown")]
#[case::for_nothing("excessive", json!(0), "Skäl.", "amount:invalid")]
#[case::too_high("excessive", json!(10_001), "Skäl.", "amount:invalid")]
#[case::of_no_amount("manifestly_unfounded", json!(null), "Skäl.", "amount:required")]
#[case::without_reasons("excessive", json!(100), " ", "reason:required")]
fn no_fee_is_announced(
    #[case] ground: &str,
    #[case] amount: serde_json::Value,
    #[case] reason: &str,
    #[case] refused: &str,
) {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let fee = json!({ "action": "announce_fee", "ground": ground, "amount": amount, "reason": reason });
    assert_eq!(desk.refuses(&case, fee), refused);
}

#[test]
fn the_person_is_told_of_a_breach_in_words_of_its_own() {
    let desk = Desk::new();
    let dpo = desk.staff(Role::Dpo);
    let case = desk.assessed("access");
    let report =
        json!({ "action": "report_incident", "what": "wrong_recipient", "text": "Svaret gick till Bo Ek." });
    desk.does(&case, report);
    let [one] = incidents::list(&desk.world, &dpo).unwrap().try_into().unwrap();
    let told = ForPerson {
        text: "Ditt svar skickades till någon annan.".into(),
        consequences: "Någon annan kan ha läst dina fakturor.".into(),
        measures: "Filen är raderad. Var uppmärksam på bluffmejl.".into(),
    };
    let missing = ForPerson {
        measures: " ".into(),
        ..told.clone()
    };
    let refused = incidents::tell(&desk.world, &dpo, one.row.id, &missing);
    assert!(matches!(refused, Err(Error::Invalid(_))));
    let refused = incidents::tell(&desk.world, &desk.agent, one.row.id, &told);
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    incidents::tell(&desk.world, &dpo, one.row.id, &told).unwrap();
    desk.work();
    let letter = desk.mail(&case, "Viktigt om dina personuppgifter").text();
    for words in [&told.text, &told.consequences, &told.measures] {
        assert!(letter.contains(words), "{words}: {letter}");
    }
    assert!(!letter.contains("Bo Ek"));
    let [one] = incidents::list(&desk.world, &dpo).unwrap().try_into().unwrap();
    assert_eq!(one.row.told_at, Some(desk.now()));
    incidents::close(&desk.world, &dpo, one.row.id, "Klart.").unwrap();
    let refused = incidents::tell(&desk.world, &dpo, one.row.id, &told).unwrap_err();
    assert_eq!(refused.code(), "incident_settled");
}

fn change() -> NewChange {
    NewChange {
        what: "register".into(),
        effective_on: "2027-01-01".parse().ok(),
        text_sv: "Molnkontoret, Irland, ersätter Kontorsmolnet.".into(),
        text_en: "Molnkontoret, Ireland, replaces Kontorsmolnet.".into(),
    }
}

#[test]
fn a_change_is_public_at_once_and_told_once_to_who_has_a_case_open() {
    let desk = Desk::new();
    let admin = desk.staff(Role::Admin);
    let open = desk.assessed_of("access", &desk.person(0));
    let unproved = desk.asks("erasure", &desk.person(1));
    let ended = desk.assessed_of("access", &desk.person(2));
    handling::withdraw(&desk.world, ended.id).unwrap();
    desk.advance(chrono::TimeDelta::minutes(1));
    let announced = changes::announce(&desk.world, &admin, &change()).unwrap();
    desk.work();
    // Written once, however often the work is done.
    changes::tell(&desk.world, announced.id).unwrap();
    desk.work();
    let letters = |case| desk.mails(case, "Ändring i hur vi behandlar");
    assert_eq!(letters(&open).len(), 1);
    let text = letters(&open)[0].text();
    assert!(
        text.contains("Molnkontoret, Irland") && text.contains("2027-01-01"),
        "{text}"
    );
    assert!(letters(&unproved).is_empty() && letters(&ended).is_empty());
    let [one] = changes::list(&desk.world).unwrap().try_into().unwrap();
    assert_eq!((one.what.as_str(), one.text_en), ("register", change().text_en));
    let trail = "SELECT count(*) FROM audit_events WHERE action = 'change_announced'";
    assert_eq!(desk.database.count(trail), 1);
    let rewrite = "UPDATE changes SET text_sv = 'Annat.'";
    let refused = desk.database.owner().batch_execute(rewrite).unwrap_err();
    assert!(refused.to_string().contains("db error"), "{refused}");
}

#[test]
fn only_administrators_announce_and_only_what_is_complete() {
    let desk = Desk::new();
    let admin = desk.staff(Role::Admin);
    let refused = changes::announce(&desk.world, &desk.agent, &change()).unwrap_err();
    assert!(matches!(refused, Error::Forbidden(_)));
    let broken: [fn(&mut NewChange); 4] = [
        |new| new.what = "prices".into(),
        |new| new.effective_on = None,
        |new| new.text_sv = " ".into(),
        |new| new.text_en = String::new(),
    ];
    for breaks in broken {
        let mut new = change();
        breaks(&mut new);
        let refused = changes::announce(&desk.world, &admin, &new).unwrap_err();
        assert!(matches!(refused, Error::Invalid(_)));
    }
    assert!(changes::list(&desk.world).unwrap().is_empty());
}
