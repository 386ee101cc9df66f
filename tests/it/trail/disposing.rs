//! The end of a trail: its events go, all else still verifies, and nothing else ever goes that way.

use dataratt::domain::audit::Fault;
use dataratt::domain::staff::Role;
use dataratt::services::auditing::{self, Standing};
use postgres::{Client, NoTls};

use super::{Trail, stream};
use crate::support::world::World;

const ONE: uuid::Uuid = stream(1);

#[test]
fn a_disposed_stream_leaves_what_verifies() {
    let trail = Trail::empty();
    trail.record(ONE, 3);
    trail.record(stream(2), 3);
    trail.seal();
    trail.dispose(ONE).unwrap();
    let gone = format!("SELECT count(*) FROM audit_events WHERE stream = '{ONE}'");
    assert_eq!(trail.database.count(&gone), 0);
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Ok, "{verdict:?}");
    assert_eq!((verdict.streams, verdict.disposed), (2, 1));
    let said =
        "SELECT count(*) FROM audit_events WHERE action = 'trail_disposed' AND detail->>'events' = '3'";
    assert_eq!(trail.database.count(said), 1);
    trail.dispose(ONE).unwrap();
    assert_eq!(trail.database.count(said), 1, "once");
    trail.seal();
    assert_eq!(trail.verify().standing(), Standing::Ok);
}

#[test]
fn what_is_not_sealed_to_its_end_or_not_there_stays() {
    let trail = Trail::empty();
    trail.record(ONE, 2);
    assert_eq!(trail.dispose(ONE).unwrap_err().code(), "trail_unsealed");
    trail.seal();
    trail.record(ONE, 1);
    assert_eq!(trail.dispose(ONE).unwrap_err().code(), "trail_unsealed");
    assert_eq!(trail.dispose(stream(9)).unwrap_err().code(), "not_found");
    assert_eq!(trail.verify().events, 3);
}

#[test]
fn an_altered_stream_is_evidence_and_stays() {
    let trail = Trail::empty();
    trail.record(ONE, 3);
    trail.seal();
    trail.change("UPDATE audit_events SET actor = 'person' WHERE seq = 2");
    assert_eq!(trail.dispose(ONE).unwrap_err().code(), "trail_altered");
    assert_eq!(trail.verify().standing(), Standing::Altered);
}

#[test]
fn the_stream_of_the_service_itself_stays() {
    let trail = Trail::grown();
    trail.seal();
    let refused = trail.dispose(uuid::Uuid::nil()).unwrap_err();
    assert_eq!(refused.code(), "trail_in_use");
}

#[test]
fn nothing_can_be_written_to_a_disposed_stream() {
    let trail = Trail::empty();
    trail.record(ONE, 1);
    trail.seal();
    trail.dispose(ONE).unwrap();
    let ctx = &trail.ctx;
    let written = ctx.store.transaction(|conn| {
        ctx.record(
            conn,
            ONE,
            &dataratt::domain::staff::Actor::System,
            "x",
            serde_json::json!({}),
        )
    });
    assert!(matches!(written, Err(dataratt::store::Error::Forbidden(_))));
}

#[rstest::rstest]
#[case::count("UPDATE audit_disposals SET events = events + 1")]
#[case::hash("UPDATE audit_disposals SET last = first")]
#[case::time("UPDATE audit_disposals SET at = at - interval '1 day'")]
#[case::removed("DELETE FROM audit_disposals")]
#[case::events_back(
    "INSERT INTO audit_events SELECT (SELECT stream FROM audit_disposals), seq, at, actor, action, detail, hash \
     FROM audit_events WHERE seq = 1 LIMIT 1"
)]
fn what_stays_of_it_cannot_be_changed_unseen(#[case] change: &str) {
    let trail = Trail::empty();
    trail.record(ONE, 3);
    trail.seal();
    trail.dispose(ONE).unwrap();
    trail.change(change);
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Altered, "{verdict:?}");
    let broken = verdict.broken[0];
    assert_eq!(broken.stream, Some(ONE));
    assert!(matches!(broken.fault, Fault::DisposalAltered | Fault::Removed));
}

/// Who writes SQL as the service can make the database take nothing else away.
#[test]
fn the_database_itself_refuses_to_dispose_of_what_is_open_held_or_unsealed() {
    let world = World::new();
    let (agent, person) = (world.staff(Role::Agent), &world.host.people()[0]);
    let case = world.asks("access", person);
    auditing::seal(&world.ctx).unwrap();
    let mut service = Client::connect(&world.database.url(), NoTls).unwrap();
    let direct = "SELECT dispose_audit_stream(h.stream, h.seq, e.hash, h.hash, s.checkpoint, now(), decode(repeat('00', 64), 'hex')) \
                  FROM audit_heads h JOIN audit_events e ON e.stream = h.stream AND e.seq = 1 \
                  JOIN audit_seals s ON s.stream = h.stream AND s.last = h.seq WHERE h.stream = $1";
    assert!(service.query(direct, &[&case.id.0]).is_err(), "the case is open");
    let dispose = || {
        let ctx = &world.ctx;
        ctx.store
            .transaction(|conn| auditing::dispose(ctx, conn, &agent, case.id.0))
    };
    assert_eq!(dispose().unwrap_err().code(), "trail_in_use");
    dataratt::services::handling::withdraw(&world.ctx, case.id).unwrap();
    assert_eq!(dispose().unwrap_err().code(), "trail_unsealed");
    assert!(
        service.query(direct, &[&case.id.0]).unwrap().is_empty(),
        "no seal covers its end"
    );
    auditing::seal(&world.ctx).unwrap();
    dispose().unwrap();
    assert_eq!(auditing::verify(&world.ctx).unwrap().standing(), Standing::Ok);
    let seen = dataratt::services::overview::staff_case(&world.ctx, &agent, &case.reference).unwrap();
    assert!(seen.events.is_empty());
    let look = "SELECT count(*) FROM audit_events WHERE action = 'case_read' AND stream = '00000000-0000-0000-0000-000000000000'";
    assert_eq!(world.database.count(look), 1, "looks go on being recorded");
}
