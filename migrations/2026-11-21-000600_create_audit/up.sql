CREATE TABLE audit_events (
    stream uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    detail jsonb NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (stream, seq)
);
COMMENT ON TABLE audit_events IS 'The audit trail: append-only, one hash chain a case (the nil stream is the service''s own). Pseudonyms and field names, never values.';

CREATE TABLE audit_heads (
    stream uuid PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE audit_heads IS 'Where each chain ends, so that a cut tail is seen.';

REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM dataratt_app;
REVOKE DELETE, TRUNCATE ON audit_heads FROM dataratt_app;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
