//! Who is in the sample host right now, read from its live database.

use std::collections::BTreeSet;

use postgres::{Client, NoTls, Row};
use serde::Serialize;

use super::{SampleError, SampleSystem};

/// A natural person of the sample host who can exercise a right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SamplePerson {
    /// As the register has it; none when an erasure took it away.
    pub email: Option<String>,
    /// The name; of a reduced person what is left of it.
    pub name: String,
    /// Twelve digits.
    pub personal_number: Option<String>,
    /// The customer number.
    pub customer_number: String,
    /// The kinds of the live services, each once, in alphabetical order.
    pub services: Vec<String>,
    /// Whether an erasure left only what accounting needs.
    pub reduced: bool,
}

/// The people in a fixed order: the ordinary ones first, then the many, then who left, then the nasty cases. Those
/// whom an erasure reduced are left out unless `all`.
///
/// # Errors
/// `Database` when the billing system cannot be read.
pub fn list_people(
    billing_url: &str,
    limit: Option<u32>,
    all: bool,
) -> Result<Vec<SamplePerson>, SampleError> {
    let database = SampleSystem::Billing.database();
    let at = |source| SampleError::Database { database, source };
    let mut client = Client::connect(billing_url, NoTls).map_err(at)?;
    let rows = client
        .query(
            "SELECT email, name, personal_number, customer_no,
                    ARRAY(SELECT kind FROM services
                          WHERE customer_id = customers.id AND status = 'active') AS services
             FROM customers
             WHERE kind IN ('private', 'sole_trader') AND ($1 OR email IS NOT NULL)
             ORDER BY customer_no >= '9', closed_on IS NOT NULL, id
             LIMIT $2",
            &[&all, &limit.map(i64::from)],
        )
        .map_err(at)?;
    Ok(rows.iter().map(person).collect())
}

fn person(row: &Row) -> SamplePerson {
    let email: Option<String> = row.get("email");
    let services: BTreeSet<String> = row.get::<_, Vec<String>>("services").into_iter().collect();
    SamplePerson {
        reduced: email.is_none(),
        email,
        name: row.get("name"),
        personal_number: row.get("personal_number"),
        customer_number: row.get("customer_no"),
        services: services.into_iter().collect(),
    }
}
