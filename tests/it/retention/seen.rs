//! Lists as approvers and machines see them: in a browser, through the API, and on the command line.

use std::process::{Command, Output};

use dataratt::adapters::sample::NastyCase;
use dataratt::domain::staff::Role;
use serde_json::{Value, json};

use super::{books, erased, noon, person, proposed, show};
use crate::api::client::Api;
use crate::browser::erasure::account;
use crate::browser::staff::log_in;
use crate::support::browser::{DESKTOP, PHONE};
use crate::support::site::Site;
use crate::support::world::World;

#[test]
fn an_approver_finds_the_list_from_the_queue_takes_a_line_out_and_approves_the_rest() {
    let site = Site::of("admax");
    let person = person(&site, NastyCase::CreditedOverNewYear);
    erased(&site, &person);
    site.clock.set(noon("2035-01-01"));
    let list = proposed(&site).unwrap();
    let email = account(&site, Role::Approver);
    site.visit(DESKTOP, async |browser| {
        log_in(&site, browser, &email, "Correct-horse-0123456789abcdef").await;
        browser.click_text("En gallringslista väntar").await;
        browser.see("Väntar på beslut").await;
        browser.screenshot("purges-desktop").await;
        browser.click_text("2035-01-01").await;
        browser.see("bokföringslagen").await;
        browser.screenshot("purge-desktop").await;
        browser.resize(PHONE).await;
        browser.screenshot("purge-phone").await;
        assert!(!browser.scrolls_sideways().await);
        browser.resize(DESKTOP).await;
        browser.click_text("Godkänn hela listan").await;
        browser.see("Godkänt").await;
        site.do_work();
        browser
            .goto(&site.at(&format!("/staff/purges/{list}?lang=sv")))
            .await;
        browser.see("Klar").await;
        assert_eq!(site.aside(|world| books(world, &person.customer_number)), 0);
    });
}

#[test]
fn the_api_shows_lists_and_takes_decisions() {
    let api = Api::new();
    erased(&api, &person(&api, NastyCase::CreditedOverNewYear));
    api.clock.set(noon("2035-01-01"));
    let list = proposed(&api).unwrap();
    let (agent, approver) = (api.token(Role::Agent), api.token(Role::Approver));
    let lists = api.get("/purges", &agent).expect(200);
    assert_eq!(lists["items"][0]["id"], json!(list.0));
    assert_eq!(lists["items"][0].get("lines"), None);
    let path = format!("/purges/{list}");
    let seen = api.get(&path, &agent).expect(200);
    let line = &seen["lines"][0];
    assert_eq!(
        (&seen["state"], &line["state"]),
        (&json!("proposed"), &json!("listed"))
    );
    assert!(line["case"].as_str().unwrap().starts_with("DR-"));
    let actions = format!("{path}/actions");
    let act = |token: &str, body: &Value| api.call("POST", &actions, token, body);
    act(
        &agent,
        &json!({ "action": "approve", "version": seen["version"] }),
    )
    .problem(403, "role");
    act(&approver, &json!({ "action": "approve", "version": 0 })).problem(409, "version_stale");
    act(&approver, &json!({ "action": "burn", "version": 1 })).wrong(&["action: unknown"]);
    act(
        &approver,
        &json!({ "action": "take_out", "version": seen["version"] }),
    )
    .wrong(&["line: required"]);
    let out = json!({ "action": "take_out", "version": seen["version"], "line": line["id"], "reason": "A dispute" });
    let after = act(&approver, &out).expect(200);
    assert_eq!(
        (&after["lines"][0]["state"], &after["lines"][0]["reason"]),
        (&json!("taken_out"), &json!("A dispute"))
    );
    let approved = act(
        &approver,
        &json!({ "action": "approve", "version": after["version"] }),
    )
    .expect(200);
    assert_eq!(approved["state"], "approved");
    act(
        &approver,
        &json!({ "action": "reject", "version": approved["version"], "reason": "x" }),
    )
    .problem(409, "purge_decided");
    api.get("/purges/nonsense", &agent).problem(404, "not_found");
}

fn run(world: &World, arguments: &[&str]) -> Output {
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dataratt"));
    command
        .args(arguments)
        .env("DATARATT_DATA_DIR", data.path())
        .env("DATARATT_DATABASE__URL", world.database.url())
        .env("DATARATT_DATABASE__OWNER_URL", world.database.owner_url());
    command.output().unwrap()
}

#[test]
fn the_command_shows_any_day_without_changing_anything_and_proposes_without_running() {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    let case = erased(&world, &person);
    let dry = |day: &str| {
        let output = run(&world, &["purge", "--dry-run", "--json", "--on", day]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    assert_eq!(dry("2029-12-31")["items"], json!([]));
    let first = dry("2030-01-01");
    assert_eq!(first["items"][0]["case"], case.reference.to_string());
    assert!(
        first["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["until"] == "2029-12-31")
    );
    assert_eq!(
        dry("2035-01-01")["rows"],
        json!(books(&world, &person.customer_number))
    );
    let table = run(&world, &["purge", "--dry-run", "--on", "2030-01-01"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table
            .lines()
            .all(|line| line.split('\t').count() == 8 && line.ends_with("may_go")),
        "{table}"
    );
    assert_eq!(world.database.count("SELECT count(*) FROM purges"), 0);
    assert_eq!(
        run(&world, &["purge", "--on", "2030-01-01"]).status.code(),
        Some(2)
    );

    let nothing = run(&world, &["purge"]);
    assert_eq!(
        (nothing.status.code(), nothing.stdout.len()),
        (Some(0), 0),
        "{nothing:?}"
    );
    let past = "UPDATE retained_rows SET keep_until = keep_until - 20 * interval '1 year'";
    world.database.owner().batch_execute(past).unwrap();
    let proposed = run(&world, &["purge"]);
    let printed = String::from_utf8(proposed.stdout).unwrap();
    assert!(
        proposed.status.success() && printed.contains("\tproposed\t"),
        "{printed}"
    );
    let id = printed.split('\t').next().unwrap().parse::<uuid::Uuid>().unwrap();
    assert_eq!(show(&world, id.into()).purged, 0);
    assert!(books(&world, &person.customer_number) > 0);
}
