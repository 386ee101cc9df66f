//! Servers that are away, slow, full or cut off, and roles that may not: what is told, and that work goes on afterwards.

use std::fs;
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use dataratt::adapters::connectors::Connected;
use dataratt::domain::access::{CollectRequest, CollectedColumn, CollectedRow, Reading};
use dataratt::services::ports::{RowSink, SystemError, Systems};
use rstest::rstest;

use super::place::{On, Place, by_email, ids, only, roots, survey, table};

const PEOPLE: &str = "
    CREATE TABLE people (id int PRIMARY KEY, mail varchar(50)); INSERT INTO people VALUES (1, 'anna@x.example'), (2, 'bo@x.example')";

fn people() -> String {
    "statement_timeout_seconds = 2\n".to_owned() + &table("people", "person = { email = \"mail\" }")
}

/// What may pass by itself, told without values.
#[track_caller]
fn unavailable<T: std::fmt::Debug>(done: Result<T, SystemError>, why: &str) {
    let error = done.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(error.retryable() && text.contains(why), "{text}, not {why}");
    assert!(!text.contains("x.example"), "{text}");
}

/// What somebody must mend, told without values.
#[track_caller]
fn refused<T: std::fmt::Debug>(done: Result<T, SystemError>, why: &str) {
    let error = done.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!error.retryable() && text.contains(why), "{text}, not {why}");
    assert!(!text.contains("x.example"), "{text}");
}

#[test]
fn a_mysql_server_that_is_away_or_says_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let place = Place::new(On::Mariadb, PEOPLE);
    let map = place.map(&people());
    let url = format!("mysql://someone:hush@127.0.0.1:{port}/db");
    let connected = Connected::new(&map, move |_| Some(url.clone()));
    let system = connected.get("host").unwrap();
    let since = Instant::now();
    unavailable(system.check(), "says nothing");
    assert!(since.elapsed() < Duration::from_secs(15));
    drop(silent);
    unavailable(system.check(), "refused");
}

#[rstest]
fn a_statement_that_takes_too_long_is_given_up_by_the_server(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE them (id int PRIMARY KEY, mail varchar(50)); INSERT INTO them VALUES (1, 'anna@x.example')",
    );
    let slow = match on {
        On::Postgres => "CREATE VIEW people AS SELECT id, mail FROM them WHERE pg_sleep(30) IS NOT NULL",
        On::Mariadb => "CREATE VIEW people AS SELECT id, mail FROM them WHERE SLEEP(30) = 0",
    };
    place.run(slow);
    let map = place.map(&people());
    let system = place.system(&map);
    let since = Instant::now();
    unavailable(
        system.find(&only(&map).tables[0], &by_email("anna@x.example"), 9),
        "too long",
    );
    assert!(since.elapsed() < Duration::from_secs(8));
    place.run("DROP VIEW people; ALTER TABLE them RENAME TO people");
    assert_eq!(
        system
            .find(&only(&map).tables[0], &by_email("anna@x.example"), 9)
            .unwrap()
            .len(),
        1
    );
}

#[rstest]
fn rows_that_others_hold_are_left_for_later(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, PEOPLE);
    let system = place.system(&place.map(&people()));
    let held = place.holding("UPDATE people SET mail = mail WHERE id = 1");
    unavailable(system.delete("people", &ids([1])), "lock");
    assert_eq!(
        system.delete("people", &ids([2])).unwrap(),
        1,
        "only what others hold is waited for"
    );
    drop(held);
    assert_eq!(system.delete("people", &ids([1])).unwrap(), 1);
}

/// Cuts all connections at the first page.
struct Cutting<'a>(&'a Place, usize);

impl RowSink for Cutting<'_> {
    fn table(&mut self, _table: &str, _columns: &[CollectedColumn]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn rows(&mut self, rows: Vec<CollectedRow>) -> ControlFlow<()> {
        if self.1 == 0 {
            self.0.cut();
        }
        self.1 += rows.len();
        ControlFlow::Continue(())
    }

    fn count(&mut self, _table: &str, _rows: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[rstest]
fn a_connection_that_is_cut_half_way_is_replaced(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, PEOPLE);
    let filler = "x".repeat(2000);
    let rows: Vec<String> = (10..5_010).map(|id| format!("({id}, '{filler}')")).collect();
    place.run("CREATE TABLE mails (id int PRIMARY KEY, body text)");
    for rows in rows.chunks(2000) {
        place.run(&format!("INSERT INTO mails VALUES {}", rows.join(", ")));
    }
    let tables = table("mails", "") + &people().replace("statement_timeout_seconds = 2\n", "");
    let map = place.map(&tables);
    let system = place.system(&map);
    let request = CollectRequest {
        roots: roots("mails", ids(10..5_010)),
        tables: vec![("mails".into(), Reading::Rows)],
    };
    let mut sink = Cutting(&place, 0);
    unavailable(system.collect(&request, &mut sink), "");
    assert!(sink.1 < 5_000);
    place.cut();
    assert_eq!(system.delete("people", &ids([1])).unwrap(), 1);
    let mut again = Cutting(&place, 1);
    assert!(system.collect(&request, &mut again).unwrap().is_continue());
    assert_eq!(again.1, 5_001);
}

#[rstest]
fn batches_that_are_done_stay_done_and_the_rest_follows_later(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(
        on,
        "CREATE TABLE people (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, person int,
           CONSTRAINT of_people FOREIGN KEY (person) REFERENCES people (id))",
    );
    let rows: Vec<String> = (1..=1500).map(|id| format!("({id})")).collect();
    place.run(&format!(
        "INSERT INTO people VALUES {}; INSERT INTO orders VALUES (1, 700)",
        rows.join(", ")
    ));
    let system = place.system(&place.map(&table("people", "")));
    refused(system.delete("people", &ids(1..=1500)), "of_people");
    assert_eq!(place.rows("SELECT count(*) FROM people"), ["1000"]);
    place.run("DELETE FROM orders");
    assert_eq!(system.delete("people", &ids(1..=1500)).unwrap(), 1000);
}

