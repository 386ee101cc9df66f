CREATE TABLE case_keys (
    case_id uuid PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE case_keys IS 'One key a case, wrapped by the key file''s key. Destroying it makes all that the case sealed unreadable.';

CREATE TABLE cases (
    id uuid PRIMARY KEY,
    reference text NOT NULL UNIQUE CHECK (reference ~ '^DR(-[0-9A-HJKMNP-TV-Z]{4}){3}$'),
    "right" text NOT NULL CHECK ("right" IN ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'consent_withdrawal')),
    state text NOT NULL CHECK (state IN ('received', 'identity_pending', 'assessing', 'clarification_pending', 'approved', 'executing', 'ready_for_release', 'answered', 'closed', 'refused', 'withdrawn', 'lapsed', 'forwarded')),
    version bigint NOT NULL DEFAULT 1 CHECK (version > 0),
    channel text NOT NULL CHECK (channel IN ('web', 'api', 'portal', 'email', 'phone', 'chat', 'letter', 'in_person', 'account_end')),
    language text NOT NULL CHECK (language IN ('sv', 'en')),
    received_at timestamptz NOT NULL,
    extended boolean NOT NULL DEFAULT false,
    due_on date NOT NULL,
    identity_level smallint NOT NULL DEFAULT 0 CHECK (identity_level BETWEEN 0 AND 3),
    required_level smallint NOT NULL CHECK (required_level BETWEEN 0 AND 3),
    on_hold boolean NOT NULL DEFAULT false,
    assignee uuid REFERENCES staff (id),
    attention text,
    cool_off_until timestamptz,
    asked_on date,
    state_since timestamptz NOT NULL,
    refusal_ground text,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    idempotency_digest bytea UNIQUE CHECK (octet_length(idempotency_digest) = 32),
    idempotency_body bytea CHECK (octet_length(idempotency_body) = 32),
    CHECK ((state = 'approved') <= (cool_off_until IS NOT NULL)),
    CHECK ((state = 'clarification_pending') <= (asked_on IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal_ground IS NOT NULL)),
    CHECK (state NOT IN ('approved', 'executing', 'ready_for_release', 'answered', 'closed') OR identity_level >= required_level)
);
COMMENT ON TABLE cases IS 'One request of one person. What the person wrote is sealed; the rest decides what may happen.';
COMMENT ON COLUMN cases.version IS 'Grows with each change that a person looking at the case should see before acting; background work leaves it.';
COMMENT ON COLUMN cases.due_on IS 'The deadline in force (Art. 12(3)), kept for the queue; derived from receipt, extension and pauses.';
COMMENT ON COLUMN cases.attention IS 'What staff must look at: a code such as system_failed, with no personal data.';
COMMENT ON COLUMN cases.sealed IS 'Name, addresses, numbers and message, sealed with the case''s key.';
COMMENT ON COLUMN cases.idempotency_digest IS 'Keyed hash of the Idempotency-Key, so that a repeated submission finds its case.';
CREATE INDEX cases_queue ON cases (due_on, id) WHERE state NOT IN ('answered', 'closed', 'refused', 'withdrawn', 'lapsed');
CREATE INDEX cases_by_assignee ON cases (assignee, due_on, id) WHERE state NOT IN ('answered', 'closed', 'refused', 'withdrawn', 'lapsed');
CREATE INDEX cases_by_state ON cases (state, due_on, id);
CREATE INDEX cases_by_right ON cases ("right", due_on, id);

CREATE TABLE pauses (
    case_id uuid NOT NULL REFERENCES cases (id),
    asked_on date NOT NULL,
    answered_on date CHECK (answered_on >= asked_on),
    PRIMARY KEY (case_id, asked_on)
);
COMMENT ON TABLE pauses IS 'Days for which the clock stands still, while the person answers a necessary question.';

CREATE TABLE case_digests (
    case_id uuid NOT NULL REFERENCES cases (id),
    kind text NOT NULL CHECK (kind IN ('email', 'personal_number', 'customer_number', 'phone')),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (kind, digest, case_id)
);
CREATE INDEX case_digests_by_case ON case_digests (case_id);
COMMENT ON TABLE case_digests IS 'Keyed hashes of identifiers, for exact look-ups in the queue.';

