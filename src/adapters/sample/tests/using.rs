//! The sample host in use: listing, connecting, other servers, fiscal years.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use chrono::NaiveDate;
use postgres::{Client, NoTls};
use url::Url;

use super::super::*;
use super::{Host, profile};
use crate::adapters::sample::SampleSystem::{Billing, Crm};

#[test]
fn who_was_erased_or_reduced_is_not_listed() {
    let host = Host::load(60, 3);
    let url = host.cluster.owner_url("sample_billing");
    let before = list_people(&url, None, false).unwrap();
    let mut client = host.client(Billing);
    client
        .batch_execute("UPDATE customers SET email = NULL, phone = NULL WHERE customer_no = '1000002'")
        .unwrap();
    client
        .batch_execute(
            "ALTER TABLE ledger_entries DISABLE TRIGGER ALL; ALTER TABLE customers DISABLE TRIGGER ALL;
             DELETE FROM customers WHERE customer_no = '1000001'",
        )
        .unwrap();

    let after = list_people(&url, None, false).unwrap();
    let all = list_people(&url, None, true).unwrap();

    assert_eq!(after.len(), before.len() - 2);
    assert_eq!(after[0].customer_number, "1000003");
    assert_eq!(all[0].customer_number, "1000002");
    assert!(all[0].reduced && all[0].email.is_none() && !after.iter().any(|person| person.reduced));
    assert_eq!(list_people(&url, Some(5), false).unwrap(), after[..5]);
    assert_eq!(
        after.last().unwrap().customer_number,
        "9000008",
        "nasty cases last, of them who left"
    );
}

#[test]
fn connectors_find_the_systems_and_cannot_change_tables() {
    let host = Host::load(50, 1);
    write_environment(&host.server(), host.dir.path()).unwrap();
    write_environment(&host.server(), host.dir.path()).unwrap();
    let path = host.dir.path().join(ENVIRONMENT_FILE);
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = std::fs::read_to_string(path).unwrap();
    let lines: BTreeMap<_, _> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let names: Vec<_> = lines.keys().copied().collect();
    assert_eq!(
        names,
        [
            "BILLING_DATABASE_URL",
            "CRM_DATABASE_URL",
            "FILES_DIRECTORY",
            "HOSTING_DATABASE_URL"
        ]
    );

    let mut client = Client::connect(lines["CRM_DATABASE_URL"], NoTls).unwrap();
    assert_eq!(
        client
            .execute("UPDATE people SET note = NULL WHERE id = 1", &[])
            .unwrap(),
        1
    );
    assert_eq!(
        client
            .execute("DELETE FROM newsletter WHERE id = 1", &[])
            .unwrap(),
        1
    );
    for forbidden in [
        "DROP TABLE chats",
        "CREATE TABLE x (a int)",
        "TRUNCATE chats",
        "INSERT INTO newsletter (email) VALUES ('x')",
    ] {
        assert!(client.batch_execute(forbidden).is_err(), "{forbidden}");
    }
    let app = host.cluster.app_url("sample_crm");
    assert!(
        Client::connect(&app, NoTls).is_err(),
        "the service's own role has no business there"
    );
}

#[test]
fn addresses_elsewhere_get_database_role_and_password() {
    let admin = Url::parse("postgresql://boss:secret@db.example:5433/postgres?sslmode=require").unwrap();
    let server = SampleServer::Elsewhere {
        admin: &admin,
        connector_password: "p@ss",
    };
    assert_eq!(
        server.connector_url(Crm).unwrap(),
        "postgresql://dataratt_connector:p%40ss@db.example:5433/sample_crm?sslmode=require"
    );
    assert_eq!(
        server.admin_url("x").unwrap(),
        "postgresql://boss:secret@db.example:5433/x?sslmode=require"
    );
}

#[test]
fn the_fiscal_years_follow_each_other_and_some_are_no_calendar_years() {
    for today in ["2026-07-01", "2026-11-21", "2027-01-01", "2027-06-30"] {
        let today: NaiveDate = today.parse().unwrap();
        let years = SampleProfile::at(today).fiscal_years;
        assert_eq!(years.len(), 9);
        for pair in years.windows(2) {
            assert_eq!(pair[0].last.succ_opt(), Some(pair[1].first));
        }
        assert!((years[8].first..=years[8].last).contains(&today));
        let labels: Vec<_> = years.iter().skip(5).map(|year| year.label.as_str()).collect();
        assert_eq!(labels, ["2023", "2024/2025", "2025/2026", "2026/2027"]);
    }
    let long = SampleProfile::at("2026-11-21".parse().unwrap())
        .fiscal_years
        .remove(6);
    assert_eq!(
        (long.first.to_string(), long.last.to_string()),
        ("2024-01-01".into(), "2025-06-30".into())
    );
}

#[test]
fn an_organisation_may_bring_its_own_fiscal_years() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let years = [
        (day("2025-01-01"), day("2025-12-31")),
        (day("2026-01-01"), day("2026-12-31")),
        (day("2027-01-01"), day("2027-12-31")),
    ];
    let short = SampleProfile::with_fiscal_years(day("2026-11-21"), &years);
    let labels: Vec<_> = short
        .fiscal_years
        .iter()
        .map(|year| year.label.as_str())
        .collect();
    assert_eq!(labels, ["2025", "2026"], "what has not begun has no books");
    assert_eq!(
        short.first_day(),
        day("2022-07-05"),
        "long enough for every nasty case"
    );
    assert_eq!(
        (
            short.label_of(day("2026-05-05")),
            short.label_of(day("2023-05-05"))
        ),
        ("2026".into(), "2023".into())
    );
    assert_eq!(profile().first_day(), day("2018-01-01"));
    let none = SampleProfile::with_fiscal_years(day("2026-11-21"), &[]);
    assert_eq!(none, SampleProfile::at(day("2026-11-21")));
}

/// `cargo test --lib how_long_loading_takes -- --ignored --nocapture`, with `SAMPLE_PEOPLE`.
#[test]
#[ignore = "a measurement"]
fn how_long_loading_takes() {
    let people = std::env::var("SAMPLE_PEOPLE")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2_000);
    let host = Host::start();
    let started = Instant::now();
    let counts = load(&host.server(), people, 1, &profile()).unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let memory = status.lines().find(|line| line.starts_with("VmHWM"));
    println!("{counts:?} in {:?}, {memory:?}", started.elapsed());
}
