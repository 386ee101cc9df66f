//! Whoever writes SQL by hand cannot approve in advance what is not: the database itself refuses.

use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::services::{accounts, standing};
use postgres::types::ToSql;

use super::{approved, ends, gone, in_advance, outcome, wanted};
use crate::support::world::World;

/// Fails the test unless the database refuses, for that reason.
#[track_caller]
fn refused(world: &World, why: &str, sql: &str, values: &[&(dyn ToSql + Sync)]) {
    let error = world.database.owner().execute(sql, values).expect_err(sql);
    let said = error.as_db_error().map(|error| error.message().to_owned());
    assert!(
        said.as_deref().is_some_and(|said| said.contains(why)),
        "{sql}: {said:?}"
    );
}

const APPROVED: &str = "UPDATE proposals SET state = 'approved', decided_by = $1, decided_at = $4, \
                        standing_approval = $2 WHERE case_id = $3 AND state = 'open'";
const USED: &str =
    "INSERT INTO standing_uses (case_id, standing_approval, at, outcome) VALUES ($1, $2, $3, 'approved')";

#[test]
fn what_the_sample_took_is_not_let_through() {
    let world = World::new();
    let approver = in_advance(&world, 1);
    let case = ends(&world, &gone(&world, 1));
    assert_eq!(outcome(&world, case.id).0, "sampled");
    let row = world
        .database
        .owner()
        .query_one("SELECT id FROM standing_approvals", &[])
        .unwrap();
    let (by, given, now): (_, uuid::Uuid, _) = (approver.staff().unwrap().0, row.get(0), world.now());
    let covered = "no standing approval covers this";
    refused(&world, covered, APPROVED, &[&by, &given, &case.id.0, &now]);
    let record = "stays on record";
    refused(
        &world,
        record,
        "UPDATE standing_uses SET outcome = 'approved'",
        &[],
    );
    refused(&world, record, "DELETE FROM standing_uses", &[]);
    // Nor by a second word about another one, although the sample takes every one.
    let other = ends(&world, &gone(&world, 2));
    let person = "waits for a person";
    let mut owner = world.database.owner();
    owner
        .batch_execute("SET session_replication_role = replica; DELETE FROM standing_uses; SET session_replication_role = DEFAULT")
        .unwrap();
    refused(&world, person, USED, &[&other.id.0, &given, &now]);
    refused(&world, covered, APPROVED, &[&by, &given, &other.id.0, &now]);
}

#[test]
fn only_plans_of_the_service_in_the_name_of_who_gave_it_while_it_holds() {
    let world = World::new();
    let approver = in_advance(&world, 100);
    let (agent, other) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let (case, _) = approved(&world, 0);
    let mut owner = world.database.owner();
    let given: uuid::Uuid = owner
        .query_one("SELECT id FROM standing_approvals", &[])
        .unwrap()
        .get(0);
    let (by, now) = (approver.staff().unwrap().0, world.now());
    let covered = "no standing approval covers this";
    // A plan that a member of staff prepared, of a case that is no account's end: there is no use of the approval for it,
    // and making one up does not help.
    let asked = world.planned(&gone(&world, 7), &agent);
    owner.execute(USED, &[&asked.id.0, &given, &now]).unwrap();
    refused(&world, covered, APPROVED, &[&by, &given, &asked.id.0, &now]);
    // A plan of the service's, in another's name, after its time, or in the name of nobody who approves any more.
    world.act(&agent, &case.reference, &Action::Stop).unwrap();
    let again = "UPDATE proposals SET state = 'open', decided_by = NULL, decided_at = NULL, standing_approval = NULL \
                 WHERE case_id = $1";
    owner
        .batch_execute("SET session_replication_role = replica")
        .unwrap();
    owner.execute(again, &[&case.id.0]).unwrap();
    let not_theirs = other.staff().unwrap().0;
    refused(
        &world,
        covered,
        APPROVED,
        &[&not_theirs, &given, &case.id.0, &now],
    );
    let late = now + chrono::TimeDelta::days(400);
    refused(&world, covered, APPROVED, &[&by, &given, &case.id.0, &late]);
    standing::revoke(&world, &other, given).unwrap();
    refused(&world, covered, APPROVED, &[&by, &given, &case.id.0, &now]);
    // Nor as a proposal that comes approved.
    let born = "INSERT INTO proposals (id, case_id, kind, prepared_at, hash, plan_id, confirmation, state, decided_by, \
                decided_at, standing_approval) SELECT gen_random_uuid(), case_id, kind, prepared_at, hash, plan_id, \
                confirmation, 'approved', $1, $4, $2 FROM proposals WHERE case_id = $3";
    refused(&world, "not approved yet", born, &[&by, &given, &case.id.0, &now]);
}

#[test]
fn a_standing_approval_is_a_persons_own_and_is_never_stretched() {
    let world = World::new();
    let approver = world.staff(Role::Approver);
    let given = standing::give(&world, &approver, &wanted(100)).unwrap();
    for change in [
        "valid_until = valid_until + interval '1 day'",
        "sample_every = 50",
        "most = 10000",
        "approver = (SELECT id FROM staff LIMIT 1), valid_from = valid_from - interval '1 day'",
    ] {
        let sql = format!("UPDATE standing_approvals SET {change}");
        refused(&world, "only taken back", &sql, &[]);
    }
    refused(&world, "stays on record", "DELETE FROM standing_approvals", &[]);
    standing::revoke(&world, &approver, given.id).unwrap();
    let back = "UPDATE standing_approvals SET revoked_at = NULL, revoked_by = NULL";
    refused(&world, "only taken back", back, &[]);
    let gives = "INSERT INTO standing_approvals (id, scope, approver, valid_from, valid_until, sample_every, most) \
                 VALUES (gen_random_uuid(), 'account_end', $1, now(), now() + interval '30 days', 10, 300)";
    let key = accounts::add_key(&world, &Actor::System, "robot", Role::Approver).unwrap();
    let left = world.staff(Role::Approver);
    accounts::deactivate(&world, &Actor::System, left.staff().unwrap()).unwrap();
    let agent = world.staff(Role::Agent).staff().unwrap();
    for who in [agent, key.staff, left.staff().unwrap()] {
        refused(&world, "in person", gives, &[&who.0]);
    }
    let year = "INSERT INTO standing_approvals (id, scope, approver, valid_from, valid_until, sample_every, most) \
                VALUES (gen_random_uuid(), 'account_end', $1, now(), now() + interval '13 months', 10, 300)";
    refused(
        &world,
        "violates check constraint",
        year,
        &[&approver.staff().unwrap().0],
    );
}
