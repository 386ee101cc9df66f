-- The sample host's customer relations: prospects and deals, newsletter, support, calls and chats.
CREATE TABLE people (
    id bigserial PRIMARY KEY,
    customer_no text,
    email text,
    name text,
    phone text,
    personal_number text,
    deal_id text,
    stage text,
    note text,
    restricted boolean,
    offers boolean NOT NULL DEFAULT true
);
CREATE TABLE activities (
    id bigserial PRIMARY KEY,
    person_id bigint NOT NULL,
    kind text,
    at timestamptz,
    body text
);
CREATE TABLE newsletter (
    id bigserial PRIMARY KEY,
    email text NOT NULL,
    name text,
    provider_member text,
    consented_at timestamptz,
    source text,
    restricted boolean,
    subscribed boolean NOT NULL DEFAULT true
);
CREATE TABLE tickets (
    id bigserial PRIMARY KEY,
    customer_no text,
    email text,
    subject text,
    body text,
    opened_at timestamptz,
    closed_at timestamptz
);
CREATE TABLE ticket_messages (
    id bigserial PRIMARY KEY,
    ticket_id bigint NOT NULL,
    author text,
    body text,
    at timestamptz
);
CREATE TABLE call_recordings (
    id bigserial PRIMARY KEY,
    customer_no text,
    phone text,
    call_id text,
    recorded_at timestamptz,
    seconds int,
    file text
);
CREATE TABLE chats (
    id bigserial PRIMARY KEY,
    customer_no text,
    email text,
    chat_id text,
    at timestamptz,
    transcript text
);
-- After the rows.
CREATE INDEX ON activities (person_id);
CREATE INDEX ON ticket_messages (ticket_id);
ALTER TABLE activities ADD FOREIGN KEY (person_id) REFERENCES people;
ALTER TABLE ticket_messages ADD FOREIGN KEY (ticket_id) REFERENCES tickets;

-- In the form in which people are looked for: however an address or number was written.
CREATE INDEX ON people ((btrim(customer_no, E' \t\r\n')));
CREATE INDEX ON people (("right"(regexp_replace(personal_number, '[^0-9]', '', 'g'), 10)));
CREATE INDEX ON people ((lower(btrim(email, E' \t\r\n'))));
CREATE INDEX ON people ((regexp_replace(phone, '[^0-9]', '', 'g')));
CREATE INDEX ON newsletter ((lower(btrim(email, E' \t\r\n'))));
CREATE INDEX ON tickets ((btrim(customer_no, E' \t\r\n')));
CREATE INDEX ON tickets ((lower(btrim(email, E' \t\r\n'))));
CREATE INDEX ON call_recordings ((btrim(customer_no, E' \t\r\n')));
CREATE INDEX ON call_recordings ((regexp_replace(phone, '[^0-9]', '', 'g')));
CREATE INDEX ON chats ((btrim(customer_no, E' \t\r\n')));
CREATE INDEX ON chats ((lower(btrim(email, E' \t\r\n'))));
