//! The program itself: a process with a PostgreSQL of its own, driven over the API, killed and started again.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dataratt::adapters::cluster::{Cluster, ClusterOptions, DATABASE};
use dataratt::adapters::keys::DirectoryKeys;
use dataratt::adapters::sample::{FILES_DIRECTORY, SamplePerson};
use dataratt::domain::keyring::Keyring;
use dataratt::services::Keys;
use dataratt::store::Store;
use postgres::{Client, NoTls};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::context::TestContext;
use crate::support::database::Remover;
use crate::support::fixtures::{free_port, within};
use crate::support::mail::Mail;
use crate::support::place;
use crate::support::smtp::Sink;

pub const PASSWORD: &str = "Correct-horse-0123456789abcdef";
/// Past every start, with recovery, on a busy machine.
const START: Duration = Duration::from_mins(2);

/// A running service, removed with its data when dropped.
pub struct Service {
    pub sink: Sink,
    data: TempDir,
    /// For when the test itself is killed.
    _remover: Remover,
    port: u16,
    metrics: u16,
    format: &'static str,
    filter: &'static str,
    child: Option<Child>,
    http: reqwest::blocking::Client,
    /// How often it was killed.
    pub kills: usize,
}

impl Service {
    /// A service with a sample host of so many people, running.
    pub fn with_people(people: u32, format: &'static str, filter: &'static str) -> Self {
        let data = place::directory("dataratt-kill-");
        fs::set_permissions(data.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut service = Self {
            sink: Sink::start(),
            _remover: Remover::of(data.path()),
            data,
            port: free_port(),
            metrics: free_port(),
            format,
            filter,
            child: None,
            http: reqwest::blocking::Client::builder()
                .timeout(Duration::from_secs(30))
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            kills: 0,
        };
        let loaded = service.cli(&["sample", "load", "--people", &people.to_string()], "");
        assert!(
            loaded.status.success(),
            "{}",
            String::from_utf8_lossy(&loaded.stderr)
        );
        service.start();
        service
    }

    /// The directory of the sample host's files.
    pub fn files(&self) -> PathBuf {
        self.data.path().join(FILES_DIRECTORY)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        // Ends with the test's thread, also when the test is killed.
        let mut command = Command::new("/usr/bin/setpriv");
        command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_dataratt")]);
        let listen = format!("127.0.0.1:{}", self.port);
        command
            .args(arguments)
            .env_remove("DATARATT_SOAK")
            .env_remove("DATARATT_SKIP_BROWSER")
            .env("DATARATT_DATA_DIR", self.data.path())
            .env("DATARATT_ORGANISATION", "admax")
            .env("DATARATT_HTTP__PUBLIC_URL", format!("http://{listen}"))
            .env("DATARATT_HTTP__LISTEN", listen)
            .env("DATARATT_METRICS__LISTEN", format!("127.0.0.1:{}", self.metrics))
            .env("DATARATT_MAIL__TRANSPORT", "smtp")
            .env("DATARATT_MAIL__SMTP_URL", self.sink.url())
            .env("DATARATT_ERASURE__COOL_OFF_SECONDS", "0")
            .env("DATARATT_RESTRICTION__LIFT_LEAD_DAYS", "0")
            .env("DATARATT_LIMITS__ENABLED", "false")
            .env("DATARATT_LOG__FORMAT", self.format)
            .env("DATARATT_LOG__FILTER", self.filter);
        command
    }

    /// Runs a command of the program to its end.
    pub fn cli(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Starts it and waits until it is ready.
    pub fn start(&mut self) {
        let began = std::time::Instant::now();
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let mut command = self.command(&["serve"]);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let mut child = command.spawn().unwrap();
        let ready = within(START, || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!(
                    "it ended with {status}: {}",
                    fs::read_to_string(self.log()).unwrap()
                );
            }
            self.get("/readyz")
                .is_some_and(|status| status == 200)
                .then_some(())
        });
        assert!(
            ready.is_some(),
            "not ready: {}",
            fs::read_to_string(self.log()).unwrap()
        );
        self.child = Some(child);
        // The 30 seconds pass that a lost lease lasts; those of the new process began later.
        let sql = "UPDATE jobs SET leased_until = now() WHERE state = 'running' \
                   AND leased_until <= now() + make_interval(secs => 30::double precision - $1)";
        self.owner(DATABASE)
            .execute(sql, &[&began.elapsed().as_secs_f64()])
            .unwrap();
    }

    fn get(&self, path: &str) -> Option<u16> {
        let answer = self.http.get(format!("{}{path}", self.url())).send().ok()?;
        Some(answer.status().as_u16())
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its log, over all its lives.
    pub fn log(&self) -> std::path::PathBuf {
        self.data.path().join("serve.log")
    }

    /// The directory of PostgreSQL's log.
    pub fn database_log(&self) -> std::path::PathBuf {
        self.cluster().log_dir()
    }

    /// Its figures.
    pub fn metrics(&self) -> String {
        let url = format!("http://127.0.0.1:{}/metrics", self.metrics);
        self.http.get(url).send().unwrap().text().unwrap()
    }

    /// Kills it as the kernel would, without any chance to end what it is doing.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().unwrap();
        child.wait().unwrap();
        self.kills += 1;
    }

