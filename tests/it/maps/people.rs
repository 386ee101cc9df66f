//! People in the software's tables: some rows in each table for each, with keys of their own.

use super::Software;

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// Tells their rows from those of others.
    id: u32,
    pub email: String,
    /// Their customer number.
    pub account: String,
}

impl Person {
    pub fn number(number: u32) -> Self {
        let id = 1_000_000 + number;
        Self {
            id,
            email: format!("p{id}@x.example"),
            account: format!("K{id}"),
        }
    }

    /// Somebody who is nearly called so.
    fn like(&self, number: u32) -> Self {
        let (id, email, account) = (5_000_000 + number, &self.email, &self.account);
        let (email, account) = match number % 4 {
            0 => (format!("{number}{email}"), format!("{number}{account}")),
            1 => (format!("{email}.x{number}"), format!("{account}{number}")),
            2 => (
                email.replace('@', &format!("+{number}@")),
                format!("{account} {number}"),
            ),
            _ => (
                email.replace('@', &format!("{number}@")),
                format!("{account}-{number}"),
            ),
        };
        Self { id, email, account }
    }

    /// Whether this is what they are known by.
    pub fn is_named_by(&self, cell: &str) -> bool {
        cell == self.email || cell == self.account || cell == format!("Name {}", self.id)
    }
}

/// `count` people, the person among them, and those who look alike: one of a hundred, and at least a few.
pub fn everybody(person: &Person, count: u32) -> Vec<Person> {
    let alike = (0..(count / 100).max(8)).map(|number| person.like(number));
    (0..count).map(Person::number).chain(alike).collect()
}

/// Rows that look as if they were this person's and are not: of things with the same number, and of others.
pub fn beside(software: Software, person: &Person) -> String {
    let Person { id, email, .. } = person;
    match software {
        Software::MailAccounts => {
            format!("INSERT INTO alias (address, goto, domain) VALUES ('all@y.example', '{email},b@x.example', 'y.example')")
        }
        Software::RequestTracker => format!(
            "INSERT INTO groups (id, name, domain, instance) VALUES ({id}9, 'AdminCc', 'RT::Queue-Role', {id});
             INSERT INTO attributes (id, name, objecttype, objectid) VALUES ({id}9, 'Pref', 'RT::Queue', {id});
             INSERT INTO transactions (id, objecttype, objectid, data) VALUES ({id}9, 'RT::Queue', {id}, 'x');
             INSERT INTO attachments (id, transactionid, content) VALUES ({id}9, {id}9, 'x')"
        ),
        Software::Roundcube => {
            "INSERT INTO dictionary (id, user_id, language, data) VALUES (1, NULL, 'sv', 'of all')".to_owned()
        }
        Software::Powerdns => format!(
            "INSERT INTO domains (id, name, type) VALUES (1, 'nobody.example', 'NATIVE');
             INSERT INTO records (id, domain_id, name, type, content) VALUES (1, 1, 'p{id}.nobody.example', 'TXT', '{email}.')"
        ),
        Software::Wordpress => format!(
            "INSERT INTO wp_commentmeta (meta_id, comment_id, meta_key, meta_value) VALUES (1, 2, 'rating', '{id}')"
        ),
    }
}

/// The statements that put them there.
pub fn inserts(software: Software, people: &[Person]) -> Vec<String> {
    let rows = match software {
        Software::Powerdns => powerdns,
        Software::MailAccounts => mail_accounts,
        Software::Roundcube => roundcube,
        Software::Wordpress => wordpress,
        Software::RequestTracker => request_tracker,
    };
    let mut statements = Vec::new();
    for people in people.chunks(500) {
        let mut tables: Vec<(&str, Vec<String>)> = Vec::new();
        for (table, values) in people.iter().flat_map(rows) {
            match tables.iter_mut().find(|(known, _)| *known == table) {
                Some((_, rows)) => rows.push(values),
                None => tables.push((table, vec![values])),
            }
        }
        let inserts = tables
            .iter()
            .map(|(table, rows)| format!("INSERT INTO {table} VALUES {};", rows.join(", ")));
        statements.push(inserts.collect());
    }
    statements
}

