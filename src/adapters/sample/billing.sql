-- The sample host's billing system.

-- By this row a restore is recognised: each erasure writes its time into it.
CREATE TABLE dataratt_marker (id bigserial PRIMARY KEY, at text);
INSERT INTO dataratt_marker (at) VALUES (NULL);

CREATE TABLE customers (
    id bigserial PRIMARY KEY,
    customer_no text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('private', 'sole_trader', 'company')),
    name text NOT NULL,
    email text,
    phone text,
    address text,
    postal_code text,
    city text,
    personal_number text,
    organisation_number text,
    login_name text,
    created_on date NOT NULL,
    closed_on date,
    notes text,
    restricted boolean
);
CREATE TABLE contacts (
    id bigserial PRIMARY KEY,
    customer_id bigint NOT NULL,
    name text,
    email text,
    phone text,
    role text,
    restricted boolean
);
CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    customer_id bigint NOT NULL,
    ordered_on date,
    description text,
    amount numeric(12,2)
);
CREATE TABLE services (
    id bigserial PRIMARY KEY,
    customer_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('domain', 'web', 'mail', 'office', 'firewall', 'server')),
    label text,
    status text NOT NULL CHECK (status IN ('active', 'ended')),
    payment text CHECK (payment IN ('invoice_credit', 'bank', 'card', 'paypal')),
    started_on date,
    ended_on date
);
CREATE TABLE invoices (
    id bigserial PRIMARY KEY,
    customer_id bigint NOT NULL,
    number text UNIQUE,
    issued_on date,
    voucher_date date NOT NULL,
    due_on date,
    paid_on date,
    buyer_name text,
    buyer_address text,
    amount numeric(12,2),
    vat numeric(12,2),
    paid_until date,
    oss boolean NOT NULL DEFAULT false,
    credit_of bigint
);
CREATE TABLE payments (
    id bigserial PRIMARY KEY,
    customer_id bigint NOT NULL,
    invoice_id bigint,
    method text CHECK (method IN ('invoice_credit', 'payson', 'paypal', 'transfer')),
    transaction_ref text,
    paid_on date,
    amount numeric(12,2),
    barred boolean NOT NULL DEFAULT false
);
CREATE TABLE ledger_entries (
    id bigserial PRIMARY KEY,
    invoice_id bigint NOT NULL,
    fiscal_year text,
    voucher_no text,
    voucher_date date NOT NULL,
    account text,
    debit numeric(12,2),
    credit numeric(12,2)
);
-- After the rows.
CREATE INDEX ON customers (organisation_number);
CREATE INDEX ON contacts (customer_id);
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON services (customer_id);
CREATE INDEX ON invoices (customer_id);
CREATE INDEX ON invoices (credit_of);
CREATE INDEX ON payments (customer_id);
CREATE INDEX ON payments (invoice_id);
CREATE INDEX ON ledger_entries (invoice_id);
ALTER TABLE contacts ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE services ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE invoices ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE invoices ADD FOREIGN KEY (credit_of) REFERENCES invoices;
ALTER TABLE payments ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE payments ADD FOREIGN KEY (invoice_id) REFERENCES invoices;
ALTER TABLE ledger_entries ADD FOREIGN KEY (invoice_id) REFERENCES invoices;

-- In the form in which people are looked for: however an address or number was written.
CREATE INDEX ON customers ((btrim(customer_no, E' \t\r\n')));
CREATE INDEX ON customers (("right"(regexp_replace(personal_number, '[^0-9]', '', 'g'), 10)));
CREATE INDEX ON customers ((lower(btrim(email, E' \t\r\n'))));
CREATE INDEX ON contacts ((lower(btrim(email, E' \t\r\n'))));
