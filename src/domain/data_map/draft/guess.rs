//! What names tell of a table.

use super::super::PersonalField;
use super::super::personal::looks_personal;
use super::{Holds, SeenColumn, SeenTable};

/// Parts of the names of tables that hold accounting records.
const BOOKS: [&str; 9] = [
    "invoice",
    "faktur",
    "voucher",
    "verifikat",
    "payment",
    "receipt",
    "kvitto",
    "transaction",
    "betalning",
];
/// Parts of the names of columns of free text.
const FREE: [&str; 7] = [
    "note",
    "comment",
    "kommentar",
    "body",
    "message",
    "meddelande",
    "description",
];
/// Names of columns by which a person is found.
const NUMBERS: [&str; 6] = [
    "customer_no",
    "customer_number",
    "kundnr",
    "kundnummer",
    "client_no",
    "customerno",
];
const PERSONAL_NUMBERS: [&str; 6] = [
    "personnummer",
    "personnr",
    "personal_number",
    "national_id",
    "personal_identity_number",
    "ssn",
];
const PHONES: [&str; 5] = ["phone", "telefon", "mobil", "telephone", "tel"];

/// What the names of a table and its columns suggest.
pub(super) struct Guess<'a> {
    table: &'a SeenTable,
    /// Column by which a person is found, by the key in the map.
    pub(super) person: Vec<(&'static str, &'a str)>,
}

impl<'a> Guess<'a> {
    pub(super) fn of(table: &'a SeenTable) -> Self {
        let text = |column: &&SeenColumn| column.holds == Holds::Text;
        let find = |fits: &dyn Fn(&str) -> bool, may: &dyn Fn(&&SeenColumn) -> bool| {
            let mut columns = table.columns.iter().filter(may);
            columns
                .find(|column| fits(&column.name.to_lowercase()))
                .map(|column| column.name.as_str())
        };
        let numbers = |column: &&SeenColumn| matches!(column.holds, Holds::Text | Holds::Number);
        let person = [
            ("email", find(&is_email, &text)),
            (
                "personal_number",
                find(&|name| PERSONAL_NUMBERS.contains(&name), &numbers),
            ),
            ("customer_number", find(&|name| NUMBERS.contains(&name), &numbers)),
            (
                "phone",
                find(
                    &|name| {
                        PHONES
                            .iter()
                            .any(|part| name == *part || name.ends_with(&format!("_{part}")))
                    },
                    &text,
                ),
            ),
        ];
        let person = person
            .into_iter()
            .filter_map(|(key, column)| Some((key, column?)));
        // A number alone says nothing of who it is: a telephone is shared, and a log has many.
        let mut person: Vec<(&str, &str)> = person.collect();
        if person.iter().all(|(key, _)| *key == "phone") {
            person.clear();
        }
        Self { table, person }
    }

    /// Whether a person can be found in it.
    pub(super) fn finds_a_person(&self) -> bool {
        !self.person.is_empty()
    }

    /// Columns that look personal.
    pub(super) fn personal(&self) -> Vec<&'a str> {
        let names = self.table.columns.iter().map(|column| column.name.as_str());
        names
            .filter(|column| looks_personal(&self.table.name, column))
            .collect()
    }

    pub(super) fn is_personal(&self) -> bool {
        self.finds_a_person() || !self.personal().is_empty()
    }

    /// For a table of accounting records: the column with the date of each, if there is one.
    pub(super) fn books(&self) -> Option<Option<&'a str>> {
        let name = self.table.name.to_lowercase();
        if self.finds_a_person() || !BOOKS.iter().any(|part| name.contains(part)) {
            return None;
        }
        let mut dates = self
            .table
            .columns
            .iter()
            .filter(|column| column.holds == Holds::Date);
        Some(dates.next().map(|column| column.name.as_str()))
    }

    /// Columns of free text.
    pub(super) fn free(&self) -> Vec<&'a str> {
        let texts = self
            .table
            .columns
            .iter()
            .filter(|column| column.holds == Holds::Text);
        let names = texts.map(|column| column.name.as_str());
        names
            .filter(|name| FREE.iter().any(|part| name.to_lowercase().contains(part)))
            .collect()
    }

    /// Fields of a person that a rectification corrects here.
    pub(super) fn fields(&self) -> Vec<(PersonalField, &'a str)> {
        let known: [(PersonalField, &[&str]); 4] = [
            (
                PersonalField::Name,
                &["name", "namn", "full_name", "fullname", "realname"],
            ),
            (
                PersonalField::Address,
                &["address", "address1", "adress", "street"],
            ),
            (
                PersonalField::PostalCode,
                &["postal_code", "postcode", "zip", "postnr", "postnummer"],
            ),
            (PersonalField::City, &["city", "ort", "postort"]),
        ];
        let column = |names: &[&str]| {
            let mut columns = self
                .table
                .columns
                .iter()
                .filter(|column| column.holds == Holds::Text);
            columns.find(|column| names.contains(&column.name.to_lowercase().as_str()))
        };
        let mut fields: Vec<(PersonalField, &str)> = known
            .into_iter()
            .filter_map(|(field, names)| Some((field, column(names)?.name.as_str())))
            .collect();
        for (key, column) in &self.person {
            fields.extend(match *key {
                "email" => Some((PersonalField::Email, *column)),
                "phone" => Some((PersonalField::Phone, *column)),
                "personal_number" => Some((PersonalField::PersonalNumber, *column)),
                _ => None,
            });
        }
        fields
    }
}

fn is_email(name: &str) -> bool {
    ["email", "e_mail", "epost", "e_post", "mailaddr"]
        .iter()
        .any(|part| name.contains(part))
        || name == "mail"
}

/// Whether a column is called after a table, such as `customer_id` or `CustomerId` after `customers`.
pub(super) fn is_called_after(column: &str, table: &str) -> bool {
    let column = column.to_lowercase();
    let Some(stem) = column.strip_suffix("_id").or_else(|| column.strip_suffix("id")) else {
        return false;
    };
    let table = table.rsplit('.').next().unwrap_or(table).to_lowercase();
    let singular = table.strip_suffix('s').unwrap_or(&table);
    !stem.is_empty() && (stem == table || stem == singular)
}
