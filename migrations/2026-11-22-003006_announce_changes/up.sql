-- Changes of the privacy policy and of the register of recipients, and who was written to about them.
CREATE TABLE changes (
    id uuid PRIMARY KEY,
    what text NOT NULL CHECK (what IN ('policy', 'register')),
    announced_at timestamptz NOT NULL,
    announced_by uuid NOT NULL REFERENCES staff (id),
    effective_on date NOT NULL,
    text_sv text NOT NULL CHECK (text_sv <> ''),
    text_en text NOT NULL CHECK (text_en <> '')
);
CREATE INDEX changes_by_time ON changes (announced_at DESC, id);
COMMENT ON TABLE changes IS 'Announced changes of the privacy policy and of the register of recipients. Public, and never rewritten.';

CREATE TABLE change_letters (
    change_id uuid NOT NULL REFERENCES changes (id),
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    PRIMARY KEY (change_id, case_id)
);
COMMENT ON TABLE change_letters IS 'Whose letter about a change has been written: nobody gets two.';

CREATE FUNCTION guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was announced stays as it is' USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER guard_change BEFORE UPDATE OR DELETE ON changes FOR EACH ROW EXECUTE FUNCTION guard_change();

REVOKE UPDATE, DELETE, TRUNCATE ON changes FROM dataratt_app;
REVOKE UPDATE, TRUNCATE ON change_letters FROM dataratt_app;
