//! Waiting with deadlines, free ports, and how much to run.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

/// How long a test waits for what should come at once; a slow machine gets there, a broken one does not.
pub const DEADLINE: Duration = Duration::from_secs(10);

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits until `look` finds something, and returns it; fails the test at the deadline, naming `what`.
#[track_caller]
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(DEADLINE, look).unwrap_or_else(|| panic!("not within {DEADLINE:?}: {what}"))
}

/// As [`eventually`], for a deadline of its own and without failing.
pub fn within<T>(deadline: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + deadline;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
}

/// As [`eventually`], for a look that is itself asynchronous.
pub async fn eventually_async<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "not within {DEADLINE:?}: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A port of 127.0.0.1 that nobody listens on, never handed out twice by this process. Prefer port 0
/// where the program under test can say which port it got.
pub fn free_port() -> u16 {
    static GIVEN: LazyLock<Mutex<BTreeSet<u16>>> = LazyLock::new(Mutex::default);
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has ports");
        let port = listener
            .local_addr()
            .expect("a bound listener has an address")
            .port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

/// The folder of the crate.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether this is `make soak` (`DATARATT_SOAK=1`), which runs long what `make test` runs short.
pub fn soaking() -> bool {
    std::env::var("DATARATT_SOAK").is_ok_and(|value| value == "1")
}

/// `few` in `make test`, `many` in `make soak`.
pub fn rounds(few: u32, many: u32) -> u32 {
    if soaking() { many } else { few }
}

#[test]
fn waiting_ends_with_what_is_found_or_at_the_deadline() {
    let mut looks = 0;
    let found = eventually("the third look", || {
        looks += 1;
        (looks == 3).then_some(looks)
    });
    assert_eq!(found, 3);
    assert_eq!(within(Duration::from_millis(30), || None::<()>), None);
}

#[test]
fn a_port_is_handed_out_once_and_can_be_bound() {
    let ports: BTreeSet<u16> = (0..50).map(|_| free_port()).collect();
    assert_eq!(ports.len(), 50);
    TcpListener::bind(("127.0.0.1", ports.into_iter().next().unwrap())).expect("the port is free");
}
