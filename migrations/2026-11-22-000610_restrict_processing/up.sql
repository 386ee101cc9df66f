-- Restriction of processing (Art. 18): in force until it is lifted, which the person is told before.
CREATE TABLE restrictions (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    ground text NOT NULL CHECK (ground IN ('accuracy', 'unlawful', 'claims', 'objection')),
    scope text[] NOT NULL,
    allowed text[] NOT NULL CHECK (allowed <@ ARRAY['consent', 'legal_claims', 'rights_of_others', 'public_interest']),
    services text NOT NULL CHECK (services IN ('continue_with_consent', 'pause')),
    placed_at timestamptz NOT NULL,
    expected_end date,
    lead_seconds bigint NOT NULL CHECK (lead_seconds >= 0),
    state text NOT NULL DEFAULT 'placed' CHECK (state IN ('placed', 'lift_announced', 'lifted')),
    lift_reason text CHECK (lift_reason IN ('rectified', 'claim_unfounded', 'legitimate_grounds', 'ended')),
    lift_mail uuid,
    lift_notice_sent_at timestamptz,
    lifted_at timestamptz,
    consent_since timestamptz,
    reminded_at timestamptz,
    CHECK ((state = 'placed') = (lift_reason IS NULL)),
    CHECK ((state = 'placed') = (lift_mail IS NULL)),
    CHECK (state <> 'placed' OR lift_notice_sent_at IS NULL),
    CHECK ((state = 'lifted') = (lifted_at IS NOT NULL)),
    CONSTRAINT told_before_lifted CHECK (
        lifted_at IS NULL
        OR (lift_notice_sent_at IS NOT NULL AND lifted_at > lift_notice_sent_at
            AND extract(epoch FROM lifted_at - lift_notice_sent_at) >= lead_seconds))
);
CREATE UNIQUE INDEX restrictions_one_in_force ON restrictions (case_id) WHERE state <> 'lifted';
CREATE INDEX restrictions_by_case ON restrictions (case_id);
CREATE INDEX restrictions_by_end ON restrictions (expected_end) WHERE state = 'placed';
COMMENT ON TABLE restrictions IS 'Restrictions of processing, with the letter that announces their lifting; what is marked lies sealed in the grant.';
COMMENT ON COLUMN restrictions.lift_mail IS 'The letter of Art. 18(3): a mail or a letter on paper.';
COMMENT ON COLUMN restrictions.consent_since IS 'Since when the person consents to operations (Art. 18(2)); nothing when they do not.';
REVOKE DELETE ON restrictions FROM dataratt_app;

CREATE FUNCTION guard_restriction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'placed' THEN
            RAISE EXCEPTION 'a restriction starts as placed' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.case_id, NEW.ground, NEW.scope, NEW.allowed, NEW.services, NEW.placed_at, NEW.lead_seconds)
        IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.ground, OLD.scope, OLD.allowed, OLD.services, OLD.placed_at, OLD.lead_seconds) THEN
        RAISE EXCEPTION 'what a restriction is cannot change' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('placed', 'lift_announced'), ('lift_announced', 'lifted')) THEN
        RAISE EXCEPTION 'no transition from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.lift_mail IS DISTINCT FROM OLD.lift_mail AND OLD.state <> 'placed' THEN
        RAISE EXCEPTION 'the letter that was announced by stays' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.lift_notice_sent_at IS DISTINCT FROM OLD.lift_notice_sent_at AND (
        OLD.lift_notice_sent_at IS NOT NULL
        OR NOT EXISTS (
            SELECT FROM mails WHERE id = NEW.lift_mail AND case_id = NEW.case_id AND sent_at = NEW.lift_notice_sent_at
            UNION ALL
            SELECT FROM paper_letters WHERE id = NEW.lift_mail AND case_id = NEW.case_id AND sent_at = NEW.lift_notice_sent_at)) THEN
        RAISE EXCEPTION 'the person was not told then' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_restriction BEFORE INSERT OR UPDATE ON restrictions FOR EACH ROW EXECUTE FUNCTION guard_restriction();

CREATE FUNCTION guard_restricted_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM restrictions WHERE case_id = NEW.id AND state <> 'lifted') THEN
        RAISE EXCEPTION 'a restriction is in force' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_restricted_case BEFORE UPDATE OF state ON cases
    FOR EACH ROW WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION guard_restricted_case();
