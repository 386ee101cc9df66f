//! What an approval in advance covers, and what waits for a person.

use chrono::{NaiveDate, TimeDelta};
use dataratt::adapters::sample::NastyCase;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;
use dataratt::services::handling::Action;
use dataratt::services::planning::AskedPlan;
use dataratt::services::standing::{self, Wanted};

use super::{approved, ends, gone, in_advance, left, nasty, outcome, set, state, wanted};
use crate::change::restriction::placed;
use crate::support::world::World;

#[test]
fn the_sample_and_what_is_unusual_wait_for_a_person() {
    let world = World::new();
    in_advance(&world, 1);
    let sampled = ends(&world, &gone(&world, 1));
    assert_eq!(
        (sampled.case.state.name(), outcome(&world, sampled.id).0),
        ("assessing", "sampled".into())
    );
    world.later(TimeDelta::days(40));
    assert_eq!(state(&world, &sampled), "assessing", "however long it takes");
    in_advance(&world, 100);
    let owing = gone(&world, 2);
    set(&world, "UPDATE invoices SET paid_on = NULL", &owing);
    let case = ends(&world, &owing);
    assert_eq!(case.case.state.name(), "assessing");
    let (found, why) = outcome(&world, case.id);
    assert!(found == "unusual" && why.contains("unpaid"), "{found}: {why}");
    // Somebody shares the address with another customer: what hangs on it alone may be the other's.
    let shares = ends(&world, &nasty(&world, NastyCase::SameEmailA));
    let (found, why) = outcome(&world, shares.id);
    assert!(
        found == "unusual" && why.contains("other_account"),
        "{found}: {why}"
    );
    // Somebody who asked for something first.
    let asking = gone(&world, 6);
    world.asks("access", &asking);
    let case = ends(&world, &asking);
    assert_eq!(outcome(&world, case.id), ("unusual".into(), "open_case".into()));
}

/// What is kept for a claim is not erased behind the back of who needs it.
#[test]
fn what_the_person_had_restricted_waits_for_a_person() {
    let world = World::new();
    in_advance(&world, 100);
    let agent = world.staff(Role::Agent);
    let person = gone(&world, 6);
    let restricted = placed(&world, &agent, &person);
    assert!(restricted.case.state.has_ended() || restricted.case.state.name() == "answered");
    let case = ends(&world, &person);
    let (found, why) = outcome(&world, case.id);
    assert!(found == "unusual" && why.contains("restricted"), "{found}: {why}");
}

#[test]
fn what_became_unusual_in_the_quarantine_stops() {
    let world = World::new();
    in_advance(&world, 100);
    let (case, person) = approved(&world, 0);
    set(&world, "UPDATE invoices SET paid_on = NULL", &person);
    world.later(TimeDelta::days(15));
    let stopped = world.find(&case.reference);
    assert_eq!(stopped.case.state.name(), "assessing");
    assert_eq!(stopped.attention.as_deref(), Some("account_end_unclear"));
    // A person looks, and approves it.
    left(&world, &person);
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    world
        .act(&agent, &case.reference, &Action::Plan(AskedPlan::default()))
        .unwrap();
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.later(TimeDelta::days(15));
    assert!(["answered", "closed"].contains(&state(&world, &case)));
}

#[test]
fn no_more_than_it_says_are_let_through_in_a_month() {
    let world = World::new();
    let approver = world.staff(Role::Approver);
    let two = Wanted {
        most: 2,
        ..wanted(100)
    };
    standing::give(&world, &approver, &two).unwrap();
    let outcomes: Vec<(String, String)> = (0..6)
        .map(|at| outcome(&world, ends(&world, &gone(&world, at)).id))
        .collect();
    let through = outcomes.iter().filter(|(outcome, _)| outcome == "approved");
    assert_eq!(through.count(), 2, "{outcomes:?}");
    assert!(
        outcomes.contains(&("unusual".into(), "too_many".into())),
        "{outcomes:?}"
    );
    // A new one does not begin to count anew.
    standing::give(&world, &approver, &two).unwrap();
    let further = ends(&world, &gone(&world, 7));
    assert_eq!(outcome(&world, further.id).1, "too_many");
    world.later(TimeDelta::days(31));
    assert_eq!(approved(&world, 8).0.case.state.name(), "approved");
}

#[test]
fn it_is_a_persons_word_for_a_year_at_most_that_can_be_taken_back() {
    let world = World::new();
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let days = |days: i64, sample_every| Wanted {
        until: today + TimeDelta::days(days),
        sample_every,
        most: 300,
    };
    let agent = world.staff(Role::Agent);
    assert!(standing::give(&world, &agent, &days(30, 10)).is_err());
    assert!(
        standing::give(&world, &Actor::System, &days(30, 10)).is_err(),
        "a person's word"
    );
    let key = accounts::add_key(&world, &Actor::System, "approving-machine", Role::Approver).unwrap();
    let machine = Actor::Staff {
        id: key.staff,
        role: Role::Approver,
    };
    assert_eq!(
        standing::give(&world, &machine, &days(30, 10))
            .unwrap_err()
            .code(),
        "role"
    );
    let approver = world.staff(Role::Approver);
    for (until, every, most) in [
        (-1, 10, 300),
        (366, 10, 300),
        (30, 0, 300),
        (30, 101, 300),
        (30, 10, 0),
    ] {
        let given = standing::give(
            &world,
            &approver,
            &Wanted {
                most,
                ..days(until, every)
            },
        );
        assert_eq!(given.unwrap_err().code(), "invalid", "{until} {every} {most}");
    }
    standing::give(&world, &approver, &days(365, 100)).unwrap();
    let first = standing::give(&world, &approver, &days(30, 100)).unwrap();
    let second = standing::give(&world, &approver, &days(0, 100)).unwrap();
    assert_eq!(
        standing::revoke(&world, &approver, first.id).unwrap_err().code(),
        "not_found",
        "the second took its place"
    );
    assert_eq!(second.last_day(), today);
}

#[test]
fn it_ends_with_its_last_day_its_giver_or_its_withdrawal() {
    let world = World::new();
    let approver = world.staff(Role::Approver);
    let short = Wanted {
        until: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        ..wanted(100)
    };
    let short = standing::give(&world, &approver, &short).unwrap();
    // Its last day counts, and not an hour more.
    assert_ne!(outcome(&world, ends(&world, &gone(&world, 1)).id).0, "none");
    world.later(short.until - world.now());
    assert_eq!(outcome(&world, ends(&world, &gone(&world, 2)).id).0, "none");
    // Who may not approve any more has not approved either.
    let third = standing::give(&world, &approver, &wanted(100)).unwrap();
    accounts::deactivate(&world, &Actor::System, approver.staff().unwrap()).unwrap();
    let case = ends(&world, &gone(&world, 4));
    assert_eq!(
        (case.case.state.name(), outcome(&world, case.id).0),
        ("assessing", "none".into())
    );
    let other = world.staff(Role::Approver);
    standing::revoke(&world, &other, third.id).unwrap();
    assert_eq!(outcome(&world, ends(&world, &gone(&world, 5)).id).0, "none");
    let seen = standing::overview(&world, &other, standing::month(&world, "")).unwrap();
    assert!(seen.approvals.iter().all(|view| !view.holds));
    assert_eq!(seen.uses.len(), 4);
}
