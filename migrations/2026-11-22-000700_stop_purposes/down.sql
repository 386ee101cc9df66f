DROP TABLE suppressions;
DROP TRIGGER guard_made_by_itself ON proposals;
DROP FUNCTION guard_made_by_itself();
COMMENT ON COLUMN proposals.prepared_by IS NULL;
ALTER TABLE proposals DROP CONSTRAINT somebody_prepared_it;
ALTER TABLE proposals ALTER COLUMN prepared_by SET NOT NULL;
