-- What is collected for a person, and the package that they fetch, sealed with the key of their case.

CREATE TABLE packages (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    grant_hash text NOT NULL CHECK (grant_hash ~ '^[0-9a-f]{64}$'),
    state text NOT NULL DEFAULT 'collecting' CHECK (state IN ('collecting', 'ready', 'released', 'deleted')),
    made_at timestamptz NOT NULL,
    released_at timestamptz,
    until timestamptz,
    first_downloaded_at timestamptz,
    downloads integer NOT NULL DEFAULT 0 CHECK (downloads >= 0),
    deleted_at timestamptz,
    CHECK ((state = 'deleted') = (deleted_at IS NOT NULL)),
    CHECK ((released_at IS NULL) = (until IS NULL)),
    CHECK (state <> 'released' OR released_at IS NOT NULL),
    CHECK (until <= released_at + interval '30 days'),
    CHECK ((downloads > 0) = (first_downloaded_at IS NOT NULL)),
    CHECK (first_downloaded_at IS NULL OR released_at IS NOT NULL)
);
COMMENT ON TABLE packages IS 'What is collected for a person who asked for access or portability, until it is fetched or its time is over.';
COMMENT ON COLUMN packages.until IS 'Until when it can be fetched: 30 days from the release, or 14 from the first download if that is sooner.';
CREATE UNIQUE INDEX packages_one_alive ON packages (case_id) WHERE state <> 'deleted';
CREATE INDEX packages_by_until ON packages (until) WHERE state = 'released';

CREATE TABLE package_files (
    package_id uuid NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    ordinal integer NOT NULL CHECK (ordinal >= 0),
    system text NOT NULL,
    tbl text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('records', 'count', 'archive')),
    head jsonb NOT NULL DEFAULT '[]',
    rows bigint NOT NULL DEFAULT 0 CHECK (rows >= 0),
    bytes bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    chunks integer NOT NULL DEFAULT 0 CHECK (chunks >= 0),
    complete boolean NOT NULL DEFAULT false,
    reviewed_by uuid REFERENCES staff (id),
    reviewed_at timestamptz,
    PRIMARY KEY (package_id, ordinal),
    UNIQUE (package_id, system, tbl),
    CHECK ((kind = 'archive') = (system = '' AND tbl = '')),
    CHECK ((reviewed_by IS NULL) = (reviewed_at IS NULL))
);
COMMENT ON TABLE package_files IS 'The parts of a package: the records of each table, the counts of what is only counted, and the archive that the person fetches.';
COMMENT ON COLUMN package_files.head IS 'Names and kinds of the columns, as the system has them; no values.';
COMMENT ON COLUMN package_files.reviewed_at IS 'When staff had looked through its free text, which is due before it is released.';

CREATE TABLE package_chunks (
    package_id uuid NOT NULL,
    ordinal integer NOT NULL,
    seq integer NOT NULL CHECK (seq >= 0),
    first_row bigint CHECK (first_row >= 0),
    sealed bytea NOT NULL CHECK (octet_length(sealed) <= 1048576),
    PRIMARY KEY (package_id, ordinal, seq),
    FOREIGN KEY (package_id, ordinal) REFERENCES package_files (package_id, ordinal) ON DELETE CASCADE
);
COMMENT ON TABLE package_chunks IS 'The contents of a part, in pieces of at most 1 MiB, each sealed for its place alone.';
COMMENT ON COLUMN package_chunks.first_row IS 'The row that a piece of records begins with; none where it goes on with the row before.';

ALTER TABLE grant_steps DROP CONSTRAINT grant_steps_kind_check;
ALTER TABLE grant_steps ADD CONSTRAINT grant_steps_kind_check
    CHECK (kind IN ('collect', 'change', 'mark', 'lift', 'stop', 'verify', 'pack'));
