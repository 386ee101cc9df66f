//! Servers that do not answer, connections that break, and who else works on the rows.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::*;
use crate::services::ports::{System, SystemError};

fn people() -> Mapped {
    mapped(&table("people", "person = { email = \"mail\" }"))
}

const PEOPLE: &str = "
    CREATE TABLE people (id int PRIMARY KEY, mail text); INSERT INTO people VALUES (1, 'a@x.example');";

fn unavailable<T: std::fmt::Debug>(done: Result<T, SystemError>) -> String {
    let error = done.unwrap_err();
    assert!(
        error.retryable() && error.code() == "system_unavailable",
        "{error:?}"
    );
    error.to_string()
}

#[test]
fn a_port_where_nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("postgresql://someone:hush@127.0.0.1:{port}/db");
    let system = connected(people(), &url);
    let text = unavailable(system.check());
    assert!(!text.contains("hush"), "{text}");
    unavailable(system.delete("people", &ids([1])));
}

#[test]
fn a_server_that_accepts_and_says_nothing_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("postgresql://someone@127.0.0.1:{port}/db");
    let system = connected(people(), &url);
    let since = Instant::now();
    unavailable(system.find(first(&people()), &by_email("a@x.example"), 1));
    assert!(since.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_wrong_database_or_role_is_for_somebody_to_mend() {
    let place = Place::new(PEOPLE);
    for url in [
        place.url("nobody_there"),
        place.running.cluster.owner_url("no_such_database"),
    ] {
        let system = connected(people(), &url);
        let error = system.check().unwrap_err();
        assert!(matches!(error, SystemError::Refused { .. }), "{error:?}");
    }
}

#[test]
fn connections_that_the_server_ended_are_replaced() {
    let place = Place::new(PEOPLE);
    let system = place.system(&people());
    system.check().unwrap();
    place.run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'dataratt'",
    );
    assert_eq!(system.delete("people", &ids([1])).unwrap(), 1);
}

#[test]
fn connections_say_who_they_are_and_are_kept() {
    let place = Place::new(PEOPLE);
    let map = people();
    let system = place.system(&map);
    for _ in 0..20 {
        system.find(first(&map), &by_email("a@x.example"), 1).unwrap();
    }
    let ours = "pg_stat_activity WHERE datname = current_database() AND application_name = 'dataratt'";
    assert_eq!(place.count(ours), 1);
}

#[test]
fn more_callers_than_connections_wait_for_their_turn() {
    let place = Place::new(PEOPLE);
    let map = people();
    let system = place.system(&map);
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(
                        system
                            .find(first(&map), &by_email("a@x.example"), 9)
                            .unwrap()
                            .len(),
                        1
                    );
                }
            });
        }
    });
    let ours = "pg_stat_activity WHERE datname = current_database() AND application_name = 'dataratt'";
    assert!(place.count(ours) <= 8);
}

#[test]
fn a_row_that_others_hold_is_waited_for_and_then_tried_later() {
    let place = Place::new(PEOPLE);
    let system = place.system(&people());
    place.run("BEGIN; UPDATE people SET mail = mail");
    let text = unavailable(system.delete("people", &ids([1])));
    assert!(text.contains("55P03"), "{text}");
    place.run("COMMIT");
    assert_eq!(system.delete("people", &ids([1])).unwrap(), 1);
}

#[test]
fn an_error_of_the_hosts_own_code_does_not_tell_its_message() {
    let place = Place::new(PEOPLE);
    place.run(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'not %', OLD.mail USING DETAIL = OLD.mail, HINT = OLD.mail; END $$;
         CREATE TRIGGER no BEFORE DELETE ON people FOR EACH ROW EXECUTE FUNCTION no()",
    );
    let error = place.system(&people()).delete("people", &ids([1])).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("P0001") && !text.contains("x.example"), "{text}");
}

#[test]
fn a_changed_table_is_looked_at_again() {
    let place = Place::new(PEOPLE);
    let map = people();
    let system = place.system(&map);
    let find = || system.find(first(&map), &by_email("a@x.example"), 9);
    assert_eq!(find().unwrap().len(), 1);
    place.run("ALTER TABLE people RENAME COLUMN mail TO email");
    assert!(matches!(find(), Err(SystemError::Unknown { name, .. }) if name == "people.mail"));
    place.run("ALTER TABLE people RENAME COLUMN email TO mail; ALTER TABLE people ALTER id TYPE text");
    assert_eq!(find().unwrap().len(), 1);
    place.run("DROP TABLE people");
    assert!(matches!(find(), Err(SystemError::Unknown { name, .. }) if name == "people"));
    place.run(PEOPLE);
    assert_eq!(find().unwrap().len(), 1);
}

#[test]
fn rows_that_policies_hide_are_an_error_and_not_missed() {
    let place = Place::new(PEOPLE);
    let role = format!("reader_{}", place.database);
    place.run(&format!(
        "CREATE ROLE {role} LOGIN; GRANT SELECT ON people TO {role};
         ALTER TABLE people ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON people USING (false)"
    ));
    let map = people();
    let system = connected(map.clone(), &place.url(&role));
    let error = system.find(first(&map), &by_email("a@x.example"), 9).unwrap_err();
    assert!(matches!(error, SystemError::Refused { .. }), "{error}");
    let codes: Vec<&str> = system
        .check()
        .unwrap()
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert!(codes.contains(&"row_level_security"), "{codes:?}");
}

#[test]
fn it_may_be_dropped_on_a_thread_that_runs_tasks() {
    let place = Place::new(PEOPLE);
    let system = place.system(&people());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let system = tokio::task::spawn_blocking(move || {
            system.check().unwrap();
            system
        })
        .await
        .unwrap();
        tokio::spawn(async move { drop(system) }).await.unwrap();
    });
}
