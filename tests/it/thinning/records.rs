//! "Have you handled a request of mine?" is answered from what the person supplies.

use dataratt::domain::staff::{Actor, Role};
use dataratt::services::intake::Typed;
use dataratt::services::{overview, records};

use super::{on, withdrawn};
use crate::support::world::World;

fn by_email(email: &str) -> Typed {
    Typed {
        email: Some(email.into()),
        ..Typed::default()
    }
}

#[test]
fn a_case_is_found_before_and_after_it_was_thinned_until_its_record_goes() {
    let world = World::new();
    let dpo = world.staff(Role::Dpo);
    let case = withdrawn(&world, "anna@kund.example");
    let find = |email: &str| records::find(&world, &dpo, &by_email(email)).unwrap();
    let found = || find(" Anna@Kund.example ");
    assert_eq!(found().len(), 1);
    on(&world, "2027-11-24");
    assert_eq!(found()[0].reference, case.reference);
    assert_eq!(found()[0].ended_on.unwrap().to_string(), "2026-11-23");
    assert_eq!(find("annan@kund.example"), []);
    // The queue's own look-up ends with the file.
    let line = |query: &str| {
        let (filter, sort) = (dataratt::store::queue::Filter::default(), Default::default());
        overview::queue(&world, &dpo, &filter, Some(query), sort, None, 9)
            .unwrap()
            .lines
            .len()
    };
    assert_eq!(line("anna@kund.example"), 0);
    assert_eq!(line(case.reference.as_str()), 1);
    on(&world, "2029-11-24");
    assert_eq!(found(), []);
}

#[test]
fn whoever_looks_is_recorded_without_what_they_typed() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    withdrawn(&world, "anna@kund.example");
    records::find(&world, &agent, &by_email("anna@kund.example")).unwrap();
    let sql = "SELECT detail::text, actor FROM audit_events WHERE action = 'person_looked_up'";
    let row = world.database.owner().query_one(sql, &[]).unwrap();
    let (detail, actor): (String, String) = (row.get(0), row.get(1));
    assert_eq!(actor, agent.pseudonym());
    assert!(
        detail.contains("\"found\": 1") && !detail.contains("anna"),
        "{detail}"
    );
    let auditor = world.staff(Role::Admin);
    let refused = records::find(&world, &auditor, &by_email("anna@kund.example"));
    assert_eq!(
        refused.is_err(),
        !auditor.may(dataratt::domain::staff::Permission::ReadCases)
    );
    let nothing = records::find(&world, &agent, &Typed::default()).unwrap_err();
    assert_eq!(nothing.code(), "invalid");
}

#[test]
fn staff_see_other_cases_of_the_same_person_thinned_ones_too() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let old = withdrawn(&world, "anna@kund.example");
    withdrawn(&world, "per@kund.example");
    on(&world, "2027-11-24");
    let new = world.submit(&Typed {
        right: Some("access".into()),
        ..by_email("anna@kund.example")
    });
    let seen = overview::staff_case(&world, &agent, &new.reference).unwrap();
    let earlier: Vec<_> = seen.earlier.iter().map(|other| other.reference.clone()).collect();
    assert_eq!(earlier, [old.reference]);
}

#[test]
fn a_lapsed_case_is_accounted_for_too() {
    let world = World::new();
    let case = world.submit(&Typed {
        right: Some("access".into()),
        customer_number: Some("K-4711".into()),
        ..by_email("anna@kund.example")
    });
    on(&world, "2026-12-24");
    assert_eq!(world.find(&case.reference).case.state.name(), "lapsed");
    on(&world, "2027-12-25");
    let number = Typed {
        customer_number: Some("K-4711".into()),
        ..Typed::default()
    };
    assert_eq!(records::find(&world, &Actor::System, &number).unwrap().len(), 1);
}
