-- What staff ask of a person, pass on, join, split, hold and report, and the alarms of a case whose time runs out.

CREATE TABLE case_clocks (
    case_id uuid PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    reopened_at timestamptz,
    first_due_on date,
    due_early_on date,
    alarm_step smallint NOT NULL DEFAULT 0 CHECK (alarm_step BETWEEN 0 AND 3),
    reminded_at timestamptz,
    CHECK ((reopened_at IS NULL) = (first_due_on IS NULL))
);
COMMENT ON TABLE case_clocks IS 'What a case''s clock has beside its deadline; most cases have no row.';
COMMENT ON COLUMN case_clocks.reopened_at IS 'When the case was last reopened: the clock in force starts then.';
COMMENT ON COLUMN case_clocks.first_due_on IS 'The deadline of the first clock, when the case was reopened.';
COMMENT ON COLUMN case_clocks.due_early_on IS 'The earlier reading of an extended deadline. Alarms go by it.';
COMMENT ON COLUMN case_clocks.alarm_step IS 'Who has been told that time runs out: 1 its handler, 2 those who approve, 3 the same that it is late.';
COMMENT ON COLUMN case_clocks.reminded_at IS 'When the person was last reminded of what is asked of them.';
CREATE INDEX case_clocks_in_alarm ON case_clocks (case_id) WHERE alarm_step > 0;

CREATE FUNCTION guard_course() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.merged_into IS NOT NULL
        AND (NEW.state NOT IN (OLD.state, 'closed') OR NEW.merged_into IS DISTINCT FROM OLD.merged_into) THEN
        RAISE EXCEPTION 'a merged case goes on in the other' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.merged_into IS NOT NULL AND OLD.merged_into IS NULL AND NOT EXISTS (
        SELECT FROM cases WHERE id = NEW.merged_into AND "right" = NEW."right" AND received_at <= NEW.received_at
        AND merged_into IS NULL) THEN
        RAISE EXCEPTION 'a case is merged into an older one of the same right' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_course BEFORE UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION guard_course();

CREATE TABLE questions (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    reason text NOT NULL CHECK (reason IN ('identity', 'large_request', 'other')),
    asked_at timestamptz NOT NULL,
    pauses boolean NOT NULL,
    sealed bytea NOT NULL,
    ended_at timestamptz CHECK (ended_at >= asked_at),
    ended_by text CHECK (ended_by IN ('answered', 'proved', 'replaced', 'case_ended')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX questions_by_case ON questions (case_id, asked_at);
CREATE UNIQUE INDEX questions_one_open ON questions (case_id, (reason = 'identity')) WHERE ended_at IS NULL;
COMMENT ON TABLE questions IS 'What staff asked of the person: to say more, or to prove more of who they are.';
COMMENT ON COLUMN questions.pauses IS 'Whether the clock stands still for it.';
COMMENT ON COLUMN questions.sealed IS 'The text, and which proofs were offered.';

CREATE TABLE legal_holds (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    put_at timestamptz NOT NULL,
    put_by uuid NOT NULL REFERENCES staff (id),
    told boolean NOT NULL,
    sealed bytea NOT NULL,
    lifted_at timestamptz CHECK (lifted_at >= put_at)
);
CREATE UNIQUE INDEX legal_holds_one_open ON legal_holds (case_id) WHERE lifted_at IS NULL;
COMMENT ON TABLE legal_holds IS 'Why a case was held, and whether the person was told or an order forbids it.';
COMMENT ON COLUMN legal_holds.sealed IS 'The reason and the authority.';

CREATE TABLE forwardings (
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    may_name boolean NOT NULL,
    token_digest bytea NOT NULL UNIQUE CHECK (octet_length(token_digest) = 32),
    code_digest bytea NOT NULL CHECK (octet_length(code_digest) = 32),
    sealed bytea NOT NULL,
    PRIMARY KEY (case_id, at)
);
COMMENT ON TABLE forwardings IS 'To which customer, who is controller, a request was passed on.';
COMMENT ON COLUMN forwardings.may_name IS 'Whether the person may be told who it is.';
COMMENT ON COLUMN forwardings.sealed IS 'The customer''s name and address, and what staff wrote.';

CREATE TABLE case_links (
    from_case uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    to_case uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE CHECK (to_case <> from_case),
    PRIMARY KEY (from_case, to_case)
);
CREATE INDEX case_links_back ON case_links (to_case);
COMMENT ON TABLE case_links IS 'Cases of one person that came of one request: the second was split off the first.';

CREATE TABLE incidents (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('wrong_recipient', 'wrong_erasure', 'other')),
    aware_at timestamptz NOT NULL,
    notify_by timestamptz NOT NULL CHECK (notify_by = aware_at + interval '72 hours'),
    reported_by uuid NOT NULL REFERENCES staff (id),
    sealed bytea,
    notified_at timestamptz CHECK (notified_at >= aware_at),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    closed_at timestamptz CHECK (closed_at >= aware_at),
    closed_by uuid REFERENCES staff (id),
    done_sealed bytea,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL AND closed_by IS NOT NULL)),
    CHECK (sealed IS NULL OR (state = 'closed') = (done_sealed IS NOT NULL)),
    CHECK (sealed IS NOT NULL OR state = 'closed')
);
CREATE INDEX incidents_by_case ON incidents (case_id);
CREATE INDEX incidents_open ON incidents (aware_at) WHERE state = 'open';
COMMENT ON TABLE incidents IS 'Personal data breaches (Art. 33(5)): what happened, by when the authority is told, what was done.';
COMMENT ON COLUMN incidents.sealed IS 'What happened; gone once the case is thinned.';
COMMENT ON COLUMN incidents.notified_at IS 'When the authority was notified (Art. 33(1)).';

CREATE TABLE paper_letters (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    template text NOT NULL,
    language text NOT NULL CHECK (language IN ('sv', 'en')),
    written_at timestamptz NOT NULL,
    sealed bytea,
    sent_at timestamptz CHECK (sent_at >= written_at),
    sent_by uuid REFERENCES staff (id),
    CHECK ((sent_at IS NULL) = (sealed IS NOT NULL)),
    CHECK ((sent_at IS NULL) = (sent_by IS NULL))
);
CREATE INDEX paper_letters_by_case ON paper_letters (case_id, written_at);
COMMENT ON TABLE paper_letters IS 'Letters to people whom no mail reaches: staff print and post them.';
COMMENT ON COLUMN paper_letters.sealed IS 'The contents; gone once sent.';

ALTER TABLE case_messages DROP CONSTRAINT case_messages_kind_check;
ALTER TABLE case_messages ADD CONSTRAINT case_messages_kind_check
    CHECK (kind IN ('from_person', 'to_person', 'note', 'statement', 'advice', 'from_controller'));
COMMENT ON TABLE case_messages IS 'Messages both ways, notes among staff, advice of the data protection officer, and what a controller wrote; the text is sealed.';
