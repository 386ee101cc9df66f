-- Down only while no case has gone where the rules before did not lead.
ALTER TABLE notices DROP CONSTRAINT notices_one_of_a_kind;
ALTER TABLE notices ADD CONSTRAINT notices_case_id_recipient_key UNIQUE (case_id, recipient);
ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN ('erasure'));
DROP TABLE grant_steps;
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
ALTER TABLE proposals
    DROP CONSTRAINT known_kind,
    DROP CONSTRAINT hash_of_what_is_decided,
    DROP CONSTRAINT erasure_has_a_plan,
    DROP CONSTRAINT refusal_has_a_ground,
    DROP CONSTRAINT grant_has_terms,
    DROP CONSTRAINT decided_by_another;
ALTER TABLE proposals DROP COLUMN partial;
ALTER TABLE proposals RENAME COLUMN hash TO plan_hash;
ALTER TABLE proposals RENAME COLUMN sealed TO reason_sealed;
CREATE OR REPLACE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
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
ALTER TABLE proposals
    ADD CHECK (kind IN ('erasure', 'refusal')),
    ADD CHECK ((kind = 'erasure') = (plan_hash IS NOT NULL AND confirmation IS NOT NULL)),
    ADD CHECK ((kind = 'refusal') = (ground IS NOT NULL)),
    ADD CONSTRAINT proposals_check2 CHECK (state NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
    ADD CONSTRAINT proposals_check4 CHECK ((kind = 'erasure') = (plan_id IS NOT NULL));
COMMENT ON TABLE proposals IS 'What one member of staff prepared and another decides: an erasure plan or a refusal.';
COMMENT ON COLUMN proposals.reason_sealed IS NULL;
ALTER TABLE cases DROP CONSTRAINT identity_before_action;
ALTER TABLE cases ADD CHECK (state NOT IN ('approved', 'executing', 'ready_for_release', 'answered', 'closed') OR identity_level >= required_level);
ALTER TABLE cases DROP COLUMN partly_done, DROP COLUMN merged_into;
DELETE FROM case_transitions WHERE (from_state, to_state) IN (
    ('identity_pending', 'forwarded'),
    ('assessing', 'executing'), ('assessing', 'closed'),
    ('executing', 'ready_for_release'),
    ('ready_for_release', 'answered'), ('ready_for_release', 'assessing'), ('ready_for_release', 'withdrawn'),
    ('closed', 'identity_pending'), ('closed', 'assessing'));
DROP TABLE case_states;
