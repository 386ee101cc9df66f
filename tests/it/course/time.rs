//! More time, holds, reopening, and the alarm when time runs out.

use chrono::TimeDelta;
use dataratt::domain::staff::Role;
use serde_json::json;

use super::{Desk, action};

#[test]
fn an_extension_is_told_in_a_letter_of_its_own_with_both_readings_kept() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let case = desk.does(
        &case,
        json!({ "action": "extend", "reason": "Arton års ärenden ska gås igenom." }),
    );
    assert_eq!(case.deadline.due_on().to_string(), "2027-02-23");
    let mail = desk.mail(&case, "Vi behöver mer tid").text();
    assert!(
        mail.contains("2027-02-23") && mail.contains("Arton års ärenden"),
        "{mail}"
    );
    assert!(mail.contains("artikel 12.3") && mail.contains("imy.se"), "{mail}");
    assert_eq!(
        desk.database
            .count("SELECT count(*) FROM case_clocks WHERE due_early_on = '2027-02-23'"),
        1
    );
    assert_eq!(
        desk.refuses(&case, json!({ "action": "extend", "reason": "Igen." })),
        "extension_refused"
    );
    assert_eq!(
        desk.refuses(&case, json!({ "action": "extend" })),
        "reason:required"
    );
    let late = desk.assessed_of("access", &desk.person(1));
    desk.advance(TimeDelta::days(31));
    assert_eq!(
        desk.refuses(&late, json!({ "action": "extend", "reason": "För sent." })),
        "extension_refused"
    );
}

#[test]
fn a_hold_that_may_not_be_told_leaves_no_trace_for_the_person() {
    let desk = Desk::new();
    let case = desk.assessed("erasure");
    let before = (desk.seen_by_person(&case), desk.sink.mails().len());
    let silent =
        json!({ "action": "hold", "told": false, "reason": "Förundersökning.", "authority": "Åklagaren" });
    let case = desk.does(&case, silent);
    assert!(case.case.on_hold);
    assert_eq!((desk.seen_by_person(&case), desk.sink.mails().len()), before);
    let seen = dataratt::services::overview::staff_case(&desk.world, &desk.agent, &case.reference).unwrap();
    let (hold, told) = seen.course.hold.unwrap();
    assert_eq!((hold.authority.as_deref(), told), (Some("Åklagaren"), false));
    let case = desk.does(&case, json!({ "action": "lift_hold" }));
    assert!(!case.case.on_hold);
    assert_eq!((desk.seen_by_person(&case), desk.sink.mails().len()), before);
    let trail = desk.actions_of(&case).join(" ");
    assert!(
        trail.contains("legal_hold_put_silently") && trail.contains("legal_hold_lifted_silently"),
        "{trail}"
    );
    let named = "SELECT count(*) FROM audit_events WHERE detail::text LIKE '%klagaren%'";
    assert_eq!(desk.database.count(named), 0);
}

#[test]
fn a_hold_that_may_be_told_is_told_when_put_and_when_lifted() {
    let desk = Desk::new();
    let case = desk.assessed("erasure");
    let case = desk.does(
        &case,
        json!({ "action": "hold", "reason": "En tvist.", "authority": "Lunds tingsrätt" }),
    );
    let mail = desk.mail(&case, "rättslig spärr").text();
    assert!(
        mail.contains("En tvist.") && mail.contains("Lunds tingsrätt"),
        "{mail}"
    );
    let seen = desk.seen_by_person(&case);
    assert_eq!(seen["on_hold"], true);
    assert!(seen["timeline"].to_string().contains("legal_hold_put"));
    assert_eq!(
        desk.refuses(&case, json!({ "action": "hold" })),
        "transition_refused"
    );
    let case = desk.does(&case, json!({ "action": "lift_hold" }));
    assert_eq!(desk.mails(&case, "spärren är hävd").len(), 1);
    assert_eq!(desk.seen_by_person(&case)["on_hold"], false);
    // Without a word, as the contract has it.
    desk.does(&case, json!({ "action": "hold" }));
}

