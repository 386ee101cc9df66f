-- The tables of PowerDNS 4.7 with its generic MySQL backend, transcribed.
CREATE TABLE domains (id int AUTO_INCREMENT PRIMARY KEY, name varchar(255) NOT NULL, master varchar(128), last_check int,
    type varchar(8) NOT NULL, notified_serial int unsigned, account varchar(40) CHARACTER SET utf8,
    options varchar(64000), catalog varchar(255)) CHARACTER SET latin1;
CREATE UNIQUE INDEX name_index ON domains (name);
CREATE INDEX catalog_idx ON domains (catalog);
CREATE TABLE records (id bigint AUTO_INCREMENT PRIMARY KEY, domain_id int, name varchar(255), type varchar(10),
    content varchar(64000), ttl int, prio int, disabled tinyint(1) DEFAULT 0, ordername varchar(255) BINARY,
    auth tinyint(1) DEFAULT 1) CHARACTER SET latin1;
CREATE INDEX nametype_index ON records (name, type);
CREATE INDEX domain_id ON records (domain_id);
CREATE TABLE supermasters (ip varchar(64) NOT NULL, nameserver varchar(255) NOT NULL,
    account varchar(40) CHARACTER SET utf8 NOT NULL, PRIMARY KEY (ip, nameserver)) CHARACTER SET latin1;
CREATE TABLE comments (id int AUTO_INCREMENT PRIMARY KEY, domain_id int NOT NULL, name varchar(255) NOT NULL,
    type varchar(10) NOT NULL, modified_at int NOT NULL, account varchar(40) CHARACTER SET utf8,
    comment text CHARACTER SET utf8 NOT NULL) CHARACTER SET latin1;
CREATE INDEX comments_order_idx ON comments (domain_id, modified_at);
CREATE TABLE domainmetadata (id int AUTO_INCREMENT PRIMARY KEY, domain_id int NOT NULL, kind varchar(32),
    content text) CHARACTER SET latin1;
CREATE INDEX domainmetadata_idx ON domainmetadata (domain_id, kind);
CREATE TABLE cryptokeys (id int AUTO_INCREMENT PRIMARY KEY, domain_id int NOT NULL, flags int NOT NULL, active bool,
    published bool DEFAULT 1, content text) CHARACTER SET latin1;
CREATE INDEX domainidindex ON cryptokeys (domain_id);
CREATE TABLE tsigkeys (id int AUTO_INCREMENT PRIMARY KEY, name varchar(255), algorithm varchar(50),
    secret varchar(255)) CHARACTER SET latin1;
