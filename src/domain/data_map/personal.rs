//! Names of columns that tell of a person.

/// Parts of column names that tell of a person.
const PERSONAL: [&str; 22] = [
    "email",
    "e_mail",
    "epost",
    "e_post",
    "mailaddr",
    "phone",
    "telefon",
    "mobil",
    "personnummer",
    "personnr",
    "personal_number",
    "national_id",
    "ssn",
    "birth",
    "address",
    "adress",
    "firstname",
    "first_name",
    "lastname",
    "last_name",
    "surname",
    "full_name",
];
/// Column names that tell of a person where the table's name speaks of people.
const NAMES: [&str; 2] = ["name", "namn"];
/// Parts of the names of such tables.
const PEOPLE: [&str; 9] = [
    "customer", "client", "contact", "person", "people", "user", "member", "kund", "employee",
];

/// Whether a column of a table looks as if it held personal data. Judged by names alone.
#[must_use]
pub fn looks_personal(table: &str, column: &str) -> bool {
    let (table, column) = (table.to_lowercase(), column.to_lowercase());
    PERSONAL.iter().any(|part| column.contains(part))
        || (NAMES.contains(&column.as_str()) && PEOPLE.iter().any(|part| table.contains(part)))
}
