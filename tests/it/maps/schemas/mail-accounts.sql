-- The tables of Postfixadmin 3.3 on MySQL after all its upgrades, transcribed as far as they hold people.
CREATE TABLE admin (username varchar(255) NOT NULL PRIMARY KEY, password varchar(255) NOT NULL DEFAULT '',
    superadmin tinyint(1) NOT NULL DEFAULT 0, created datetime NOT NULL DEFAULT '2000-01-01',
    modified datetime NOT NULL DEFAULT '2000-01-01', active tinyint(1) NOT NULL DEFAULT 1,
    phone varchar(30) CHARACTER SET utf8 NOT NULL DEFAULT '', email_other varchar(255) CHARACTER SET utf8 NOT NULL DEFAULT '',
    token varchar(255) CHARACTER SET utf8 NOT NULL DEFAULT '', token_validity datetime NOT NULL DEFAULT '2000-01-01') CHARACTER SET latin1;
CREATE TABLE alias (address varchar(255) NOT NULL PRIMARY KEY, goto text NOT NULL, domain varchar(255) NOT NULL,
    created datetime NOT NULL DEFAULT '2000-01-01', modified datetime NOT NULL DEFAULT '2000-01-01',
    active tinyint(1) NOT NULL DEFAULT 1, KEY domain (domain)) CHARACTER SET latin1;
CREATE TABLE domain (domain varchar(255) NOT NULL PRIMARY KEY, description varchar(255) CHARACTER SET utf8 NOT NULL,
    aliases int NOT NULL DEFAULT 0, mailboxes int NOT NULL DEFAULT 0, maxquota bigint NOT NULL DEFAULT 0,
    quota bigint NOT NULL DEFAULT 0, transport varchar(255) NOT NULL DEFAULT '', backupmx tinyint(1) NOT NULL DEFAULT 0,
    created datetime NOT NULL DEFAULT '2000-01-01', modified datetime NOT NULL DEFAULT '2000-01-01',
    active tinyint(1) NOT NULL DEFAULT 1, password_expiry int DEFAULT 0) CHARACTER SET latin1;
CREATE TABLE domain_admins (username varchar(255) NOT NULL, domain varchar(255) NOT NULL,
    created datetime NOT NULL DEFAULT '2000-01-01', active tinyint(1) NOT NULL DEFAULT 1,
    id int AUTO_INCREMENT PRIMARY KEY, KEY username (username)) CHARACTER SET latin1;
CREATE TABLE mailbox (username varchar(255) NOT NULL PRIMARY KEY, password varchar(255) NOT NULL DEFAULT '',
    name varchar(255) CHARACTER SET utf8mb4 NOT NULL, maildir varchar(255) NOT NULL, quota bigint NOT NULL DEFAULT 0,
    local_part varchar(255) NOT NULL, domain varchar(255) NOT NULL, created datetime NOT NULL DEFAULT '2000-01-01',
    modified datetime NOT NULL DEFAULT '2000-01-01', active tinyint(1) NOT NULL DEFAULT 1,
    phone varchar(30) CHARACTER SET utf8 NOT NULL DEFAULT '', email_other varchar(255) CHARACTER SET utf8 NOT NULL DEFAULT '',
    token varchar(255) CHARACTER SET utf8 NOT NULL DEFAULT '', token_validity datetime NOT NULL DEFAULT '2000-01-01',
    password_expiry datetime NOT NULL DEFAULT '2000-01-01', KEY domain (domain)) CHARACTER SET latin1;
CREATE TABLE vacation (email varchar(255) NOT NULL PRIMARY KEY, subject varchar(255) CHARACTER SET utf8mb4 NOT NULL,
    body text CHARACTER SET utf8mb4 NOT NULL, activefrom timestamp NOT NULL DEFAULT '2000-01-01',
    activeuntil timestamp NOT NULL DEFAULT '2038-01-18', cache text NOT NULL, domain varchar(255) NOT NULL,
    interval_time int NOT NULL DEFAULT 0, created datetime NOT NULL DEFAULT '2000-01-01',
    modified timestamp DEFAULT CURRENT_TIMESTAMP, active tinyint(1) NOT NULL DEFAULT 1) CHARACTER SET latin1;
CREATE TABLE vacation_notification (on_vacation varchar(255) NOT NULL, notified varchar(255) NOT NULL,
    notified_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (on_vacation, notified),
    CONSTRAINT vacation_notification_pkey FOREIGN KEY (on_vacation) REFERENCES vacation (email) ON DELETE CASCADE) CHARACTER SET latin1;
CREATE TABLE fetchmail (id int unsigned AUTO_INCREMENT PRIMARY KEY, domain varchar(255) DEFAULT '',
    mailbox varchar(255) NOT NULL DEFAULT '', src_server varchar(255) NOT NULL DEFAULT '',
    src_auth enum('password','kerberos_v5','any'), src_user varchar(255) NOT NULL DEFAULT '',
    src_password varchar(255) NOT NULL DEFAULT '', src_folder varchar(255) NOT NULL DEFAULT '') CHARACTER SET latin1;
CREATE TABLE quota2 (username varchar(100) NOT NULL PRIMARY KEY, bytes bigint NOT NULL DEFAULT 0,
    messages int NOT NULL DEFAULT 0) CHARACTER SET latin1;
