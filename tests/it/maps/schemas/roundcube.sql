-- The tables of Roundcube 1.6 on MySQL, transcribed.
CREATE TABLE users (user_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, username varchar(128) BINARY NOT NULL,
    mail_host varchar(128) NOT NULL, created datetime NOT NULL DEFAULT '1000-01-01', last_login datetime,
    failed_login datetime, failed_login_counter int unsigned, language varchar(16), preferences longtext,
    UNIQUE username (username, mail_host)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE cache (user_id int unsigned NOT NULL, cache_key varchar(128) BINARY NOT NULL, expires datetime,
    data longtext NOT NULL, PRIMARY KEY (user_id, cache_key), CONSTRAINT user_id_fk_cache FOREIGN KEY (user_id)
    REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE cache_index (user_id int unsigned NOT NULL, mailbox varchar(255) BINARY NOT NULL, expires datetime,
    valid tinyint(1) NOT NULL DEFAULT 0, data longtext NOT NULL, PRIMARY KEY (user_id, mailbox),
    CONSTRAINT user_id_fk_cache_index FOREIGN KEY (user_id) REFERENCES users (user_id)
    ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE cache_thread (user_id int unsigned NOT NULL, mailbox varchar(255) BINARY NOT NULL, expires datetime,
    data longtext NOT NULL, PRIMARY KEY (user_id, mailbox), CONSTRAINT user_id_fk_cache_thread FOREIGN KEY (user_id)
    REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE cache_messages (user_id int unsigned NOT NULL, mailbox varchar(255) BINARY NOT NULL,
    uid int unsigned NOT NULL DEFAULT 0, expires datetime, data longtext NOT NULL, flags int NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, mailbox, uid), CONSTRAINT user_id_fk_cache_messages FOREIGN KEY (user_id)
    REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE collected_addresses (address_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    changed datetime NOT NULL DEFAULT '1000-01-01', name varchar(255) NOT NULL DEFAULT '', email varchar(255) NOT NULL,
    user_id int unsigned NOT NULL, type int unsigned NOT NULL, UNIQUE (user_id, type, email),
    CONSTRAINT user_id_fk_collected_addresses FOREIGN KEY (user_id) REFERENCES users (user_id)
    ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE contacts (contact_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    changed datetime NOT NULL DEFAULT '1000-01-01', del tinyint(1) NOT NULL DEFAULT 0, name varchar(128) NOT NULL DEFAULT '',
    email text NOT NULL, firstname varchar(128) NOT NULL DEFAULT '', surname varchar(128) NOT NULL DEFAULT '',
    vcard longtext, words text, user_id int unsigned NOT NULL, CONSTRAINT user_id_fk_contacts FOREIGN KEY (user_id)
    REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE contactgroups (contactgroup_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id int unsigned NOT NULL, changed datetime NOT NULL DEFAULT '1000-01-01', del tinyint(1) NOT NULL DEFAULT 0,
    name varchar(128) NOT NULL DEFAULT '', CONSTRAINT user_id_fk_contactgroups FOREIGN KEY (user_id)
    REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE contactgroupmembers (contactgroup_id int unsigned NOT NULL, contact_id int unsigned NOT NULL,
    created datetime NOT NULL DEFAULT '1000-01-01', PRIMARY KEY (contactgroup_id, contact_id),
    CONSTRAINT contactgroup_id_fk_contactgroups FOREIGN KEY (contactgroup_id) REFERENCES contactgroups (contactgroup_id)
    ON DELETE CASCADE ON UPDATE CASCADE, CONSTRAINT contact_id_fk_contacts FOREIGN KEY (contact_id)
    REFERENCES contacts (contact_id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE identities (identity_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL,
    changed datetime NOT NULL DEFAULT '1000-01-01', del tinyint(1) NOT NULL DEFAULT 0, standard tinyint(1) NOT NULL DEFAULT 0,
    name varchar(128) NOT NULL, organization varchar(128) NOT NULL DEFAULT '', email varchar(128) NOT NULL,
    `reply-to` varchar(128) NOT NULL DEFAULT '', bcc varchar(128) NOT NULL DEFAULT '', signature longtext,
    html_signature tinyint(1) NOT NULL DEFAULT 0, CONSTRAINT user_id_fk_identities FOREIGN KEY (user_id)
    REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE responses (response_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL,
    name varchar(255) NOT NULL, data longtext NOT NULL, is_html tinyint(1) NOT NULL DEFAULT 0,
    changed datetime NOT NULL DEFAULT '1000-01-01', del tinyint(1) NOT NULL DEFAULT 0,
    CONSTRAINT user_id_fk_responses FOREIGN KEY (user_id) REFERENCES users (user_id)
    ON DELETE CASCADE ON UPDATE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE dictionary (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int unsigned,
    language varchar(16) NOT NULL, data longtext NOT NULL, CONSTRAINT user_id_fk_dictionary FOREIGN KEY (user_id)
    REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE, UNIQUE uniqueness (user_id, language))
    CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE searches (search_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL,
    type int NOT NULL DEFAULT 0, name varchar(128) NOT NULL, data text, CONSTRAINT user_id_fk_searches FOREIGN KEY (user_id)
    REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE, UNIQUE uniqueness (user_id, type, name))
    CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE filestore (file_id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL,
    context varchar(32) NOT NULL, filename varchar(128) NOT NULL, mtime int NOT NULL, data longtext NOT NULL,
    CONSTRAINT user_id_fk_filestore FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE ON UPDATE CASCADE,
    UNIQUE uniqueness (user_id, context, filename)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