#[test]
fn an_ended_case_is_taken_up_under_a_clock_of_its_own_and_the_first_stays() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let case = desk.does(&case, json!({ "action": "extend", "reason": "Mycket." }));
    let case = {
        dataratt::services::handling::withdraw(&desk.world, case.id).unwrap();
        desk.find(&case.reference)
    };
    desk.advance(TimeDelta::days(9));
    let case = desk.does(&case, json!({ "action": "reopen" }));
    assert_eq!(case.case.state.name(), "assessing");
    assert!(!case.case.extended, "a new clock can be extended");
    assert_eq!(
        case.case.received_at.date_naive().to_string(),
        "2026-11-23",
        "receipt stays"
    );
    assert_eq!(
        case.deadline.due_on().to_string(),
        "2027-01-04",
        "2 January is a Saturday"
    );
    assert_eq!(case.reopened.unwrap().1.to_string(), "2027-02-23");
    let queue = "SELECT count(*) FROM cases WHERE due_on = '2027-01-04'";
    assert_eq!(desk.database.count(queue), 1);
    let case = desk.does(&case, json!({ "action": "extend", "reason": "Mer." }));
    assert_eq!(case.deadline.due_on().to_string(), "2027-03-02");
    assert_eq!(
        desk.refuses(&case, json!({ "action": "reopen" })),
        "transition_refused"
    );
}

#[test]
fn a_case_whose_time_runs_out_raises_itself_step_by_step_once_each() {
    let desk = Desk::new();
    let (approver, dpo) = (desk.staff(Role::Approver), desk.staff(Role::Dpo));
    let address = |actor: &dataratt::domain::staff::Actor| {
        let mut conn = desk.store.get().unwrap();
        dataratt::store::staff::find(&mut conn, actor.staff().unwrap())
            .unwrap()
            .member
            .email
    };
    let (handler, approver, dpo) = (address(&desk.agent), address(&approver), address(&dpo));
    // Due on Wednesday 2026-12-23, which is the target too.
    let case = desk.assessed("access");
    let case = desk.does(&case, json!({ "action": "claim" }));
    let version = case.version;
    let warned = |who: &str| {
        let mails = desk.mails(&case, "ont om tid");
        mails.iter().filter(|mail| mail.is_to(who)).count()
    };
    desk.days_later(24);
    assert_eq!(warned(&handler), 0);
    assert_eq!(desk.find(&case.reference).alarm.name(), None);
    desk.days_later(1);
    desk.days_later(1);
    assert_eq!((warned(&handler), warned(&approver)), (1, 0), "five days left");
    assert_eq!(desk.find(&case.reference).alarm.name(), Some("at_risk"));
    assert_eq!(
        desk.find(&case.reference).version,
        version,
        "what staff saw still holds"
    );
    desk.days_later(2);
    desk.days_later(1);
    assert_eq!(
        (warned(&handler), warned(&approver), warned(&dpo)),
        (1, 1, 1),
        "two days left"
    );
    desk.days_later(2);
    desk.days_later(1);
    assert_eq!(
        (warned(&handler), warned(&approver), warned(&dpo)),
        (2, 2, 2),
        "late"
    );
    assert_eq!(desk.find(&case.reference).alarm.name(), Some("overdue"));
    let mail = desk.mail(&case, "ont om tid").text();
    let person = desk.person(0).email.unwrap();
    assert!(
        mail.contains("/staff/cases/") && !mail.contains(&person),
        "{mail}"
    );
    dataratt::services::handling::withdraw(&desk.world, case.id).unwrap();
    assert_eq!(
        desk.find(&case.reference).alarm.name(),
        None,
        "nobody waits any more"
    );
    desk.days_later(1);
    assert_eq!(warned(&handler), 2);
}

#[test]
fn a_case_that_nobody_works_on_is_told_to_who_approves_at_once_and_more_time_ends_the_alarm() {
    let desk = Desk::new();
    desk.staff(Role::Approver);
    let case = desk.assessed("access");
    desk.days_later(26);
    assert_eq!(desk.mails(&case, "ont om tid").len(), 1);
    assert!(
        desk.mail(&case, "ont om tid")
            .text()
            .contains("Ingen handlägger det.")
    );
    desk.does(
        &desk.find(&case.reference),
        json!({ "action": "extend", "reason": "Mycket." }),
    );
    desk.days_later(1);
    assert_eq!(desk.find(&case.reference).alarm.name(), None);
    let other = desk.find(&case.reference);
    desk.act(
        &desk.agent,
        &other.reference,
        &action(json!({ "action": "claim" })),
    )
    .unwrap();
    desk.days_later(60);
    assert_eq!(desk.find(&case.reference).alarm.name(), Some("at_risk"));
    assert_eq!(
        desk.mails(&case, "ont om tid").len(),
        2,
        "told again of the new deadline, to its handler"
    );
}
