//! What a restored backup brings back is recognised, told of, and erased again; nobody else's rows are touched.

mod alarm;
mod ledger;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::granting::AskedRefusal;
use dataratt::services::handling::Action;
use dataratt::services::planning::{self, AskedPlan};
use dataratt::services::replaying::{self, Asked, Report};
use dataratt::store::cases::StoredCase;

use crate::kill::faults::{Fault, FaultySystems, How};
use crate::support::world::World;

const BILLING: SampleSystem = SampleSystem::Billing;

/// The erasure of a person, carried out.
fn erased(world: &World, person: &SamplePerson) -> StoredCase {
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(person, &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    let case = world.find(&case.reference);
    assert_eq!(case.case.state.name(), "answered", "{:?}", case.attention);
    case
}

/// The billing system as it was before an erasure, in its place again.
fn gone_back() -> (World, SamplePerson, StoredCase) {
    let mut world = World::new();
    let backup = world.host.back_up(BILLING);
    let person = world.host.people()[0].clone();
    let case = erased(&world, &person);
    world.host.restore(BILLING, backup);
    reconnect(&mut world);
    world.advance(TimeDelta::hours(1));
    (world, person, case)
}

fn reconnect(world: &mut World) {
    let map = world.ctx.organisation.map.clone();
    world.ctx.systems = Arc::new(world.host.connected(&map));
}

fn asked(dry_run: bool) -> Asked {
    Asked {
        system: "billing".to_owned(),
        backup_of: None,
        dry_run,
    }
}

fn replayed(world: &World) -> Report {
    replaying::replay(world, &Actor::System, &asked(false)).unwrap()
}

/// Every row of the billing system but its marker, by table.
fn contents(world: &World) -> BTreeMap<String, Vec<String>> {
    let mut billing = world.host.database(BILLING).owner();
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'dataratt_marker'";
    let tables: Vec<String> = billing
        .query(tables, &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    tables
        .into_iter()
        .map(|table| {
            let rows = billing
                .query(&format!("SELECT t::text FROM {table} AS t ORDER BY 1"), &[])
                .unwrap();
            (table, rows.iter().map(|row| row.get(0)).collect())
        })
        .collect()
}

#[test]
fn what_came_back_is_erased_again_and_nothing_else() {
    let mut world = World::new();
    let backup = world.host.back_up(BILLING);
    let person = world.host.people()[0].clone();
    let case = erased(&world, &person);
    let after = contents(&world);
    assert_eq!(
        (replayed(&world).people, contents(&world) == after),
        (0, true),
        "nothing had come back"
    );
    world.host.restore(BILLING, backup);
    reconnect(&mut world);
    assert_ne!(contents(&world), after);

    let shown = replaying::replay(&world, &Actor::System, &asked(true)).unwrap();
    assert_ne!(contents(&world), after, "a dry run erased");
    let done = replayed(&world);
    assert_eq!(contents(&world), after);
    assert_eq!((done.people, done.failed, done.unclear, done.held), (1, 0, 0, 0));
    assert!(done.erased > 0 && done.reduced > 0);
    assert_eq!(
        (shown.people, shown.erased, shown.reduced),
        (done.people, done.erased, done.reduced)
    );
    let again = replayed(&world);
    assert_eq!((again.people, again.erased, again.reduced), (0, 0, 0));
    let told = "SELECT count(*) FROM audit_events WHERE action = 'erasure_replayed' AND stream = ";
    assert_eq!(world.database.count(&format!("{told}'{}'", case.id)), 1);
}

#[test]
fn a_number_given_to_somebody_else_since_is_left_alone() {
    let (world, person, _) = gone_back();
    let mut billing = world.host.database(BILLING).owner();
    let sql = "UPDATE customers SET customer_no = 'K-NEW', personal_number = NULL, email = 'ny@kund.example', \
               phone = NULL WHERE customer_no = $1";
    assert_eq!(billing.execute(sql, &[&person.customer_number]).unwrap(), 1);
    let before = contents(&world);
    let done = replayed(&world);
    assert_eq!((done.people, done.unclear, done.erased), (0, 1, 0));
    assert_eq!(contents(&world), before);
}

#[test]
fn who_came_again_as_a_customer_is_left_alone() {
    let mut world = World::new();
    let backup = world.host.back_up(BILLING);
    let person = world.host.people()[0].clone();
    erased(&world, &person);
    world.host.restore(BILLING, backup);
    reconnect(&mut world);
    let mut billing = world.host.database(BILLING).owner();
    let sql = "INSERT INTO customers (customer_no, kind, name, email, personal_number, created_on) \
               SELECT 'K-AGAIN', kind, name, email, personal_number, '2026-11-22' FROM customers WHERE customer_no = $1";
    billing.execute(sql, &[&person.customer_number]).unwrap();
    assert_eq!(replayed(&world).people, 1);
    let new = billing
        .query("SELECT email FROM customers WHERE customer_no = 'K-AGAIN'", &[])
        .unwrap();
    assert_eq!(new[0].get::<_, Option<String>>(0), person.email);
}

#[test]
fn what_went_before_the_backup_is_not_looked_for() {
    let (world, _, _) = gone_back();
    let before = contents(&world);
    let asked = Asked {
        backup_of: Some(world.now()),
        ..asked(false)
    };
    let done = replaying::replay(&world, &Actor::System, &asked).unwrap();
    assert_eq!((done.people, done.unclear), (0, 0));
    assert_eq!(contents(&world), before);
}

#[test]
fn a_legal_hold_keeps_what_came_back_until_it_is_lifted() {
    let (world, _, case) = gone_back();
    replaying::look(&world).unwrap();
    let agent = world.staff(Role::Agent);
    let hold = Action::Hold {
        reason: String::new(),
        told: true,
        authority: String::new(),
    };
    world.act(&agent, &case.reference, &hold).unwrap();
    let before = contents(&world);
    let done = replayed(&world);
    assert_eq!((done.held, done.people), (1, 0));
    assert_eq!(contents(&world), before);
    assert_eq!(replaying::count_undone(&world).unwrap(), 1);
    world.act(&agent, &case.reference, &Action::LiftHold).unwrap();
    assert_eq!(replayed(&world).people, 1);
    assert_eq!(replaying::count_undone(&world).unwrap(), 0);
}

#[test]
fn a_replay_cut_off_at_any_call_is_taken_up() {
    let (mut world, person, _) = gone_back();
    let fault = Arc::new(Fault::default());
    let inner = Arc::clone(&world.ctx.systems);
    world.ctx.systems = Arc::new(FaultySystems {
        inner,
        fault: Arc::clone(&fault),
    });
    let mut cut_off = 0;
    for nth in 1.. {
        fault.arm(nth, How::FailsAfterwards);
        let ran = replaying::replay(&world, &Actor::System, &asked(false));
        if fault.disarm() {
            cut_off += 1;
        }
        if ran.is_ok_and(|done| done.failed == 0) {
            break;
        }
        assert!(nth < 50);
    }
    assert!(cut_off > 3, "{cut_off}");
    assert_eq!(replayed(&world).people, 0);
    let there = |known: &SamplePerson| known.customer_number == person.customer_number;
    assert!(!world.host.people().iter().any(there));
}

/// A system that went back behind an erasure of which the orders were refused; and what it held after the erasure.
fn gone_back_behind_a_refusal() -> (World, StoredCase, BTreeMap<String, Vec<String>>) {
    let mut world = World::new();
    let backup = world.host.back_up(BILLING);
    let with_orders =
        "SELECT 1 FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.customer_no = $1";
    let mut billing = world.host.database(BILLING).owner();
    let mut people = world.host.people().into_iter();
    let ordered = people.find(|one| {
        let orders = billing.query(with_orders, &[&one.customer_number]).unwrap();
        !orders.is_empty() && one.email.is_some()
    });
    let person = ordered.expect("somebody ordered something");
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.asks("erasure", &person);
    let method = "in_person".to_owned();
    let refused = vec![AskedRefusal {
        item: "billing.orders".into(),
        ground: "legal_claims_17_3_e".into(),
        reason: "Tvist om en order.".into(),
    }];
    let plan = AskedPlan {
        refused,
        ..AskedPlan::default()
    };
    for action in [Action::AcceptIdentity { method }, Action::Plan(plan)] {
        world.act(&agent, &case.reference, &action).unwrap();
    }
    planning::confirm(&world, case.id, None).unwrap();
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    let after = contents(&world);
    assert!(
        !billing
            .query(with_orders, &[&person.customer_number])
            .unwrap()
            .is_empty()
    );
    drop(billing);
    world.host.restore(BILLING, backup);
    reconnect(&mut world);
    world.advance(TimeDelta::hours(1));
    (world, case, after)
}

#[test]
fn what_was_refused_is_not_erased_by_what_comes_after() {
    let (world, _, after) = gone_back_behind_a_refusal();
    let done = replayed(&world);
    assert_eq!((done.people, done.failed), (1, 0));
    assert_eq!(contents(&world), after);
}

#[test]
fn a_plan_that_was_only_proposed_since_changes_nothing_in_that() {
    let (world, case, after) = gone_back_behind_a_refusal();
    let later = format!(
        "INSERT INTO plans (id, case_id, made_at, hash, summary, sealed, ground, refuses) \
         SELECT gen_random_uuid(), case_id, made_at + interval '1 hour', hash, summary || '{{\"refused\": []}}', sealed, \
         ground, false FROM plans WHERE case_id = '{}'",
        case.id
    );
    world.database.owner().batch_execute(&later).unwrap();
    assert_eq!(replayed(&world).people, 1);
    assert_eq!(contents(&world), after);
}

#[test]
fn who_has_a_refused_part_that_the_map_knows_no_more_is_left_to_staff_alone() {
    let (world, case, _) = gone_back_behind_a_refusal();
    let before = contents(&world);
    let unknown = format!(
        "ALTER TABLE plans DISABLE TRIGGER guard_plan; \
         UPDATE plans SET summary = replace(summary::text, 'billing.orders', 'billing.gone')::jsonb WHERE case_id = '{}'",
        case.id
    );
    world.database.owner().batch_execute(&unknown).unwrap();
    let done = replayed(&world);
    assert_eq!((done.people, done.failed), (0, 1));
    assert_eq!(contents(&world), before);
}
