DROP TABLE retained_rows;
DROP TABLE erasure_steps;
ALTER TABLE proposals DROP COLUMN plan_id;
DROP TABLE plans;
