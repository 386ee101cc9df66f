//! The program is killed in the middle of a step of what was granted: it ends that step afterwards, and nothing is done
//! twice. What is killed waits for a table that the test holds, so that the moment is no chance.

use std::time::Duration;

use dataratt::adapters::cluster::DATABASE;
use dataratt::adapters::sample::SampleSystem;
use dataratt::services::auditing;
use serde_json::{Value, json};

use super::service::Service;
use crate::support::fixtures::within;
use crate::support::invariants;

/// A table for which a step has to wait.
struct Place {
    database: &'static str,
    table: &'static str,
}

/// Somewhere in the middle of marking, of stopping and of lifting.
fn newsletter() -> Place {
    Place {
        database: SampleSystem::Crm.database(),
        table: "newsletter",
    }
}

/// Kills the program while a step waits there, lets the table go, and starts the program again.
fn killed_at(service: &mut Service, place: &Place, begin: impl FnOnce(&Service)) {
    let mut holder = service.owner(place.database);
    let hold = format!("BEGIN; LOCK TABLE {} IN EXCLUSIVE MODE", place.table);
    holder.batch_execute(&hold).unwrap();
    begin(service);
    let mut watcher = service.owner(place.database);
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass";
    within(Duration::from_secs(60), || {
        let waiting: i64 = watcher.query_one(waiting, &[&place.table]).unwrap().get(0);
        (waiting > 0).then_some(())
    })
    .expect("a step comes to the table");
    service.kill();
    // Its databases end with it, and with them what the test holds.
    drop(holder);
    service.start();
}

/// A request from the address on file, with its code entered.
fn asked(service: &Service, email: &str, mut body: Value) -> String {
    body["email"] = json!(email);
    let key = format!("key:{email}");
    let reference = service.api("POST", "/requests", Some(&body), &key)["reference"].clone();
    let reference = reference.as_str().unwrap().to_owned();
    let code = json!({ "code": service.code(email) });
    let path = format!("/requests/{reference}/verification");
    service.api("POST", &path, Some(&code), "");
    reference
}

/// A request whose person staff are sure of.
fn proved(service: &Service, agent: &str, email: &str, right: &str) -> String {
    let reference = asked(service, email, json!({ "right": right }));
    let met = json!({ "action": "accept_identity", "method": "in_person" });
    service.act(&reference, agent, met);
    reference
}

/// Waits until a case is as wanted.
#[track_caller]
fn becomes(service: &Service, agent: &str, reference: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/cases/{reference}");
    let mut last = Value::Null;
    let seen = within(Duration::from_secs(60), || {
        last = service.api("GET", &path, None, agent);
        wanted(&last).then(|| last.clone())
    });
    seen.unwrap_or_else(|| panic!("{}: {}", last["state"], last["attention"]))
}

fn count(service: &Service, database: &str, sql: &str) -> i64 {
    service.owner(database).query_one(sql, &[]).unwrap().get(0)
}

/// A restriction, killed while it marks and while it is lifted.
fn restriction(service: &mut Service, agent: &str, email: &str) {
    let reference = proved(service, agent, email, "restriction");
    let terms =
        json!({ "ground": "accuracy", "items": ["contact", "sales", "marketing"], "services": "pause" });
    killed_at(service, &newsletter(), |service| {
        service.act(
            &reference,
            agent,
            json!({ "action": "grant", "restriction": terms }),
        );
    });
    let case = becomes(service, agent, &reference, |case| case["state"] == "answered");
    assert_eq!(case["restriction"]["state"], "placed");
    let marked = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table} WHERE restricted");
        let own = format!("{sql} AND email = '{email}'");
        let crm = SampleSystem::Crm.database();
        (count(service, crm, &own), count(service, crm, &sql))
    };
    assert_eq!((marked("newsletter"), marked("people")), ((1, 1), (1, 1)));
    killed_at(service, &newsletter(), |service| {
        service.act(
            &reference,
            agent,
            json!({ "action": "lift_restriction", "reason": "rectified" }),
        );
        let letter = "SELECT count(*) FROM mails WHERE template = 'lift_announced' AND sent_at IS NOT NULL";
        let left = within(Duration::from_secs(60), || {
            (count(service, DATABASE, letter) == 1).then_some(())
        });
        left.expect("the letter leaves");
        // It looks whether the letter has left every ten minutes.
        let now = "UPDATE jobs SET run_at = now() WHERE kind = 'lift_restriction' AND state <> 'running'";
        service.owner(DATABASE).batch_execute(now).unwrap();
    });
    becomes(service, agent, &reference, |case| {
        case["restriction"]["state"] == "lifted"
    });
    let crm = SampleSystem::Crm.database();
    for table in ["newsletter", "people"] {
        let left = format!("SELECT count(*) FROM {table} WHERE restricted IS NOT NULL");
        assert_eq!(count(service, crm, &left), 0, "{table}");
    }
}

