//! Makes the three databases and streams the people into them, a batch at a time.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use postgres::{Client, NoTls};

use super::billing::Billing;
use super::crm::Crm;
use super::disk::FILES_DIRECTORY;
use super::hosting::Hosting;
use super::names::Draw;
use super::people::{LEAST_PEOPLE, person};
use super::schema::{Copy, SampleSystem};
use super::{CONNECTOR_ROLE, ENVIRONMENT_FILE, SampleError, SampleProfile, SampleServer};

/// So many people are held in memory at a time, per system; two more batches may wait.
const BATCH: i64 = 500;

/// How much was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleCounts {
    /// Customers of every kind.
    pub people: u64,
    /// Rows in all tables of the three systems.
    pub rows: u64,
}

/// Makes the sample databases anew and fills them; what they held is gone. At least fifty people, so that every nasty
/// case is among them. The same server, seed, number and profile give the same rows.
///
/// # Errors
/// `Database` with what the server said.
pub fn load(
    server: &SampleServer<'_>,
    people: u64,
    seed: u64,
    profile: &SampleProfile,
) -> Result<SampleCounts, SampleError> {
    create_databases(server)?;
    let total = i64::try_from(people).unwrap_or(i64::MAX).max(LEAST_PEOPLE);
    let rows = thread::scope(|scope| {
        let mut senders = Vec::new();
        let mut loaders = Vec::new();
        for system in SampleSystem::ALL {
            let url = server.admin_url(system.database())?;
            let (sender, batches) = sync_channel(2);
            senders.push(sender);
            loaders.push((system, scope.spawn(move || fill(system, &url, &batches))));
        }
        generate(&senders, seed, total, profile);
        drop(senders);
        let mut rows = 0;
        for (system, loader) in loaders {
            let stopped = SampleError::Stopped {
                database: system.database(),
            };
            rows += loader.join().map_err(|_| stopped)??;
        }
        Ok(rows)
    })?;
    Ok(SampleCounts {
        people: total.unsigned_abs(),
        rows,
    })
}

/// Writes where the sample systems are found, readable by the service's user alone.
///
/// # Errors
/// `Io` when the file cannot be written.
pub fn write_environment(server: &SampleServer<'_>, data_dir: &Path) -> Result<(), SampleError> {
    let path = data_dir.join(ENVIRONMENT_FILE);
    let fresh = data_dir.join(format!("{ENVIRONMENT_FILE}.new"));
    let mut text = String::new();
    for system in SampleSystem::ALL {
        text.push_str(&format!(
            "{}={}\n",
            system.variable(),
            server.connector_url(system)?
        ));
    }
    let absolute = std::path::absolute(data_dir.join(FILES_DIRECTORY));
    let absolute = absolute.map_err(|source| SampleError::Io {
        path: path.clone(),
        source,
    })?;
    text.push_str(&format!("FILES_DIRECTORY={}\n", absolute.display()));
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &path)
    };
    write().map_err(|source| SampleError::Io {
        path: path.clone(),
        source,
    })
}

/// Names the database that an error is about.
fn at(database: &'static str) -> impl Fn(postgres::Error) -> SampleError {
    move |source| SampleError::Database { database, source }
}

fn create_databases(server: &SampleServer<'_>) -> Result<(), SampleError> {
    let mut client = Client::connect(&server.admin_url("postgres")?, NoTls).map_err(at("postgres"))?;
    let run = |client: &mut Client, statement: &str| client.batch_execute(statement).map_err(at("postgres"));
    let known = client
        .query_opt("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&CONNECTOR_ROLE])
        .map_err(at("postgres"))?;
    if known.is_none() {
        run(
            &mut client,
            &format!("CREATE ROLE {CONNECTOR_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"),
        )?;
    }
    if let SampleServer::Elsewhere {
        connector_password, ..
    } = server
    {
        let quoted = connector_password.replace('\'', "''");
        run(
            &mut client,
            &format!("ALTER ROLE {CONNECTOR_ROLE} PASSWORD '{quoted}'"),
        )?;
    }
    for system in SampleSystem::ALL {
        let name = system.database();
        run(
            &mut client,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )?;
        run(
            &mut client,
            &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"),
        )?;
        run(&mut client, &format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"))?;
        run(
            &mut client,
            &format!("GRANT CONNECT ON DATABASE {name} TO {CONNECTOR_ROLE}"),
        )?;
    }
    Ok(())
}

/// Makes one person after the other and hands over batches. A loader that has failed takes no more; its own error is
/// what the caller sees.
fn generate(senders: &[SyncSender<Vec<Copy>>], seed: u64, total: i64, profile: &SampleProfile) {
    let (mut billing, mut hosting, mut crm) = (Billing::new(), Hosting::new(), Crm::new());
    crm.add_strangers(profile, &mut Draw::new(seed, 0));
    for place in 1..=total {
        let person = person(profile, seed, place, total);
        // Draws of their own: a change in one system leaves the rows of the others as they were.
        billing.add(profile, &mut Draw::new(seed ^ 1, place), &person);
        hosting.add(profile, &mut Draw::new(seed ^ 2, place), &person);
        crm.add(profile, &mut Draw::new(seed ^ 3, place), &person);
        if place % BATCH == 0 || place == total {
            let batches = [billing.take(), hosting.take(), crm.take()];
            for (sender, batch) in senders.iter().zip(batches) {
                if sender.send(batch).is_err() {
                    return;
                }
            }
        }
    }
}

/// Loads one system; returns the number of rows.
fn fill(system: SampleSystem, url: &str, batches: &Receiver<Vec<Copy>>) -> Result<u64, SampleError> {
    let at = at(system.database());
    let (before, after) = system.schema();
    let mut client = Client::connect(url, NoTls).map_err(&at)?;
    client
        .batch_execute("SET synchronous_commit = off")
        .map_err(&at)?;
    client.batch_execute(before).map_err(&at)?;
    let mut rows = 0;
    for (statement, text) in batches.iter().flatten() {
        let mut copy = client.copy_in(&statement).map_err(&at)?;
        copy.write_all(text.as_bytes())
            .map_err(|source| SampleError::Io {
                path: system.database().into(),
                source,
            })?;
        rows += copy.finish().map_err(&at)?;
    }
    client.batch_execute(after).map_err(&at)?;
    finish(&mut client).map_err(&at)?;
    Ok(rows)
}

/// Sequences go on after the loaded ids; the planner learns the sizes; connectors get their rights.
fn finish(client: &mut Client) -> Result<(), postgres::Error> {
    let tables = client.query(
        "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
        &[],
    )?;
    for row in tables {
        let table: String = row.get(0);
        client.batch_execute(&format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table}"
        ))?;
    }
    client.batch_execute(&format!(
        "GRANT USAGE ON SCHEMA public TO {CONNECTOR_ROLE};
         GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {CONNECTOR_ROLE};
         ANALYZE"
    ))
}
