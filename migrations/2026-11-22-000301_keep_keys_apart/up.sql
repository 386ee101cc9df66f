-- Keys of cases leave the database: they live in the key store (secrets.key_store). No release kept them here, so a
-- database that has some is one of a trial, whose cases would become unreadable; it is refused rather than emptied.
DO $$
BEGIN
    IF EXISTS (SELECT FROM case_keys) THEN
        RAISE EXCEPTION 'this database is of a version before the first release, which kept keys in it: start with a new one';
    END IF;
END
$$;
DROP TABLE case_keys;

ALTER TABLE retained_rows ADD COLUMN key_id uuid NOT NULL;
CREATE INDEX retained_rows_by_key ON retained_rows (key_id);
COMMENT ON COLUMN retained_rows.key_id IS 'The key that seals the row, in the key store: not the case''s, which is destroyed years before.';
