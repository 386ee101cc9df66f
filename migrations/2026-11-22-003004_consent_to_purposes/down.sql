ALTER TABLE restrictions DROP CONSTRAINT consent_to_something;
ALTER TABLE restrictions DROP COLUMN consented;
COMMENT ON COLUMN restrictions.consent_since IS 'Since when the person consents to operations (Art. 18(2)); nothing when they do not.';
