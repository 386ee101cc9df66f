//! Files of cases that ended: thinned in their time, unreadable afterwards, and still accounted for.

mod boundaries;
mod pages;
mod records;
mod unreadable;

use chrono::{NaiveDate, TimeDelta, TimeZone, Utc};
use dataratt::adapters::sample::SamplePerson;
use dataratt::domain::ids::Reference;
use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;
use dataratt::services::intake::Typed;
use dataratt::store::cases::StoredCase;
use dataratt::worker;

use crate::support::world::World;

/// Noon in Stockholm, or an hour after it, of a day.
fn noon(day: &str) -> chrono::DateTime<Utc> {
    let day: NaiveDate = day.parse().unwrap();
    Utc.from_utc_datetime(&day.and_hms_opt(11, 0, 0).unwrap())
}

/// Does what is due on a day, as the service would.
fn on(world: &World, day: &str) {
    world.clock.set(noon(day));
    worker::run_sweeps(world, &worker::sweeps());
}

/// A person asks for access, and takes it back on 2026-11-23.
fn withdrawn(world: &World, email: &str) -> StoredCase {
    let case = world.submit(&Typed {
        right: Some("access".into()),
        email: Some(email.into()),
        message: Some("En hemlighet om vattenskidor.".into()),
        ..Typed::default()
    });
    dataratt::services::handling::withdraw(world, case.id).unwrap();
    world.work();
    world.find(&case.reference)
}

/// Everything that an erasure leaves: plan, steps, notices, letters, retained rows.
fn erased(world: &World, person: &SamplePerson) -> StoredCase {
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(person, &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.later(TimeDelta::seconds(1));
    world.find(&case.reference)
}

fn is_thinned(world: &World, reference: &Reference) -> bool {
    world.find(reference).thinned_at.is_some()
}
