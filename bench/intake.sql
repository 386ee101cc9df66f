-- The statements with which one request becomes durable, for pgbench: the limit of the intake figure.
-- Keep it equal to what the service sends when a request comes through the API: same rows, same sizes, one
-- transaction. `n` counts up (`-D n=…`), so that ids ascend as the service's do.
\set n :n + 1
\set tail random(0, 1152921504606846975)
\set ref random(0, 281474976710655)
BEGIN;
INSERT INTO case_keys (case_id, wrapped, created_at)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        decode(repeat('5a', 72), 'hex'), now());
INSERT INTO cases (id, reference, "right", state, channel, language, received_at, due_on, required_level, state_since, sealed, created_at)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        'DR' || regexp_replace(upper(lpad(to_hex(:ref::bigint), 12, '0')), '(....)', '-\1', 'g'),
        'access', 'received', 'api', 'sv', now(), current_date + 30, 1, now(), decode(repeat('5a', 240), 'hex'), now());
INSERT INTO case_digests (case_id, kind, digest)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        'email', sha256(int8send(:tail::bigint)));
INSERT INTO audit_heads (stream, seq, hash)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        1, sha256(int8send(:ref::bigint)));
INSERT INTO audit_events (stream, seq, at, actor, action, detail, hash)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        1, now(), 'person', 'received', '{"right": "access", "channel": "api"}', sha256(int8send(:ref::bigint)));
INSERT INTO mails (id, case_id, template, language, sealed, queued_at)
VALUES ((lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '9' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        (lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid,
        'code', 'sv', decode(repeat('5a', 160), 'hex'), now());
INSERT INTO jobs (kind, payload, case_id, run_at)
VALUES ('identify', '{}', (lpad(to_hex(:n::bigint), 12, '0') || '7' || lpad(to_hex(:client_id::bigint), 3, '0') || '8' || lpad(to_hex(:tail::bigint), 15, '0'))::uuid, now());
COMMIT;
