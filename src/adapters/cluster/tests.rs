//! The embedded cluster against real servers.

use std::os::unix::fs::MetadataExt;
use std::time::Instant;

use diesel::Connection;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::*;

const TESTING: ClusterOptions = ClusterOptions { testing: true };

/// A directory that the server's account can reach also when the tests run as root.
fn directory() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("dr-").tempdir_in("/tmp").unwrap()
}

fn client(cluster: &Cluster) -> Client {
    Client::connect(&cluster.owner_url(DATABASE), NoTls).unwrap()
}

fn gone(pid: i32) -> bool {
    // A killed process that nobody has waited for yet still has an entry.
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

#[test]
fn data_survives_a_stop_and_the_server_ends() {
    let dir = directory();
    let cluster = Cluster::start(dir.path(), TESTING).unwrap();
    client(&cluster)
        .batch_execute("CREATE TABLE kept (what text); INSERT INTO kept VALUES ('åäö')")
        .unwrap();
    let pid = cluster.server_pid().unwrap();
    cluster.stop().unwrap();
    assert!(gone(pid));

    let again = Cluster::start(dir.path(), TESTING).unwrap();
    let what: String = client(&again)
        .query_one("SELECT upper(what) FROM kept", &[])
        .unwrap()
        .get(0);
    assert_eq!(what, "ÅÄÖ", "the locale knows Swedish letters");
    let pid = again.server_pid().unwrap();
    drop(again);
    assert!(gone(pid), "dropping ends it too");
}

#[test]
fn recovers_from_a_killed_server() {
    let dir = directory();
    let cluster = Cluster::start(dir.path(), ClusterOptions::default()).unwrap();
    client(&cluster)
        .batch_execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
        .unwrap();
    kill(Pid::from_raw(cluster.server_pid().unwrap()), Signal::SIGKILL).unwrap();
    drop(cluster);
    let again = Cluster::start(dir.path(), ClusterOptions::default()).unwrap();
    let n: i32 = client(&again)
        .query_one("SELECT n FROM kept", &[])
        .unwrap()
        .get(0);
    assert_eq!(n, 7);
}

#[test]
fn a_server_left_behind_is_ended_and_started_anew() {
    let dir = directory();
    Cluster::start(dir.path(), TESTING).unwrap().stop().unwrap();
    // As after kill -9 of the service where the parent-death signal did not come: server alive, nobody keeps it.
    let places = setup::Places::of(dir.path());
    let account = Account::for_directory(&places.data).unwrap();
    let binaries = setup::fitting_binaries(&places.data).unwrap();
    account.private_directory(&places.socket).unwrap();
    let mut command = server_command(&places, &account, &binaries, TESTING).unwrap();
    let mut orphan = command.spawn().unwrap();
    let pid = orphan.id().cast_signed();
    let reaper = std::thread::spawn(move || orphan.wait());
    let url = setup::url(&places.socket, OWNER_ROLE, "postgres");
    let deadline = Instant::now() + std::time::Duration::from_mins(1);
    while Client::connect(&url, NoTls).is_err() {
        assert!(Instant::now() < deadline, "the orphan does not answer");
    }

    let again = Cluster::start(dir.path(), TESTING).unwrap();

    reaper.join().unwrap().unwrap();
    assert_ne!(again.server_pid(), Some(pid));
    client(&again).batch_execute("SELECT 1").unwrap();
}

#[test]
fn a_second_user_attaches_and_does_not_end_it() {
    let dir = directory();
    let owner = Cluster::start(dir.path(), TESTING).unwrap();
    let guest = Cluster::attach_or_start(dir.path(), TESTING).unwrap();
    assert!(owner.is_owned() && !guest.is_owned());
    assert!(matches!(
        Cluster::start(dir.path(), TESTING),
        Err(ClusterError::AlreadyRunning { .. })
    ));
    client(&guest).batch_execute("SELECT 1").unwrap();
    guest.stop().unwrap();
    client(&owner).batch_execute("SELECT 1").unwrap();
}

#[test]
fn a_start_that_fails_after_the_server_came_up_leaves_nothing_running() {
    let dir = directory();
    let cluster = Cluster::start(dir.path(), TESTING).unwrap();
    client(&cluster)
        .batch_execute(&format!(
            "DROP ROLE {APP_ROLE}; ALTER ROLE {OWNER_ROLE} SET default_transaction_read_only = on"
        ))
        .unwrap();
    cluster.stop().unwrap();
    let refusal = Cluster::start(dir.path(), TESTING).unwrap_err();
    assert!(matches!(refusal, ClusterError::Database(_)), "{refusal}");
    assert_eq!(server::running(&dir.path().join("postgres")), None);
}

#[test]
fn two_first_starts_make_one_cluster() {
    let dir = directory();
    let path = dir.path().to_owned();
    let clusters: Vec<Cluster> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| Cluster::attach_or_start(&path, TESTING).unwrap()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert_eq!(clusters.iter().filter(|cluster| cluster.is_owned()).count(), 1);
}

#[test]
fn data_of_another_major_version_is_refused_and_left_alone() {
    let dir = directory();
    let data = dir.path().join("postgres");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("PG_VERSION"), "11\n").unwrap();
    let account = Account::for_directory(&data).unwrap();
    account.own(&data).unwrap();

    let refusal = Cluster::start(dir.path(), TESTING).unwrap_err();

    let ClusterError::OtherVersion { made_by, found, .. } = &refusal else {
        panic!("{refusal}")
    };
    assert_eq!(made_by, "11");
    assert!(!found.is_empty());
    assert!(
        refusal.to_string().contains("apt-get install postgresql-11"),
        "{refusal}"
    );
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
}

