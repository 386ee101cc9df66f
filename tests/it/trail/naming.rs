//! Each kind of change that somebody past the database's rules can make, and the place that the verification names.

use dataratt::domain::audit::Fault;
use dataratt::services::auditing::{Broken, Standing};
use uuid::Uuid;

use super::{Trail, stream};

const fn event(seq: i64, fault: Fault) -> Broken {
    Broken {
        stream: Some(stream(1)),
        seq: Some(seq),
        checkpoint: None,
        fault,
    }
}

const fn checkpoint(number: i64, fault: Fault) -> Broken {
    Broken {
        stream: None,
        seq: None,
        checkpoint: Some(number),
        fault,
    }
}

/// Eight events in the first stream of a grown trail, of which the last are not sealed.
const ONE: Uuid = stream(1);

#[rstest::rstest]
#[case::detail(
    "UPDATE audit_events SET detail = '{\"number\": 7}' WHERE stream = $ AND seq = 3",
    event(3, Fault::Altered)
)]
#[case::actor(
    "UPDATE audit_events SET actor = 'person' WHERE stream = $ AND seq = 3",
    event(3, Fault::Altered)
)]
#[case::action(
    "UPDATE audit_events SET action = 'x' WHERE stream = $ AND seq = 1",
    event(1, Fault::Altered)
)]
#[case::time(
    "UPDATE audit_events SET at = at + interval '1 microsecond' WHERE stream = $ AND seq = 8",
    event(8, Fault::Altered)
)]
#[case::removed_first(
    "DELETE FROM audit_events WHERE stream = $ AND seq = 1",
    event(1, Fault::Missing)
)]
#[case::removed_middle(
    "DELETE FROM audit_events WHERE stream = $ AND seq = 4",
    event(4, Fault::Missing)
)]
#[case::removed_tail(
    "DELETE FROM audit_events WHERE stream = $ AND seq >= 7",
    event(7, Fault::Removed)
)]
#[case::removed_whole("DELETE FROM audit_events WHERE stream = $", event(1, Fault::Removed))]
#[case::inserted(
    "INSERT INTO audit_events SELECT stream, 9, at, actor, action, detail, hash FROM audit_events WHERE stream = $ AND seq = 8",
    event(9, Fault::Altered)
)]
#[case::swapped(
    "UPDATE audit_events a SET at = b.at, actor = b.actor, action = b.action, detail = b.detail, hash = b.hash \
     FROM audit_events b WHERE a.stream = $ AND b.stream = $ AND (a.seq, b.seq) IN ((3, 5), (5, 3))",
    event(3, Fault::Altered)
)]
#[case::head_hash(
    "UPDATE audit_heads h SET hash = e.hash FROM audit_events e WHERE h.stream = $ AND e.stream = $ AND e.seq = 7",
    event(8, Fault::HeadAltered)
)]
#[case::head_place(
    "UPDATE audit_heads SET seq = 7 WHERE stream = $",
    event(8, Fault::HeadAltered)
)]
#[case::head_mark(
    "UPDATE audit_heads SET sealed = seq WHERE stream = $",
    event(8, Fault::HeadAltered)
)]
#[case::head_gone("DELETE FROM audit_heads WHERE stream = $", event(8, Fault::HeadMissing))]
fn a_changed_chain_is_named(#[case] change: &str, #[case] expected: Broken) {
    let trail = Trail::grown();
    trail.change(&change.replace('$', &format!("'{ONE}'")));
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Altered);
    assert_eq!(verdict.broken, [expected]);
}

#[rstest::rstest]
#[case::time(
    "UPDATE audit_checkpoints SET at = at - interval '1 hour' WHERE number = 2",
    checkpoint(2, Fault::CheckpointAltered)
)]
#[case::root(
    "UPDATE audit_checkpoints SET root = previous WHERE number = 2",
    checkpoint(2, Fault::CheckpointAltered)
)]
#[case::signature(
    "UPDATE audit_checkpoints SET signature = (SELECT signature FROM audit_checkpoints WHERE number = 1) WHERE number = 2",
    checkpoint(2, Fault::CheckpointAltered)
)]
#[case::removed(
    "DELETE FROM audit_checkpoints WHERE number = 2",
    checkpoint(2, Fault::CheckpointMissing)
)]
#[case::removed_last(
    "DELETE FROM audit_checkpoints WHERE number = (SELECT max(number) FROM audit_checkpoints)",
    checkpoint(6, Fault::CheckpointMissing)
)]
fn a_changed_checkpoint_is_named(#[case] change: &str, #[case] expected: Broken) {
    let trail = Trail::grown();
    trail.change(change);
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Altered);
    assert_eq!(verdict.broken, [expected]);
}

#[rstest::rstest]
#[case::hash(
    "UPDATE audit_seals SET hash = (SELECT hash FROM audit_heads WHERE stream = $) WHERE stream = $ AND first = 1"
)]
#[case::moved("UPDATE audit_seals SET checkpoint = 1000 WHERE stream = $ AND first = 1")]
#[case::removed("DELETE FROM audit_seals WHERE stream = $ AND first = 1")]
fn a_changed_seal_is_found_from_both_sides(#[case] change: &str) {
    let trail = Trail::grown();
    trail.change(&change.replace('$', &format!("'{ONE}'")));
    let verdict = trail.verify();
    assert_eq!(verdict.standing(), Standing::Altered);
    assert!(
        verdict.broken.iter().any(|it| it.checkpoint.is_some()),
        "{verdict:?}"
    );
}

/// Who cuts the end of a chain together with its head is given away by the checkpoint that covers it.
#[test]
fn a_sealed_end_cannot_be_cut_with_its_head() {
    let trail = Trail::empty();
    trail.record(ONE, 3);
    trail.seal();
    trail.change(&format!(
        "DELETE FROM audit_events WHERE stream = '{ONE}' AND seq = 3"
    ));
    trail.change(
        "UPDATE audit_heads h SET seq = 2, sealed = 2, hash = e.hash FROM audit_events e WHERE e.stream = h.stream AND e.seq = 2",
    );
    assert_eq!(trail.verify().broken, [event(3, Fault::Removed)]);
}

/// Nor can a whole stream that is sealed.
#[test]
fn a_sealed_stream_cannot_be_removed_whole() {
    let trail = Trail::empty();
    trail.record(ONE, 3);
    trail.seal();
    trail.change("DELETE FROM audit_events");
    trail.change("DELETE FROM audit_heads");
    assert_eq!(trail.verify().broken, [event(1, Fault::Removed)]);
}