#[rstest]
#[case(On::Postgres, "53100")]
#[case(On::Mariadb, "1114")]
fn a_full_disk_passes_and_the_work_goes_on(#[case] on: On, #[case] code: &str) {
    let place = Place::new(on, PEOPLE);
    place.run(&match on {
        On::Postgres => format!(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE EXCEPTION 'no room for %', OLD.mail USING ERRCODE = '{code}'; END $$;
             CREATE TRIGGER full_disk BEFORE DELETE ON people FOR EACH ROW EXECUTE FUNCTION full_disk()"
        ),
        On::Mariadb => format!(
            "CREATE TRIGGER full_disk BEFORE DELETE ON people FOR EACH ROW
               SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {code}, MESSAGE_TEXT = 'no room for anna@x.example'"
        ),
    });
    let system = place.system(&place.map(&people()));
    unavailable(system.delete("people", &ids([1])), "its disk is full");
    place.run(match on {
        On::Postgres => "DROP TRIGGER full_disk ON people",
        On::Mariadb => "DROP TRIGGER full_disk",
    });
    assert_eq!(system.delete("people", &ids([1])).unwrap(), 1);
}

#[rstest]
fn a_login_that_ends_half_way_is_told_and_goes_on_when_it_is_mended(
    #[values(On::Postgres, On::Mariadb)] on: On,
) {
    let place = Place::new(on, PEOPLE);
    let role = place.role("SELECT, DELETE", "people");
    let map = place.map(&people());
    let url = role.url.clone();
    let system = Connected::new(&map, move |_| Some(url.clone()))
        .get("host")
        .unwrap();
    assert_eq!(system.delete("people", &ids([1])).unwrap(), 1);
    role.lock(&place, true);
    place.cut();
    refused(system.delete("people", &ids([2])), "login");
    role.lock(&place, false);
    assert_eq!(system.delete("people", &ids([2])).unwrap(), 1);
}

#[rstest]
fn one_role_reads_and_another_erases(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, PEOPLE);
    let (reader, eraser) = (
        place.role("SELECT", "people"),
        place.role("SELECT, DELETE", "people"),
    );
    let map = place.map(&("erase_url = \"env:ERASER\"\n".to_owned() + &people()));
    let with = |reads: &str, erases: &str| {
        let (reads, erases) = (reads.to_owned(), erases.to_owned());
        let urls = move |name: &str| {
            Some(if name == "ERASER" {
                erases.clone()
            } else {
                reads.clone()
            })
        };
        Connected::new(&map, urls).get("host").unwrap()
    };
    let codes = |reads: &str, erases: &str| {
        let findings = with(reads, erases).check().unwrap();
        let codes = findings.iter().map(|finding| finding.code);
        codes
            .filter(|code| !["missing_index", "rows_per_person"].contains(code))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&reader.url, &eraser.url), Vec::<&str>::new());
    assert_eq!(codes(&eraser.url, &eraser.url), ["too_many_privileges"]);
    assert_eq!(codes(&reader.url, &reader.url), ["missing_privilege"]);
    let system = with(&reader.url, &eraser.url);
    assert_eq!(
        survey(&*system, &map, roots("people", ids([1])))
            .rows("people")
            .len(),
        1
    );
    assert_eq!(system.delete("people", &ids([1])).unwrap(), 1);
    refused(
        with(&reader.url, &reader.url).delete("people", &ids([2])),
        "a missing privilege",
    );
    assert_eq!(place.rows("SELECT id FROM people"), ["2"]);
}

#[rstest]
fn the_role_that_erases_is_lent_for_each_run(#[values(On::Postgres, On::Mariadb)] on: On) {
    let place = Place::new(on, PEOPLE);
    let (reader, eraser) = (
        place.role("SELECT", "people"),
        place.role("SELECT, DELETE", "people"),
    );
    let folder = tempfile::tempdir().unwrap();
    let lent = folder.path().join("eraser");
    let map = place.map(&(format!("erase_url = \"file:{}\"\n", lent.display()) + &people()));
    let connected = Connected::new(&map, move |_| Some(reader.url.clone()));
    let system = connected.get("host").unwrap();
    let codes = || {
        let findings = system.check().unwrap();
        let codes = findings.iter().map(|finding| finding.code);
        codes
            .filter(|code| !["missing_index", "rows_per_person"].contains(code))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(), ["erase_role_not_lent"]);
    unavailable(system.delete("people", &ids([1])), "is not there");

    fs::write(&lent, &eraser.url).unwrap();
    fs::set_permissions(&lent, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(codes(), Vec::<&str>::new());
    assert_eq!(system.delete("people", &ids([1])).unwrap(), 1);

    fs::remove_file(&lent).unwrap();
    unavailable(system.delete("people", &ids([2])), "is not there");
    assert_eq!(place.rows("SELECT id FROM people"), ["2"]);
}
