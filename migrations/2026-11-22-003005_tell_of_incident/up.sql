-- A breach that is a high risk to the person is told to them (Art. 34).
ALTER TABLE incidents ADD COLUMN told_at timestamptz CHECK (told_at >= aware_at);
COMMENT ON COLUMN incidents.told_at IS 'When the person was told (Art. 34).';
