//! Locks by name: one at a time among all instances, and never left behind.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dataratt::store::locks;

use crate::support::database::database;

#[test]
fn only_one_holds_a_name_and_another_name_is_free() {
    let database = database();
    let (one, other) = (database.store(), database.store());
    let inner = locks::alone(&one, "sweep", || {
        let same = locks::alone(&other, "sweep", || ()).unwrap();
        let another = locks::alone(&other, "lapse", || 7).unwrap();
        (same, another)
    });
    assert_eq!(inner.unwrap(), Some((None, Some(7))));
    assert_eq!(
        locks::alone(&other, "sweep", || 8).unwrap(),
        Some(8),
        "given back"
    );
}

#[test]
fn a_panic_gives_the_lock_back() {
    let database = database();
    let (one, other) = (database.store(), database.store());
    let failed = catch_unwind(AssertUnwindSafe(|| {
        locks::alone(&one, "sweep", || panic!("on purpose"))
    }));
    assert!(failed.is_err());
    assert_eq!(
        locks::alone(&other, "sweep", || 9).unwrap(),
        Some(9),
        "given back at once"
    );
}
