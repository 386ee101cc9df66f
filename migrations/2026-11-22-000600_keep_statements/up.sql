-- What a person says of what was not corrected is kept with the case, and recipients can read it.
DO $$
DECLARE
    name text;
BEGIN
    SELECT conname INTO STRICT name FROM pg_constraint
    WHERE conrelid = 'case_messages'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%from_person%';
    EXECUTE format('ALTER TABLE case_messages DROP CONSTRAINT %I', name);
END
$$;
ALTER TABLE case_messages ADD CONSTRAINT case_messages_kind_check
    CHECK (kind IN ('from_person', 'to_person', 'note', 'statement'));
