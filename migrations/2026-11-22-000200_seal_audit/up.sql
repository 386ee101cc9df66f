ALTER TABLE audit_heads ADD COLUMN sealed bigint NOT NULL DEFAULT 0;
ALTER TABLE audit_heads ADD CONSTRAINT audit_heads_sealed CHECK (sealed BETWEEN 0 AND seq);
COMMENT ON COLUMN audit_heads.sealed IS 'The last event that a checkpoint covers.';
CREATE INDEX audit_heads_unsealed ON audit_heads (stream) WHERE seq > sealed;

CREATE TABLE audit_checkpoints (
    number bigint PRIMARY KEY CHECK (number > 0),
    at timestamptz NOT NULL,
    streams bigint NOT NULL CHECK (streams > 0),
    events bigint NOT NULL CHECK (events > 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    previous bytea NOT NULL CHECK (octet_length(previous) = 32),
    signature bytea NOT NULL CHECK (octet_length(signature) = 64)
);
COMMENT ON TABLE audit_checkpoints IS 'Signed statements of where the chains stood, each bound to the one before. Append-only.';
COMMENT ON COLUMN audit_checkpoints.streams IS 'How many chains had grown since the checkpoint before.';
COMMENT ON COLUMN audit_checkpoints.events IS 'How many events all checkpoints up to this one cover.';
COMMENT ON COLUMN audit_checkpoints.root IS 'Hash over the seals of this checkpoint, in order of stream.';
COMMENT ON COLUMN audit_checkpoints.previous IS 'Hash of the checkpoint before.';

CREATE TABLE audit_seals (
    stream uuid NOT NULL,
    last bigint NOT NULL,
    first bigint NOT NULL CHECK (first BETWEEN 1 AND last),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    checkpoint bigint NOT NULL REFERENCES audit_checkpoints (number),
    PRIMARY KEY (stream, last)
);
CREATE UNIQUE INDEX audit_seals_by_checkpoint ON audit_seals (checkpoint, stream);
COMMENT ON TABLE audit_seals IS 'What a checkpoint covers of one chain: events first to last, and the hash of the last. Append-only.';

CREATE TABLE audit_disposals (
    stream uuid PRIMARY KEY,
    events bigint NOT NULL CHECK (events > 0),
    first bytea NOT NULL CHECK (octet_length(first) = 32),
    last bytea NOT NULL CHECK (octet_length(last) = 32),
    checkpoint bigint NOT NULL REFERENCES audit_checkpoints (number),
    at timestamptz NOT NULL,
    signature bytea NOT NULL CHECK (octet_length(signature) = 64)
);
COMMENT ON TABLE audit_disposals IS 'What stays of a sealed chain whose end date has come, signed. Only dispose_audit_stream writes here.';
COMMENT ON COLUMN audit_disposals.first IS 'Hash of its first event.';
COMMENT ON COLUMN audit_disposals.last IS 'Hash of its last event, which the checkpoint covers.';

REVOKE UPDATE, DELETE ON audit_checkpoints, audit_seals FROM dataratt_app;
REVOKE INSERT, UPDATE, DELETE ON audit_disposals FROM dataratt_app;

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ('audit_events', 'audit_heads') THEN
        IF EXISTS (SELECT FROM audit_disposals WHERE audit_disposals.stream = OLD.stream) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only BEFORE DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_disposals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit_disposals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION dispose_audit_stream(
    of_stream uuid, of_events bigint, of_first bytea, of_last bytea, of_checkpoint bigint,
    disposed_at timestamptz, of_signature bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head audit_heads;
BEGIN
    IF of_stream = '00000000-0000-0000-0000-000000000000' THEN
        RAISE EXCEPTION 'the stream of the service itself stays' USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO head FROM audit_heads WHERE stream = of_stream FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such stream' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM cases WHERE id = of_stream
        AND (on_hold OR state NOT IN ('closed', 'refused', 'withdrawn', 'lapsed'))) THEN
        RAISE EXCEPTION 'the case is open or on hold' USING ERRCODE = 'check_violation';
    END IF;
    IF (head.seq, head.hash) IS DISTINCT FROM (of_events, of_last)
        OR NOT EXISTS (SELECT FROM audit_events WHERE stream = of_stream AND seq = 1 AND hash = of_first)
        OR NOT EXISTS (SELECT FROM audit_seals WHERE stream = of_stream AND last = of_events
            AND hash = of_last AND checkpoint = of_checkpoint) THEN
        RAISE EXCEPTION 'the stream is not sealed to its end' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO audit_disposals (stream, events, first, last, checkpoint, at, signature)
        VALUES (of_stream, of_events, of_first, of_last, of_checkpoint, disposed_at, of_signature);
    DELETE FROM audit_events WHERE stream = of_stream;
    DELETE FROM audit_heads WHERE stream = of_stream;
END
$$;
REVOKE EXECUTE ON FUNCTION dispose_audit_stream FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dispose_audit_stream TO dataratt_app;

-- Asked at each start, in a stream that grows with every login.
CREATE INDEX audit_events_profile ON audit_events (seq) WHERE action = 'profile_changed';
