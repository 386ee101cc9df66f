DROP INDEX notices_awaiting;
ALTER TABLE notices DROP CONSTRAINT notices_sent_at_known;
UPDATE notices SET state = 'sent' WHERE state IN ('overdue', 'escalated', 'unanswered');
ALTER TABLE notices DROP COLUMN reminders, DROP COLUMN reminded_at, DROP COLUMN uses_other_address;
ALTER TABLE notices DROP CONSTRAINT notices_state_check;
ALTER TABLE notices ADD CONSTRAINT notices_state_check CHECK (state IN ('planned', 'queued', 'sent', 'informed', 'bounced', 'answered', 'impossible', 'cancelled'));
