DROP INDEX retained_rows_by_key;
ALTER TABLE retained_rows DROP COLUMN key_id;

CREATE TABLE case_keys (
    case_id uuid PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE case_keys IS 'One key a case, wrapped by the key file''s key. Destroying it makes all that the case sealed unreadable.';
