-- Down only while no case asks for a review.
DROP TRIGGER guard_answer_at_once ON cases;
DROP FUNCTION guard_answer_at_once();
DELETE FROM case_transitions WHERE (from_state, to_state) = ('assessing', 'answered');
DELETE FROM case_states WHERE of_right = 'human_review';
ALTER TABLE cases DROP CONSTRAINT cases_right_check;
ALTER TABLE cases ADD CONSTRAINT cases_right_check
    CHECK ("right" IN ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'consent_withdrawal'));
