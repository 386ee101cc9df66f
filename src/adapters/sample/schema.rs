//! The three databases of the sample host, and rows on their way into them.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime};

/// One of the sample host's systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SampleSystem {
    /// Customers, orders, services, invoices and the ledger.
    Billing,
    /// Accounts, domains, sites, mail and logins.
    Hosting,
    /// Deals, newsletter, tickets, calls and chats.
    Crm,
}

impl SampleSystem {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Billing, Self::Hosting, Self::Crm];

    /// The name of its database.
    #[must_use]
    pub const fn database(self) -> &'static str {
        match self {
            Self::Billing => "sample_billing",
            Self::Hosting => "sample_hosting",
            Self::Crm => "sample_crm",
        }
    }

    /// The name under which connectors find its connection string.
    #[must_use]
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Billing => "BILLING_DATABASE_URL",
            Self::Hosting => "HOSTING_DATABASE_URL",
            Self::Crm => "CRM_DATABASE_URL",
        }
    }

    /// The statements before and after the rows are loaded: indexes and references are cheaper afterwards.
    pub(super) fn schema(self) -> (&'static str, &'static str) {
        let sql = match self {
            Self::Billing => include_str!("billing.sql"),
            Self::Hosting => include_str!("hosting.sql"),
            Self::Crm => include_str!("crm.sql"),
        };
        sql.split_once("-- After the rows.").unwrap_or((sql, ""))
    }
}

/// A value in PostgreSQL's text format for COPY.
#[derive(Clone, Debug)]
pub(super) enum Field<'a> {
    Null,
    Text(&'a str),
    Owned(String),
    Number(i64),
    /// Öre, written in kronor.
    Money(i64),
    Date(NaiveDate),
    At(NaiveDateTime),
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Field<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl From<String> for Field<'_> {
    fn from(value: String) -> Self {
        Self::Owned(value)
    }
}

impl From<bool> for Field<'_> {
    fn from(value: bool) -> Self {
        Self::Text(if value { "true" } else { "false" })
    }
}

impl From<i64> for Field<'_> {
    fn from(value: i64) -> Self {
        Self::Number(value)
    }
}

impl From<NaiveDate> for Field<'_> {
    fn from(value: NaiveDate) -> Self {
        Self::Date(value)
    }
}

impl From<NaiveDateTime> for Field<'_> {
    fn from(value: NaiveDateTime) -> Self {
        Self::At(value)
    }
}

impl<'a, T: Into<Field<'a>>> From<Option<T>> for Field<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a row, each of a type that becomes a [`Field`].
macro_rules! fields {
    ($($value:expr),* $(,)?) => { &[$($crate::adapters::sample::schema::Field::from($value)),*] };
}
pub(super) use fields;

/// Rows of one table that wait to be loaded.
#[derive(Debug)]
pub(super) struct Rows {
    table: &'static str,
    columns: &'static str,
    text: String,
    last_id: i64,
}

/// A COPY statement and what it reads.
pub(super) type Copy = (String, String);

impl Rows {
    /// For a table with the column `id` and these others.
    pub(super) const fn of(table: &'static str, columns: &'static str) -> Self {
        Self {
            table,
            columns,
            text: String::new(),
            last_id: 0,
        }
    }

    /// Adds a row; returns its id.
    pub(super) fn add(&mut self, fields: &[Field<'_>]) -> i64 {
        self.last_id += 1;
        put(&mut self.text, &Field::Number(self.last_id));
        for field in fields {
            self.text.push('\t');
            put(&mut self.text, field);
        }
        self.text.push('\n');
        self.last_id
    }

    /// The id that the next row gets.
    pub(super) const fn next_id(&self) -> i64 {
        self.last_id + 1
    }

    /// Hands over the rows added since the last time.
    pub(super) fn take(&mut self) -> Option<Copy> {
        if self.text.is_empty() {
            return None;
        }
        let room = self.text.len();
        let text = std::mem::replace(&mut self.text, String::with_capacity(room));
        Some((
            format!("COPY {} (id, {}) FROM STDIN", self.table, self.columns),
            text,
        ))
    }
}

fn put(text: &mut String, field: &Field<'_>) {
    let written = match field {
        Field::Null => text.write_str("\\N"),
        Field::Text(value) => escaped(text, value),
        Field::Owned(value) => escaped(text, value),
        Field::Number(value) => write!(text, "{value}"),
        Field::Money(ore) => {
            let (sign, ore) = (if *ore < 0 { "-" } else { "" }, ore.unsigned_abs());
            write!(text, "{sign}{}.{:02}", ore / 100, ore % 100)
        }
        Field::Date(date) => write!(text, "{date}"),
        Field::At(at) => write!(text, "{}Z", at.format("%Y-%m-%d %H:%M:%S")),
    };
    written.expect("writing to a string does not fail");
}

fn escaped(text: &mut String, value: &str) -> std::fmt::Result {
    if !value.contains(['\\', '\t', '\n', '\r']) {
        return text.write_str(value);
    }
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            other => text.push(other),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_and_escaped_as_copy_reads_them() {
        let mut rows = Rows::of("notes", "body, amount, at, none");
        let at = NaiveDate::from_ymd_opt(2026, 11, 21)
            .unwrap()
            .and_hms_opt(7, 8, 9)
            .unwrap();
        assert_eq!(rows.next_id(), 1);
        assert_eq!(
            rows.add(fields!["a\tb\\c\nd", Field::Money(-12_305), at, None::<String>]),
            1
        );
        assert_eq!(rows.add(fields!["åäö", 5, at.date(), Some("x")]), 2);
        let (statement, text) = rows.take().unwrap();
        assert_eq!(statement, "COPY notes (id, body, amount, at, none) FROM STDIN");
        assert_eq!(
            text,
            "1\ta\\tb\\\\c\\nd\t-123.05\t2026-11-21 07:08:09Z\t\\N\n2\tåäö\t5\t2026-11-21\tx\n"
        );
        assert_eq!(rows.take(), None);
        assert_eq!(rows.add(fields![]), 3, "numbering goes on after a batch");
    }

    #[test]
    fn every_schema_has_both_parts() {
        for system in SampleSystem::ALL {
            let (before, after) = system.schema();
            assert!(before.contains("CREATE TABLE") && !before.contains("INDEX"));
            assert!(after.contains("CREATE INDEX") && !after.contains("CREATE TABLE"));
            assert!(system.database().starts_with("sample_"));
        }
    }
}
