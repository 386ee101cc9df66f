//! What somebody says on the telephone is done as if they had typed it.

use chrono::TimeDelta;
use dataratt::domain::calendar::stockholm_date;
use dataratt::domain::staff::Role;
use dataratt::services::intake::{self, Arrival, Request, Typed};

use super::stopping::{is_suppressed, marketed, marketing, served};
use crate::support::world::World;

/// A clerk types in what somebody says on the telephone: nothing waits for a grant, a proof or another clerk.
#[test]
fn marketing_that_is_objected_to_on_the_telephone_stops_at_once() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let email = marketed(&world).email.unwrap();
    let typed = Typed {
        right: Some("objection".into()),
        email: Some(email.clone()),
        stop: Some(marketing()),
        ..Typed::default()
    };
    let called_at = world.now() - TimeDelta::minutes(5);
    let arrival = Arrival {
        channel: "phone",
        received_at: called_at,
        actor: agent,
        idempotency: None,
        proofs: vec![],
    };
    let request = Request::parse(&typed, called_at, true).unwrap();
    let case = intake::submit(&world, &request, &arrival).unwrap();
    world.work();
    assert_eq!(served(&world, &email), (Some(false), Some(false)));
    assert!(is_suppressed(&world, &email));
    let case = world.find(&case.reference);
    assert!(["answered", "closed"].contains(&case.case.state.name()));
    assert_eq!(case.deadline.received_on(), stockholm_date(called_at));
}