#[test]
fn somebody_elses_files_are_not_taken_for_a_cluster() {
    let dir = directory();
    fs::create_dir(dir.path().join("postgres")).unwrap();
    fs::write(dir.path().join("postgres/thesis.txt"), "dear").unwrap();
    let refusal = Cluster::start(dir.path(), TESTING).unwrap_err();
    assert!(
        matches!(refusal, ClusterError::NotAPostgresDirectory { .. }),
        "{refusal}"
    );
    assert_eq!(fs::read(dir.path().join("postgres/thesis.txt")).unwrap(), b"dear");
}

#[test]
fn both_drivers_read_the_addresses_and_the_app_role_is_no_superuser() {
    let dir = directory();
    let cluster = Cluster::start(dir.path(), TESTING).unwrap();
    for url in [cluster.owner_url(DATABASE), cluster.app_url(DATABASE)] {
        diesel::PgConnection::establish(&url).unwrap();
        Client::connect(&url, NoTls).unwrap();
    }
    let mut app = Client::connect(&cluster.app_url(DATABASE), NoTls).unwrap();
    let row = app
        .query_one(
            "SELECT current_user::text, rolsuper FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .unwrap();
    assert_eq!(
        (row.get::<_, String>(0).as_str(), row.get::<_, bool>(1)),
        (APP_ROLE, false)
    );
    assert!(app.batch_execute("CREATE DATABASE other").is_err());
}

#[test]
fn a_long_or_odd_path_is_no_obstacle() {
    let dir = directory();
    let deep = dir
        .path()
        .join("a very long name, with a comma and 'quotes'/".to_owned() + &"å".repeat(60));
    let cluster = Cluster::start(&deep, TESTING).unwrap();
    assert!(cluster.socket.starts_with("/tmp"), "{:?}", cluster.socket);
    let meta = fs::metadata(&cluster.socket).unwrap();
    assert_eq!(meta.mode() & 0o777, 0o700);
    client(&cluster).batch_execute("SELECT 1").unwrap();
    let socket = cluster.socket.clone();
    cluster.stop().unwrap();
    assert!(!socket.exists());
}

#[test]
fn the_server_never_runs_as_root_and_its_files_are_private() {
    let dir = directory();
    let cluster = Cluster::start(dir.path(), TESTING).unwrap();
    let process = fs::metadata(format!("/proc/{}", cluster.server_pid().unwrap())).unwrap();
    assert_ne!(process.uid(), 0);
    for place in ["postgres", "postgres/log", "postgres-socket"] {
        let meta = fs::metadata(dir.path().join(place)).unwrap();
        assert_eq!(
            (meta.mode() & 0o777, meta.uid()),
            (0o700, process.uid()),
            "{place}"
        );
    }
    let listening: String = client(&cluster)
        .query_one("SHOW listen_addresses", &[])
        .unwrap()
        .get(0);
    assert_eq!(listening, "");
}

#[test]
fn no_value_of_a_failing_statement_comes_into_the_log() {
    const CANARY: &str = "kanariefågel@canary.example";
    let dir = directory();
    let cluster = Cluster::start(dir.path(), TESTING).unwrap();
    let mut client = client(&cluster);
    client
        .batch_execute("CREATE TABLE person (email text PRIMARY KEY)")
        .unwrap();
    client
        .execute("INSERT INTO person VALUES ($1)", &[&CANARY])
        .unwrap();
    client
        .execute("INSERT INTO person VALUES ($1)", &[&CANARY])
        .unwrap_err();
    client.query("SELECT $1::text::int", &[&CANARY]).unwrap_err();
    client
        .batch_execute(&format!("SELECT '{CANARY}'::int"))
        .unwrap_err();
    client
        .batch_execute(&format!("DO $$ BEGIN RAISE WARNING '{CANARY}'; END $$"))
        .unwrap();
    client
        .batch_execute("SELECT pg_terminate_backend(pg_backend_pid())")
        .unwrap_err();
    let log = cluster.log_dir();
    cluster.stop().unwrap();
    let written: String = fs::read_dir(log)
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert!(
        written.contains("ready to accept connections"),
        "the log is read: {written}"
    );
    assert!(!written.contains("canary"), "{written}");
}

/// Run by `the_server_dies_with_a_killed_service` in a process of its own.
#[test]
#[ignore = "a part of another test"]
fn helper_that_waits_to_be_killed() {
    let Some(dir) = std::env::var_os("CLUSTER_HELPER_DIR") else {
        return;
    };
    let cluster = Cluster::start(Path::new(&dir), TESTING).unwrap();
    client(&cluster)
        .batch_execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (9)")
        .unwrap();
    fs::write(
        Path::new(&dir).join("pid"),
        cluster.server_pid().unwrap().to_string(),
    )
    .unwrap();
    std::thread::park();
}

#[test]
fn the_server_dies_with_a_killed_service() {
    let dir = directory();
    let mut service = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "adapters::cluster::tests::helper_that_waits_to_be_killed",
        ])
        .env("CLUSTER_HELPER_DIR", dir.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let pid: i32 = loop {
        if let Some(pid) = fs::read_to_string(dir.path().join("pid"))
            .ok()
            .and_then(|text| text.parse().ok())
        {
            break pid;
        }
        assert!(started.elapsed().as_secs() < 60, "the helper did not start");
        std::thread::yield_now();
    };
    service.kill().unwrap();
    service.wait().unwrap();

    let again = Cluster::start(dir.path(), TESTING).unwrap();

    assert_ne!(again.server_pid(), Some(pid));
    assert!(gone(pid));
    let n: i32 = client(&again)
        .query_one("SELECT n FROM kept", &[])
        .unwrap()
        .get(0);
    assert_eq!(n, 9, "a fast shutdown wrote it");
}
