//! Each day on which something goes, and the day before.

use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::services::intake::Typed;
use dataratt::services::records;

use super::{is_thinned, on, withdrawn};
use crate::support::world::World;

#[test]
fn a_file_goes_after_twelve_months_and_the_record_after_three_years() {
    let world = World::new();
    let case = withdrawn(&world, "anna@kund.example");
    on(&world, "2027-11-23");
    assert!(!is_thinned(&world, &case.reference));
    assert!(world.key_store.get(case.id.0).unwrap().is_some());
    on(&world, "2027-11-24");
    assert!(is_thinned(&world, &case.reference));
    assert!(world.key_store.get(case.id.0).unwrap().is_none());
    on(&world, "2029-11-23");
    assert_eq!(world.database.count("SELECT count(*) FROM cases"), 1);
    on(&world, "2029-11-24");
    for table in ["cases", "proofs", "mails", "accountability_digests", "jobs"] {
        assert_eq!(
            world.database.count(&format!("SELECT count(*) FROM {table}")),
            0,
            "{table}"
        );
    }
    let told = "SELECT count(*) FROM audit_events WHERE action = 'case_disposed'";
    assert_eq!(world.database.count(told), 1);
}

#[test]
fn other_periods_are_settings() {
    let mut world = World::new();
    world.ctx.policy.filing.file_months = 3;
    world.ctx.policy.filing.record_years = 1;
    let case = withdrawn(&world, "anna@kund.example");
    on(&world, "2027-02-23");
    assert!(!is_thinned(&world, &case.reference));
    on(&world, "2027-02-24");
    assert!(is_thinned(&world, &case.reference));
    on(&world, "2027-11-24");
    assert_eq!(world.database.count("SELECT count(*) FROM cases"), 0);
}

#[test]
fn an_open_case_is_never_thinned() {
    let world = World::new();
    let open = world.submit(&Typed {
        right: Some("access".into()),
        email: Some("anna@kund.example".into()),
        ..Typed::default()
    });
    let sql = "UPDATE cases SET state = 'assessing' WHERE state = 'identity_pending'";
    world.database.owner().batch_execute(sql).unwrap();
    on(&world, "2040-01-01");
    assert!(!is_thinned(&world, &open.reference));
}

#[test]
fn a_legal_hold_stops_thinning_until_six_months_after_it() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = withdrawn(&world, "anna@kund.example");
    world
        .database
        .owner()
        .batch_execute("UPDATE cases SET on_hold = true")
        .unwrap();
    on(&world, "2028-08-31");
    assert!(!is_thinned(&world, &case.reference));
    world.act(&agent, &case.reference, &Action::LiftHold).unwrap();
    on(&world, "2029-02-28");
    assert!(!is_thinned(&world, &case.reference));
    on(&world, "2029-03-01");
    assert!(is_thinned(&world, &case.reference));
}

#[test]
fn a_case_that_is_opened_again_starts_anew() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = withdrawn(&world, "anna@kund.example");
    world.clock.set(super::noon("2027-11-01"));
    world.act(&agent, &case.reference, &Action::Reopen).unwrap();
    dataratt::services::handling::withdraw(&world, case.id).unwrap();
    on(&world, "2027-11-24");
    assert!(!is_thinned(&world, &case.reference));
    on(&world, "2028-11-02");
    assert!(is_thinned(&world, &case.reference));
}

#[test]
fn a_thinned_case_cannot_be_opened_again_nor_changed_by_hand() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = withdrawn(&world, "anna@kund.example");
    on(&world, "2027-11-24");
    let refused = world.act(&agent, &case.reference, &Action::Reopen).unwrap_err();
    assert_eq!(refused.code(), "case_thinned");
    let mut owner = world.database.owner();
    let sql = "UPDATE cases SET thinned_at = NULL, sealed = ''";
    assert!(format!("{:?}", owner.batch_execute(sql).unwrap_err()).contains("a thinned case stays as it is"));
    assert!(records::core(&world, &agent, &case.reference).is_ok());
}

#[test]
fn nothing_is_deleted_that_was_not_thinned() {
    let world = World::new();
    withdrawn(&world, "anna@kund.example");
    let refused = world
        .database
        .owner()
        .batch_execute("DELETE FROM cases")
        .unwrap_err();
    assert!(format!("{refused:?}").contains("thinned before it is disposed of"));
}

#[test]
fn a_sweep_that_was_cut_off_before_the_key_went_is_finished_by_another() {
    let world = World::new();
    let other = withdrawn(&world, "per@kund.example");
    let case = withdrawn(&world, "anna@kund.example");
    let key = world.key_store.get(case.id.0).unwrap().unwrap();
    world
        .database
        .owner()
        .execute("UPDATE cases SET on_hold = true WHERE id = $1", &[&other.id.0])
        .unwrap();
    on(&world, "2027-11-24");
    // As if the process had been killed between the rows and the key.
    world.key_store.put(case.id.0, &key).unwrap();
    on(&world, "2027-11-25");
    assert!(world.key_store.get(case.id.0).unwrap().is_none());
    assert!(world.key_store.get(other.id.0).unwrap().is_some());
}

#[test]
fn a_case_whose_key_was_lost_is_thinned_and_accounted_for_like_others() {
    let world = World::new();
    let case = withdrawn(&world, "anna@kund.example");
    world.key_store.destroy(case.id.0).unwrap();
    on(&world, "2027-11-24");
    assert!(is_thinned(&world, &case.reference));
    let asked = Typed {
        email: Some("anna@kund.example".into()),
        ..Typed::default()
    };
    assert_eq!(records::find(&world, &Actor::System, &asked).unwrap().len(), 1);
}
