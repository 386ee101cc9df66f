UPDATE cases SET attention = 'message_from_person' WHERE message_waits AND attention IS NULL;
ALTER TABLE cases DROP COLUMN message_waits;
