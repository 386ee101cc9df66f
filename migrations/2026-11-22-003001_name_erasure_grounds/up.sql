-- No erasure is proposed or approved without a ground of Art. 17(1), and none is refused in part by the service alone.
ALTER TABLE plans
    ADD COLUMN ground text CHECK (ground IN ('no_longer_needed_17_1_a', 'consent_withdrawn_17_1_b', 'objected_17_1_c',
        'unlawful_17_1_d', 'legal_duty_17_1_e', 'child_service_17_1_f')),
    ADD COLUMN refuses boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN plans.ground IS 'The ground of the erasure (Art. 17(1)); none only for plans of before grounds were named, which count no more.';
COMMENT ON COLUMN plans.refuses IS 'Whether a part is refused: then a person prepares it, and another approves it.';

CREATE FUNCTION guard_ground() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan plans;
BEGIN
    IF NEW.kind <> 'erasure' OR NEW.state NOT IN ('open', 'approved') THEN
        RETURN NEW;
    END IF;
    SELECT * INTO plan FROM plans WHERE id = NEW.plan_id;
    IF plan.ground IS NULL THEN
        RAISE EXCEPTION 'an erasure needs a ground' USING ERRCODE = 'check_violation';
    END IF;
    IF plan.refuses AND (NEW.prepared_by IS NULL OR (NEW.state = 'approved' AND NEW.decided_by IS NULL)) THEN
        RAISE EXCEPTION 'a refusal in part needs two people' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_ground BEFORE INSERT OR UPDATE OF state ON proposals FOR EACH ROW EXECUTE FUNCTION guard_ground();

-- What a plan was made of does not change afterwards; thinning empties what is sealed.
CREATE FUNCTION guard_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.made_at, NEW.hash, NEW.summary, NEW.ground, NEW.refuses)
        IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.made_at, OLD.hash, OLD.summary, OLD.ground, OLD.refuses)
        OR (NEW.sealed IS NOT NULL AND NEW.sealed IS DISTINCT FROM OLD.sealed) THEN
        RAISE EXCEPTION 'a plan cannot be rewritten' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard_plan BEFORE UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION guard_plan();
