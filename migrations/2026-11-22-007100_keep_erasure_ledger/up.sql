-- What a restored backup brings back must be found and erased again (Art. 17(1), 5(1)(e)): a ledger outside the systems.
CREATE TABLE erasure_ledger (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    system text NOT NULL CHECK (system <> ''),
    tbl text NOT NULL CHECK (tbl <> ''),
    cause text NOT NULL CHECK (cause IN ('erased', 'purged')),
    row_digest bytea NOT NULL CHECK (octet_length(row_digest) = 32),
    proofs bytea[] NOT NULL CHECK (array_position(proofs, NULL) IS NULL),
    gone_at timestamptz NOT NULL,
    expires_on date NOT NULL,
    undone_at timestamptz,
    UNIQUE (system, tbl, row_digest, case_id, cause)
);
CREATE INDEX erasure_ledger_by_expiry ON erasure_ledger (expires_on);
CREATE INDEX erasure_ledger_undone ON erasure_ledger (system) WHERE undone_at IS NOT NULL;
COMMENT ON TABLE erasure_ledger IS 'Rows that were erased or purged in a system, for as long as a backup of it may hold them: what is restored is recognised by these and erased again.';
COMMENT ON COLUMN erasure_ledger.case_id IS 'The case; no reference, as its file may end before the backups do.';
COMMENT ON COLUMN erasure_ledger.cause IS 'erased: a row that was found as the person''s, with all that hangs on it; purged: one single row, after its retention.';
COMMENT ON COLUMN erasure_ledger.row_digest IS 'Keyed hash of system, table and key.';
COMMENT ON COLUMN erasure_ledger.proofs IS 'Keyed hashes of what the row held: each identifier of an erased row, the checksum of a purged one. A row is taken for the one that was erased only when its key and one of these agree: numbers are used again after a restore.';
COMMENT ON COLUMN erasure_ledger.expires_on IS 'The day after the last backup that may hold the row is gone; then this goes too.';
COMMENT ON COLUMN erasure_ledger.undone_at IS 'When it was found that the system went back to a time before this; empty again after a replay.';

CREATE TABLE system_marks (
    system text PRIMARY KEY CHECK (system <> ''),
    marked_at timestamptz NOT NULL,
    back_to timestamptz,
    found_back_at timestamptz,
    CHECK (back_to IS NULL OR found_back_at IS NOT NULL)
);
COMMENT ON TABLE system_marks IS 'The time that was last written into the marker row of each system; a system that holds an earlier one was restored from a backup.';
COMMENT ON COLUMN system_marks.back_to IS 'The time that the system held when it was found to have gone back; empty when it held none.';
COMMENT ON COLUMN system_marks.found_back_at IS 'When that was found; empty again after a replay.';

CREATE TABLE replays (
    id uuid PRIMARY KEY,
    system text NOT NULL CHECK (system <> ''),
    gone_since timestamptz,
    finished_at timestamptz NOT NULL,
    people bigint NOT NULL CHECK (people >= 0),
    erased bigint NOT NULL CHECK (erased >= 0),
    reduced bigint NOT NULL CHECK (reduced >= 0),
    purged bigint NOT NULL CHECK (purged >= 0),
    unclear bigint NOT NULL CHECK (unclear >= 0),
    held bigint NOT NULL CHECK (held >= 0),
    failed bigint NOT NULL CHECK (failed >= 0)
);
COMMENT ON TABLE replays IS 'Erasures that were carried out again after a system was restored from a backup: counts only.';
COMMENT ON COLUMN replays.gone_since IS 'Only what was erased after that was looked for; all of the ledger when empty.';
COMMENT ON COLUMN replays.unclear IS 'Rows with the key of an erased one that hold something else: left alone.';
