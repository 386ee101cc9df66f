//! A private MariaDB, one for a test run, and a database of it for each test.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, Row, Value};
use nix::unistd::{Uid, User};
use tokio::runtime::{Builder, Runtime};

const PREFIX: &str = "dataratt-my-";
/// Who may do everything.
const OWNER: &str = "owner:hush";

/// A server. It ends with this process, however that ends, and its directory is then removed.
pub struct Mariadb {
    directory: PathBuf,
    _child: Child,
    _input: ChildStdin,
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
        // Near the root: the names of sockets are short, and the server's account must get there.
        let directory = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in("/tmp")
            .unwrap()
            .keep();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        let data = directory.join("data");
        fs::create_dir(&data).unwrap();
        let mut settings = vec![
            "--no-defaults".to_owned(),
            format!("--datadir={}", data.display()),
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
        if Uid::effective().is_root() {
            let account = User::from_name("nobody").unwrap().expect("there is nobody");
            for folder in [&directory, &data] {
                chown(folder, Some(account.uid.as_raw()), Some(account.gid.as_raw())).unwrap();
            }
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
        let (child, input) = run(&directory, &settings);
        Self {
            directory,
            _child: child,
            _input: input,
        }
    }

    /// The address of a database for a role, given with its password.
    pub fn url(&self, role: &str, database: &str) -> String {
        let socket = self.directory.join("s");
        format!("mysql://{role}@localhost/{database}?socket={}", socket.display())
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

/// Starts the server and waits until it says that it is ready. A shell ends it at the end of its input.
fn run(directory: &Path, settings: &[String]) -> (Child, ChildStdin) {
    let told = directory.join("n");
    let ready = UnixDatagram::bind(&told).unwrap();
    fs::set_permissions(&told, fs::Permissions::from_mode(0o777)).unwrap();
    ready.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let script = "\"$@\" & read -r _; kill -9 $!; wait; rm -rf \"$0\"";
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(script)
        .arg(directory)
        .arg(program())
        .args(settings);
    command.env("NOTIFY_SOCKET", &told).process_group(0);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let input = child.stdin.take().unwrap();
    wait_for(&ready, directory);
    (child, input)
}

fn wait_for(ready: &UnixDatagram, directory: &Path) {
    let mut message = [0; 4096];
    let mut said = String::new();
    while !said.contains("READY=1") {
        let log = || fs::read_to_string(directory.join("log")).unwrap_or_default();
        let length = ready
            .recv(&mut message)
            .unwrap_or_else(|error| panic!("{error}: {}", log()));
        said = String::from_utf8_lossy(&message[..length]).into_owned();
    }
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
