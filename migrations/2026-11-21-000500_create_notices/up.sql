CREATE TABLE notices (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases (id),
    recipient text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('erasure')),
    channel text NOT NULL CHECK (channel IN ('email', 'api', 'portal', 'manual')),
    independent boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'queued', 'sent', 'informed', 'bounced', 'answered', 'impossible', 'cancelled')),
    state_since timestamptz NOT NULL,
    why text,
    token_digest bytea UNIQUE CHECK (octet_length(token_digest) = 32),
    code_digest bytea CHECK (octet_length(code_digest) = 32),
    attempts integer NOT NULL DEFAULT 0,
    attempts_since timestamptz,
    sealed bytea NOT NULL,
    answer_by date,
    sent_at timestamptz,
    answered_at timestamptz,
    outcome text,
    ground text,
    statute text,
    backups_until date,
    UNIQUE (case_id, recipient),
    CHECK ((state = 'answered') = (outcome IS NOT NULL)),
    CHECK (state <> 'impossible' OR why IS NOT NULL)
);
COMMENT ON TABLE notices IS 'What one recipient is told in one case. Identifiers, link and code are sealed with the case''s key.';
COMMENT ON COLUMN notices.independent IS 'Whether the recipient is a controller of its own, which need not answer.';
COMMENT ON COLUMN notices.why IS 'Why nobody could be told, or the notice waits for staff.';

CREATE TABLE notice_answers (
    id bigserial PRIMARY KEY,
    notice_id uuid NOT NULL REFERENCES notices (id),
    at timestamptz NOT NULL,
    outcome text NOT NULL,
    ground text,
    statute text,
    backups_until date,
    comment_sealed bytea
);
CREATE INDEX notice_answers_by_notice ON notice_answers (notice_id);
COMMENT ON TABLE notice_answers IS 'Every answer a recipient gave, corrections included; the notice holds the last.';
