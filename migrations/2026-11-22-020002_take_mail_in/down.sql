DELETE FROM case_messages WHERE kind = 'from_recipient';
ALTER TABLE case_messages DROP CONSTRAINT case_messages_kind_check;
ALTER TABLE case_messages ADD CONSTRAINT case_messages_kind_check
    CHECK (kind IN ('from_person', 'to_person', 'note', 'statement', 'advice', 'from_controller'));
DROP INDEX mails_by_notice;
ALTER TABLE mails DROP COLUMN bounced_at;
