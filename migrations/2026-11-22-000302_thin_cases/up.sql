-- A case that ended is thinned to its core record, and later disposed of with all that hangs on it.
ALTER TABLE cases ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE cases ADD COLUMN thinned_at timestamptz;
ALTER TABLE cases ADD COLUMN hold_ended_at timestamptz;
ALTER TABLE cases ADD CONSTRAINT cases_thinned_are_empty CHECK ((sealed IS NULL) = (thinned_at IS NOT NULL));
ALTER TABLE cases ADD CONSTRAINT cases_thinned_have_ended
    CHECK (thinned_at IS NULL OR state IN ('closed', 'refused', 'withdrawn', 'lapsed'));
ALTER TABLE cases ADD CONSTRAINT cases_thinned_are_not_held CHECK (thinned_at IS NULL OR NOT on_hold);
COMMENT ON COLUMN cases.thinned_at IS 'When what people wrote was destroyed; what is left is the core record.';
COMMENT ON COLUMN cases.hold_ended_at IS 'When the last legal hold was lifted: the file is kept for a while after.';
CREATE INDEX cases_to_thin ON cases (state_since)
    WHERE thinned_at IS NULL AND state IN ('closed', 'refused', 'withdrawn', 'lapsed');
CREATE INDEX cases_thinned ON cases (state_since) WHERE thinned_at IS NOT NULL;

ALTER TABLE plans ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE notices ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE proposals DROP CONSTRAINT grant_has_terms;
ALTER TABLE proposals ADD CONSTRAINT grant_has_terms CHECK ((kind = 'grant') = (partial IS NOT NULL));

CREATE FUNCTION guard_thinned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.thinned_at IS NULL THEN
            RAISE EXCEPTION 'a case is thinned before it is disposed of' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.thinned_at IS NOT NULL AND to_jsonb(NEW) IS DISTINCT FROM jsonb_set(to_jsonb(OLD), '{merged_into}', 'null') THEN
        RAISE EXCEPTION 'a thinned case stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_thinned BEFORE UPDATE OR DELETE ON cases FOR EACH ROW EXECUTE FUNCTION guard_thinned();

CREATE TABLE accountability_digests (
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('email', 'personal_number', 'customer_number', 'phone')),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (kind, digest, case_id)
);
CREATE INDEX accountability_digests_by_case ON accountability_digests (case_id);
COMMENT ON TABLE accountability_digests IS 'Whose a case was, as keyed hashes under a key of their own: answers "have you handled a request of mine?" from what the person supplies.';

-- What hangs on a case goes with it; a duplicate stays when the case that went on with it goes.
DO $$
DECLARE
    fk record;
BEGIN
    FOR fk IN
        SELECT conrelid::regclass AS tbl, conname AS name, pg_get_constraintdef(oid) AS def FROM pg_constraint
        WHERE contype = 'f' AND confdeltype = 'a' AND conrelid NOT IN ('cases'::regclass, 'retained_rows'::regclass)
        AND confrelid IN ('cases'::regclass, 'plans'::regclass, 'notices'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s ON DELETE CASCADE', fk.tbl, fk.name, fk.name, fk.def);
    END LOOP;
END
$$;
ALTER TABLE cases DROP CONSTRAINT cases_merged_into_fkey,
    ADD CONSTRAINT cases_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES cases (id) ON DELETE SET NULL;

-- What the law makes us keep outlives the case that scheduled its purge.
ALTER TABLE retained_rows DROP CONSTRAINT retained_rows_case_id_fkey;
COMMENT ON COLUMN retained_rows.case_id IS 'The case that scheduled the purge; its row may have been disposed of.';
