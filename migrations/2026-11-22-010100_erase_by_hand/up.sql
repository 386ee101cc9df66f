ALTER TABLE erasure_steps ADD COLUMN by_hand boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN erasure_steps.by_hand IS 'Whether staff do it, because the system was in shadow mode when the plan was made: done counts the rows in which both agree.';
CREATE INDEX erasure_steps_by_hand ON erasure_steps (system) WHERE by_hand;
