DROP INDEX audit_events_profile;
DROP FUNCTION dispose_audit_stream;
DROP TABLE audit_disposals;
DROP TABLE audit_seals;
DROP TABLE audit_checkpoints;
DROP TRIGGER append_only_whole ON audit_heads;
DROP TRIGGER append_only ON audit_heads;
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
DROP INDEX audit_heads_unsealed;
ALTER TABLE audit_heads DROP COLUMN sealed;
