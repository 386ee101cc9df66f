//! What the person says to a restriction: on which ground they want it, and what may go on meanwhile.

use dataratt::domain::restriction::Ground;
use dataratt::domain::staff::Role;
use dataratt::services::intake::{Request, Typed};
use dataratt::services::{auditing, overview, restricting};
use dataratt::store::restrictions;
use rstest::rstest;

use super::rectification::known_everywhere;
use super::restriction::{lift, placed};
use crate::support::world::World;

#[rstest]
#[case::named("restriction", "claims", Ok(Some(Ground::Claims)))]
#[case::with_space("restriction", " accuracy ", Ok(Some(Ground::Accuracy)))]
#[case::not_named("restriction", "", Ok(None))]
#[case::of_another_right("access", "claims", Ok(None))]
#[case::no_ground("restriction", "because", Err("restriction.ground"))]
fn a_ground_is_optional_and_one_of_the_four(
    #[case] right: &str,
    #[case] ground: &str,
    #[case] kept: Result<Option<Ground>, &str>,
) {
    let typed = Typed {
        right: Some(right.into()),
        email: Some("anna@kund.example".into()),
        restriction_ground: Some(ground.into()),
        ..Typed::default()
    };
    let parsed = Request::parse(&typed, chrono::DateTime::UNIX_EPOCH, true);
    let parsed = parsed.map(|request| request.file.restriction_ground);
    let wrong = parsed.as_ref().err().map(|error| format!("{error:?}"));
    match kept {
        Ok(ground) => assert_eq!(parsed.unwrap(), ground),
        Err(field) => assert!(wrong.unwrap().contains(field)),
    }
}

#[test]
fn consent_is_given_purpose_by_purpose_and_taken_back_as_easily() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = placed(&world, &agent, &known_everywhere(&world));
    let consents = |ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        restricting::consent(&world, case.id, &ids)
    };
    let now = || {
        let stored = restrictions::find(&mut world.store.get().unwrap(), case.id)
            .unwrap()
            .unwrap();
        (stored.consented, stored.consent_since)
    };
    let seen = || {
        overview::staff_case(&world, &agent, &case.reference)
            .unwrap()
            .restricted
            .unwrap()
    };
    // What only the law asks for is nothing to consent to.
    assert_eq!(
        seen().purposes,
        ["deliver_services", "communication_support", "marketing"]
    );
    assert_eq!(consents(&["legal_obligations"]).unwrap_err().code(), "invalid");
    consents(&["marketing", "deliver_services"]).unwrap();
    assert_eq!(
        now(),
        (
            vec!["deliver_services".into(), "marketing".into()],
            Some(world.now())
        )
    );
    let attention = || world.find(&case.reference).attention;
    assert_eq!(attention().as_deref(), Some("restriction_consent_given"));
    world.advance(chrono::TimeDelta::hours(1));
    consents(&["deliver_services", "communication_support"]).unwrap();
    assert_eq!(seen().consented, ["deliver_services", "communication_support"]);
    assert_eq!(
        attention().as_deref(),
        Some("restriction_consent_withdrawn"),
        "one of them was"
    );
    consents(&[]).unwrap();
    assert_eq!(now(), (vec![], None));
    consents(&[]).unwrap();
    let recorded = "SELECT count(*) FROM audit_events WHERE action LIKE 'restriction_consent%'";
    assert_eq!(
        world.database.count(recorded),
        3,
        "what changes nothing is no event"
    );
    assert_eq!(auditing::verify(&world).unwrap().broken, []);
}

#[test]
fn nothing_is_consented_to_once_it_is_lifted_and_nothing_half() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = placed(&world, &agent, &known_everywhere(&world));
    let half = "UPDATE restrictions SET consent_since = now()";
    let error = world.database.owner().execute(half, &[]).unwrap_err();
    let is_check = error.code().is_some_and(|code| code.code() == "23514");
    assert!(is_check, "{error}");
    lift(&world, &agent, &case).unwrap();
    world.work();
    world.later(chrono::TimeDelta::days(8));
    let refused = restricting::consent(&world, case.id, &["marketing".to_owned()]).unwrap_err();
    assert_eq!(refused.code(), "restriction_not_in_force");
}
