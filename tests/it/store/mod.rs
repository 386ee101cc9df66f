//! The store against a real database.

mod announcing;
mod audit;
mod conflicts;
mod intake;
mod jobs;
mod locks;
mod mails;
mod throttles;

use dataratt::domain::ids::{CaseId, Reference};
use uuid::Uuid;

use crate::support::database::Database;

/// A case for rows to hang on: only what the database insists on, and one a database.
fn bare_case(database: &Database) -> CaseId {
    let case = CaseId(Uuid::from_u128(0xca5e));
    let insert = "INSERT INTO cases (id, reference, \"right\", state, channel, language, received_at, due_on, \
        required_level, state_since, sealed, created_at) \
        VALUES ($1, $2, 'erasure', 'received', 'web', 'sv', now(), '2026-12-21', 2, now(), '', now())";
    let reference = Reference::from_random(1);
    database
        .owner()
        .execute(insert, &[&case.0, &reference.as_str()])
        .expect("the row satisfies the table");
    case
}
