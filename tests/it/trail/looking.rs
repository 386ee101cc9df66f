//! Every look at a case by staff is in its trail, and disturbs nobody.

use std::thread;

use chrono::TimeDelta;
use dataratt::domain::ids::MailId;
use dataratt::domain::staff::Role;
use dataratt::services::auditing::{ONE_LOOK, look, look_at_mail};
use dataratt::services::overview;
use dataratt::store::mails;

use crate::api::client::Api;
use crate::support::world::World;

const LOOKS: &str = "SELECT count(*) FROM audit_events WHERE action = 'case_read'";

#[test]
fn a_look_is_recorded_once_for_each_member_of_staff_and_quarter_of_an_hour() {
    let world = World::new();
    let case = world.asks("access", &world.host.people()[0]);
    let (one, other) = (world.staff(Role::Agent), world.staff(Role::Auditor));
    let version = world.find(&case.reference).version;
    for actor in [&one, &one, &other] {
        overview::staff_case(&world, actor, &case.reference).unwrap();
    }
    assert_eq!(world.database.count(LOOKS), 2);
    world.advance(ONE_LOOK - TimeDelta::seconds(1));
    overview::staff_case(&world, &one, &case.reference).unwrap();
    assert_eq!(world.database.count(LOOKS), 2);
    world.advance(TimeDelta::seconds(1));
    overview::staff_case(&world, &one, &case.reference).unwrap();
    assert_eq!(world.database.count(LOOKS), 3);
    assert_eq!(
        world.find(&case.reference).version,
        version,
        "a look changes nothing"
    );
}

#[test]
fn who_works_on_the_case_and_who_looks_do_not_wait_for_each_other() {
    let world = World::new();
    let case = world.asks("access", &world.host.people()[0]);
    let agent = world.staff(Role::Agent);
    world
        .store
        .transaction(|conn| {
            dataratt::store::cases::lock(conn, case.id)?;
            // On another connection: it would wait for this transaction, and so for itself, if it took the row.
            overview::staff_case(&world.another(), &agent, &case.reference).unwrap();
            Ok::<_, dataratt::store::Error>(())
        })
        .unwrap();
    assert_eq!(world.database.count(LOOKS), 1);
}

#[test]
fn looks_at_once_are_one_look() {
    let world = World::new();
    let case = world.asks("access", &world.host.people()[0]);
    let agent = world.staff(Role::Agent);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| look(&world, &agent, case.id, "case_read").unwrap());
        }
    });
    assert_eq!(world.database.count(LOOKS), 1);
}

#[test]
fn who_looks_from_the_command_line_is_recorded_too() {
    let world = World::new();
    let case = world.asks("access", &world.host.people()[0]);
    overview::events_at_machine(&world, &case.reference).unwrap();
    let by_system = format!("{LOOKS} AND actor = 'system'");
    assert_eq!(world.database.count(&by_system), 1);
}

#[test]
fn reading_a_case_s_mails_at_the_machine_is_one_look_too() {
    let world = World::new();
    let case = world.asks("access", &world.host.people()[0]);
    let mails = mails::list_by_case(&mut world.store.get().unwrap(), case.id).unwrap();
    for _ in 0..2 {
        look_at_mail(&world, mails[0].id).unwrap();
    }
    look_at_mail(&world, MailId(world.new_id())).unwrap();
    let looks = "SELECT count(*) FROM audit_events WHERE action = 'mail_read'";
    assert_eq!(world.database.count(looks), 1);
}

#[rstest::rstest]
#[case::case("")]
#[case::plan("/plan")]
#[case::notices("/notices")]
fn each_call_of_the_api_that_opens_a_case_is_a_look(#[case] what: &str) {
    let api = Api::new();
    let email = api.host.people()[0].email.clone().unwrap();
    let (reference, _) = api.verified("erasure", &email);
    let token = api.token(Role::Dpo);
    let path = format!("/cases/{reference}{what}");
    for _ in 0..2 {
        let status = api.get(&path, &token).status;
        assert!(
            status == 200 || (what == "/plan" && status == 404),
            "{path}: {status}"
        );
    }
    let by_dpo = format!("{LOOKS} AND actor LIKE 'dpo:%'");
    assert_eq!(api.database.count(&by_dpo), 1);
}
