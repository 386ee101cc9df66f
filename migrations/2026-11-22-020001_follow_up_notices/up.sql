-- A recipient that does not answer is reminded, its silence is escalated, and in the end it is on record.
ALTER TABLE notices DROP CONSTRAINT notices_state_check;
ALTER TABLE notices ADD CONSTRAINT notices_state_check CHECK (state IN
    ('planned', 'queued', 'sent', 'overdue', 'escalated', 'unanswered', 'informed', 'bounced', 'answered', 'impossible', 'cancelled'));
ALTER TABLE notices ADD COLUMN reminders smallint NOT NULL DEFAULT 0 CHECK (reminders BETWEEN 0 AND 100);
ALTER TABLE notices ADD COLUMN reminded_at timestamptz;
ALTER TABLE notices ADD CONSTRAINT notices_sent_at_known CHECK (state NOT IN ('sent', 'overdue', 'escalated', 'unanswered', 'informed') OR sent_at IS NOT NULL);
ALTER TABLE notices ADD COLUMN uses_other_address boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN notices.uses_other_address IS 'Whether the recipient''s first address took no mail, so that it goes to the other one.';
COMMENT ON COLUMN notices.reminders IS 'How many of the recipient''s reminders are used up.';
COMMENT ON COLUMN notices.reminded_at IS 'When the recipient was last reminded.';
-- What the sweep looks through: a few, whatever has piled up of answered ones.
CREATE INDEX notices_awaiting ON notices (id) WHERE state IN ('sent', 'overdue', 'escalated');
