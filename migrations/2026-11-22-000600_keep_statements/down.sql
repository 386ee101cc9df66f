-- Down only while nobody has given a statement.
ALTER TABLE case_messages DROP CONSTRAINT case_messages_kind_check;
ALTER TABLE case_messages ADD CONSTRAINT case_messages_kind_check
    CHECK (kind IN ('from_person', 'to_person', 'note'));
