-- The statements with which one request becomes durable, for pgbench: the limit of the intake figure.
-- Keep it equal to what `services::intake::submit` sends, which `log_statement = all` shows: the same statements in the
-- same order, columns and sizes, prepared, in one transaction. `n` counts up (`-D n=…`), so that ids ascend as the
-- service's do. What the service does besides, such as asking a connection whether it still lives and bringing the case's
-- key to the disk in its key store, is its own cost.
\set n :n + 1
\set tail random(0, 1152921504606846975)
\set ref random(0, 281474976710655)
BEGIN;
INSERT INTO cases (id, reference, "right", state, channel, language, received_at, due_on, required_level, state_since,
    created_at, sealed, idempotency_digest, idempotency_body)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        'DR' || regexp_replace(upper(lpad(to_hex(:ref::bigint), 12, '0')), '(....)', '-\1', 'g'),
        'access', 'received', 'api', 'sv', now(), current_date + 30, 2, now(), now(), decode(repeat('5a', 190), 'hex'), NULL, NULL)
RETURNING id, reference, "right", state, version, channel, language, received_at, extended, identity_level,
    required_level, on_hold, assignee, attention, cool_off_until, asked_on, state_since, refusal_ground, sealed,
    thinned_at, idempotency_body;
INSERT INTO case_digests (case_id, kind, digest)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        'email', sha256(int8send(:tail::bigint)))
ON CONFLICT DO NOTHING;
INSERT INTO audit_heads (stream, seq, hash)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        1, sha256(int8send(:ref::bigint)));
INSERT INTO audit_events (stream, seq, at, actor, action, detail, hash)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        1, now(), 'person', 'case_received', '{"right": "access", "channel": "api", "identifiers": ["email"]}',
        sha256(int8send(:ref::bigint)));
INSERT INTO challenges (id, case_id, created_at, expires_at, attempts, typed_digest, typed_used_at, on_file_digest,
    on_file_used_at, superseded_at)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || 'a' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        (lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        now(), now() + interval '10 minutes', 0, sha256(int8send(:tail::bigint)), NULL, NULL, NULL, NULL);
INSERT INTO mails (id, case_id, notice_id, template, language, sealed, queued_at)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '9' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        (lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        NULL, 'code', 'sv', decode(repeat('5a', 230), 'hex'), now());
INSERT INTO jobs (kind, payload, case_id, run_at, priority)
VALUES ('send_mail', '{"mail": "01a200a5-d947-7dbc-b118-e462b6e1afde"}',
        (lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid, now(), 0)
RETURNING id;
INSERT INTO jobs (kind, payload, case_id, run_at, priority)
VALUES ('search_person', '{"job": "search_person", "case": "01a200a5-d93f-787d-8388-87dc83f05579"}',
        (lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid, now(), 0)
RETURNING id;
COMMIT;
