//! The migrations, embedded, run by the owner role.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

/// All migrations, in order.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Why the database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The owner role cannot log in.
    #[error("cannot connect as owner: {0}")]
    Connect(#[from] diesel::ConnectionError),
    /// A migration failed; those before it are in force.
    #[error("a migration failed: {0}")]
    Failed(String),
}

#[derive(QueryableByName)]
struct Flag {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    flag: bool,
}

/// Runs what is missing; says the names of those it ran. Two processes may do it at once: one waits.
///
/// # Errors
/// When the owner cannot log in or a migration fails.
pub fn migrate(owner_url: &str) -> Result<Vec<String>, MigrationError> {
    let mut conn = PgConnection::establish(owner_url)?;
    let failed = |error: diesel::result::Error| MigrationError::Failed(error.to_string());
    // One migrator at a time; the lock goes with the connection.
    conn.batch_execute("SELECT pg_advisory_lock(7263711)")
        .map_err(failed)?;
    let ran = conn
        .run_pending_migrations(MIGRATIONS)
        .map_err(|error| MigrationError::Failed(error.to_string()))?;
    let names = ran.iter().map(ToString::to_string).collect();
    // Made before the first migration sets the default privileges; the service asks it whether all have run.
    conn.batch_execute("GRANT SELECT ON __diesel_schema_migrations TO dataratt_app")
        .map_err(failed)?;
    conn.batch_execute("SELECT pg_advisory_unlock(7263711)")
        .map_err(failed)?;
    Ok(names)
}

/// Whether the database has every migration that this program knows.
///
/// # Errors
/// When the database cannot be asked.
pub fn is_current(conn: &mut PgConnection) -> super::Result<bool> {
    let newest =
        <EmbeddedMigrations as diesel::migration::MigrationSource<diesel::pg::Pg>>::migrations(&MIGRATIONS)
            .ok()
            .and_then(|list| list.iter().map(|m| m.name().version().to_string()).max())
            .unwrap_or_default();
    let row: Flag = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM __diesel_schema_migrations WHERE version = $1) AS flag",
    )
    .bind::<diesel::sql_types::Text, _>(newest)
    .get_result(conn)?;
    Ok(row.flag)
}
