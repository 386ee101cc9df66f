//! A migrated database per test, on one private cluster per test run that ends with it.

use std::fs::{self, File};
use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use dataratt::adapters::cluster::{Cluster, ClusterOptions};
use dataratt::store::{Store, migrations};
use postgres::{Client, NoTls};

use super::place;

const PREFIX: &str = "dataratt-it-";
const TEMPLATE: &str = "migrated";
/// Past every start of a cluster.
const OLD: Duration = Duration::from_mins(5);

/// The cluster of this test run. Its server ends with this process, and its directory is then removed.
struct Run {
    cluster: Cluster,
    /// The server's administrator; one at a time, because databases are made one at a time anyway.
    admin: Mutex<Client>,
    _remover: Remover,
}

/// Removes a directory when this process has ended, however it ended: `sh` waits for the end of its input.
pub struct Remover {
    _child: Child,
    _input: ChildStdin,
}

impl Remover {
    /// For this directory.
    pub fn of(directory: &Path) -> Self {
        // The server writes until it has ended, so the first try may leave something.
        let script =
            "read -r _; for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf \"$0\" 2>/dev/null && exit; sleep 0.5; done";
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(directory).stdin(Stdio::piped());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().expect("there is a shell");
        let input = child.stdin.take().expect("its input is a pipe");
        Self {
            _child: child,
            _input: input,
        }
    }
}

fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        sweep();
        let directory = place::directory(PREFIX).keep();
        let remover = Remover::of(&directory);
        let cluster =
            Cluster::start(&directory, ClusterOptions { testing: true }).expect("PostgreSQL starts");
        let mut admin = Client::connect(&cluster.owner_url("postgres"), NoTls).expect("the owner logs in");
        admin
            .batch_execute(&format!("CREATE DATABASE {TEMPLATE}"))
            .unwrap();
        migrations::migrate(&cluster.owner_url(TEMPLATE)).expect("the migrations run");
        Run {
            cluster,
            admin: Mutex::new(admin),
            _remover: remover,
        }
    })
}

/// Removes what runs left behind whose remover was killed with them: nobody holds their lock any more. A cluster that
/// is just starting takes its lock a moment after it made the file, and is left alone.
fn sweep() {
    let places = place::ALL.iter().filter_map(|place| fs::read_dir(place).ok());
    for entry in places.flatten().flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let owner = entry.path().join("postgres.owner");
        let made = fs::metadata(&owner).and_then(|it| it.modified()).ok();
        let old = made.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > OLD);
        if ours && old && File::open(owner).is_ok_and(|file| file.try_lock().is_ok()) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

/// A database of one test; dropping it removes it, whoever is still connected.
pub struct Database {
    name: String,
}

/// A database with every migration and nothing in it.
pub fn database() -> Database {
    Database::made_from(TEMPLATE)
}

/// A database without anything, not even the migrations.
pub fn empty_database() -> Database {
    Database::made_from("template0")
}

/// The cluster of this test run, for what is not the service's own database.
pub fn cluster() -> &'static Cluster {
    &run().cluster
}

/// A copy of a database of the cluster, such as one of the sample host's.
pub fn copy_of(template: &str) -> Database {
    Database::made_from(template)
}

/// A copy that stays until the run ends, and that nobody writes into.
pub fn shared_copy_of(template: &str) -> ManuallyDrop<Database> {
    let database = Database::made_from(template);
    let name = &database.name;
    administer(&format!(
        "ALTER DATABASE {name} SET default_transaction_read_only = on"
    ));
    ManuallyDrop::new(database)
}

impl Database {
    /// Its name in the cluster.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address for any role.
    pub fn role_url(&self, role: &str) -> String {
        run().cluster.role_url(role, &self.name)
    }

    fn made_from(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        administer(&format!(
            "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        ));
        Self { name }
    }

    /// A pool of up to `size` connections in the service's role.
    pub fn pool(&self, size: u32) -> Store {
        Store::connect(&self.url(), size, Duration::from_secs(20)).expect("the service logs in")
    }

    /// A pool of four connections in the service's role.
    pub fn store(&self) -> Store {
        self.pool(4)
    }

    /// The address for the role the service works as; the value of `DATARATT_DATABASE__URL`.
    pub fn url(&self) -> String {
        run().cluster.app_url(&self.name)
    }

    /// The address for the role that owns the tables.
    pub fn owner_url(&self) -> String {
        run().cluster.owner_url(&self.name)
    }

    /// A connection of the owner, past the service's rules: for looking, and for doing what an intruder would.
    pub fn owner(&self) -> Client {
        Client::connect(&self.owner_url(), NoTls).expect("the owner logs in")
    }

    /// The one number that a query of the owner's gives.
    #[track_caller]
    pub fn count(&self, query: &str) -> i64 {
        self.owner().query_one(query, &[]).expect("the query runs").get(0)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

#[track_caller]
fn administer(statement: &str) {
    let work = || {
        let mut admin = run()
            .admin
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        admin.batch_execute(statement)
    };
    // Where the last user of a database is an asynchronous task, its thread may not wait for an answer.
    let done = match tokio::runtime::Handle::try_current() {
        Err(_) => work(),
        Ok(_) => thread::scope(|scope| scope.spawn(work).join().unwrap()),
    };
    if let Err(error) = done {
        // In a destructor a panic would hide the test's own.
        writeln!(std::io::stderr(), "{statement}: {error}").ok();
    }
}

#[test]
fn each_test_has_a_migrated_database_of_its_own() {
    let (one, other) = (database(), database());
    assert!(migrations::is_current(&mut one.store().get().unwrap()).unwrap());
    let mark = "INSERT INTO throttles VALUES ('b', decode(repeat('00', 32), 'hex'), now(), 1)";
    one.owner().batch_execute(mark).unwrap();
    assert_eq!(one.count("SELECT count(*) FROM throttles"), 1);
    assert_eq!(other.count("SELECT count(*) FROM throttles"), 0);
    let name = one.name.clone();
    drop(one);
    let left = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert_eq!(other.count(&left), 0, "a dropped database is gone");
}

#[test]
fn the_service_cannot_do_what_the_owner_can() {
    let database = database();
    let mut client = Client::connect(&database.url(), NoTls).unwrap();
    assert!(client.batch_execute("DELETE FROM audit_events").is_err());
    assert!(client.batch_execute("DROP TABLE throttles").is_err());
}
