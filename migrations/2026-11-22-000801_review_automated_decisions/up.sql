-- Human review of an automated decision (Art. 22(3)): an eighth right. Whoever grants it has reviewed the decision, so
-- that the person is answered at once.
ALTER TABLE cases DROP CONSTRAINT cases_right_check;
ALTER TABLE cases ADD CONSTRAINT cases_right_check
    CHECK ("right" IN ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'consent_withdrawal', 'human_review'));

INSERT INTO case_states (of_right, state)
SELECT 'human_review', s
FROM unnest(ARRAY['received', 'identity_pending', 'assessing', 'clarification_pending', 'answered', 'closed', 'refused', 'withdrawn', 'lapsed', 'forwarded']) AS s;

INSERT INTO case_transitions (from_state, to_state) VALUES
    ('assessing', 'answered');

CREATE FUNCTION guard_answer_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM case_states WHERE of_right = NEW."right" AND state = 'executing') THEN
        RAISE EXCEPTION 'what is granted is carried out before it is answered' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM proposals WHERE case_id = NEW.id AND kind = 'grant' AND state = 'approved') THEN
        RAISE EXCEPTION 'nothing is answered that was not granted' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_answer_at_once BEFORE UPDATE ON cases FOR EACH ROW
    WHEN (OLD.state = 'assessing' AND NEW.state = 'answered')
    EXECUTE FUNCTION guard_answer_at_once();
