-- Consent under a restriction (Art. 18(2)) is to be specific (Art. 4(11)): purpose by purpose.
ALTER TABLE restrictions ADD COLUMN consented text[] NOT NULL DEFAULT '{}';
-- What was given before named no purpose. The trail keeps when it was.
UPDATE restrictions SET consent_since = NULL WHERE consent_since IS NOT NULL;
ALTER TABLE restrictions ADD CONSTRAINT consent_to_something CHECK ((consent_since IS NULL) = (consented = '{}'));
COMMENT ON COLUMN restrictions.consented IS 'Ids of the purposes of the profile that the person consents to meanwhile.';
COMMENT ON COLUMN restrictions.consent_since IS 'Since when the person consents to what stands in consented; nothing when they consent to nothing.';
