//! The embedded PostgreSQL dies under a service that runs.

use std::fs;

use serde_json::json;

use super::service::Service;

#[test]
fn a_killed_postgresql_is_told_of_and_started_again_with_nothing_lost() {
    let service = Service::with_people(20, "human", "info");
    let person = service.people().remove(0);
    let email = person.email.clone().unwrap();
    let body = json!({ "right": "access", "email": email, "language": "sv" });
    let before = service.api("POST", "/requests", Some(&body), "key:before-the-kill");
    // Without this file no server starts on the data, which gives time to look.
    let (file, away) = (
        service.database_dir().join("PG_VERSION"),
        service.database_dir().join("PG_VERSION.away"),
    );
    fs::rename(&file, &away).unwrap();
    service.kill_database();
    service.wait_for_ready(503);
    fs::rename(&away, &file).unwrap();
    service.wait_for_ready(200);
    let again = service.api("POST", "/requests", Some(&body), "key:before-the-kill");
    assert_eq!(
        again["reference"], before["reference"],
        "the request is still there"
    );
    let seen = service.sink.count();
    service.api("POST", "/requests", Some(&body), "key:after-the-kill");
    service.sink.wait_for_after(seen, |mail| mail.is_to(&email));
    let log = fs::read_to_string(service.log()).unwrap();
    assert!(log.contains("the embedded PostgreSQL died"), "{log}");
    assert!(log.contains("the embedded PostgreSQL runs again"), "{log}");
}
