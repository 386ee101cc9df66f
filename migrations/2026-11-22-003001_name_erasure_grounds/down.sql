DROP TRIGGER guard_plan ON plans;
DROP FUNCTION guard_plan;
DROP TRIGGER guard_ground ON proposals;
DROP FUNCTION guard_ground;
ALTER TABLE plans DROP COLUMN ground, DROP COLUMN refuses;
