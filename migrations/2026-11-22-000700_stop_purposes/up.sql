-- Marketing is stopped by the service itself, and stays stopped: nobody prepares what the law leaves nothing to judge in.
ALTER TABLE proposals ALTER COLUMN prepared_by DROP NOT NULL;
ALTER TABLE proposals ADD CONSTRAINT somebody_prepared_it CHECK (
    prepared_by IS NOT NULL OR kind = 'erasure' OR (kind = 'grant' AND NOT partial));
COMMENT ON COLUMN proposals.prepared_by IS 'Who prepared it; nobody where the service did by itself: marketing that is objected to, consent that is withdrawn, an account that ended.';

CREATE FUNCTION guard_made_by_itself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.prepared_by IS NULL AND NOT EXISTS (
        SELECT FROM cases WHERE id = NEW.case_id AND (
            (NEW.kind = 'grant' AND "right" IN ('objection', 'consent_withdrawal'))
            OR (NEW.kind = 'erasure' AND channel = 'account_end'))) THEN
        RAISE EXCEPTION 'somebody prepares this' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_made_by_itself BEFORE INSERT ON proposals FOR EACH ROW EXECUTE FUNCTION guard_made_by_itself();

CREATE TABLE suppressions (
    kind text NOT NULL CHECK (kind IN ('email', 'phone')),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    purpose text NOT NULL CHECK (purpose <> ''),
    since timestamptz NOT NULL,
    case_id uuid NOT NULL,
    reference text NOT NULL,
    PRIMARY KEY (kind, digest, purpose)
);
CREATE INDEX suppressions_by_case ON suppressions (case_id);
COMMENT ON TABLE suppressions IS 'Addresses that a purpose must leave alone (Art. 21(3), 7(3)): the least that makes an objection last. Kept while the purpose exists; outlives the case and an erasure.';
COMMENT ON COLUMN suppressions.digest IS 'Keyed hash of the address or number in its normalised form; the key is for this alone.';
COMMENT ON COLUMN suppressions.purpose IS 'The purpose by its id in the data map; * for all direct marketing.';
COMMENT ON COLUMN suppressions.case_id IS 'The case in which it was asked; no reference, as the file of the case ends before this does.';
