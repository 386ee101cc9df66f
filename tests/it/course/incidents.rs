//! Personal data breaches, and letters on paper.

use chrono::TimeDelta;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::intake::{self, Typed};
use dataratt::services::{Error, handling, incidents};
use dataratt::store;
use serde_json::json;

use super::Desk;

#[test]
fn a_breach_is_recorded_told_to_the_officer_followed_and_closed() {
    let desk = Desk::new();
    let (dpo, admin) = (desk.staff(Role::Dpo), desk.staff(Role::Admin));
    let case = desk.assessed("access");
    handling::withdraw(&desk.world, case.id).unwrap();
    let report =
        json!({ "action": "report_incident", "what": "wrong_recipient", "text": "Svaret gick till Bo Ek." });
    let case = desk.does(&case, report);
    assert_eq!(case.attention.as_deref(), Some("incident"), "in any state");
    let mail = desk.mail(&case, "personuppgiftsincident");
    let officer = desk.organisation.dpo.as_ref().map(|dpo| dpo.email.clone());
    assert!(mail.is_to(&officer.unwrap_or_else(|| desk.organisation.contact.email.clone())));
    assert!(
        mail.text().contains("2026-11-26 09:00") && !mail.text().contains("Bo Ek"),
        "{}",
        mail.text()
    );
    let open = |case| store::incidents::has_open(&mut desk.store.get().unwrap(), case).unwrap();
    assert!(open(case.id));
    let [one] = incidents::list(&desk.world, &dpo).unwrap().try_into().unwrap();
    assert_eq!(one.text.as_deref(), Some("Svaret gick till Bo Ek."));
    let [blind] = incidents::list(&desk.world, &admin).unwrap().try_into().unwrap();
    assert_eq!(blind.text, None, "who reads no cases reads none here");
    assert!(matches!(
        incidents::list(&desk.world, &desk.agent),
        Err(Error::Forbidden(_))
    ));
    let id = one.row.id;
    desk.advance(TimeDelta::hours(20));
    let future = desk.now() + TimeDelta::hours(1);
    assert!(matches!(
        incidents::notified(&desk.world, &dpo, id, Some(future)),
        Err(Error::Invalid(_))
    ));
    incidents::notified(&desk.world, &dpo, id, None).unwrap();
    assert!(matches!(
        incidents::notified(&desk.world, &dpo, id, None),
        Err(Error::Conflict(_))
    ));
    assert!(matches!(
        incidents::close(&desk.world, &dpo, id, " "),
        Err(Error::Invalid(_))
    ));
    incidents::close(&desk.world, &dpo, id, "Bo Ek har raderat det.").unwrap();
    assert!(!open(case.id));
    assert_eq!(desk.find(&case.reference).attention, None);
    assert!(matches!(
        incidents::close(&desk.world, &dpo, id, "Igen."),
        Err(Error::Conflict(_))
    ));
    let trail = "SELECT count(*) FROM audit_events WHERE detail::text LIKE '%Bo Ek%'";
    assert_eq!(desk.database.count(trail), 0);
    let unknown = json!({ "action": "report_incident", "what": "fire", "text": "Det brinner." });
    assert_eq!(desk.refuses(&case, unknown), "what:unknown");
}

fn typed(right: &str, number: &str) -> Typed {
    Typed {
        right: Some(right.to_owned()),
        name: Some("Anna Berg".to_owned()),
        customer_number: Some(number.to_owned()),
        ..Typed::default()
    }
}

#[test]
fn every_right_can_be_asked_for_by_every_way_at_its_true_time() {
    let desk = Desk::new();
    let at = |days: i64| Some(desk.now() - TimeDelta::days(days));
    for right in dataratt::domain::right::Right::ALL {
        for channel in intake::STAFF_CHANNELS {
            let case = intake::submit_for_person(
                &desk.world,
                desk.agent,
                &typed(right.name(), "10001"),
                channel,
                at(3),
                None,
            );
            let case = case.unwrap();
            assert_eq!(case.case.received_at, at(3).unwrap());
            assert_eq!(case.deadline.received_on().to_string(), "2026-11-20");
        }
    }
    let refused = |when| {
        let one = intake::submit_for_person(
            &desk.world,
            desk.agent,
            &typed("access", "10001"),
            "letter",
            when,
            None,
        );
        match one.unwrap_err() {
            Error::Invalid(fields) => format!("{}:{}", fields[0].field, fields[0].code),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        refused(Some(desk.now() + TimeDelta::minutes(1))),
        "received_at:in_future"
    );
    assert_eq!(
        refused("2018-05-24T21:59:59Z".parse().ok()),
        "received_at:too_old"
    );
    assert_eq!(
        refused("0026-11-20T12:00:00Z".parse().ok()),
        "received_at:too_old"
    );
    let first = "2018-05-24T22:00:00Z".parse().ok();
    intake::submit_for_person(
        &desk.world,
        desk.agent,
        &typed("access", "10001"),
        "letter",
        first,
        None,
    )
    .unwrap();
}

#[test]
fn whom_no_mail_reaches_gets_a_letter_that_staff_print_and_post() {
    let desk = Desk::new();
    let case = intake::submit_for_person(
        &desk.world,
        desk.agent,
        &typed("access", "no-such-number"),
        "letter",
        None,
        None,
    );
    let case = case.unwrap();
    desk.work();
    let approver = desk.staff(Role::Approver);
    let case = desk.find(&case.reference);
    let case = desk.does(
        &case,
        json!({ "action": "refuse", "ground": "not_identified", "reason": "Vi hittar ingen." }),
    );
    desk.act(&approver, &case.reference, &handling::Action::Approve)
        .unwrap();
    let case = desk.find(&case.reference);
    assert_eq!(case.attention.as_deref(), Some("no_reply_address"));
    let letters = store::paper_letters::list(&mut desk.store.get().unwrap(), case.id).unwrap();
    let [letter] = letters.try_into().unwrap();
    let (envelope, language) =
        handling::open_letter(&desk.world, &desk.agent, &case.reference, Ok(letter.id)).unwrap();
    let text = desk.app.wording.render(&envelope, language).unwrap().text;
    assert!(
        text.contains("Vi hittar ingen.") && text.contains("imy.se"),
        "{text}"
    );
    let auditor = desk.staff(Role::Auditor);
    let denied = handling::open_letter(&desk.world, &auditor, &case.reference, Ok(letter.id));
    assert!(matches!(denied, Err(Error::Forbidden(_))));
    let sent = json!({ "action": "letter_sent", "letter": letter.id });
    let case = desk.does(&case, sent.clone());
    assert_eq!(case.attention, None);
    assert_eq!(desk.refuses(&case, sent), "not_found");
    let gone = handling::open_letter(&desk.world, &desk.agent, &case.reference, Ok(letter.id));
    assert!(matches!(gone, Err(Error::NotFound)), "what it said is forgotten");
    let _: Actor = approver;
}
