-- Mails that come back, and what recipients write in plain mail.
ALTER TABLE mails ADD COLUMN bounced_at timestamptz CHECK (bounced_at IS NULL OR state = 'sent');
COMMENT ON COLUMN mails.bounced_at IS 'When it came back after another server had taken it.';
CREATE INDEX mails_by_notice ON mails (notice_id, queued_at) WHERE notice_id IS NOT NULL;
ALTER TABLE case_messages DROP CONSTRAINT case_messages_kind_check;
ALTER TABLE case_messages ADD CONSTRAINT case_messages_kind_check
    CHECK (kind IN ('from_person', 'to_person', 'note', 'statement', 'advice', 'from_controller', 'from_recipient'));
