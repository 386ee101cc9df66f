-- Every right, not only erasure, is decided and carried out: what each passes through, and what the database insists on.

CREATE TABLE case_states (
    of_right text NOT NULL,
    state text NOT NULL,
    PRIMARY KEY (of_right, state)
);
COMMENT ON TABLE case_states IS 'The states that a case of each right can be in; a test keeps it equal to the code.';
INSERT INTO case_states (of_right, state)
SELECT r, s
FROM unnest(ARRAY['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'consent_withdrawal']) AS r,
     unnest(ARRAY['received', 'identity_pending', 'assessing', 'clarification_pending', 'answered', 'closed', 'refused', 'withdrawn', 'lapsed', 'forwarded']) AS s;
INSERT INTO case_states (of_right, state) VALUES
    ('access', 'executing'), ('access', 'ready_for_release'),
    ('rectification', 'executing'),
    ('erasure', 'approved'), ('erasure', 'executing'),
    ('restriction', 'executing'),
    ('portability', 'executing'), ('portability', 'ready_for_release'),
    ('objection', 'executing'),
    ('consent_withdrawal', 'executing');
REVOKE INSERT, UPDATE, DELETE ON case_states FROM dataratt_app;

INSERT INTO case_transitions (from_state, to_state) VALUES
    ('identity_pending', 'forwarded'),
    ('assessing', 'executing'), ('assessing', 'closed'),
    ('executing', 'ready_for_release'),
    ('ready_for_release', 'answered'), ('ready_for_release', 'assessing'), ('ready_for_release', 'withdrawn'),
    ('closed', 'identity_pending'), ('closed', 'assessing');

ALTER TABLE cases
    ADD COLUMN partly_done boolean NOT NULL DEFAULT false,
    ADD COLUMN merged_into uuid REFERENCES cases (id) CHECK (merged_into <> id);
COMMENT ON COLUMN cases.partly_done IS 'A part has been carried out in the systems: the case cannot be ended without the rest.';
COMMENT ON COLUMN cases.merged_into IS 'The older case of the same person that goes on with this one.';
CREATE INDEX cases_by_merged_into ON cases (merged_into) WHERE merged_into IS NOT NULL;

DO $$
DECLARE
    name text;
BEGIN
    SELECT conname INTO STRICT name FROM pg_constraint
    WHERE conrelid = 'cases'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%identity_level >= required_level%';
    EXECUTE format('ALTER TABLE cases DROP CONSTRAINT %I', name);
END
$$;
-- A case that was passed on to its controller is closed without our knowing who they are; every other way into the
-- closed state leads through one of these.
ALTER TABLE cases ADD CONSTRAINT identity_before_action
    CHECK (state NOT IN ('approved', 'executing', 'ready_for_release', 'answered') OR identity_level >= required_level);

ALTER TABLE proposals RENAME COLUMN plan_hash TO hash;
ALTER TABLE proposals RENAME COLUMN reason_sealed TO sealed;
ALTER TABLE proposals ADD COLUMN partial boolean;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT conname FROM pg_constraint WHERE conrelid = 'proposals'::regclass AND contype = 'c'
        AND (pg_get_constraintdef(oid) LIKE '%kind%' OR pg_get_constraintdef(oid) LIKE '%decided_at%')
    LOOP
        EXECUTE format('ALTER TABLE proposals DROP CONSTRAINT %I', name);
    END LOOP;
END
$$;
ALTER TABLE proposals
    ADD CONSTRAINT known_kind CHECK (kind IN ('erasure', 'refusal', 'grant')),
    ADD CONSTRAINT hash_of_what_is_decided CHECK ((kind IN ('erasure', 'grant')) = (hash IS NOT NULL)),
    ADD CONSTRAINT erasure_has_a_plan CHECK ((kind = 'erasure') = (plan_id IS NOT NULL AND confirmation IS NOT NULL)),
    ADD CONSTRAINT refusal_has_a_ground CHECK ((kind = 'refusal') = (ground IS NOT NULL)),
    ADD CONSTRAINT grant_has_terms CHECK ((kind = 'grant') = (partial IS NOT NULL) AND (kind <> 'grant' OR sealed IS NOT NULL)),
    ADD CONSTRAINT decided_by_another CHECK (
        state NOT IN ('approved', 'rejected')
        OR (decided_at IS NOT NULL AND (decided_by IS NOT NULL OR (kind = 'grant' AND NOT partial AND state = 'approved'))));
COMMENT ON TABLE proposals IS 'What one member of staff prepared and another decides: an erasure plan, a refusal, a grant in part. A full grant needs no second person.';
COMMENT ON COLUMN proposals.sealed IS 'Reasons of a refusal, or the terms of a grant.';

CREATE OR REPLACE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.kind, NEW.prepared_by, NEW.prepared_at, NEW.hash, NEW.ground, NEW.partial)
        IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.kind, OLD.prepared_by, OLD.prepared_at, OLD.hash, OLD.ground, OLD.partial) THEN
        RAISE EXCEPTION 'a proposal cannot be rewritten' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'open' AND NEW.state <> OLD.state AND NEW.state <> 'superseded' THEN
        RAISE EXCEPTION 'a decided proposal stays decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION guard_case() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NOT EXISTS (SELECT FROM case_transitions WHERE from_state = OLD.state AND to_state = NEW.state)
        OR NOT EXISTS (SELECT FROM case_states WHERE of_right = NEW."right" AND state = NEW.state) THEN
        RAISE EXCEPTION 'no transition from % to % for %', OLD.state, NEW.state, NEW."right" USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('approved', 'executing') AND NEW."right" = 'erasure' AND NOT EXISTS (
        SELECT FROM proposals WHERE case_id = NEW.id AND kind = 'erasure' AND state = 'approved') THEN
        RAISE EXCEPTION 'an erasure needs an approved plan' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'executing' AND NEW."right" = 'erasure' AND OLD.state <> 'approved' THEN
        RAISE EXCEPTION 'an erasure waits out its cool-off' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'executing' AND NEW."right" <> 'erasure' AND NOT EXISTS (
        SELECT FROM proposals WHERE case_id = NEW.id AND kind = 'grant' AND state = 'approved') THEN
        RAISE EXCEPTION 'nothing is carried out that was not granted' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'answered' AND OLD.state = 'executing' AND EXISTS (
        SELECT FROM case_states WHERE of_right = NEW."right" AND state = 'ready_for_release') THEN
        RAISE EXCEPTION 'an answer with data is released' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'refused' AND NOT EXISTS (
        SELECT FROM proposals WHERE case_id = NEW.id AND kind = 'refusal' AND state = 'approved') THEN
        RAISE EXCEPTION 'a refusal needs two people' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'closed' AND OLD.state = 'assessing' AND NEW.merged_into IS NULL THEN
        RAISE EXCEPTION 'a case that was not answered is not closed' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('refused', 'withdrawn', 'lapsed', 'forwarded') AND NEW.partly_done THEN
        RAISE EXCEPTION 'what was begun is finished' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('approved', 'executing') AND NEW."right" = 'erasure' AND NEW.on_hold THEN
        RAISE EXCEPTION 'a legal hold is in force' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TABLE grant_steps (
    case_id uuid NOT NULL REFERENCES cases (id),
    grant_hash text NOT NULL CHECK (grant_hash ~ '^[0-9a-f]{64}$'),
    ordinal integer NOT NULL CHECK (ordinal > 0),
    system text NOT NULL,
    tbl text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('collect', 'change', 'mark', 'lift', 'stop', 'verify')),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
    done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
    failure text,
    finished_at timestamptz,
    PRIMARY KEY (case_id, grant_hash, ordinal),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK ((state = 'done') = (finished_at IS NOT NULL))
);
COMMENT ON TABLE grant_steps IS 'The ledger of what was granted: each step in a system, and how far it has come.';
COMMENT ON COLUMN grant_steps.failure IS 'Why the step failed: a code and the system''s words without values.';

ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check
    CHECK (kind IN ('erasure', 'rectification', 'restriction', 'restriction_lifted', 'objection', 'account_ended'));
ALTER TABLE notices DROP CONSTRAINT notices_case_id_recipient_key;
ALTER TABLE notices ADD CONSTRAINT notices_one_of_a_kind UNIQUE (case_id, recipient, kind);
