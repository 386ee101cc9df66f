//! The whole way: told, approved, undone or erased.

use chrono::TimeDelta;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::{self, Action};
use dataratt::services::{account_end, auditing};

use super::{approved, ends, gone, in_advance, is_there, outcome, set, state};
use crate::support::invariants;
use crate::support::world::World;

#[test]
fn it_waits_for_a_person_where_nobody_approved_in_advance() {
    let world = World::new();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let person = gone(&world, 3);
    let case = ends(&world, &person);
    assert_eq!(case.case.state.name(), "assessing");
    assert_eq!(outcome(&world, case.id).0, "none");
    assert!(world.act(&agent, &case.reference, &Action::Approve).is_err());
    let case = world.act(&approver, &case.reference, &Action::Approve).unwrap();
    assert_eq!(case.case.state.name(), "approved");
    let email = person.email.clone().unwrap();
    world.work();
    let mail = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("avslutat"));
    assert!(mail.text().contains("2026-12-07"), "{}", mail.text());
    assert!(mail.text().contains("slutfaktura"), "{}", mail.text());
    world.later(TimeDelta::days(13));
    assert_eq!(state(&world, &case), "approved");
    world.later(TimeDelta::days(2));
    let ended = state(&world, &case);
    assert!(["answered", "closed"].contains(&ended), "{ended}");
    let kinds = "SELECT count(*) FROM notices WHERE kind <> 'account_ended'";
    assert_eq!(world.database.count(kinds), 0);
    world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.text().contains("vi har raderat dina uppgifter"));
    assert!(!is_there(&world, &person));
}

#[test]
fn it_is_approved_in_the_name_of_who_said_so_in_advance() {
    let world = World::new();
    let approver = in_advance(&world, 100);
    let (case, person) = approved(&world, 0);
    let sql = "SELECT prepared_by IS NULL, decided_by::text, standing_approval IS NOT NULL FROM proposals \
               WHERE case_id = $1 AND state = 'approved'";
    let row = world.database.owner().query_one(sql, &[&case.id.0]).unwrap();
    assert!(row.get::<_, bool>(0) && row.get::<_, bool>(2));
    assert_eq!(row.get::<_, String>(1), approver.staff().unwrap().to_string());
    let trail = "SELECT count(*) FROM audit_events WHERE action = 'proposal_approved' AND actor = 'system' \
                 AND detail->>'under_standing_approval' IS NOT NULL";
    assert!(world.database.count(trail) > 0);
    // The person changes their mind, with nobody's help.
    handling::withdraw(&world, case.id).unwrap();
    world.later(TimeDelta::days(20));
    assert!(is_there(&world, &person));
    let email = person.email.unwrap();
    world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.text().contains("raderingen av ditt konto är inställd"));
    let mut owner = world.database.owner();
    invariants::histories_hold(&mut owner);
    invariants::two_decide(&mut owner);
    assert_eq!(auditing::verify(&world).unwrap().broken, []);
}

#[test]
fn staff_and_the_machine_can_undo_it_too() {
    let world = World::new();
    in_advance(&world, 100);
    let (case, _) = approved(&world, 0);
    let undo = |actor: &Actor| account_end::undo(&world, actor, &case.reference);
    let agent = world.staff(Role::Agent);
    assert_eq!(undo(&agent).unwrap_err().code(), "role", "not a machine");
    undo(&Actor::System).unwrap();
    assert_eq!(state(&world, &case), "withdrawn");
    assert_eq!(
        undo(&Actor::System).unwrap().case.state.name(),
        "withdrawn",
        "said twice"
    );
    let (case, person) = approved(&world, 4);
    world.act(&agent, &case.reference, &Action::Stop).unwrap();
    world.later(TimeDelta::days(20));
    let why = "what was stopped is not planned again by itself";
    assert_eq!(state(&world, &case), "assessing", "{why}");
    world
        .act(&agent, &case.reference, &Action::UndoAccountEnd)
        .unwrap();
    assert_eq!(state(&world, &case), "withdrawn");
    assert!(is_there(&world, &person));
}

#[test]
fn who_was_told_of_nothing_is_told_of_no_undoing() {
    let world = World::new();
    let person = gone(&world, 2);
    let case = ends(&world, &person);
    account_end::undo(&world, &Actor::System, &case.reference).unwrap();
    world.work();
    assert_eq!(state(&world, &case), "withdrawn");
    assert_eq!(world.sink.mails().len(), 0, "no word of ours about it");
    // Of a case that is no account's end nobody takes that back.
    let asked = world.asks("erasure", &world.host.people()[5].clone());
    let agent = world.staff(Role::Agent);
    let refused = world.act(&agent, &asked.reference, &Action::UndoAccountEnd);
    assert_eq!(refused.unwrap_err().code(), "transition_refused");
    let by_machine = account_end::undo(&world, &Actor::System, &asked.reference);
    assert_eq!(by_machine.unwrap_err().code(), "not_found");
}

#[test]
fn who_comes_back_in_the_quarantine_keeps_what_they_have_although_nobody_told_us() {
    let world = World::new();
    in_advance(&world, 100);
    let (case, person) = approved(&world, 0);
    world.later(TimeDelta::days(10));
    set(&world, "UPDATE services SET status = 'active'", &person);
    world.later(TimeDelta::days(10));
    let stopped = world.find(&case.reference);
    assert_eq!(stopped.case.state.name(), "assessing");
    assert_eq!(stopped.attention.as_deref(), Some("account_still_active"));
    assert!(is_there(&world, &person));
    let email = person.email.clone().unwrap();
    world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.text().contains("raderingen av ditt konto är inställd"));
    let frozen = "SELECT count(*) FROM erasure_steps";
    assert_eq!(world.database.count(frozen), 0, "nothing was begun");
    // So it is where a person approved it.
    let (other, approver) = (gone(&world, 15), world.staff(Role::Approver));
    let waits = ends(&world, &other);
    if waits.case.state.name() == "assessing" {
        world.act(&approver, &waits.reference, &Action::Approve).unwrap();
    }
    set(&world, "UPDATE services SET status = 'active'", &other);
    world.later(TimeDelta::days(15));
    assert_eq!(state(&world, &waits), "assessing");
    assert!(is_there(&world, &other));
}

/// The same of an erasure that was asked for: nobody confirmed the end of what was ordered since.
#[test]
fn a_service_ordered_in_the_cool_off_stops_an_erasure_that_was_asked_for() {
    let mut world = World::new();
    world.ctx.policy.cool_off = std::time::Duration::from_hours(24);
    world.app.ctx = (*world.ctx).clone();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let person = gone(&world, 1);
    let case = world.planned(&person, &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    set(&world, "UPDATE services SET status = 'active'", &person);
    world.later(TimeDelta::days(2));
    let stopped = world.find(&case.reference);
    assert_eq!(stopped.case.state.name(), "assessing");
    assert_eq!(stopped.attention.as_deref(), Some("plan_outdated"));
    assert!(is_there(&world, &person));
}