/// An access answer, killed while what was collected is written.
fn collection(service: &mut Service, agent: &str, email: &str) {
    let reference = proved(service, agent, email, "access");
    let chunks = Place {
        database: DATABASE,
        table: "package_chunks",
    };
    killed_at(service, &chunks, |service| {
        service.act(&reference, agent, json!({ "action": "collect" }));
    });
    let case = becomes(service, agent, &reference, |case| {
        case["state"] == "ready_for_release"
    });
    let tables = case["package"]["tables"].as_array().unwrap();
    let mut names: Vec<&str> = tables
        .iter()
        .map(|table| table["table"].as_str().unwrap())
        .collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(
        all == names.len() && names.contains(&"crm.newsletter"),
        "{names:?}"
    );
    let packages = "SELECT count(*) FROM packages";
    assert_eq!(count(service, DATABASE, packages), 1);
    let rows = tables
        .iter()
        .find(|table| table["table"] == "crm.newsletter")
        .unwrap();
    assert_eq!(rows["rows"], 1);
}

/// An objection to marketing, killed while it stops.
fn stop(service: &mut Service, agent: &str, email: &str) {
    let body = json!({ "right": "objection", "objection": { "marketing": true } });
    let mut reference = String::new();
    killed_at(service, &newsletter(), |service| {
        reference = asked(service, email, body);
    });
    let ended = |case: &Value| case["state"] == "answered" || case["state"] == "closed";
    becomes(service, agent, &reference, ended);
    let on = format!("SELECT count(*) FROM newsletter WHERE subscribed AND email = '{email}'");
    assert_eq!(count(service, SampleSystem::Crm.database(), &on), 0);
    let twice = "SELECT count(*) FROM (SELECT FROM suppressions GROUP BY kind, digest, purpose HAVING count(*) > 1) AS t";
    assert_eq!(count(service, DATABASE, twice), 0);
}

#[test]
fn killed_in_the_middle_of_a_step_it_ends_it_and_does_nothing_twice() {
    let mut service = Service::with_people(40, "human", "info");
    let agent = service.staff("agent");
    let known = "SELECT n.email FROM newsletter n JOIN people p USING (email) GROUP BY 1 HAVING count(*) = 1 ORDER BY 1";
    let known = service
        .owner(SampleSystem::Crm.database())
        .query(known, &[])
        .unwrap();
    let known: Vec<String> = known.iter().map(|row| row.get(0)).collect();
    let people = service.people();
    let on_file = |email: &&String| people.iter().any(|person| person.email.as_ref() == Some(*email));
    let [one, two, three]: [String; 3] = known
        .iter()
        .filter(on_file)
        .take(3)
        .cloned()
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    restriction(&mut service, &agent, &one);
    collection(&mut service, &agent, &two);
    stop(&mut service, &agent, &three);

    let mut owner = service.owner(DATABASE);
    let open = "SELECT count(*) FROM grant_steps WHERE state <> 'done'";
    assert_eq!(count(&service, DATABASE, open), 0);
    invariants::histories_hold(&mut owner);
    invariants::no_case_is_stuck(&mut owner);
    invariants::mails_have_causes(&mut owner, &service.sink, 1 + service.kills);
    assert_eq!(auditing::verify(&service.context()).unwrap().broken, []);
}
