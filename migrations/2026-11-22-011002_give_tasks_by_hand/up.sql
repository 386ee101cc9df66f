-- What staff do by hand in systems that no machine reaches; the case waits for it.
CREATE TABLE manual_tasks (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    system text NOT NULL,
    tbl text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('find', 'collect', 'rectify', 'restrict', 'lift', 'erase', 'verify')),
    created_at timestamptz NOT NULL,
    due_on date NOT NULL,
    reminded_on date,
    done_at timestamptz,
    done_by uuid REFERENCES staff (id),
    amount integer CHECK (amount >= 0),
    sealed bytea,
    UNIQUE (case_id, system, tbl, kind),
    CHECK ((done_at IS NULL) = (done_by IS NULL) AND (done_at IS NULL) = (amount IS NULL)),
    CHECK (done_at IS NOT NULL OR sealed IS NULL)
);
CREATE INDEX manual_tasks_open ON manual_tasks (due_on, id) WHERE done_at IS NULL;
COMMENT ON TABLE manual_tasks IS 'One thing that staff do by hand for a case, in one table of a system that no machine reaches.';
COMMENT ON COLUMN manual_tasks.due_on IS 'The last local day; staff are reminded when it comes.';
COMMENT ON COLUMN manual_tasks.amount IS 'How many records it was about; a task to find that ended with 0 found nothing.';
COMMENT ON COLUMN manual_tasks.sealed IS 'What staff wrote: the evidence, or for collect what the person gets. Sealed with the key of the case; gone once the case is thinned.';

-- What was done stays on record, but for what was found: that may be looked up again until a plan is made of it.
CREATE FUNCTION guard_manual_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.system, NEW.tbl, NEW.kind, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.system, OLD.tbl, OLD.kind, OLD.created_at) THEN
        RAISE EXCEPTION 'a task stays what it is' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.done_at IS NOT NULL AND (NEW.done_at IS NULL OR OLD.kind <> 'find'
            AND (NEW.done_at, NEW.done_by, NEW.amount) IS DISTINCT FROM (OLD.done_at, OLD.done_by, OLD.amount)) THEN
        RAISE EXCEPTION 'what was done stays on record' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'verify' AND NEW.done_by IS NOT NULL AND EXISTS (SELECT FROM manual_tasks e
            WHERE (e.case_id, e.system, e.tbl, e.kind) = (NEW.case_id, NEW.system, NEW.tbl, 'erase')
              AND e.done_by IS NOT DISTINCT FROM NEW.done_by) THEN
        RAISE EXCEPTION 'another person looks whether it is gone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_manual_task BEFORE UPDATE ON manual_tasks FOR EACH ROW EXECUTE FUNCTION guard_manual_task();
REVOKE TRUNCATE ON manual_tasks FROM dataratt_app;
