DROP INDEX erasure_steps_by_hand;
ALTER TABLE erasure_steps DROP COLUMN by_hand;
