//! The limit of the intake figure writes what intake writes, or the figure means nothing.

use std::collections::BTreeMap;
use std::fs;

use dataratt::domain::staff::Actor;
use dataratt::services::intake::{self, Arrival, Request, Typed};

use crate::support::context::TestContext;
use crate::support::database::{Database, database};
use crate::support::fixtures::root;

/// Hands a request in as the load client does, while limits are lifted as they are for it.
fn submit(database: &Database) {
    let mut ctx = TestContext::new(database.store());
    ctx.policy.limits = false;
    let typed = Typed {
        right: Some("access".to_owned()),
        email: Some("bench-4711-123456@customer.example".to_owned()),
        name: Some("Prov Provsson".to_owned()),
        language: Some("sv".to_owned()),
        ..Typed::default()
    };
    let request = Request::parse(&typed, ctx.now(), true).unwrap();
    let arrival = Arrival {
        channel: "api",
        received_at: ctx.now(),
        actor: Actor::Person,
        idempotency: None,
        proofs: vec![],
    };
    intake::submit(&ctx, &request, &arrival).unwrap();
}

fn rows(database: &Database) -> BTreeMap<String, i64> {
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables = database.owner().query(tables, &[]).unwrap();
    let count = |table: String| {
        let rows = database.count(&format!("SELECT count(*) FROM \"{table}\""));
        (table, rows)
    };
    tables.iter().map(|row| count(row.get(0))).collect()
}

fn limit() -> String {
    fs::read_to_string(root().join("bench/intake.sql")).unwrap()
}

#[test]
fn the_limit_of_intake_writes_as_many_rows_to_each_table() {
    let database = database();
    let before = rows(&database);
    submit(&database);
    let mut written = rows(&database);
    for (table, rows) in &mut written {
        *rows -= before[table];
    }
    written.retain(|_, rows| *rows != 0);

    let mut in_limit: BTreeMap<String, i64> = BTreeMap::new();
    for insert in limit().split("INSERT INTO ").skip(1) {
        let table = insert.split(' ').next().unwrap();
        *in_limit.entry(table.to_owned()).or_default() += 1;
    }
    assert_eq!(in_limit, written);
    assert!(written.len() > 5, "{written:?}");
}

#[test]
fn the_limit_of_intake_writes_as_many_bytes() {
    let database = database();
    submit(&database);
    let sizes = [
        "SELECT octet_length(sealed)::bigint FROM cases",
        "SELECT octet_length(sealed)::bigint FROM mails",
    ]
    .map(|size| database.count(size));
    let text = limit();
    let in_limit: Vec<i64> = text
        .split("repeat('5a', ")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(in_limit.len(), sizes.len());
    for (limit, size) in in_limit.iter().zip(sizes) {
        assert!((limit - size).abs() <= 16, "{in_limit:?} against {sizes:?}");
    }
}
