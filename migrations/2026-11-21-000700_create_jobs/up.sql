CREATE TABLE jobs (
    id bigserial PRIMARY KEY,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    case_id uuid REFERENCES cases (id),
    state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'parked')),
    run_at timestamptz NOT NULL,
    priority smallint NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    lease uuid,
    leased_until timestamptz,
    failure text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'running') = (lease IS NOT NULL AND leased_until IS NOT NULL))
);
CREATE INDEX jobs_ready ON jobs (priority DESC, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_running ON jobs (leased_until) WHERE state = 'running';
CREATE INDEX jobs_by_case ON jobs (case_id);
COMMENT ON TABLE jobs IS 'Work to do, written in the transaction of its cause; a finished job is deleted.';
COMMENT ON COLUMN jobs.failures IS 'Times the job failed by itself; a lost lease does not count.';
COMMENT ON COLUMN jobs.lease IS 'The fencing token: only who holds it may record the job''s end.';

CREATE FUNCTION announce_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('jobs', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER announce_job AFTER INSERT ON jobs FOR EACH STATEMENT EXECUTE FUNCTION announce_job();

CREATE TABLE mails (
    id uuid PRIMARY KEY,
    case_id uuid REFERENCES cases (id),
    notice_id uuid REFERENCES notices (id),
    template text NOT NULL,
    language text NOT NULL CHECK (language IN ('sv', 'en')),
    sealed bytea,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed')),
    queued_at timestamptz NOT NULL,
    sent_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    failure text,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK (state = 'sent' OR sealed IS NOT NULL)
);
CREATE INDEX mails_by_case ON mails (case_id);
COMMENT ON TABLE mails IS 'The outbox. The id is the local part of the Message-ID, so that a doubled delivery is seen as one.';
COMMENT ON COLUMN mails.sealed IS 'Address and contents, sealed with the case''s key; emptied once sent.';
