-- Accounts that an erasure stopped and did not erase are given back.
ALTER TABLE erasure_steps
    ADD COLUMN sealed bytea,
    ADD COLUMN thawed_at timestamptz,
    ADD CHECK (sealed IS NULL OR kind = 'freeze'),
    ADD CHECK (thawed_at IS NULL OR kind = 'freeze');
COMMENT ON COLUMN erasure_steps.sealed IS 'What the freeze overwrote in each account, sealed: it is put back when the erasure does not go on.';
COMMENT ON COLUMN erasure_steps.thawed_at IS 'When the accounts were given back.';

ALTER TABLE retained_rows
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN kind text NOT NULL DEFAULT 'retained' CHECK (kind IN ('retained', 'reduced')),
    ADD COLUMN not_before date;
ALTER TABLE retained_rows ALTER COLUMN id DROP DEFAULT, ALTER COLUMN kind DROP DEFAULT;
COMMENT ON COLUMN retained_rows.kind IS 'retained: kept whole; reduced: emptied but for what a retained row needs, and kept for its sake.';
COMMENT ON COLUMN retained_rows.not_before IS 'The first day on which they are proposed again, after staff took them out of a list.';

CREATE TABLE purges (
    id uuid PRIMARY KEY,
    state text NOT NULL DEFAULT 'proposed'
        CHECK (state IN ('proposed', 'approved', 'running', 'done', 'failed', 'rejected')),
    version bigint NOT NULL DEFAULT 1,
    proposed_at timestamptz NOT NULL,
    proposed_on date NOT NULL,
    decided_at timestamptz,
    decided_by uuid REFERENCES staff (id),
    reason_sealed bytea,
    finished_at timestamptz,
    CHECK ((state = 'proposed') = (decided_at IS NULL)),
    CHECK (state <> 'rejected' OR decided_by IS NOT NULL),
    CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX purges_one_proposed ON purges ((true)) WHERE state = 'proposed';
CREATE INDEX purges_by_time ON purges (proposed_at DESC, id);
COMMENT ON TABLE purges IS 'Lists of retained rows whose time has passed: proposed by the service, approved or rejected as a whole, then purged.';
COMMENT ON COLUMN purges.proposed_on IS 'The local day on which the list was made or last added to; all in it could go then.';
COMMENT ON COLUMN purges.decided_by IS 'Who approved or rejected it; nobody when the settings ask for no approval.';
COMMENT ON COLUMN purges.reason_sealed IS 'Why it was rejected, in staff''s words.';

CREATE TABLE purge_lines (
    purge_id uuid NOT NULL REFERENCES purges (id),
    retained_id uuid NOT NULL REFERENCES retained_rows (id),
    state text NOT NULL DEFAULT 'listed'
        CHECK (state IN ('listed', 'taken_out', 'held', 'running', 'done', 'failed')),
    found bigint CHECK (found >= 0),
    purged bigint CHECK (purged >= 0),
    failure text,
    reason_sealed bytea,
    finished_at timestamptz,
    PRIMARY KEY (purge_id, retained_id),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK ((state = 'done') = (purged IS NOT NULL)),
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX purge_lines_in_one_list ON purge_lines (retained_id)
    WHERE state IN ('listed', 'running', 'failed');
COMMENT ON TABLE purge_lines IS 'What a list would purge, line by line, and what came of it.';
COMMENT ON COLUMN purge_lines.found IS 'Rows that were still there at the first look.';
COMMENT ON COLUMN purge_lines.purged IS 'Rows of those that are gone, proved by looking again.';
COMMENT ON COLUMN purge_lines.failure IS 'Why it stopped: a code and the system''s words without values.';
COMMENT ON COLUMN purge_lines.reason_sealed IS 'Why it was taken out, in staff''s words.';

-- No list is purged that was not approved, and no decided one comes back.
CREATE FUNCTION guard_purge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('proposed', 'approved'), ('proposed', 'rejected'), ('approved', 'running'),
        ('running', 'done'), ('running', 'failed'), ('failed', 'running')
    ) THEN
        RAISE EXCEPTION 'a purge cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_purge BEFORE UPDATE ON purges FOR EACH ROW EXECUTE FUNCTION guard_purge();

CREATE FUNCTION guard_purge_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('running', 'done')
        AND (SELECT state FROM purges WHERE id = NEW.purge_id) IS DISTINCT FROM 'running' THEN
        RAISE EXCEPTION 'nothing is purged before its list is approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_purge_line BEFORE INSERT OR UPDATE ON purge_lines
    FOR EACH ROW EXECUTE FUNCTION guard_purge_line();
