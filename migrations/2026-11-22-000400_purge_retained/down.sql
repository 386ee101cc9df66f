DROP TABLE purge_lines;
DROP FUNCTION guard_purge_line();
DROP TABLE purges;
DROP FUNCTION guard_purge();
ALTER TABLE retained_rows DROP COLUMN not_before, DROP COLUMN kind, DROP COLUMN id;
ALTER TABLE erasure_steps DROP COLUMN thawed_at, DROP COLUMN sealed;
