//! Who may do what to a case: every action with every role.

use dataratt::domain::ids::StaffId;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::Error;
use dataratt::services::handling::{ACTIONS, Action};
use serde_json::json;

use super::Desk;

/// Every action with all it can be given. `record_answer` is a use case of its own.
fn all() -> Vec<(&'static str, Action)> {
    let full = |name: &str| {
        json!({ "action": name, "text": "Hej.", "reason": "other", "ground": "excessive", "method": "letter",
                "letter": uuid::Uuid::nil(), "assignee": null, "into": "DR-0000-0000-0000", "rights": ["objection"],
                "what": "other", "controller": { "name": "A", "email": "a@b.example" }, "told": false })
    };
    let names = ACTIONS.into_iter().filter(|name| *name != "record_answer");
    names
        .map(|name| (name, serde_json::from_value(full(name)).unwrap()))
        .collect()
}

#[test]
fn every_action_is_for_the_roles_that_it_is_for() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    for (name, action) in all() {
        let allowed: &[Role] = match name {
            "approve" | "reject" => &[Role::Approver],
            "stop" => &[Role::Agent, Role::Approver, Role::Dpo],
            "note" | "report_incident" => &[Role::Agent, Role::Approver, Role::Dpo],
            "advise" => &[Role::Dpo],
            _ => &[Role::Agent, Role::Approver],
        };
        for role in Role::ALL {
            let actor = match role {
                Role::Machine => Actor::Staff {
                    id: StaffId(desk.new_id()),
                    role,
                },
                other => desk.staff(other),
            };
            // A version that nobody saw: who is let in is told so, and nothing is done.
            let outcome =
                dataratt::services::handling::act(&desk.world, &actor, &case.reference, -1, &action);
            let denied = matches!(outcome, Err(Error::Forbidden(_)));
            assert_eq!(
                denied,
                !allowed.contains(&role),
                "{name} by {role:?}: {:?}",
                outcome.map(drop)
            );
        }
    }
}

#[test]
fn the_officer_advises_and_decides_nothing() {
    let desk = Desk::new();
    let case = desk.assessed("access");
    let dpo = desk.staff(Role::Dpo);
    let offered = dataratt::services::overview::actions(&desk.world, &dpo, &case);
    assert_eq!(offered, ["note", "advise", "report_incident"]);
    let advise: Action =
        serde_json::from_value(json!({ "action": "advise", "text": "Lämna ut loggen." })).unwrap();
    desk.act(&dpo, &case.reference, &advise).unwrap();
    let seen = dataratt::services::overview::staff_case(&desk.world, &desk.agent, &case.reference).unwrap();
    let advice: Vec<_> = seen
        .messages
        .iter()
        .filter(|message| message.kind == "advice")
        .collect();
    assert_eq!(advice[0].text, "Lämna ut loggen.");
    assert!(advice[0].author.starts_with("dpo:"));
    assert!(!desk.seen_by_person(&case).to_string().contains("loggen"));
}
