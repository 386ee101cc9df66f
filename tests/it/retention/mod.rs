//! What the law makes us keep after an erasure, until when, and how it goes when its time has passed.

mod accounts;
mod awaited;
mod dates;
mod elsewhere;
mod lists;
mod restricted;
mod seen;
mod stopped;
mod years;

use chrono::{Duration, NaiveDate, TimeZone, Utc};
use dataratt::adapters::sample::{NastyCase, SamplePerson, SampleSystem};
use dataratt::domain::ids::PurgeId;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::services::purging::{self, ListView};
use dataratt::store::cases::StoredCase;

use crate::support::world::World;

/// Noon of a day in Stockholm, in winter.
fn noon(day: &str) -> chrono::DateTime<Utc> {
    let day: NaiveDate = day.parse().unwrap();
    Utc.from_utc_datetime(&day.and_hms_opt(11, 0, 0).unwrap())
}

/// One of the cases that trip up.
fn person(world: &World, case: NastyCase) -> SamplePerson {
    let number = case.customer_number().unwrap();
    let mut people = world.host.people().into_iter();
    people.find(|person| person.customer_number == number).unwrap()
}

/// The erasure of a person, carried out.
fn erased(world: &World, person: &SamplePerson) -> StoredCase {
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(person, &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    let case = world.find(&case.reference);
    assert!(
        ["answered", "closed"].contains(&case.case.state.name()),
        "{:?}",
        case.attention
    );
    case
}

/// Proposes what may go now; the list, if there is one.
fn proposed(world: &World) -> Option<PurgeId> {
    purging::propose(world).unwrap().list
}

fn show(world: &World, list: PurgeId) -> ListView {
    purging::show(world, &Actor::System, list).unwrap()
}

/// An approver does something with the list as it is now.
fn decide(world: &World, list: PurgeId, action: &purging::Action) -> dataratt::services::Result<()> {
    let approver = world.staff(Role::Approver);
    purging::act(world, &approver, list, show(world, list).version, action)
}

fn approve(world: &World, list: PurgeId) {
    decide(world, list, &purging::Action::Approve).unwrap();
}

/// How many rows of a billing table are one customer's.
fn rows(world: &World, table: &str, customer_number: &str) -> i64 {
    let sql = match table {
        "customers" => "SELECT count(*) FROM customers WHERE customer_no = $1".to_owned(),
        "ledger_entries" => "SELECT count(*) FROM ledger_entries l JOIN invoices i ON i.id = l.invoice_id \
             JOIN customers c ON c.id = i.customer_id WHERE c.customer_no = $1"
            .to_owned(),
        table => format!(
            "SELECT count(*) FROM {table} t JOIN customers c ON c.id = t.customer_id WHERE c.customer_no = $1"
        ),
    };
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    billing.query_one(&sql, &[&customer_number]).unwrap().get(0)
}

/// The whole of one person's books in the billing database.
fn books(world: &World, customer_number: &str) -> i64 {
    ["customers", "invoices", "payments", "ledger_entries"]
        .iter()
        .map(|table| rows(world, table, customer_number))
        .sum()
}

/// Lets sweep, approval and work go round at some time.
fn purge_at(world: &World, day: &str) {
    world.clock.set(noon(day));
    if let Some(list) = proposed(world)
        && show(world, list).state == dataratt::domain::purge::ListState::Proposed
    {
        approve(world, list);
    }
    world.work();
    world.advance(Duration::minutes(1));
}
