//! Random single changes to a real database, by somebody past all its rules: every one is found.

use dataratt::services::auditing::{self, Export, Standing, Verdict};
use dataratt::store::Conn;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Trail;
use crate::support::fixtures::{rounds, soaking};

/// A table of the trail, and its columns with an expression that makes each another value.
const TABLES: [(&str, &[(&str, &str)]); 5] = [
    (
        "audit_events",
        &[
            ("stream", UUID),
            ("seq", NUMBER),
            ("at", TIME),
            ("actor", TEXT),
            ("action", TEXT),
            ("detail", JSON),
            ("hash", BYTES),
        ],
    ),
    (
        "audit_heads",
        &[
            ("stream", UUID),
            ("seq", NUMBER),
            ("hash", BYTES),
            ("sealed", NUMBER),
        ],
    ),
    (
        "audit_seals",
        &[
            ("stream", UUID),
            ("last", NUMBER),
            ("first", NUMBER),
            ("hash", BYTES),
            ("checkpoint", NUMBER),
        ],
    ),
    (
        "audit_checkpoints",
        &[
            ("number", NUMBER),
            ("at", TIME),
            ("streams", NUMBER),
            ("events", NUMBER),
            ("root", BYTES),
            ("previous", BYTES),
            ("signature", BYTES),
        ],
    ),
    (
        "audit_disposals",
        &[
            ("stream", UUID),
            ("events", NUMBER),
            ("first", BYTES),
            ("last", BYTES),
            ("checkpoint", NUMBER),
            ("at", TIME),
            ("signature", BYTES),
        ],
    ),
];

const UUID: &str = "CASE WHEN random() < 0.5 THEN gen_random_uuid() \
    ELSE (SELECT stream FROM audit_heads WHERE stream <> t.stream ORDER BY random() LIMIT 1) END";
const NUMBER: &str = "t.COLUMN + (1 + floor(random() * 3))::bigint * (2 * (random() < 0.5)::int - 1)";
const TIME: &str = "t.COLUMN + (1 + floor(random() * 1000000)) * interval '1 microsecond'";
const TEXT: &str = "CASE WHEN random() < 0.5 THEN t.COLUMN || 'x' ELSE left(t.COLUMN, -1) END";
const JSON: &str =
    "CASE WHEN random() < 0.5 THEN t.COLUMN || '{\"number\": 77}' ELSE t.COLUMN || '{\"more\": null}' END";
const BYTES: &str =
    "set_byte(t.COLUMN, p.place, get_byte(t.COLUMN, p.place) # (1 + floor(random() * 255)::int))";

/// One row, whichever.
const ANY: &str = "t.ctid = (SELECT ctid FROM TABLE ORDER BY random() LIMIT 1)";

/// One change to one table: of a value, of a row, or of two rows that change places.
fn change(random: &mut StdRng) -> String {
    // Most often the events, which are what somebody would want to change.
    let table = random.random_range(0..8usize).saturating_sub(3);
    let (name, columns) = TABLES[table];
    let any = ANY.replace("TABLE", name);
    let (column, value) = columns[random.random_range(0..columns.len())];
    match random.random_range(0..10) {
        0 | 1 => format!("DELETE FROM {name} t WHERE {any}"),
        2 => format!(
            "INSERT INTO {name} SELECT {} FROM {name} t, {PLACE} WHERE {any}",
            columns
                .iter()
                .map(|(other, value)| if *other == column || is_key(other) {
                    value.replace("COLUMN", other)
                } else {
                    format!("t.{other}")
                })
                .collect::<Vec<_>>()
                .join(", ")
        ),
        3 | 4 => {
            let set = columns.iter().filter(|(other, _)| !is_key(other));
            let set: Vec<String> = set.map(|(other, _)| format!("{other} = o.{other}")).collect();
            // Two rows change all but their places; all their rows differ in a hash, a signature or a number.
            format!(
                "WITH two AS (SELECT ctid AS it, row_number() OVER () AS n FROM (SELECT ctid FROM {name} ORDER BY random() LIMIT 2) x) \
                 UPDATE {name} t SET {} FROM {name} o, two a, two b WHERE a.n <> b.n AND t.ctid = a.it AND o.ctid = b.it",
                set.join(", ")
            )
        }
        _ => format!(
            "UPDATE {name} t SET {column} = {} FROM {PLACE} WHERE {any}",
            value.replace("COLUMN", column)
        ),
    }
}

const PLACE: &str = "(SELECT floor(random() * 32)::int AS place) p";

fn is_key(column: &str) -> bool {
    ["stream", "seq", "last", "number"].contains(&column)
}

/// What is found after a change, which is then undone; `None` when the database's own checks do not let it happen.
fn found(trail: &Trail, conn: &mut Conn, change: &str) -> Option<Verdict> {
    let mut verdict = None;
    conn.transaction(|conn| {
        let changed = diesel::sql_query(change).execute(conn);
        if changed.is_ok_and(|rows| rows > 0) {
            verdict = Some(auditing::examine(&trail.ctx, conn, &Export::None).unwrap());
        }
        Err::<(), _>(diesel::result::Error::RollbackTransaction)
    })
    .unwrap_err();
    verdict
}

#[test]
fn every_random_change_is_found() {
    let trail = Trail::grown();
    let wanted = rounds(120, 10_000);
    let mut random = StdRng::seed_from_u64(u64::from(soaking()));
    let mut conn = PgConnection::establish(&trail.database.owner_url()).unwrap();
    conn.batch_execute("SET session_replication_role = replica; SET timezone = 'UTC'")
        .unwrap();
    let mut tried = 0;
    while tried < wanted {
        let seed: f64 = random.random_range(-1.0..1.0);
        conn.batch_execute(&format!("SELECT setseed({seed})")).unwrap();
        let change = change(&mut random);
        let Some(verdict) = found(&trail, &mut conn, &change) else {
            continue;
        };
        assert_eq!(
            verdict.standing(),
            Standing::Altered,
            "after {tried} others, seed {seed}: {change}"
        );
        tried += 1;
    }
    assert_eq!(trail.verify().standing(), Standing::Ok, "all were undone");
}
