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
    note text
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
    source text
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
CREATE INDEX ON people (customer_no);
CREATE INDEX ON people (email);
CREATE INDEX ON people (lower(email));
CREATE INDEX ON people (phone);
CREATE INDEX ON people (personal_number);
CREATE INDEX ON activities (person_id);
CREATE INDEX ON newsletter (email);
CREATE INDEX ON newsletter (lower(email));
CREATE INDEX ON tickets (customer_no);
CREATE INDEX ON tickets (email);
CREATE INDEX ON tickets (lower(email));
CREATE INDEX ON ticket_messages (ticket_id);
CREATE INDEX ON call_recordings (customer_no);
CREATE INDEX ON call_recordings (phone);
CREATE INDEX ON chats (customer_no);
CREATE INDEX ON chats (email);
CREATE INDEX ON chats (lower(email));
ALTER TABLE activities ADD FOREIGN KEY (person_id) REFERENCES people;
ALTER TABLE ticket_messages ADD FOREIGN KEY (ticket_id) REFERENCES tickets;
