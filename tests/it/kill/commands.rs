//! The commands as a process: beside a service that runs, and into a pipe that nobody reads.

use std::io::Read;
use std::process::{Command, Stdio};

use serde_json::json;

use super::service::{PASSWORD, Service};

#[test]
fn who_had_enough_of_a_result_hears_of_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dataratt"))
        .arg("openapi")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The document is longer than a pipe holds: the program is still writing when its reader goes.
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(141), ""));
}

#[test]
fn commands_work_beside_a_running_service() {
    let service = Service::with_people(20, "human", "info");
    let run = |arguments: &[&str]| {
        let done = service.cli(arguments, "");
        (
            done.status.success(),
            String::from_utf8(done.stdout).unwrap(),
            String::from_utf8(done.stderr).unwrap(),
        )
    };
    let (_, secret, _) = run(&["key", "add", "--name", "portal"]);
    let hands_in = || {
        let body = json!({ "right": "access", "email": "anna@kund.example", "channel": "phone",
            "received_at": "2026-01-01T12:00:00Z" });
        service
            .call("POST", "/cases", Some(&body), secret.trim())
            .unwrap()
            .0
    };
    assert_eq!(hands_in(), 201);
    let (_, listed, _) = run(&["key", "list"]);
    let fields: Vec<&str> = listed.trim().split('\t').collect();
    assert_eq!(
        (fields[1], fields[2], fields.len()),
        ("portal", "machine", 4),
        "{listed}"
    );
    assert!(!listed.contains(secret.trim()));
    assert!(run(&["key", "revoke", "--id", fields[0]]).0);
    assert_eq!(hands_in(), 401);
    assert_eq!(run(&["key", "list"]).1, "");
    let (done, _, said) = run(&["key", "revoke", "--id", fields[0]]);
    assert!(!done && said.contains("no such entry"), "{said}");

    assert_eq!(
        run(&["replay-erasures", "--system", "billing", "--dry-run"]),
        (
            true,
            "people\t0\nerased\t0\nreduced\t0\npurged\t0\nunclear\t0\nheld\t0\nfailed\t0\n".to_owned(),
            String::new()
        )
    );
    let (done, _, said) = run(&["replay-erasures", "--system", "bilbing"]);
    assert!(!done && said.contains("no such system: bilbing"), "{said}");

    service.staff("agent");
    let email = ["--email", "agent@host.example"];
    let logs_in = || {
        let body = json!({ "email": "agent@host.example", "password": PASSWORD });
        service.call("POST", "/session", Some(&body), "").unwrap().0
    };
    assert!(run(&["staff", "deactivate", email[0], email[1]]).0);
    assert_eq!(logs_in(), 401);
    assert!(run(&["staff", "activate", email[0], email[1]]).0);
    assert_eq!(logs_in(), 200);
}
