//! Connections over TLS to servers that offer it, with certificates that are right and wrong, and to one that does not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dataratt::adapters::connectors::Connected;
use dataratt::services::ports::{System, SystemError, Systems};
use postgres::NoTls;

use super::place::{by_email, mapped, only, table};
use crate::support::kept::{self, Kept};
use crate::support::mariadb::{Client, Mariadb};
use crate::support::smtp_tls::Authority;

/// A server on the network, and how it is told to take another certificate, or none.
trait Server {
    fn url(&self, host: &str) -> String;
    /// For a role that may enter only encrypted.
    fn url_of_the_encrypted(&self, host: &str) -> String;
    fn connector(&self) -> &'static str;
    fn reload(&self);
    fn stop_offering(&mut self);
}

const PEOPLE: &str = "CREATE TABLE people (id int PRIMARY KEY, mail varchar(50)); INSERT INTO people VALUES (1, 'anna@x.example');";

fn write_files(folder: &Path, authority: &Authority, year: i32) {
    let (certificate, key) = authority.files_until("localhost", year);
    for (name, text) in [("cert.pem", certificate), ("key.pem", key)] {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        kept::hand_over(&path);
    }
}

/// PostgreSQL.
struct Postgres {
    folder: PathBuf,
    port: u16,
    _kept: Kept,
}

impl Postgres {
    fn start(authority: &Authority) -> Self {
        let folder = kept::directory("dataratt-pg-");
        kept::hand_over(&folder);
        write_files(&folder, authority, 2100);
        let data = folder.join("data").display().to_string();
        let make = [
            "initdb",
            "-N",
            "-A",
            "trust",
            "-U",
            "owner",
            "-E",
            "UTF8",
            "--locale=C",
            "-D",
            &data,
        ];
        let make = Self::command(&make);
        let made = Command::new(&make[0])
            .args(&make[1..])
            .current_dir("/")
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::write(
            folder.join("data/pg_hba.conf"),
            "hostssl all encrypted all trust\nhost all owner all trust\nhost all encrypted all reject\n",
        )
        .unwrap();
        let port = kept::free_port();
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nfsync = off\nssl = on\n\
             ssl_cert_file = '{0}/cert.pem'\nssl_key_file = '{0}/key.pem'\n",
            folder.display()
        );
        fs::write(folder.join("data/postgresql.conf"), settings).unwrap();
        let kept = kept::run(&folder, &Self::command(&["postgres", "-D", &data]));
        let server = Self {
            folder,
            port,
            _kept: kept,
        };
        let made = "CREATE ROLE encrypted LOGIN SUPERUSER;";
        server.owner().batch_execute(&format!("{made}{PEOPLE}")).unwrap();
        server
    }

    /// A command of PostgreSQL's, as an account that is not root.
    fn command(words: &[&str]) -> Vec<String> {
        let (program, rest) = words.split_first().unwrap();
        let versions = fs::read_dir("/usr/lib/postgresql");
        let mut found = versions
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("bin").join(program))
            .filter(|path| path.is_file());
        let program = found
            .next()
            .map_or_else(|| (*program).to_owned(), |path| path.display().to_string());
        let account: &[&str] = if kept::is_root() {
            &[
                "setpriv",
                "--reuid=nobody",
                "--regid=nogroup",
                "--clear-groups",
                "--",
            ]
        } else {
            &["env"]
        };
        let words = account
            .iter()
            .copied()
            .chain([program.as_str()])
            .chain(rest.iter().copied());
        words.map(ToOwned::to_owned).collect()
    }

    fn owner(&self) -> postgres::Client {
        postgres::Client::connect(&self.url("127.0.0.1"), NoTls).unwrap()
    }
}

impl Server for Postgres {
    fn url(&self, host: &str) -> String {
        format!("postgresql://owner@{host}:{}/postgres", self.port)
    }

    fn url_of_the_encrypted(&self, host: &str) -> String {
        self.url(host).replace("owner", "encrypted")
    }

    fn connector(&self) -> &'static str {
        "postgres"
    }

    fn reload(&self) {
        self.owner().batch_execute("SELECT pg_reload_conf()").unwrap();
    }

    fn stop_offering(&mut self) {
        let file = self.folder.join("data/postgresql.conf");
        let settings = fs::read_to_string(&file)
            .unwrap()
            .replace("ssl = on", "ssl = off");
        fs::write(file, settings).unwrap();
        self.reload();
    }
}

/// MariaDB.
struct OfMaria {
    server: Mariadb,
    folder: PathBuf,
    port: u16,
}

impl OfMaria {
    fn start(authority: &Authority) -> Self {
        let folder = kept::directory("dataratt-certs-");
        kept::hand_over(&folder);
        write_files(&folder, authority, 2100);
        let port = kept::free_port();
        let server = Mariadb::start(&[
            format!("--port={port}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--ssl-cert={}", folder.join("cert.pem").display()),
            format!("--ssl-key={}", folder.join("key.pem").display()),
        ]);
        let made = "CREATE DATABASE host; USE host; CREATE USER encrypted@'%' IDENTIFIED BY 'hush' REQUIRE SSL; \
                    GRANT ALL ON host.* TO encrypted@'%';";
        Client::new(&server, "").run(&format!("{made}{PEOPLE}"));
        Self { server, folder, port }
    }
}

impl Server for OfMaria {
    fn url(&self, host: &str) -> String {
        Mariadb::network_url(host, self.port, "owner:hush", "host")
    }

    fn url_of_the_encrypted(&self, host: &str) -> String {
        self.url(host).replace("owner", "encrypted")
    }