CREATE TABLE case_transitions (
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
COMMENT ON TABLE case_transitions IS 'The moves between states that the rules allow; a test keeps it equal to the code.';
INSERT INTO case_transitions (from_state, to_state) VALUES
    ('received', 'identity_pending'), ('received', 'assessing'), ('received', 'withdrawn'),
    ('identity_pending', 'assessing'), ('identity_pending', 'refused'), ('identity_pending', 'withdrawn'), ('identity_pending', 'lapsed'),
    ('assessing', 'clarification_pending'), ('assessing', 'approved'), ('assessing', 'refused'), ('assessing', 'withdrawn'), ('assessing', 'forwarded'),
    ('clarification_pending', 'assessing'), ('clarification_pending', 'withdrawn'), ('clarification_pending', 'lapsed'),
    ('approved', 'assessing'), ('approved', 'executing'), ('approved', 'withdrawn'),
    ('executing', 'assessing'), ('executing', 'answered'),
    ('answered', 'closed'),
    ('forwarded', 'closed'),
    ('refused', 'identity_pending'), ('refused', 'assessing'),
    ('withdrawn', 'identity_pending'), ('withdrawn', 'assessing'),
    ('lapsed', 'identity_pending'), ('lapsed', 'assessing');
REVOKE INSERT, UPDATE, DELETE ON case_transitions FROM dataratt_app;

CREATE TABLE proposals (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    kind text NOT NULL CHECK (kind IN ('erasure', 'refusal')),
    prepared_by uuid NOT NULL REFERENCES staff (id),
    prepared_at timestamptz NOT NULL,
    plan_hash text CHECK (plan_hash ~ '^[0-9a-f]{64}$'),
    confirmation text CHECK (confirmation IN ('not_needed', 'awaited', 'given')),
    ground text,
    reason_sealed bytea,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'rejected', 'superseded')),
    decided_by uuid REFERENCES staff (id),
    decided_at timestamptz,
    CONSTRAINT four_eyes CHECK (decided_by <> prepared_by),
    CHECK ((kind = 'erasure') = (plan_hash IS NOT NULL AND confirmation IS NOT NULL)),
    CHECK ((kind = 'refusal') = (ground IS NOT NULL)),
    CHECK (state NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
    CHECK (state <> 'approved' OR confirmation IS DISTINCT FROM 'awaited')
);
CREATE UNIQUE INDEX proposals_one_open ON proposals (case_id) WHERE state = 'open';
CREATE INDEX proposals_by_case ON proposals (case_id);
COMMENT ON TABLE proposals IS 'What one member of staff prepared and another decides: an erasure plan or a refusal.';
COMMENT ON CONSTRAINT four_eyes ON proposals IS 'Who prepared it cannot decide it, whatever the program says.';

CREATE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.kind, NEW.prepared_by, NEW.prepared_at, NEW.plan_hash, NEW.ground)
        IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.kind, OLD.prepared_by, OLD.prepared_at, OLD.plan_hash, OLD.ground) THEN
        RAISE EXCEPTION 'a proposal cannot be rewritten' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'open' AND NEW.state <> OLD.state AND NEW.state <> 'superseded' THEN
        RAISE EXCEPTION 'a decided proposal stays decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_proposal BEFORE UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION guard_proposal();

CREATE FUNCTION guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'received' THEN
            RAISE EXCEPTION 'a case starts as received' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.reference, NEW."right", NEW.received_at) IS DISTINCT FROM (OLD.id, OLD.reference, OLD."right", OLD.received_at) THEN
        RAISE EXCEPTION 'what a case is cannot change' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM case_transitions WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'no transition from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND NEW."right" = 'erasure' AND NOT EXISTS (
        SELECT FROM proposals WHERE case_id = NEW.id AND kind = 'erasure' AND state = 'approved') THEN
        RAISE EXCEPTION 'an erasure needs an approved plan' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'refused' AND NOT EXISTS (
        SELECT FROM proposals WHERE case_id = NEW.id AND kind = 'refusal' AND state = 'approved') THEN
        RAISE EXCEPTION 'a refusal needs two people' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('approved', 'executing') AND NEW.on_hold THEN
        RAISE EXCEPTION 'a legal hold is in force' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_case BEFORE INSERT OR UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION guard_case();

CREATE TABLE case_messages (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    at timestamptz NOT NULL,
    author text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('from_person', 'to_person', 'note')),
    sealed bytea NOT NULL
);
CREATE INDEX case_messages_by_case ON case_messages (case_id, at);
COMMENT ON TABLE case_messages IS 'Messages both ways, and notes among staff; the text is sealed.';
COMMENT ON COLUMN case_messages.author IS 'A pseudonym, as in the audit trail.';
