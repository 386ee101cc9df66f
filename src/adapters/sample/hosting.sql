-- The sample host's hosting system.
CREATE TABLE accounts (
    id bigserial PRIMARY KEY,
    customer_no text UNIQUE,
    login_name text,
    email text,
    status text NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
    upstream_account text,
    tenant_id text,
    firewall_serial text,
    last_login timestamptz,
    restricted boolean,
    usage_analysis boolean NOT NULL DEFAULT true
);
CREATE TABLE domains (
    id bigserial PRIMARY KEY,
    account_id bigint NOT NULL,
    name text UNIQUE,
    tld text,
    registrant_handle text,
    registered_on date,
    status text
);
CREATE TABLE dns_records (
    id bigserial PRIMARY KEY,
    domain_id bigint NOT NULL,
    name text,
    type text,
    value text
);
CREATE TABLE sites (
    id bigserial PRIMARY KEY,
    account_id bigint NOT NULL,
    domain_id bigint,
    docroot text,
    bytes bigint
);
CREATE TABLE customer_databases (
    id bigserial PRIMARY KEY,
    account_id bigint NOT NULL,
    name text,
    bytes bigint
);
CREATE TABLE mailboxes (
    id bigserial PRIMARY KEY,
    account_id bigint NOT NULL,
    domain_id bigint,
    address text UNIQUE,
    bytes bigint
);
CREATE TABLE messages (
    id bigserial PRIMARY KEY,
    mailbox_id bigint NOT NULL,
    folder text,
    received_at timestamptz,
    bytes int
);
CREATE TABLE certificates (
    id bigserial PRIMARY KEY,
    account_id bigint NOT NULL,
    domain_id bigint,
    ca_order text,
    issued_on date
);
CREATE TABLE logins (
    id bigserial PRIMARY KEY,
    account_id bigint NOT NULL,
    at timestamptz,
    ip inet,
    user_agent text
);
-- After the rows.
CREATE INDEX ON domains (account_id);
CREATE INDEX ON dns_records (domain_id);
CREATE INDEX ON sites (account_id);
CREATE INDEX ON sites (domain_id);
CREATE INDEX ON customer_databases (account_id);
CREATE INDEX ON mailboxes (account_id);
CREATE INDEX ON mailboxes (domain_id);
CREATE INDEX ON mailboxes (lower(address));
CREATE INDEX ON messages (mailbox_id);
CREATE INDEX ON certificates (account_id);
CREATE INDEX ON certificates (domain_id);
CREATE INDEX ON logins (account_id);
ALTER TABLE domains ADD FOREIGN KEY (account_id) REFERENCES accounts;
ALTER TABLE dns_records ADD FOREIGN KEY (domain_id) REFERENCES domains;
ALTER TABLE sites ADD FOREIGN KEY (account_id) REFERENCES accounts;
ALTER TABLE sites ADD FOREIGN KEY (domain_id) REFERENCES domains;
ALTER TABLE customer_databases ADD FOREIGN KEY (account_id) REFERENCES accounts;
ALTER TABLE mailboxes ADD FOREIGN KEY (account_id) REFERENCES accounts;
ALTER TABLE mailboxes ADD FOREIGN KEY (domain_id) REFERENCES domains;
ALTER TABLE messages ADD FOREIGN KEY (mailbox_id) REFERENCES mailboxes;
ALTER TABLE certificates ADD FOREIGN KEY (account_id) REFERENCES accounts;
ALTER TABLE certificates ADD FOREIGN KEY (domain_id) REFERENCES domains;
ALTER TABLE logins ADD FOREIGN KEY (account_id) REFERENCES accounts;

-- In the form in which people are looked for: however an address or number was written.
CREATE INDEX ON accounts ((btrim(customer_no, E' \t\r\n')));
