//! What holds in the service's database whatever happened to the service; each check names what does not.

use std::collections::{BTreeMap, BTreeSet};

use postgres::Client;

use super::smtp::Sink;

/// Fails if a case's history is not a path of the machine that ends where the case is, or has a gap.
#[track_caller]
pub fn histories_hold(client: &mut Client) {
    let moves = client
        .query("SELECT from_state, to_state FROM case_transitions", &[])
        .unwrap();
    let moves: BTreeSet<(String, String)> = moves.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut at: BTreeMap<uuid::Uuid, (i64, String)> = BTreeMap::new();
    let sql = "SELECT e.stream, e.seq, e.action, e.detail->>'from', e.detail->>'to' FROM audit_events e \
               JOIN cases c ON c.id = e.stream ORDER BY e.stream, e.seq";
    for row in client.query(sql, &[]).unwrap() {
        let (case, seq): (uuid::Uuid, i64) = (row.get(0), row.get(1));
        let (action, from, to): (String, Option<String>, Option<String>) =
            (row.get(2), row.get(3), row.get(4));
        let here = at.entry(case).or_insert((0, "received".to_owned()));
        assert_eq!(seq, here.0 + 1, "the trail of {case} has a gap before {action}");
        here.0 = seq;
        if let (Some(from), Some(to)) = (from, to) {
            assert_eq!(from, here.1, "{case}: {action} from a state it was not in");
            let allowed = from == to || moves.contains(&(from.clone(), to.clone()));
            assert!(allowed, "{case}: {action} moved from {from} to {to}");
            here.1 = to;
        }
    }
    for row in client.query("SELECT id, state FROM cases", &[]).unwrap() {
        let (case, state): (uuid::Uuid, String) = (row.get(0), row.get(1));
        let last = at.get(&case).map(|(_, state)| state);
        assert_eq!(last, Some(&state), "{case} is not where its history ends");
    }
}

/// Fails if something was decided by who prepared it, or erased without a decision.
#[track_caller]
pub fn two_decide(client: &mut Client) {
    let sql = "SELECT count(*) FROM erasure_steps s WHERE NOT EXISTS (SELECT FROM proposals p \
               WHERE p.plan_id = s.plan_id AND p.decided_by IS NOT NULL AND p.decided_by IS DISTINCT FROM p.prepared_by)";
    none(client, "steps of a plan that nobody else approved", sql);
    let sql = "SELECT count(*) FROM cases c WHERE c.state IN ('approved', 'executing') AND NOT EXISTS \
               (SELECT FROM proposals p WHERE p.case_id = c.id AND p.state = 'approved' \
               AND (p.decided_by IS DISTINCT FROM p.prepared_by OR (p.kind = 'grant' AND NOT p.partial)))";
    none(client, "approved cases without an approval", sql);
}

/// Fails if a mail came that was never written, or more often than `copies` times under one Message-ID.
#[track_caller]
pub fn mails_have_causes(client: &mut Client, sink: &Sink, copies: usize) {
    let known = client.query("SELECT id::text FROM mails", &[]).unwrap();
    let known: BTreeSet<String> = known.iter().map(|row| row.get::<_, String>(0)).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for mail in sink.mails() {
        let id = mail.header("Message-ID").expect("a mail has a Message-ID");
        let local = id.trim_start_matches('<').split('@').next().unwrap().to_owned();
        assert!(
            known.contains(&local),
            "a mail that nothing caused: {}",
            mail.subject()
        );
        *seen.entry(local).or_default() += 1;
    }
    for (id, times) in seen {
        assert!(times <= copies, "{times} copies of mail {id}, {copies} at most");
    }
}

/// Fails if work is left that should be done, or a mail counts as sent that never came.
#[track_caller]
pub fn all_work_is_done(client: &mut Client, sink: &Sink) {
    none(client, "jobs left", "SELECT count(*) FROM jobs");
    none(
        client,
        "mails that never left",
        "SELECT count(*) FROM mails WHERE state = 'queued'",
    );
    none(
        client,
        "open notices that nobody sends",
        "SELECT count(*) FROM notices WHERE state = 'planned'",
    );
    let came: BTreeSet<String> = sink
        .mails()
        .iter()
        .filter_map(|mail| mail.header("Message-ID"))
        .collect();
    for row in client
        .query("SELECT id::text FROM mails WHERE state = 'sent'", &[])
        .unwrap()
    {
        let id: String = row.get(0);
        assert!(
            came.iter().any(|it| it.contains(&id)),
            "mail {id} counts as sent and never came"
        );
    }
}

/// Fails if an open case has neither work to be done, nor a person or staff who can move it.
#[track_caller]
pub fn no_case_is_stuck(client: &mut Client) {
    let sql = "SELECT count(*) FROM cases c WHERE c.state IN ('received', 'executing') AND c.attention IS NULL \
               AND NOT EXISTS (SELECT FROM jobs j WHERE j.case_id = c.id AND j.state <> 'parked')";
    none(client, "cases that wait for work that nobody does", sql);
    let sql = "SELECT count(*) FROM cases c WHERE c.state = 'approved' AND NOT c.on_hold AND c.attention IS NULL \
               AND NOT EXISTS (SELECT FROM jobs j WHERE j.case_id = c.id AND j.kind = 'run_erasure' AND j.state <> 'parked')";
    none(client, "approved erasures that never start", sql);
    let sql = "SELECT count(*) FROM jobs j JOIN cases c ON c.id = j.case_id WHERE j.state = 'parked' AND c.attention IS NULL";
    none(client, "parked jobs that nobody is told of", sql);
    let sql = "SELECT count(*) FROM mails m WHERE m.state = 'queued' AND NOT EXISTS \
               (SELECT FROM jobs j WHERE j.kind = 'send_mail' AND j.payload->>'mail' = m.id::text)";
    none(client, "mails that nobody will send", sql);
}

#[track_caller]
fn none(client: &mut Client, what: &str, sql: &str) {
    let count: i64 = client.query_one(sql, &[]).unwrap().get(0);
    assert_eq!(count, 0, "{what}");
}
