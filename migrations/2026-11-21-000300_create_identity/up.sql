CREATE TABLE challenges (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    typed_digest bytea NOT NULL CHECK (octet_length(typed_digest) = 32),
    typed_used_at timestamptz,
    on_file_digest bytea CHECK (octet_length(on_file_digest) = 32),
    on_file_used_at timestamptz,
    superseded_at timestamptz
);
CREATE UNIQUE INDEX challenges_one_current ON challenges (case_id) WHERE superseded_at IS NULL;
CREATE INDEX challenges_by_case ON challenges (case_id, created_at);
COMMENT ON TABLE challenges IS 'A round of codes: one to the typed address, and one to the address on file when it is another. One counter for both.';

CREATE TABLE proofs (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    method text NOT NULL CHECK (method IN ('typed_address', 'on_file_address', 'portal', 'call_back', 'letter', 'two_facts', 'in_person')),
    at timestamptz NOT NULL,
    accepted_by uuid REFERENCES staff (id),
    UNIQUE (case_id, method)
);
COMMENT ON TABLE proofs IS 'What proved who the person is: method, time and who accepted it; never a document.';

CREATE TABLE case_access (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    case_id uuid NOT NULL REFERENCES cases (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX case_access_by_case ON case_access (case_id);
COMMENT ON TABLE case_access IS 'Tokens that open a case page for a person who entered a code, kept as keyed hashes.';

CREATE TABLE handoffs (
    jti_digest bytea PRIMARY KEY CHECK (octet_length(jti_digest) = 32),
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE handoffs IS 'Portal tokens that have been used, until they expire: each works once.';

CREATE TABLE subjects (
    case_id uuid PRIMARY KEY REFERENCES cases (id),
    searched_at timestamptz NOT NULL,
    found boolean NOT NULL,
    ambiguous boolean NOT NULL,
    live_services boolean NOT NULL,
    sealed bytea NOT NULL
);
COMMENT ON TABLE subjects IS 'Whom the systems know under the identifiers of a case: the account chosen and the rows found, sealed.';
