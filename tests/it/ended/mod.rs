//! Accounts that end: planned by the service, approved in advance or by a person, undone in the quarantine, or erased.

mod advance;
mod guarded;
mod machine;
mod whole;

use chrono::NaiveDate;
use dataratt::adapters::sample::{NastyCase, SamplePerson, SampleSystem};
use dataratt::domain::ids::CaseId;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::account_end::CHANNEL;
use dataratt::services::intake::{self, Typed};
use dataratt::services::standing::{self, Wanted};
use dataratt::store::cases::StoredCase;

use crate::support::world::World;

fn set(world: &World, sql: &str, person: &SamplePerson) {
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let own = "customer_id = (SELECT id FROM customers WHERE customer_no = $1)";
    let changed = billing
        .execute(&format!("{sql} WHERE {own}"), &[&person.customer_number])
        .unwrap();
    assert!(changed > 0, "{sql}");
}

fn numbered(world: &World, number: &str) -> SamplePerson {
    let mut people = world.host.people().into_iter();
    people.find(|person| person.customer_number == number).unwrap()
}

/// Somebody whose services have ended and who owes nothing.
fn gone(world: &World, at: usize) -> SamplePerson {
    let person = world.host.people()[at].clone();
    left(world, &person);
    person
}

/// A special case whose services have ended and who owes nothing.
fn nasty(world: &World, case: NastyCase) -> SamplePerson {
    let person = numbered(world, case.customer_number().unwrap());
    left(world, &person);
    person
}

fn left(world: &World, person: &SamplePerson) {
    set(world, "UPDATE services SET status = 'ended'", person);
    set(
        world,
        "UPDATE invoices SET paid_on = coalesce(paid_on, voucher_date)",
        person,
    );
}

fn is_there(world: &World, person: &SamplePerson) -> bool {
    let people = world.host.people();
    people
        .iter()
        .any(|other| other.customer_number == person.customer_number)
}

/// What a machine sends of somebody.
fn by_number(person: &SamplePerson) -> Typed {
    Typed {
        customer_number: Some(person.customer_number.clone()),
        ..Typed::default()
    }
}

/// The host's machine says that an account has ended.
fn said(world: &World, typed: &Typed) -> StoredCase {
    let case = intake::submit_for_person(world, Actor::System, typed, CHANNEL, None, None).unwrap();
    world.work();
    world.find(&case.reference)
}

fn ends(world: &World, person: &SamplePerson) -> StoredCase {
    said(world, &by_number(person))
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn wanted(sample_every: u32) -> Wanted {
    Wanted {
        until: day(2027, 6, 30),
        sample_every,
        most: 300,
    }
}

/// Somebody approves such plans in advance.
fn in_advance(world: &World, sample_every: u32) -> Actor {
    let approver = world.staff(Role::Approver);
    standing::give(world, &approver, &wanted(sample_every)).unwrap();
    approver
}

/// What became of it, and why.
fn outcome(world: &World, case: CaseId) -> (String, String) {
    let sql = "SELECT outcome, why FROM standing_uses WHERE case_id = $1";
    let row = world.database.owner().query_one(sql, &[&case.0]).unwrap();
    (row.get(0), row.get(1))
}

fn state(world: &World, case: &StoredCase) -> &'static str {
    world.find(&case.reference).case.state.name()
}

/// An account that ends and is not part of the sample; whom one at `from` or after.
fn approved(world: &World, from: usize) -> (StoredCase, SamplePerson) {
    for at in from..20 {
        let person = gone(world, at);
        let case = ends(world, &person);
        if case.case.state.name() == "approved" {
            return (case, person);
        }
    }
    panic!("nobody is approved in advance");
}
