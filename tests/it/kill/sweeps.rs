//! One case that cannot be swept must not keep the others from it.

use chrono::TimeDelta;
use dataratt::services::intake::Typed;
use dataratt::worker;

use crate::support::world::World;

#[test]
fn a_case_that_cannot_lapse_does_not_keep_others_open() {
    let world = World::new();
    let ask = |email: &str| {
        world.submit(&Typed {
            right: Some("access".into()),
            email: Some(email.into()),
            ..Typed::default()
        })
    };
    let (broken, whole) = (ask("ett@kund.example"), ask("tva@kund.example"));
    world.key_store.destroy(broken.id.0).unwrap();
    world.advance(TimeDelta::days(31));
    worker::run_sweeps(&world, &worker::sweeps());
    assert_eq!(world.find(&whole.reference).case.state.name(), "lapsed");
    assert_eq!(
        world.find(&broken.reference).case.state.name(),
        "identity_pending"
    );
}
