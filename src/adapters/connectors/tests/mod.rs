//! Which systems are connected, and where their addresses come from.

mod sample;

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

use rstest::rstest;

use super::*;

fn map(systems: &[(&str, &str, Option<&str>)]) -> DataMap {
    #[derive(serde::Deserialize)]
    struct Profile {
        systems: DataMap,
    }
    let mut text = String::new();
    for (id, connector, url) in systems {
        text.push_str(&format!(
            "[[systems]]\nid = \"{id}\"\nname = {{ sv = \"S\", en = \"S\" }}\nconnector = \"{connector}\"\n"
        ));
        if let Some(url) = url {
            text.push_str(&format!("url = \"{url}\"\n"));
        }
    }
    toml::from_str::<Profile>(&text).unwrap().systems
}

fn reason(connected: &Connected, id: &str) -> String {
    match connected.get(id).err().unwrap() {
        SystemError::NotConnected { system, reason } => {
            assert_eq!(system, id);
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case("mysql", Some("postgres://db.example/secret"), "MySQL or MariaDB database")]
#[case("mysql", Some("mysql://db.example"), "names no database")]
#[case("http", Some("secret.example"), "no address of a web service")]
#[case("http", Some("ftp://secret.example"), "must begin with https://")]
#[case("files", Some("srv/www"), "no absolute path")]
#[case("manual", None, "by hand")]
#[case("postgres", None, "no address")]
#[case("postgres", Some(""), "no address")]
#[case("postgres", Some("env:UNSET"), "UNSET is not set")]
#[case(
    "postgres",
    Some("mysql://db.example/secret"),
    "no PostgreSQL connection string"
)]
fn what_cannot_be_connected(#[case] connector: &str, #[case] url: Option<&str>, #[case] why: &str) {
    let connected = Connected::new(&map(&[("one", connector, url)]), |_| None);
    let reason = reason(&connected, "one");
    assert!(reason.contains(why), "{reason}");
    assert!(!reason.contains("secret"));
}

#[test]
fn a_system_that_the_map_does_not_name() {
    assert!(reason(&Connected::new(&DataMap::default(), |_| None), "other").contains("no such system"));
}

#[test]
fn a_connector_is_made_once_and_again_when_its_address_changes() {
    static TURN: AtomicU32 = AtomicU32::new(0);
    let connected = Connected::new(&map(&[("one", "postgres", Some("env:ONE"))]), |name| {
        (name == "ONE").then(|| format!("postgresql://x@/db{}?host=/nowhere", TURN.load(Ordering::SeqCst)))
    });
    let first = connected.get("one").unwrap();
    assert!(Arc::ptr_eq(&first, &connected.get("one").unwrap()));
    TURN.store(1, Ordering::SeqCst);
    let second = connected.get("one").unwrap();
    assert!(!Arc::ptr_eq(&first, &second));
    assert!(Arc::ptr_eq(&second, &connected.get("one").unwrap()));
}

#[rstest]
#[case("A=1\nB=2", "B", Some("2"))]
#[case("A=postgresql://u:p=w@h/d?x=y", "A", Some("postgresql://u:p=w@h/d?x=y"))]
#[case("  A = 1  \r\n", "A", Some("1"))]
#[case("A=\"1 2\"", "A", Some("1 2"))]
#[case("A='1'", "A", Some("1"))]
#[case("A=\"1", "A", Some("\"1"))]
#[case("A=\"", "A", Some("\""))]
#[case("A=1\nA=2", "A", Some("2"))]
#[case("A=1\nA=", "A", Some("1"))]
#[case("#A=1", "A", None)]
#[case("AB=1\nB", "A", None)]
#[case("AB=1\nB", "B", None)]
#[case("A=", "A", None)]
#[case("", "A", None)]
fn the_file_of_addresses(#[case] text: &str, #[case] name: &str, #[case] value: Option<&str>) {
    assert_eq!(from_file(text, name).as_deref(), value);
}

#[test]
fn the_environment_comes_before_the_file_which_is_read_anew() {
    let directory = tempfile::tempdir().unwrap();
    let lookup = addresses(directory.path().to_owned());
    assert_eq!(lookup("DATARATT_TEST_SYSTEM"), None);
    let lines = |value: &str| format!("PATH={value}\nDATARATT_TEST_SYSTEM={value}\n");
    for value in ["one", "two"] {
        fs::write(directory.path().join(SYSTEMS_FILE), lines(value)).unwrap();
        assert_eq!(lookup("DATARATT_TEST_SYSTEM").as_deref(), Some(value));
        assert_eq!(lookup("PATH"), std::env::var("PATH").ok());
    }
}