    /// As [`Self::kill`], while others wait for its answers; it is to be started again afterwards.
    pub fn kill_from_elsewhere(&self) {
        let child = self.child.as_ref().expect("it runs");
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    }

    /// Kills it and starts it again.
    pub fn restart(&mut self) {
        self.kill();
        self.start();
    }

    /// Kills the server process of its PostgreSQL, then it, and starts it again.
    pub fn restart_database(&mut self) {
        self.kill_database();
        self.restart();
    }

    /// Kills the server process of its PostgreSQL.
    pub fn kill_database(&self) {
        let pid = fs::read_to_string(self.database_dir().join("postmaster.pid")).unwrap();
        let pid: i32 = pid.lines().next().unwrap().parse().unwrap();
        let pid = nix::unistd::Pid::from_raw(pid);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    }

    /// Where its PostgreSQL keeps its data.
    pub fn database_dir(&self) -> std::path::PathBuf {
        self.data.path().join("postgres")
    }

    /// Waits until `/readyz` answers so.
    #[track_caller]
    pub fn wait_for_ready(&self, status: u16) {
        let seen = within(START, || (self.get("/readyz") == Some(status)).then_some(()));
        assert!(seen.is_some(), "{}", fs::read_to_string(self.log()).unwrap());
    }

    /// Ends it in order.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
            nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
            child.wait().unwrap();
        }
    }

    fn cluster(&self) -> Cluster {
        Cluster::attach_or_start(self.data.path(), ClusterOptions::default()).unwrap()
    }

    /// The address of the owner of a database of its cluster.
    pub fn owner_url(&self, database: &str) -> String {
        self.cluster().owner_url(database)
    }

    /// A connection of the owner.
    pub fn owner(&self, database: &str) -> Client {
        Client::connect(&self.owner_url(database), NoTls).unwrap()
    }

    /// A context with its database and its key, for looking at what it sealed.
    pub fn context(&self) -> TestContext {
        let url = self.cluster().app_url(DATABASE);
        let mut ctx = TestContext::new(Store::connect(&url, 2, Duration::from_secs(20)).unwrap());
        ctx.keys = read_keys(&self.data.path().join("secret.key"));
        ctx.key_store = Arc::new(DirectoryKeys::open(self.data.path().join("keys")).unwrap());
        ctx
    }

    /// The people of its sample host.
    pub fn people(&self) -> Vec<SamplePerson> {
        dataratt::adapters::sample::list_people(&self.owner_url("sample_billing"), None, false).unwrap()
    }

    /// A call of the API; `None` when the service did not answer.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>, as_who: &str) -> Option<(u16, Value)> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.url()));
        if let Some(key) = as_who.strip_prefix("key:") {
            request = request.header("Idempotency-Key", key);
        } else if !as_who.is_empty() {
            request = request.bearer_auth(as_who);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().ok()?;
        let status = answer.status().as_u16();
        Some((
            status,
            serde_json::from_str(&answer.text().ok()?).unwrap_or(Value::Null),
        ))
    }

    /// A call that must succeed.
    #[track_caller]
    pub fn api(&self, method: &str, path: &str, body: Option<&Value>, as_who: &str) -> Value {
        let (status, answer) = self
            .call(method, path, body, as_who)
            .expect("the service answers");
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// A member of staff's token.
    pub fn staff(&self, role: &str) -> String {
        let email = format!("{role}@host.example");
        let arguments = ["staff", "add", "--email", &email, "--role", role];
        let added = self.cli(&arguments, &format!("{PASSWORD}\n"));
        assert!(
            added.status.success(),
            "{}",
            String::from_utf8_lossy(&added.stderr)
        );
        let session = self.api(
            "POST",
            "/session",
            Some(&json!({ "email": email, "password": PASSWORD })),
            "",
        );
        session["token"].as_str().unwrap().to_owned()
    }

    /// The code that was mailed to an address last.
    #[track_caller]
    pub fn code(&self, email: &str) -> String {
        let looked = within(Duration::from_secs(60), || {
            let mails = self.sink.mails_to(email);
            mails.iter().rev().find_map(Mail::find_code)
        });
        looked.expect("the code comes")
    }

    /// Staff act on a case as it is now.
    #[track_caller]
    pub fn act(&self, reference: &str, token: &str, mut action: Value) -> Value {
        let case = self.api("GET", &format!("/cases/{reference}"), None, token);
        action["version"] = case["version"].clone();
        self.api(
            "POST",
            &format!("/cases/{reference}/actions"),
            Some(&action),
            token,
        )
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

fn read_keys(path: &Path) -> Keys {
    Keys::fixed(Keyring::parse(&fs::read_to_string(path).unwrap()).unwrap())
}
