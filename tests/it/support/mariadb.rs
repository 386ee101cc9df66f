//! A private MariaDB, one for a test run, and a database of it for each test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, Row, Value};
use tokio::runtime::{Builder, Runtime};

use super::kept::{self, Kept};

const PREFIX: &str = "dataratt-my-";
/// Who may do everything.
const OWNER: &str = "owner:hush";

/// A server. It ends with this process, however that ends, and its directory is then removed.
pub struct Mariadb {
    directory: PathBuf,
    _kept: Kept,
}

/// The server of this test run.
pub fn mariadb() -> &'static Mariadb {
    static RUN: OnceLock<Mariadb> = OnceLock::new();
    RUN.get_or_init(|| Mariadb::start(&[]))
}

fn program() -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&folders).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders
        .map(|folder| folder.join("mariadbd"))
        .find(|path| path.is_file());
    found.expect("mariadbd is installed: scripts/setup.sh test")
}

/// The statements that make the server's own tables.
fn system_tables() -> String {
    let shared = ["/usr/share/mysql", "/usr/share/mariadb"].map(Path::new);
    let shared = shared
        .into_iter()
        .find(|folder| folder.join("mysql_system_tables.sql").is_file());
    let shared = shared.expect("the files of mariadb-server-core are there");
    let mut statements = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n".to_owned();
    for file in [
        "mysql_system_tables",
        "mysql_performance_tables",
        "mysql_system_tables_data",
    ] {
        statements += &fs::read_to_string(shared.join(file).with_extension("sql")).unwrap();
    }
    statements
}

impl Mariadb {
    /// A server of a test's own, with more options.
    pub fn start(options: &[String]) -> Self {
        let directory = kept::directory(PREFIX);
        let (data, scratch) = (directory.join("data"), directory.join("tmp"));
        fs::create_dir(&data).unwrap();
        fs::create_dir(&scratch).unwrap();
        let mut settings = vec![
            "--no-defaults".to_owned(),
            format!("--datadir={}", data.display()),
            // Of its own: a server that starts removes what another keeps in a place that they share.
            format!("--tmpdir={}", scratch.display()),
            format!("--socket={}", directory.join("s").display()),
            format!("--pid-file={}", data.join("pid").display()),
            format!("--log-error={}", directory.join("log").display()),
            format!("--init-file={}", directory.join("init.sql").display()),
            "--innodb-buffer-pool-size=32M".to_owned(),
            "--innodb-log-file-size=4M".to_owned(),
            "--innodb-flush-log-at-trx-commit=0".to_owned(),
            "--innodb-flush-method=nosync".to_owned(),
            "--innodb-data-file-path=ibdata1:1M:autoextend".to_owned(),
            "--innodb-temp-data-file-path=ibtmp1:1M:autoextend".to_owned(),
            "--skip-log-bin".to_owned(),
            "--character-set-server=utf8mb4".to_owned(),
        ];
        for folder in [&directory, &data, &scratch] {
            kept::hand_over(folder);
        }
        if kept::is_root() {
            settings.push("--user=nobody".to_owned());
        }
        let bootstrap: Vec<String> = settings
            .iter()
            .filter(|one| !one.starts_with("--init-file"))
            .cloned()
            .collect();
        make(&directory, &bootstrap);
        let owner =
            "CREATE USER owner@'%' IDENTIFIED BY 'hush';\nGRANT ALL ON *.* TO owner@'%' WITH GRANT OPTION;\n";
        fs::write(directory.join("init.sql"), owner).unwrap();
        if !options.iter().any(|option| option.starts_with("--port")) {
            settings.push("--skip-networking".to_owned());
        }
        settings.extend_from_slice(options);
        let program = program().display().to_string();
        let command: Vec<String> = std::iter::once(program).chain(settings).collect();
        Self {
            _kept: kept::run(&directory, &command),
            directory,
        }
    }

    /// The address of a database for a role, given with its password.
    pub fn url(&self, role: &str, database: &str) -> String {
        let socket = self.directory.join("s");
        format!("mysql://{role}@localhost/{database}?socket={}", socket.display())
    }

    /// The address of a database for a role, over the network.
    pub fn network_url(host: &str, port: u16, role: &str, database: &str) -> String {
        format!("mysql://{role}@{host}:{port}/{database}")
    }

    fn opts(&self, database: &str) -> Opts {
        let opts = Opts::from_url(&format!("mysql://{OWNER}@localhost/{database}")).unwrap();
        let opts = mysql_async::OptsBuilder::from_opts(opts).prefer_socket(false);
        opts.socket(Some(self.directory.join("s").display().to_string()))
            .into()
    }
}

fn make(directory: &Path, settings: &[String]) {
    let input = directory.join("bootstrap.sql");
    fs::write(&input, system_tables()).unwrap();
    let made = Command::new(program())
        .args(settings)
        .arg("--bootstrap")
        .stdin(fs::File::open(&input).unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let log = || fs::read_to_string(directory.join("log")).unwrap_or_default();
    assert!(made.success(), "{}", log());
    fs::remove_file(input).unwrap();
}

/// A connection that waits for its answers.
pub struct Client {
    runtime: Runtime,
    conn: Conn,
}

impl Client {
    /// Of the owner, into this database.
    pub fn new(server: &Mariadb, database: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let conn = runtime.block_on(Conn::new(server.opts(database))).unwrap();
        Self { runtime, conn }
    }

    /// Runs statements.
    #[track_caller]
    pub fn run(&mut self, statements: &str) {
        if let Err(error) = self.runtime.block_on(self.conn.query_drop(statements)) {
            panic!("{error}: {statements}");
        }
    }

    /// Runs statements, which may come too late.
    pub fn try_run(&mut self, statements: &str) {
        self.runtime.block_on(self.conn.query_drop(statements)).ok();
    }

    /// The rows of a query, every value as text; `-` for none.
    #[track_caller]
    pub fn rows(&mut self, query: &str) -> Vec<String> {
        let rows: Vec<Row> = self.runtime.block_on(self.conn.query(query)).unwrap();
        rows.into_iter()
            .map(|row| row.unwrap().into_iter().map(shown).collect::<Vec<_>>().join("|"))
            .collect()
    }
}

fn shown(value: Value) -> String {
    match value {
        Value::NULL => "-".to_owned(),
        Value::Bytes(bytes) => {
            String::from_utf8(bytes).unwrap_or_else(|bytes| format!("{:02x?}", bytes.as_bytes()))
        }
        other => other.as_sql(true),
    }
}

/// A database of a test's own; dropping it removes it.
pub struct Schema {
    server: &'static Mariadb,
    name: String,
}

impl Schema {
    /// An empty one of the test run's server.
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        Client::new(mariadb(), "").run(&format!("CREATE DATABASE {name}"));
        Self {
            server: mariadb(),
            name,
        }
    }

    /// The address for a role, given with its password.
    pub fn role_url(&self, role: &str) -> String {
        self.server.url(role, &self.name)
    }

    /// The address for who may do everything.
    pub fn url(&self) -> String {
        self.role_url(OWNER)
    }

    /// A connection of the owner's.
    pub fn owner(&self) -> Client {
        Client::new(self.server, &self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        Client::new(self.server, "").run(&format!("DROP DATABASE {}", self.name));
    }
}
