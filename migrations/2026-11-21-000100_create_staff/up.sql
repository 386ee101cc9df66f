-- The runtime role: reads and writes rows, owns nothing, and is refused what the audit trail forbids.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dataratt_app') THEN
        CREATE ROLE dataratt_app NOLOGIN;
    END IF;
END
$$;
GRANT USAGE ON SCHEMA public TO dataratt_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO dataratt_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO dataratt_app;

CREATE TABLE staff (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 254),
    role text NOT NULL CHECK (role IN ('agent', 'approver', 'dpo', 'admin', 'auditor', 'machine')),
    password_hash text,
    totp_sealed bytea,
    totp_last_step bigint NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    CHECK (role <> 'machine' OR password_hash IS NULL)
);
COMMENT ON TABLE staff IS 'Members of staff, and machines that act through API keys. Never deleted: cases name them.';
COMMENT ON COLUMN staff.email IS 'Lower case. For a machine its name.';
COMMENT ON COLUMN staff.password_hash IS 'argon2id in PHC form; none for machines.';
COMMENT ON COLUMN staff.totp_last_step IS 'The last TOTP step used, so that a code works once.';

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id),
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX sessions_by_staff ON sessions (staff_id) WHERE revoked_at IS NULL;
COMMENT ON TABLE sessions IS 'Server side of staff logins; the cookie holds a signed name of one of these rows.';

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id),
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
COMMENT ON TABLE api_keys IS 'Keys of machines, kept as keyed hashes.';

CREATE TABLE throttles (
    bucket text NOT NULL,
    subject bytea NOT NULL CHECK (octet_length(subject) = 32),
    window_start timestamptz NOT NULL,
    used integer NOT NULL CHECK (used >= 0),
    PRIMARY KEY (bucket, subject)
);
COMMENT ON TABLE throttles IS 'Counters shared by all instances: logins, mails to one address, requests from one network.';
COMMENT ON COLUMN throttles.subject IS 'Keyed hash of what is counted.';
