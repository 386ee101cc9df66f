-- Whoever has announced something commits alone in the whole cluster: PostgreSQL keeps announcements in the order of
-- commits by a lock that is held while the commit reaches the disk. So of the transactions that write jobs at the same
-- time only one announces; workers look again after each job, and every second, which finds the jobs of the others.
CREATE OR REPLACE FUNCTION announce_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_try_advisory_xact_lock('jobs'::regclass::oid::integer, 0) THEN
        PERFORM pg_notify('jobs', '');
    END IF;
    RETURN NULL;
END
$$;
