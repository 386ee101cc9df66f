-- What a person has asked to see, or to take along, is neither erased nor purged before they have their answer.
CREATE FUNCTION same_person_as(of_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT other FROM (
        SELECT to_case AS other FROM case_links WHERE from_case = of_case
        UNION SELECT from_case FROM case_links WHERE to_case = of_case
        UNION SELECT o.case_id FROM case_digests m JOIN case_digests o USING (kind, digest) WHERE m.case_id = of_case
        UNION SELECT o.case_id FROM accountability_digests m JOIN accountability_digests o USING (kind, digest)
            WHERE m.case_id = of_case
    ) AS others WHERE other <> of_case
$$;
COMMENT ON FUNCTION same_person_as IS 'Cases that belong to this one, or share an identifier with it.';

CREATE FUNCTION waits_for_answer(c cases) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT c."right" IN ('access', 'portability') AND c.state IN
        ('assessing', 'clarification_pending', 'executing', 'ready_for_release')
$$;
COMMENT ON FUNCTION waits_for_answer IS 'Whether the person proved who they are and waits for their data: what they asked for must still be there.';

CREATE FUNCTION open_access_of(of_case uuid) RETURNS SETOF cases LANGUAGE sql STABLE AS $$
    SELECT c.* FROM cases c WHERE c.id IN (SELECT same_person_as(of_case)) AND waits_for_answer(c) ORDER BY c.received_at, c.id
$$;
COMMENT ON FUNCTION open_access_of IS 'Open cases of access and portability of the same person.';

CREATE INDEX cases_waiting_for_data ON cases (received_at, id) WHERE "right" IN ('access', 'portability')
    AND state IN ('assessing', 'clarification_pending', 'executing', 'ready_for_release');

CREATE FUNCTION guard_answer_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."right" = 'erasure' AND NEW.state = 'executing' AND OLD.state = 'approved'
        AND EXISTS (SELECT FROM open_access_of(NEW.id)) THEN
        RAISE EXCEPTION 'the person waits for their data' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_answer_first BEFORE UPDATE OF state ON cases FOR EACH ROW EXECUTE FUNCTION guard_answer_first();

-- A line that waits is taken up by its list, which goes on until then.
ALTER TABLE purge_lines DROP CONSTRAINT purge_lines_state_check;
ALTER TABLE purge_lines ADD CONSTRAINT purge_lines_state_check
    CHECK (state IN ('listed', 'taken_out', 'held', 'waiting', 'running', 'done', 'failed'));
DROP INDEX purge_lines_in_one_list;
CREATE UNIQUE INDEX purge_lines_in_one_list ON purge_lines (retained_id)
    WHERE state IN ('listed', 'waiting', 'running', 'failed');

CREATE OR REPLACE FUNCTION guard_purge_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('running', 'waiting', 'done')
        AND (SELECT state FROM purges WHERE id = NEW.purge_id) IS DISTINCT FROM 'running' THEN
        RAISE EXCEPTION 'nothing is purged before its list is approved' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'running' AND OLD.state <> 'running'
        AND EXISTS (SELECT FROM retained_rows r, open_access_of(r.case_id) WHERE r.id = NEW.retained_id) THEN
        RAISE EXCEPTION 'the person waits for their data' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