type Rows = Vec<(&'static str, String)>;

fn powerdns(one: &Person) -> Rows {
    let Person { id, account, .. } = one;
    let zone = format!("d{id}.example");
    vec![
        (
            "domains (id, name, type, account)",
            format!("({id}, '{zone}', 'NATIVE', '{account}')"),
        ),
        (
            "records (id, domain_id, name, type, content)",
            format!("({id}1, {id}, '{zone}', 'A', '192.0.2.1')"),
        ),
        (
            "records (id, domain_id, name, type, content)",
            format!("({id}2, {id}, 'www.{zone}', 'A', '192.0.2.1')"),
        ),
        (
            "comments (id, domain_id, name, type, modified_at, comment)",
            format!("({id}, {id}, '{zone}', 'A', 1, 'c {id}')"),
        ),
        (
            "domainmetadata (id, domain_id, kind, content)",
            format!("({id}, {id}, 'SOA-EDIT', 'x')"),
        ),
        (
            "cryptokeys (id, domain_id, flags, active, content)",
            format!("({id}, {id}, 257, 1, 'key')"),
        ),
    ]
}

fn mail_accounts(one: &Person) -> Rows {
    let Person { id, email, .. } = one;
    vec![
        (
            "mailbox (username, name, maildir, local_part, domain, phone)",
            format!("('{email}', 'Name {id}', 'm/{id}/', 'p', 'x.example', '{id}')"),
        ),
        (
            "alias (address, goto, domain)",
            format!("('{email}', '{email}', 'x.example')"),
        ),
        (
            "vacation (email, subject, body, cache, domain, modified)",
            format!("('{email}', 'Away', 'Name {id}', '', 'x.example', '2026-01-01')"),
        ),
        (
            "vacation_notification (on_vacation, notified, notified_at)",
            format!("('{email}', 'a@b.example', '2026-01-01')"),
        ),
        (
            "fetchmail (id, mailbox, src_server)",
            format!("({id}, '{email}', 'imap.example')"),
        ),
        ("quota2 (username, bytes)", format!("('{email}', {id})")),
        ("admin (username)", format!("('{email}')")),
        (
            "domain_admins (id, username, domain)",
            format!("({id}, '{email}', 'x.example')"),
        ),
    ]
}

fn roundcube(one: &Person) -> Rows {
    let Person { id, email, .. } = one;
    vec![
        (
            "users (user_id, username, mail_host)",
            format!("({id}, '{email}', 'localhost')"),
        ),
        (
            "identities (identity_id, user_id, name, email)",
            format!("({id}, {id}, 'Name {id}', '{email}')"),
        ),
        (
            "contacts (contact_id, user_id, name, email)",
            format!("({id}1, {id}, 'A', 'a@y.example')"),
        ),
        (
            "contacts (contact_id, user_id, name, email)",
            format!("({id}2, {id}, 'B', 'b@y.example')"),
        ),
        (
            "contactgroups (contactgroup_id, user_id, name)",
            format!("({id}, {id}, 'Friends')"),
        ),
        (
            "contactgroupmembers (contactgroup_id, contact_id)",
            format!("({id}, {id}1)"),
        ),
        (
            "contactgroupmembers (contactgroup_id, contact_id)",
            format!("({id}, {id}2)"),
        ),
        (
            "collected_addresses (address_id, user_id, email, type)",
            format!("({id}, {id}, 'c@y.example', 1)"),
        ),
    ]
    .into_iter()
    .chain(roundcube_besides(*id))
    .collect()
}

fn roundcube_besides(id: u32) -> Rows {
    vec![
        (
            "responses (response_id, user_id, name, data)",
            format!("({id}, {id}, 'Thanks', 'x')"),
        ),
        (
            "searches (search_id, user_id, name)",
            format!("({id}, {id}, 'Unread')"),
        ),
        (
            "filestore (file_id, user_id, context, filename, mtime, data)",
            format!("({id}, {id}, 'c', 'f', 1, 'x')"),
        ),
        (
            "dictionary (id, user_id, language, data)",
            format!("({id}, {id}, 'sv', 'ord')"),
        ),
        ("cache (user_id, cache_key, data)", format!("({id}, 'k', 'x')")),
        (
            "cache_index (user_id, mailbox, data)",
            format!("({id}, 'INBOX', 'x')"),
        ),
        (
            "cache_thread (user_id, mailbox, data)",
            format!("({id}, 'INBOX', 'x')"),
        ),
        (
            "cache_messages (user_id, mailbox, uid, data)",
            format!("({id}, 'INBOX', 1, 'x')"),
        ),
    ]
}

fn wordpress(one: &Person) -> Rows {
    let Person { id, email, .. } = one;
    vec![
        (
            "wp_users (ID, user_login, user_email, display_name)",
            format!("({id}, 'u{id}', '{email}', 'Name {id}')"),
        ),
        (
            "wp_usermeta (umeta_id, user_id, meta_key, meta_value)",
            format!("({id}1, {id}, 'first_name', 'Name {id}')"),
        ),
        (
            "wp_usermeta (umeta_id, user_id, meta_key, meta_value)",
            format!("({id}2, {id}, 'nickname', 'u{id}')"),
        ),
        (
            "wp_comments (comment_ID, comment_author, comment_author_email, comment_author_IP, comment_content, comment_parent, user_id)",
            format!(
                "({id}, 'Name {id}', '{email}', '192.0.2.7', 'Well said', {}, {id})",
                id - 1
            ),
        ),
        (
            "wp_commentmeta (meta_id, comment_id, meta_key, meta_value)",
            format!("({id}, {id}, 'rating', '5')"),
        ),
    ]
}

fn request_tracker(one: &Person) -> Rows {
    let Person { id, email, .. } = one;
    vec![
        (
            "users (id, name, emailaddress, realname, mobilephone, comments)",
            format!("({id}, '{email}', '{email}', 'Name {id}', '070', 'Name {id}')"),
        ),
        ("principals (id, principaltype)", format!("({id}, 'User')")),
        // Who requested a ticket, and everybody.
        (
            "groups (id, name, domain, instance)",
            format!("({id}1, 'Requestor', 'RT::Ticket-Role', {id})"),
        ),
        (
            "groupmembers (id, groupid, memberid)",
            format!("({id}1, {id}1, {id})"),
        ),
        (
            "groupmembers (id, groupid, memberid)",
            format!("({id}2, 3, {id})"),
        ),
        (
            "attributes (id, name, content, objecttype, objectid)",
            format!("({id}1, 'Pref', 'x', 'RT::User', {id})"),
        ),
        (
            "tickets (id, subject, status)",
            format!("({id}, 'Name {id}', 'open')"),
        ),
        (
            "transactions (id, objecttype, objectid, type, data)",
            format!("({id}1, 'RT::Ticket', {id}, 'Create', 'Name {id}')"),
        ),
        (
            "transactions (id, objecttype, objectid, type, newvalue)",
            format!("({id}2, 'RT::User', {id}, 'Set', '{email}')"),
        ),
        (
            "attachments (id, transactionid, subject, content)",
            format!("({id}1, {id}1, 'Name {id}', 'From: {email}')"),
        ),
    ]
}
