//! Checkpoints: what they cover, by whom, and what is said of a database that is older than the exported one.

use std::thread;

use chrono::TimeDelta;
use dataratt::domain::audit::Fault;
use dataratt::domain::staff::Actor;
use dataratt::services::auditing::{self, LAG, Standing};
use dataratt::services::ports::Anchor;
use dataratt::store::audit::SERVICE_STREAM;
use dataratt::worker;

use super::{Trail, stream};

#[test]
fn a_trail_that_nobody_touched_holds() {
    let trail = Trail::grown();
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Ok, "{verdict:?}");
    assert_eq!((verdict.streams, verdict.disposed), (6, 1));
    assert!(verdict.unsealed > 0, "{verdict:?}");
    trail.seal();
    let verdict = trail.verify();
    assert_eq!(verdict.unsealed, 0);
    assert_eq!(verdict.latest, verdict.exported);
    assert_eq!(verdict.standing(), Standing::Ok);
}

#[test]
fn an_empty_trail_holds_and_makes_no_checkpoint() {
    let trail = Trail::empty();
    assert_eq!(trail.seal(), 0);
    assert_eq!(trail.verify().standing(), Standing::Ok);
    assert_eq!(trail.ctx.anchor.read().unwrap(), None);
}

#[test]
fn nothing_new_makes_no_new_checkpoint() {
    let trail = Trail::empty();
    trail.record(stream(1), 3);
    assert_eq!(trail.seal(), 1);
    assert_eq!(trail.seal(), 0);
    assert_eq!(trail.verify().checkpoints, 1);
}

#[test]
fn the_worker_seals_by_itself() {
    let trail = Trail::empty();
    trail.record(stream(1), 3);
    worker::run_sweeps(&trail.ctx, &worker::sweeps());
    assert_eq!(trail.verify().unsealed, 0);
}

#[test]
fn events_that_wait_too_long_are_said_to() {
    let trail = Trail::empty();
    trail.record(stream(1), 1);
    trail.ctx.advance(LAG);
    assert_eq!(trail.verify().standing(), Standing::Ok);
    trail.ctx.advance(TimeDelta::seconds(1));
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Lagging);
    assert_eq!(verdict.unsealed, 1);
    trail.seal();
    assert_eq!(trail.verify().standing(), Standing::Ok);
}

#[test]
fn a_checkpoint_that_is_not_exported_is_said_to_lag() {
    let trail = Trail::grown();
    trail.ctx.anchor.put(None);
    assert_eq!(trail.verify().standing(), Standing::Lagging);
    trail.seal();
    assert_eq!(trail.verify().standing(), Standing::Ok);
}

/// Back to before the last checkpoint, whole: as a restored backup is.
fn roll_back(trail: &Trail) {
    let last = "(SELECT max(number) FROM audit_checkpoints)";
    trail.change(&format!(
        "DELETE FROM audit_events e USING audit_seals s WHERE s.checkpoint = {last} AND e.stream = s.stream AND e.seq >= s.first"
    ));
    trail.change(&format!(
        "UPDATE audit_heads h SET seq = e.seq, hash = e.hash, sealed = s.first - 1 FROM audit_seals s, audit_events e \
         WHERE s.checkpoint = {last} AND h.stream = s.stream AND e.stream = s.stream AND e.seq = s.first - 1"
    ));
    trail.change(&format!("DELETE FROM audit_seals WHERE checkpoint = {last}"));
    trail.change(&format!("DELETE FROM audit_checkpoints WHERE number = {last}"));
}

/// A trail whose last checkpoint covers streams that earlier ones cover too.
fn long() -> Trail {
    let trail = Trail::empty();
    for _ in 0..3 {
        trail.record(stream(1), 2);
        trail.record(SERVICE_STREAM, 1);
        trail.seal();
    }
    trail
}

#[test]
fn a_database_of_an_earlier_time_is_noticed_and_not_sealed_until_somebody_accepts_it() {
    let trail = long();
    roll_back(&trail);
    let verdict = trail.verify();
    assert_eq!(
        verdict.standing(),
        Standing::RolledBack,
        "all else holds: {verdict:?}"
    );
    assert_eq!((verdict.exported, verdict.latest), (Some(3), Some(2)));
    trail.record(stream(2), 1);
    let exported = trail.ctx.anchor.read().unwrap();
    let refused = auditing::seal(&trail.ctx).unwrap_err();
    assert_eq!(refused.code(), "trail_rolled_back");
    assert_eq!(trail.ctx.anchor.read().unwrap(), exported, "the evidence stays");
    auditing::accept_restore(&trail.ctx, &Actor::System).unwrap();
    assert_eq!(trail.verify().standing(), Standing::Ok);
    let accepted =
        "SELECT count(*) FROM audit_events WHERE action = 'restore_accepted' AND detail->>'exported' = '3'";
    assert_eq!(trail.database.count(accepted), 1);
    let again = auditing::accept_restore(&trail.ctx, &Actor::System).unwrap_err();
    assert_eq!(again.code(), "nothing_to_accept");
}

