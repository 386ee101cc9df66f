-- A message that waits for staff is a fact of its own: what else asks for attention neither hides it nor takes it away.
ALTER TABLE cases ADD COLUMN message_waits boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN cases.message_waits IS 'Whether the person wrote and staff have neither written back nor noted anything since.';
UPDATE cases SET message_waits = true, attention = NULL WHERE attention = 'message_from_person';
