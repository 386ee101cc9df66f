UPDATE purge_lines SET state = 'listed' WHERE state = 'waiting';
CREATE OR REPLACE FUNCTION guard_purge_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('running', 'done')
        AND (SELECT state FROM purges WHERE id = NEW.purge_id) IS DISTINCT FROM 'running' THEN
        RAISE EXCEPTION 'nothing is purged before its list is approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP INDEX purge_lines_in_one_list;
CREATE UNIQUE INDEX purge_lines_in_one_list ON purge_lines (retained_id)
    WHERE state IN ('listed', 'running', 'failed');
ALTER TABLE purge_lines DROP CONSTRAINT purge_lines_state_check;
ALTER TABLE purge_lines ADD CONSTRAINT purge_lines_state_check
    CHECK (state IN ('listed', 'taken_out', 'held', 'running', 'done', 'failed'));
DROP TRIGGER guard_answer_first ON cases;
DROP FUNCTION guard_answer_first;
DROP INDEX cases_waiting_for_data;
DROP FUNCTION open_access_of;
DROP FUNCTION waits_for_answer;
DROP FUNCTION same_person_as;