    fn connector(&self) -> &'static str {
        "mysql"
    }

    fn reload(&self) {
        Client::new(&self.server, "").run("FLUSH SSL");
    }

    /// One that never did: it cannot be told to.
    fn stop_offering(&mut self) {
        self.port = kept::free_port();
        self.server = Mariadb::start(&[
            format!("--port={}", self.port),
            "--bind-address=127.0.0.1".to_owned(),
            "--skip-ssl".to_owned(),
        ]);
        Client::new(&self.server, "").run(&format!("CREATE DATABASE host; USE host; {PEOPLE}"));
    }
}

impl Drop for OfMaria {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn system(connector: &str, url: String, tls: &str) -> Result<Arc<dyn System>, SystemError> {
    let map = mapped(&format!(
        "connector = \"{connector}\"\n{tls}\n{}",
        table("people", "person = { email = \"mail\" }")
    ));
    Connected::new(&map, move |_| Some(url.clone())).get("host")
}

/// Whether Anna is found, or why not.
fn found(connector: &str, url: String, tls: &str) -> Result<usize, String> {
    let map = mapped(&format!(
        "connector = \"postgres\"\n{}",
        table("people", "person = { email = \"mail\" }")
    ));
    let found = system(connector, url, tls)
        .and_then(|system| system.find(&only(&map).tables[0], &by_email("anna@x.example"), 9));
    found.map(|rows| rows.len()).map_err(|error| {
        assert!(!error.retryable(), "nothing mends this by itself: {error}");
        error.to_string()
    })
}

/// A server that is told of a change may take a moment.
fn soon(changed: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(5);
    while !changed() && Instant::now() < until {
        std::thread::yield_now();
    }
}

fn refused(connector: &str, url: String, tls: &str, why: &str) {
    let told = found(connector, url, tls).unwrap_err();
    assert!(told.contains(why), "{told}, not {why}");
}

fn tries(server: &mut dyn Server, authority: &Authority, folder: &Path) {
    let with = server.connector();
    let (ours, other) = (folder.join("ours.pem"), folder.join("other.pem"));
    fs::write(&ours, authority.pem()).unwrap();
    fs::write(&other, Authority::new().pem()).unwrap();
    let tls = |rest: &str| format!("tls = {{ {rest} }}");
    let right = tls(&format!("ca_file = {ours:?}"));
    assert_eq!(
        found(with, server.url("localhost"), ""),
        Ok(1),
        "on this machine nothing is demanded"
    );
    let trusting = |rest: &str| tls(&format!("ca_file = {ours:?}, {rest}"));
    for (host, tls) in [
        ("localhost", right.clone()),
        ("127.0.0.1", trusting("server_name = \"localhost\"")),
    ] {
        assert_eq!(
            found(with, server.url_of_the_encrypted(host), &tls),
            Ok(1),
            "{host}"
        );
    }
    for (host, tls, why) in [
        ("localhost", String::new(), "login"),
        ("localhost", trusting("mode = \"off\""), "login"),
        (
            "localhost",
            trusting("server_name = \"db.example\""),
            "another name",
        ),
        ("127.0.0.1", right.clone(), "another name"),
        ("localhost", tls(&format!("ca_file = {other:?}")), "not trusted"),
        ("localhost", tls("mode = \"verify-full\""), "not trusted"),
        (
            "localhost",
            tls("ca_file = \"/nowhere/ca.pem\""),
            "/nowhere/ca.pem",
        ),
    ] {
        refused(with, server.url_of_the_encrypted(host), &tls, why);
    }

    server.stop_offering();
    soon(|| found(with, server.url("localhost"), &right).is_err());
    refused(with, server.url("localhost"), &right, "does not offer TLS");
    assert_eq!(found(with, server.url("localhost"), ""), Ok(1));
}

#[test]
fn postgresql_is_reached_encrypted_and_only_where_it_is_who_it_says() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    tries(&mut Postgres::start(&authority), &authority, folder.path());
}

#[test]
fn mariadb_is_reached_encrypted_and_only_where_it_is_who_it_says() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    tries(&mut OfMaria::start(&authority), &authority, folder.path());
}

#[test]
fn a_certificate_that_has_expired_is_refused() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().unwrap());
    let ours = folder.path().join("ours.pem");
    fs::write(&ours, authority.pem()).unwrap();
    let tls = format!("tls = {{ ca_file = {ours:?} }}");
    let postgres = Postgres::start(&authority);
    let maria = OfMaria::start(&authority);
    let servers: [(&dyn Server, &Path); 2] = [(&postgres, &postgres.folder), (&maria, &maria.folder)];
    for (server, certificates) in servers {
        assert_eq!(found(server.connector(), server.url("localhost"), &tls), Ok(1));
        write_files(certificates, &authority, 2021);
        server.reload();
        soon(|| found(server.connector(), server.url("localhost"), &tls).is_err());
        refused(server.connector(), server.url("localhost"), &tls, "expired");
    }
}

#[test]
fn what_an_address_says_of_it_is_pointed_to_the_map() {
    for (connector, url) in [
        ("postgres", "postgresql://a@db.example/x?sslmode=verify-full"),
        ("mysql", "mysql://a@db.example/x?ssl-mode=REQUIRED"),
        ("mysql", "mysql://a@db.example/x?require_ssl=true"),
    ] {
        refused(connector, url.to_owned(), "", "under tls in the map");
    }
    let socket = "mysql://a@localhost/x?socket=/run/mysqld/mysqld.sock";
    refused(
        "mysql",
        socket.to_owned(),
        "tls = { mode = \"verify-full\" }",
        "socket",
    );
    refused("mysql", "mysql://a@db.example/".to_owned(), "", "no database");
    refused(
        "mysql",
        "mysql://a@db.example/x?password=hush".to_owned(),
        "",
        "not known",
    );
    refused("mysql", "postgresql://a@db.example/x".to_owned(), "", "MySQL");
}
