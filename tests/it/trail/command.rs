//! `dataratt audit`: what it ends with and says.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::database::{Database, database};

struct Machine {
    database: Database,
    data: TempDir,
}

impl Machine {
    /// With one event: somebody added a machine's key.
    fn new() -> Self {
        let machine = Self {
            database: database(),
            data: tempfile::tempdir().unwrap(),
        };
        let added = machine.run(&["key", "add", "--name", "portal"]);
        assert!(added.status.success(), "{added:?}");
        machine
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dataratt"));
        command
            .args(arguments)
            .env("DATARATT_DATA_DIR", self.data.path())
            .env("DATARATT_DATABASE__URL", self.database.url())
            .env("DATARATT_DATABASE__OWNER_URL", self.database.owner_url());
        command.output().unwrap()
    }

    fn checkpoint(&self) -> PathBuf {
        self.data.path().join("audit/checkpoint.txt")
    }

    /// How `audit verify` ends, and what it prints as JSON.
    #[track_caller]
    fn verify(&self) -> (i32, Value) {
        let output = self.run(&["audit", "verify", "--json"]);
        let printed = serde_json::from_slice(&output.stdout);
        (
            output.status.code().unwrap(),
            printed.unwrap_or_else(|_| panic!("{output:?}")),
        )
    }

    fn change(&self, sql: &str) {
        let mut owner = self.database.owner();
        owner
            .batch_execute(&format!("SET session_replication_role = replica; {sql}"))
            .unwrap();
    }
}

#[test]
fn each_standing_has_an_exit_code_of_its_own() {
    let machine = Machine::new();
    let (code, verdict) = machine.verify();
    assert_eq!((code, &verdict["standing"]), (0, &Value::from("ok")));
    assert_eq!(verdict["unsealed"], 1);
    let sealed = machine.run(&["audit", "seal"]);
    let printed = String::from_utf8(sealed.stdout).unwrap();
    assert!(
        printed.starts_with("dataratt audit checkpoint 1\nnumber 1\n"),
        "{printed}"
    );
    assert_eq!(fs::read_to_string(machine.checkpoint()).unwrap(), printed);
    assert_eq!(machine.verify().0, 0);

    fs::rename(machine.checkpoint(), machine.data.path().join("copy.txt")).unwrap();
    let (code, verdict) = machine.verify();
    assert_eq!((code, &verdict["standing"]), (3, &Value::from("lagging")));
    let copy = machine.data.path().join("copy.txt");
    let against = machine.run(&["audit", "verify", "--checkpoint", copy.to_str().unwrap()]);
    assert_eq!(against.status.code(), Some(0), "{against:?}");
    fs::rename(copy, machine.checkpoint()).unwrap();

    machine.change("UPDATE audit_events SET action = 'key_revoked'");
    let (code, verdict) = machine.verify();
    assert_eq!((code, &verdict["standing"]), (2, &Value::from("altered")));
    assert_eq!(verdict["broken"][0]["seq"], 1);
    assert_eq!(verdict["broken"][0]["fault"], "altered");
    let said = machine.run(&["audit", "verify"]);
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("service: event 1: was altered"), "{said}");
}

#[test]
fn a_restored_database_is_told_and_accepted() {
    let machine = Machine::new();
    machine.run(&["audit", "seal"]);
    machine.change("TRUNCATE audit_events, audit_heads, audit_seals, audit_checkpoints CASCADE");
    let (code, verdict) = machine.verify();
    assert_eq!((code, &verdict["standing"]), (4, &Value::from("rolled_back")));
    let refused = machine.run(&["audit", "seal"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let accepted = machine.run(&["audit", "accept-restore"]);
    assert!(accepted.status.success(), "{accepted:?}");
    assert_eq!(machine.verify().0, 0);
}
