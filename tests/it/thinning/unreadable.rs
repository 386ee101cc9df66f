//! What is left of a thinned case opens with no key that is left.

use dataratt::domain::ids::{CaseId, Reference};
use dataratt::domain::keyring::Wrapping;
use dataratt::domain::staff::Role;
use dataratt::services::handling::Action;
use dataratt::store::keys::CaseKey;
use postgres::Client;
use uuid::Uuid;

use super::{erased, is_thinned, on, withdrawn};
use crate::support::world::World;

/// Every sealed column of the database that a case's key may seal.
fn sealed_columns(client: &mut Client) -> Vec<(String, String)> {
    let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' \
               AND data_type = 'bytea' AND column_name LIKE '%sealed' AND table_name NOT IN ('staff', 'retained_rows', 'purges', 'purge_lines')";
    let rows = client.query(sql, &[]).unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

fn values(client: &mut Client, table: &str, column: &str) -> Vec<Vec<u8>> {
    let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL");
    client
        .query(&sql, &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

/// Ends a case whose notices nobody answers.
fn close(world: &World, reference: &Reference) {
    let reason = "Ingen svarar.".to_owned();
    if world.find(reference).case.state.name() == "answered" {
        let agent = world.staff(Role::Agent);
        world.act(&agent, reference, &Action::Close { reason }).unwrap();
    }
}

/// Every key that the key store still holds.
fn keys(world: &World) -> Vec<CaseKey> {
    let mut ids: Vec<Uuid> = Vec::new();
    world.key_store.list(&mut |id| ids.push(id)).unwrap();
    let open = |id: Uuid| {
        let wrapped = world.key_store.get(id).unwrap().unwrap();
        let bytes = world
            .keys
            .unwrap(Wrapping::CaseKeys, &id.to_string(), &wrapped)
            .unwrap();
        CaseKey::new(CaseId(id), bytes.as_slice().try_into().unwrap())
    };
    ids.into_iter().map(open).collect()
}

#[test]
fn a_thinned_erasure_leaves_nothing_to_read_in_the_database_nor_in_its_backups() {
    let world = World::of("skara-websolution");
    let person = &world.host.people()[0];
    let case = erased(&world, person);
    close(&world, &case.reference);
    assert_eq!(world.find(&case.reference).case.state.name(), "closed");

    // What a backup of the database would hold.
    let mut owner = world.database.owner();
    let columns = sealed_columns(&mut owner);
    assert!(columns.len() >= 8, "{columns:?}");
    let mut backup = Vec::new();
    for (table, column) in &columns {
        for value in values(&mut owner, table, column) {
            backup.push((format!("{table}.{column}"), value));
        }
    }
    let own = keys(&world).into_iter().find(|key| key.id() == case.id).unwrap();
    let readable = |key: &CaseKey| {
        let opened =
            |(place, value): &&(String, Vec<u8>)| key.open::<serde_json::Value>(place, value).is_ok();
        backup.iter().filter(opened).count()
    };
    assert!(readable(&own) >= 4, "the check itself reads nothing");

    on(&world, "2027-12-24");
    assert!(is_thinned(&world, &case.reference));
    for (table, column) in &columns {
        assert!(values(&mut owner, table, column).is_empty(), "{table}.{column}");
    }
    for key in keys(&world) {
        assert_eq!(readable(&key), 0);
    }
    for table in [
        "case_digests",
        "case_messages",
        "subjects",
        "challenges",
        "case_access",
    ] {
        assert_eq!(
            world.database.count(&format!("SELECT count(*) FROM {table}")),
            0,
            "{table}"
        );
    }
    let hashes = "SELECT count(*) FROM notices WHERE token_digest IS NOT NULL OR code_digest IS NOT NULL";
    assert_eq!(world.database.count(hashes), 0);
}

#[test]
fn what_the_law_makes_us_keep_can_still_be_purged_when_the_case_is_long_gone() {
    let world = World::of("skara-websolution");
    let case = erased(&world, &world.host.people()[0]);
    close(&world, &case.reference);
    let retained = world.database.count("SELECT count(*) FROM retained_rows");
    assert!(retained > 0);
    on(&world, "2027-12-24");
    on(&world, "2029-12-24");
    assert_eq!(world.database.count("SELECT count(*) FROM cases"), 0);
    let rows = world
        .database
        .owner()
        .query("SELECT key_id, sealed FROM retained_rows", &[])
        .unwrap();
    assert_eq!(i64::try_from(rows.len()).unwrap(), retained);
    for row in rows {
        let key = dataratt::services::keys::find(&world, row.get(0)).unwrap();
        let kept: serde_json::Value = key.open("retained_rows.sealed", row.get(1)).unwrap();
        assert!(!kept.is_null());
    }
    // Once purged, their key goes too.
    let purged = "UPDATE retained_rows SET purged_at = now()";
    world.database.owner().batch_execute(purged).unwrap();
    withdrawn(&world, "annan@kund.example");
    withdrawn(&world, "tredje@kund.example");
    on(&world, "2030-01-24");
    assert_eq!(keys(&world).len(), 2);
}

#[test]
fn a_core_record_says_nothing_of_the_person() {
    let world = World::new();
    let case = withdrawn(&world, "anna.hemlig@kund.example");
    on(&world, "2027-11-24");
    let mut owner = world.database.owner();
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    for table in owner.query(tables, &[]).unwrap() {
        let table: String = table.get(0);
        let rows = owner
            .query(&format!("SELECT t::text FROM \"{table}\" t"), &[])
            .unwrap();
        for row in rows {
            let text: String = row.get(0);
            assert!(
                !text.contains("hemlig") && !text.contains("vattenskidor"),
                "{table}: {text}"
            );
        }
    }
    let record = dataratt::services::records::core(&world, &world.staff(Role::Dpo), &case.reference).unwrap();
    assert_eq!(record.ended_on.to_string(), "2026-11-23");
    assert_eq!(record.until.to_string(), "2029-11-23");
}
