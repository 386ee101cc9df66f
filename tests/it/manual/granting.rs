//! Copies and marks that are made by hand.

use dataratt::domain::staff::Role;
use dataratt::services::granting::Asked;
use dataratt::services::handling::Action;
use dataratt::services::packages;

use super::{assessed, done, world};
use crate::change::restriction::restrict;

#[test]
fn what_staff_copied_goes_out_with_an_answer() {
    let world = world();
    let agent = world.staff(Role::Agent);
    let case = assessed(&world, &agent, "access", 0);
    done(&world, &agent, "find", 1, "Ett avtal.");
    let collect = Action::Collect(Asked::default());
    world.act(&agent, &case.reference, &collect).unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "executing");
    let copy = "Avtal 2019-04-01, undertecknat.";
    done(&world, &agent, "collect", 1, copy);
    world.work();
    let case = world.find(&case.reference);
    assert_eq!(
        (case.case.state.name(), case.attention.as_deref()),
        ("ready_for_release", None)
    );
    let page = packages::look(&world, &agent, &case.reference, ("archive", "contracts"), 0).unwrap();
    assert_eq!(page.columns[0].name, "contents");
    assert_eq!(page.rows, [[Some(copy.to_owned())]]);
}

#[test]
fn a_restriction_is_in_force_once_staff_have_marked_what_they_keep() {
    let world = world();
    let agent = world.staff(Role::Agent);
    let case = assessed(&world, &agent, "restriction", 0);
    done(&world, &agent, "find", 1, "Ett avtal.");
    let grant = Action::Grant(restrict(&["contact"]));
    world.act(&agent, &case.reference, &grant).unwrap();
    world.work();
    let waits = world.find(&case.reference);
    assert_eq!(waits.attention.as_deref(), Some("manual_task"));
    assert_eq!(waits.case.state.name(), "executing");
    done(&world, &agent, "restrict", 1, "Röd lapp på pärmen.");
    world.work();
    let case = world.find(&case.reference);
    assert_eq!(
        (case.case.state.name(), case.attention.as_deref()),
        ("answered", None)
    );
}