#[test]
fn a_database_that_grew_another_way_since_is_rolled_back_too() {
    let trail = long();
    let exported = trail.ctx.anchor.read().unwrap();
    roll_back(&trail);
    trail.ctx.anchor.put(None);
    trail.record(stream(7), 2);
    trail.seal();
    assert_eq!(trail.verify().standing(), Standing::Ok, "it knows no better");
    let verdict = auditing::verify_against(&trail.ctx, &exported.unwrap()).unwrap();
    assert_eq!(verdict.standing(), Standing::RolledBack);
}

#[test]
fn a_changed_export_is_seen_and_left_as_it_is() {
    let trail = long();
    let exported = trail.ctx.anchor.read().unwrap().unwrap();
    trail
        .ctx
        .anchor
        .put(Some(exported.replace("number 3", "number 2")));
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Altered);
    assert_eq!(verdict.broken[0].fault, Fault::ExportAltered);
    assert_eq!(
        auditing::seal(&trail.ctx).unwrap_err().code(),
        "trail_export_altered"
    );
    assert_eq!(
        auditing::verify_against(&trail.ctx, &exported)
            .unwrap()
            .standing(),
        Standing::Ok
    );
}

#[test]
fn writers_and_sealers_of_several_instances_miss_nothing_and_seal_nothing_twice() {
    const WRITERS: u128 = 4;
    const EVENTS: usize = 25;
    let trail = Trail::empty();
    let other = trail.ctx.another();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let trail = &trail;
            scope.spawn(move || {
                for _ in 0..EVENTS {
                    trail.record(stream(1 + writer), 1);
                    trail.record(SERVICE_STREAM, 1);
                }
            });
        }
        for ctx in [&trail.ctx, &other] {
            scope.spawn(move || {
                for _ in 0..20 {
                    auditing::seal(ctx).unwrap();
                }
            });
        }
    });
    trail.seal();
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Ok, "{verdict:?}");
    assert_eq!(verdict.unsealed, 0);
    let covered = trail
        .database
        .count("SELECT events FROM audit_checkpoints ORDER BY number DESC LIMIT 1");
    assert_eq!(covered, i64::try_from(verdict.events).unwrap());
    assert_eq!(verdict.events, 200);
}

#[test]
fn a_stream_that_is_being_written_holds_up_neither_the_sealer_nor_the_others() {
    let trail = Trail::empty();
    trail.record(stream(1), 1);
    trail.record(stream(2), 1);
    let busy = trail.ctx.another();
    busy.store
        .transaction(|conn| {
            busy.record(
                conn,
                stream(1),
                &Actor::System,
                "letter_queued",
                serde_json::json!({}),
            )?;
            assert_eq!(trail.seal(), 1, "the other stream");
            Ok::<_, dataratt::store::Error>(())
        })
        .unwrap();
    assert_eq!(trail.seal(), 1);
    assert_eq!(trail.verify().unsealed, 0);
}

#[test]
fn neither_the_service_nor_the_owner_can_change_what_is_sealed() {
    let trail = Trail::grown();
    let mut service = postgres::Client::connect(&trail.database.url(), postgres::NoTls).unwrap();
    let mut owner = trail.database.owner();
    let tables = [
        ("audit_events", "actor = 'x'"),
        ("audit_checkpoints", "streams = 1"),
        ("audit_seals", "first = 1"),
        ("audit_disposals", "events = 1"),
    ];
    for (table, set) in tables {
        for attempt in [
            format!("UPDATE {table} SET {set}"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table} CASCADE"),
        ] {
            assert!(service.batch_execute(&attempt).is_err(), "service: {attempt}");
            assert!(owner.batch_execute(&attempt).is_err(), "owner: {attempt}");
        }
    }
    for attempt in ["DELETE FROM audit_heads", "TRUNCATE audit_heads"] {
        assert!(service.batch_execute(attempt).is_err(), "service: {attempt}");
        assert!(owner.batch_execute(attempt).is_err(), "owner: {attempt}");
    }
    let forged = "INSERT INTO audit_disposals SELECT gen_random_uuid(), events, first, last, checkpoint, at, signature \
                  FROM audit_disposals";
    assert!(service.batch_execute(forged).is_err());
    assert_eq!(trail.verify().standing(), Standing::Ok);
}
