CREATE TABLE plans (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    made_at timestamptz NOT NULL,
    hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    summary jsonb NOT NULL,
    sealed bytea NOT NULL
);
CREATE INDEX plans_by_case ON plans (case_id, made_at);
COMMENT ON TABLE plans IS 'Erasure plans: counts and grounds in the open, rows by key sealed. Rows are never changed.';
ALTER TABLE proposals ADD COLUMN plan_id uuid REFERENCES plans (id);
ALTER TABLE proposals ADD CHECK ((kind = 'erasure') = (plan_id IS NOT NULL));

CREATE TABLE erasure_steps (
    case_id uuid NOT NULL REFERENCES cases (id),
    plan_id uuid NOT NULL REFERENCES plans (id),
    ordinal integer NOT NULL CHECK (ordinal > 0),
    system text NOT NULL,
    tbl text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('freeze', 'delete', 'reduce', 'verify')),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
    planned bigint NOT NULL CHECK (planned >= 0),
    done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
    appeared bigint NOT NULL DEFAULT 0 CHECK (appeared >= 0),
    failure text,
    finished_at timestamptz,
    PRIMARY KEY (plan_id, ordinal),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
);
CREATE INDEX erasure_steps_by_case ON erasure_steps (case_id);
COMMENT ON TABLE erasure_steps IS 'The ledger of an erasure: each step with what was planned and what was done.';
COMMENT ON COLUMN erasure_steps.appeared IS 'Rows of the same person and a kind the plan erases that appeared after it was approved.';
COMMENT ON COLUMN erasure_steps.failure IS 'Why the step failed: a code and the system''s words without values.';

CREATE TABLE retained_rows (
    case_id uuid NOT NULL REFERENCES cases (id),
    system text NOT NULL,
    tbl text NOT NULL,
    ground text NOT NULL,
    keep_until date NOT NULL,
    rows bigint NOT NULL CHECK (rows > 0),
    sealed bytea NOT NULL,
    purged_at timestamptz,
    PRIMARY KEY (case_id, system, tbl, ground, keep_until)
);
CREATE INDEX retained_rows_due ON retained_rows (keep_until) WHERE purged_at IS NULL;
COMMENT ON TABLE retained_rows IS 'What the law makes us keep after an erasure, by ground and last day; keys and checksums sealed.';
