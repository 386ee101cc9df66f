COMMENT ON COLUMN retained_rows.case_id IS NULL;
ALTER TABLE retained_rows ADD CONSTRAINT retained_rows_case_id_fkey FOREIGN KEY (case_id) REFERENCES cases (id);

DROP TABLE accountability_digests;

ALTER TABLE cases DROP CONSTRAINT cases_merged_into_fkey,
    ADD CONSTRAINT cases_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES cases (id);
DO $$
DECLARE
    fk record;
BEGIN
    FOR fk IN
        SELECT conrelid::regclass AS tbl, conname AS name, replace(pg_get_constraintdef(oid), ' ON DELETE CASCADE', '') AS def
        FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'c'
        AND confrelid IN ('cases'::regclass, 'plans'::regclass, 'notices'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', fk.tbl, fk.name, fk.name, fk.def);
    END LOOP;
END
$$;

DROP TRIGGER guard_thinned ON cases;
DROP FUNCTION guard_thinned;

-- What was thinned has nothing left to seal: an empty value stands for it.
UPDATE notices SET sealed = '' WHERE sealed IS NULL;
UPDATE plans SET sealed = '' WHERE sealed IS NULL;
UPDATE proposals SET sealed = '' WHERE sealed IS NULL AND kind = 'grant';
ALTER TABLE proposals DROP CONSTRAINT grant_has_terms;
ALTER TABLE proposals ADD CONSTRAINT grant_has_terms
    CHECK ((kind = 'grant') = (partial IS NOT NULL) AND (kind <> 'grant' OR sealed IS NOT NULL));
ALTER TABLE notices ALTER COLUMN sealed SET NOT NULL;
ALTER TABLE plans ALTER COLUMN sealed SET NOT NULL;

DROP INDEX cases_thinned;
DROP INDEX cases_to_thin;
ALTER TABLE cases DROP CONSTRAINT cases_thinned_are_not_held;
ALTER TABLE cases DROP CONSTRAINT cases_thinned_have_ended;
ALTER TABLE cases DROP CONSTRAINT cases_thinned_are_empty;
ALTER TABLE cases DROP COLUMN hold_ended_at;
ALTER TABLE cases DROP COLUMN thinned_at;
UPDATE cases SET sealed = '' WHERE sealed IS NULL;
ALTER TABLE cases ALTER COLUMN sealed SET NOT NULL;
