ALTER TABLE incidents DROP COLUMN told_at;
