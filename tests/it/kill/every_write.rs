//! Every write to the service's own database fails once, or loses its connection; the erasure ends all the same.

use dataratt::domain::staff::Role;

use super::every_step::People;
use crate::support::fixtures::soaking;

/// A trigger before every statement that writes, which lets the `at`-th one fail. A sequence counts, because it
/// counts on whatever is rolled back.
const FAULT: &str = "\
CREATE SEQUENCE fault_calls;
CREATE TABLE fault (at bigint NOT NULL, how text NOT NULL);
INSERT INTO fault VALUES (0, 'fails');
CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    wanted fault%ROWTYPE;
BEGIN
    SELECT * INTO wanted FROM fault;
    IF wanted.at > 0 AND nextval('fault_calls') = wanted.at THEN
        IF wanted.how = 'cut' THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
        RAISE EXCEPTION 'injected' USING ERRCODE = CASE wanted.how WHEN 'deadlock' THEN '40P01' ELSE '53100' END;
    END IF;
    RETURN NULL;
END
$$;
DO $$
DECLARE
    tbl text;
BEGIN
    FOR tbl IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'fault' LOOP
        EXECUTE format('CREATE TRIGGER strike BEFORE INSERT OR UPDATE OR DELETE ON %I \
                        FOR EACH STATEMENT EXECUTE FUNCTION strike()', tbl);
    END LOOP;
END
$$;";

#[test]
fn any_write_may_fail() {
    let hows = ["fails", "cut", "deadlock"];
    let (mut at, step) = if soaking() { (1, 1) } else { (1, 7) };
    let mut people = People::new();
    people.world.database.owner().batch_execute(FAULT).unwrap();
    let mut struck = 0;
    loop {
        let Some(case) = people.approved() else {
            people.check(2);
            people = People::new();
            people.world.database.owner().batch_execute(FAULT).unwrap();
            continue;
        };
        let how = hows[usize::try_from(at).unwrap() % hows.len()];
        let mut owner = people.world.database.owner();
        owner.batch_execute("ALTER SEQUENCE fault_calls RESTART").unwrap();
        owner
            .execute("UPDATE fault SET at = $1, how = $2", &[&at, &how])
            .unwrap();
        people.work_it_off(&case);
        let calls: i64 = owner
            .query_one("SELECT last_value FROM fault_calls", &[])
            .unwrap()
            .get(0);
        owner.execute("UPDATE fault SET at = 0", &[]).unwrap();
        if calls < at {
            break;
        }
        struck += 1;
        at += step;
    }
    assert!(struck > 5, "an erasure writes more often than {struck} times");
    // A mail whose record failed leaves again, under the same Message-ID.
    people.check(2);
    // And the service still works.
    people.world.staff(Role::Agent);
}
