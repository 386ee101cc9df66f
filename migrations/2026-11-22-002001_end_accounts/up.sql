-- An account that ended starts an erasure by itself; an approver says once, for a time, that such plans are approved.
ALTER TABLE proofs DROP CONSTRAINT proofs_method_check;
ALTER TABLE proofs ADD CONSTRAINT proofs_method_check CHECK (method IN
    ('typed_address', 'on_file_address', 'portal', 'call_back', 'letter', 'two_facts', 'in_person', 'account_end'));

CREATE TABLE standing_approvals (
    id uuid PRIMARY KEY,
    scope text NOT NULL CHECK (scope = 'account_end'),
    approver uuid NOT NULL REFERENCES staff (id),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    sample_every integer NOT NULL CHECK (sample_every BETWEEN 1 AND 100),
    most integer NOT NULL CHECK (most BETWEEN 1 AND 10000),
    revoked_at timestamptz,
    revoked_by uuid REFERENCES staff (id),
    CHECK (valid_until > valid_from AND valid_until <= valid_from + interval '1 year 1 day'),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE UNIQUE INDEX one_standing_approval ON standing_approvals (scope) WHERE revoked_at IS NULL;
COMMENT ON TABLE standing_approvals IS 'Given once by an approver: plans of accounts that ended count as approved by them, but for a sample and whatever is unusual.';
COMMENT ON COLUMN standing_approvals.valid_until IS 'The end of its last local day.';
COMMENT ON COLUMN standing_approvals.sample_every IS 'At least one plan of so many waits for a person; 1 for all of them.';
COMMENT ON COLUMN standing_approvals.most IS 'So many are let through in 30 days; further ones wait for a person.';

CREATE TABLE standing_uses (
    case_id uuid PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    standing_approval uuid REFERENCES standing_approvals (id),
    at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('approved', 'sampled', 'unusual', 'none')),
    why text NOT NULL DEFAULT '',
    CHECK (outcome IN ('unusual', 'none') OR standing_approval IS NOT NULL)
);
CREATE INDEX standing_uses_by_time ON standing_uses (at);
CREATE INDEX standing_uses_by_approval ON standing_uses (standing_approval, at);
COMMENT ON TABLE standing_uses IS 'What became of each account that ended: approved under the standing approval, or left for a person, and why.';

ALTER TABLE proposals ADD COLUMN standing_approval uuid REFERENCES standing_approvals (id);
COMMENT ON COLUMN proposals.standing_approval IS 'The standing approval under which it was approved; the approver is the one who gave that.';

-- It is a person's word, said once: given by an approver of flesh and blood, never changed, only taken back.
CREATE FUNCTION guard_standing_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a standing approval stays on record' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
            OR (NEW.id, NEW.scope, NEW.approver, NEW.valid_from, NEW.valid_until, NEW.sample_every, NEW.most)
            IS DISTINCT FROM (OLD.id, OLD.scope, OLD.approver, OLD.valid_from, OLD.valid_until, OLD.sample_every, OLD.most) THEN
            RAISE EXCEPTION 'a standing approval is only taken back' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.revoked_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM staff WHERE id = NEW.approver AND active AND role = 'approver' AND email LIKE '%@%')
        OR EXISTS (SELECT FROM api_keys WHERE staff_id = NEW.approver) THEN
        RAISE EXCEPTION 'an approver gives a standing approval in person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_standing_approval BEFORE INSERT OR UPDATE OR DELETE ON standing_approvals
    FOR EACH ROW EXECUTE FUNCTION guard_standing_approval();

-- Which ones wait for a person is decided once, and never so that none does.
CREATE FUNCTION guard_standing_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given standing_approvals;
    last_seen timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM cases WHERE id = OLD.case_id) THEN
            RAISE EXCEPTION 'what became of an account stays on record' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'what became of an account stays on record' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.outcome = 'approved' THEN
        SELECT * INTO given FROM standing_approvals WHERE id = NEW.standing_approval;
        SELECT max(at) INTO last_seen FROM standing_uses WHERE standing_approval = given.id AND outcome = 'sampled';
        IF (SELECT count(*) FROM standing_uses WHERE standing_approval = given.id AND outcome = 'approved'
                AND at >= coalesce(last_seen, '-infinity')) + 1 >= given.sample_every
            OR (SELECT count(*) FROM standing_uses WHERE outcome = 'approved' AND at > NEW.at - interval '30 days') >= given.most THEN
            RAISE EXCEPTION 'this one waits for a person' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_standing_use BEFORE INSERT OR UPDATE OR DELETE ON standing_uses
    FOR EACH ROW EXECUTE FUNCTION guard_standing_use();

CREATE FUNCTION guard_approved_in_advance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.standing_approval IS NOT NULL THEN
            RAISE EXCEPTION 'what is prepared is not approved yet' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.standing_approval IS NOT DISTINCT FROM OLD.standing_approval THEN
        RETURN NEW;
    END IF;
    IF OLD.state <> 'open' OR NEW.state <> 'approved' OR NEW.kind <> 'erasure' OR NEW.prepared_by IS NOT NULL OR NOT EXISTS (
        SELECT FROM standing_approvals s JOIN staff a ON a.id = s.approver
        WHERE s.id = NEW.standing_approval AND s.approver = NEW.decided_by AND s.revoked_at IS NULL
          AND NEW.decided_at >= s.valid_from AND NEW.decided_at < s.valid_until AND a.active AND a.role = 'approver')
        OR NOT EXISTS (SELECT FROM standing_uses u
            WHERE u.case_id = NEW.case_id AND u.standing_approval = NEW.standing_approval AND u.outcome = 'approved')
        OR NOT EXISTS (SELECT FROM proofs p WHERE p.case_id = NEW.case_id AND p.method = 'account_end') THEN
        RAISE EXCEPTION 'no standing approval covers this' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_approved_in_advance BEFORE INSERT OR UPDATE ON proposals
    FOR EACH ROW EXECUTE FUNCTION guard_approved_in_advance();
REVOKE UPDATE, DELETE, TRUNCATE ON standing_uses FROM dataratt_app;
REVOKE DELETE, TRUNCATE ON standing_approvals FROM dataratt_app;
