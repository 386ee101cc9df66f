//! A service that is told to stop leaves nothing undone in its trail.

use serde_json::{Value, json};

use super::service::Service;

fn verdict(service: &Service) -> Value {
    let output = service.cli(&["audit", "verify", "--json"], "");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_happened_last_is_sealed_and_the_profile_is_recorded_once() {
    let mut service = Service::with_people(20, "human", "info");
    let email = service.people().remove(0).email.unwrap();
    let body = json!({ "right": "access", "email": email, "language": "sv" });
    service.api("POST", "/requests", Some(&body), "key:last");
    service.stop();
    let first = verdict(&service);
    assert_eq!(
        (&first["unsealed"], &first["standing"]),
        (&json!(0), &json!("ok"))
    );
    assert_eq!(first["latest"], first["exported"]);
    service.start();
    service.stop();
    let second = verdict(&service);
    assert_eq!(second["streams"], first["streams"]);
    let log = std::fs::read_to_string(service.log()).unwrap();
    let recorded = log.matches("the profile changed").count();
    assert_eq!(recorded, 1, "{log}");
}
