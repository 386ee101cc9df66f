//! Whole cases with a service over HTTP among the systems.

use std::sync::Arc;

use dataratt::adapters::connectors::Connected;
use dataratt::adapters::profiles;
use dataratt::domain::data_map::DataMap;
use dataratt::domain::staff::Role;
use dataratt::services::granting::Asked;
use dataratt::services::handling::Action;
use dataratt::services::packages;
use dataratt::services::ports::{System, SystemError, Systems};

use super::mapped;
use super::service::{KEY, Service, Wrong};
use crate::support::world::World;

/// The host's systems, and the service.
struct Both {
    host: Arc<dyn Systems>,
    service: Connected,
}

impl Systems for Both {
    fn get(&self, id: &str) -> Result<Arc<dyn System>, SystemError> {
        if id == "mailer" {
            self.service.get(id)
        } else {
            self.host.get(id)
        }
    }
}

/// ADMAX with a mail-out service that knows the first people of the host, twice each.
fn world() -> (World, Service) {
    let people = World::new().host.people();
    let emails: Vec<String> = people
        .iter()
        .take(5)
        .filter_map(|person| person.email.clone())
        .collect();
    let service = Service::with(emails.iter().chain(&emails).map(String::as_str));
    let mut organisation = profiles::load("admax").unwrap();
    let mailer = mapped(&service.base);
    organisation.map.systems.push(mailer.clone());
    let mut world = World::of_organisation(Arc::new(organisation));
    let map = DataMap {
        systems: vec![mailer],
    };
    let both = Arc::new(Both {
        host: Arc::clone(&world.ctx.systems),
        service: Connected::new(&map, |_| Some(KEY.to_owned())),
    });
    world.ctx.systems = both.clone();
    world.app.ctx.systems = both;
    (world, service)
}

fn erasing(world: &World) -> dataratt::store::cases::StoredCase {
    let agent = world.staff(Role::Agent);
    let case = world.planned(&world.host.people()[0], &agent);
    let approver = world.staff(Role::Approver);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    world.find(&case.reference)
}

#[test]
fn an_erasure_takes_the_persons_rows_and_nobody_elses() {
    let (world, service) = world();
    let case = erasing(&world);
    assert_eq!(
        (case.case.state.name(), case.attention.as_deref()),
        ("answered", None)
    );
    let (left, events, mut erased) =
        service.state(|state| (state.contacts.len(), state.events.len(), state.erased.clone()));
    assert_eq!((left, events), (8, 24));
    erased.sort();
    assert_eq!(
        erased,
        ["c0", "c5", "e0-0", "e0-1", "e0-2", "e5-0", "e5-1", "e5-2"],
        "each exactly once"
    );
}

#[test]
fn a_service_that_says_erased_and_does_not_leaves_the_case_open_until_it_does() {
    let (world, service) = world();
    service.state(|state| state.wrong = Wrong::KeepsErased);
    let case = erasing(&world);
    assert_eq!(case.attention.as_deref(), Some("system_failed"));
    assert_eq!(case.case.state.name(), "executing");
    service.state(|state| state.wrong = Wrong::Nothing);
    world.later(chrono::TimeDelta::hours(1));
    let case = world.find(&case.reference);
    assert_eq!(
        (case.case.state.name(), case.attention.as_deref()),
        ("answered", None)
    );
    assert_eq!(service.state(|state| state.contacts.len()), 8);
}

#[test]
fn credentials_that_end_half_way_stop_it_and_new_ones_let_it_go_on() {
    let (world, service) = world();
    let calls = {
        let (other, counted) = super::whole::world();
        erasing(&other);
        counted.state(|state| state.calls.len())
    };
    // Each time one more call gets through.
    service.state(|state| state.wrong = Wrong::Expires(calls / 2));
    let case = erasing(&world);
    assert_eq!(case.attention.as_deref(), Some("system_failed"));
    service.state(|state| state.wrong = Wrong::Nothing);
    let agent = world.staff(Role::Agent);
    world.act(&agent, &case.reference, &Action::Retry).unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "answered");
    let mut erased = service.state(|state| state.erased.clone());
    erased.sort();
    let once = erased.len();
    erased.dedup();
    assert_eq!((once, erased.len()), (8, 8), "each exactly once");
}

#[test]
fn an_access_answer_holds_what_the_service_has() {
    let (world, _service) = world();
    let agent = world.staff(Role::Agent);
    let case = world.asks("access", &world.host.people()[0]);
    let method = "in_person".to_owned();
    world
        .act(&agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap();
    world
        .act(&agent, &case.reference, &Action::Collect(Asked::default()))
        .unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "ready_for_release");
    let page = packages::look(&world, &agent, &case.reference, ("mailer", "contacts"), 0).unwrap();
    assert_eq!(page.rows.len(), 2);
    let names: Vec<&str> = page.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["blocked", "id", "note", "profile", "score", "tags"]);
    let page = packages::look(&world, &agent, &case.reference, ("mailer", "events"), 0).unwrap();
    assert_eq!(page.rows.len(), 6);
}
