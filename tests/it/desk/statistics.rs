//! Figures across cases, counted by hand and by the service.

use dataratt::domain::ids::{Reference, StaffId};
use dataratt::domain::right::Right;
use dataratt::domain::staff::{Actor, Permission, Role};
use dataratt::services::statistics::{self, Counts};
use uuid::Uuid;

use crate::support::context::TestContext;
use crate::support::database::{Database, database};

const fn staff(role: Role) -> Actor {
    Actor::Staff {
        id: StaffId(Uuid::from_u128(7)),
        role,
    }
}

/// A case, with only what the database insists on, and when it was answered.
fn put(database: &Database, number: u64, right: &str, state: &str, due_on: &str, answered: Option<&str>) {
    let id = Uuid::from_u128(number.into());
    let reference = Reference::from_random(number);
    let mut owner = database.owner();
    let since = answered.unwrap_or("2026-11-01");
    let insert = format!(
        "SET session_replication_role = replica; \
         INSERT INTO cases (id, reference, \"right\", state, channel, language, received_at, due_on, required_level, \
         identity_level, state_since, sealed, created_at) VALUES ('{id}', '{reference}', '{right}', '{state}', 'web', 'sv', \
         '2026-11-01 12:00Z', '{due_on}', 2, 2, '{since} 12:00Z', '', now())"
    );
    owner.batch_execute(&insert).expect("the row satisfies the table");
    if let Some(day) = answered {
        let insert = format!(
            "INSERT INTO audit_events (stream, seq, at, actor, action, detail, hash) VALUES ('{id}', 1, \
             '{day} 12:00Z', 'system', 'erasure_completed', '{{}}', decode(repeat('00', 32), 'hex'))"
        );
        owner.batch_execute(&insert).expect("the row satisfies the table");
    }
}

#[test]
fn figures_count_what_is_open_late_and_answered() {
    let database = database();
    let ctx = TestContext::new(database.store());
    put(&database, 1, "erasure", "assessing", "2026-11-22", None);
    put(&database, 2, "erasure", "assessing", "2026-11-23", None);
    put(&database, 3, "access", "received", "2026-12-01", None);
    put(
        &database,
        4,
        "erasure",
        "answered",
        "2026-11-02",
        Some("2026-11-05"),
    );
    put(
        &database,
        5,
        "erasure",
        "closed",
        "2026-11-02",
        Some("2026-11-11"),
    );
    put(
        &database,
        6,
        "erasure",
        "closed",
        "2026-11-02",
        Some("2026-10-01"),
    );
    put(&database, 7, "access", "withdrawn", "2026-11-02", None);
    let figures = statistics::figures(&ctx, &staff(Role::Auditor)).unwrap();
    assert_eq!(figures.open, 3);
    assert_eq!(figures.late, 1, "the last day itself is not late");
    assert_eq!(figures.answered_recently, 2, "not the one of two months ago");
    assert_eq!(figures.median_days, Some(10));
    assert_eq!(figures.by_state["closed"], 2);
    assert_eq!(figures.by_right.len(), Right::ALL.len());
    let of = |right| figures.by_right.iter().find(|(its, _)| *its == right).unwrap().1;
    assert_eq!(of(Right::Erasure), Counts { open: 2, all: 5 });
    assert_eq!(of(Right::Access), Counts { open: 1, all: 2 });
    assert_eq!(of(Right::Objection), Counts::default());
}

#[test]
fn an_empty_service_has_figures_too() {
    let database = database();
    let ctx = TestContext::new(database.store());
    let figures = statistics::figures(&ctx, &staff(Role::Dpo)).unwrap();
    assert_eq!((figures.open, figures.late, figures.median_days), (0, 0, None));
}

#[test]
fn only_who_may_read_figures_gets_them() {
    let database = database();
    let ctx = TestContext::new(database.store());
    for role in Role::ALL {
        let may = role.may(Permission::ReadStatistics);
        assert_eq!(statistics::figures(&ctx, &staff(role)).is_ok(), may, "{role:?}");
    }
    assert!(statistics::figures(&ctx, &Actor::Person).is_err());
}
