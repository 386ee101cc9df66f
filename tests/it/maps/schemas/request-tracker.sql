-- The tables of Request Tracker 5.0 on PostgreSQL for users, tickets and what hangs on them, transcribed.
CREATE TABLE users (id serial PRIMARY KEY, name varchar(200) NOT NULL, password varchar(256), authtoken varchar(16),
    comments text, signature text, emailaddress varchar(120), freeformcontactinfo text, organization varchar(200),
    realname varchar(120), nickname varchar(16), lang varchar(16), gecos varchar(16), homephone varchar(30),
    workphone varchar(30), mobilephone varchar(30), pagerphone varchar(30), address1 varchar(200), address2 varchar(200),
    city varchar(100), state varchar(100), zip varchar(16), country varchar(50), timezone varchar(50),
    smimecertificate text, creator int NOT NULL DEFAULT 0, created timestamp, lastupdatedby int NOT NULL DEFAULT 0,
    lastupdated timestamp);
CREATE UNIQUE INDEX users1 ON users (lower(name));
CREATE INDEX users2 ON users (lower(emailaddress));
CREATE TABLE principals (id serial PRIMARY KEY, principaltype varchar(16) NOT NULL, disabled int NOT NULL DEFAULT 0);
CREATE TABLE groups (id serial PRIMARY KEY, name varchar(200), description varchar(255), domain varchar(64), instance int,
    creator int NOT NULL DEFAULT 0, created timestamp, lastupdatedby int NOT NULL DEFAULT 0, lastupdated timestamp);
CREATE TABLE groupmembers (id serial PRIMARY KEY, groupid int NOT NULL DEFAULT 0, memberid int NOT NULL DEFAULT 0,
    creator int NOT NULL DEFAULT 0, created timestamp, lastupdatedby int NOT NULL DEFAULT 0, lastupdated timestamp);
CREATE TABLE attributes (id serial PRIMARY KEY, name varchar(255) NOT NULL, description varchar(255), content text,
    contenttype varchar(16), objecttype varchar(64), objectid int, creator int NOT NULL DEFAULT 0, created timestamp,
    lastupdatedby int NOT NULL DEFAULT 0, lastupdated timestamp);
CREATE TABLE tickets (id serial PRIMARY KEY, effectiveid int NOT NULL DEFAULT 0, ismerged smallint, queue int NOT NULL DEFAULT 0,
    type varchar(16), owner int NOT NULL DEFAULT 0, subject varchar(200) DEFAULT '[no subject]', status varchar(64),
    sla varchar(64), resolved timestamp, lastupdatedby int NOT NULL DEFAULT 0, lastupdated timestamp,
    creator int NOT NULL DEFAULT 0, created timestamp);
CREATE TABLE transactions (id bigserial PRIMARY KEY, objecttype varchar(255) NOT NULL, objectid int NOT NULL DEFAULT 0,
    timetaken int NOT NULL DEFAULT 0, type varchar(20), field varchar(255), oldvalue varchar(255), newvalue varchar(255),
    referencetype varchar(255), oldreference int, newreference int, data varchar(255), creator int NOT NULL DEFAULT 0,
    created timestamp);
CREATE TABLE attachments (id bigserial PRIMARY KEY, transactionid bigint NOT NULL, parent bigint NOT NULL DEFAULT 0,
    messageid varchar(160), subject varchar(255), filename varchar(255), contenttype varchar(80),
    contentencoding varchar(80), content text, headers text, creator int NOT NULL DEFAULT 0, created timestamp);
