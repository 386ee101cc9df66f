//! The scripts are sound, and the first start is made once.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::source;
use crate::support::fixtures::{eventually, root};

/// Stands for cargo: builds nothing, and says where the binary is.
const CARGO: &str =
    "#!/bin/sh\ncase $1 in metadata) echo '{\"target_directory\":\"'$STUB'/target\",\"x\":1}';; esac\n";

/// Stands for the binary: notes its calls; the login of the dpo fails at the first try.
const DATARATT: &str = r#"#!/bin/sh
echo "$*" >>"$STUB/calls"
case "$*" in
serve) echo $$ >"$STUB/pid.new"; mv "$STUB/pid.new" "$STUB/pid"; exec sleep 600;;
*dpo) cat >/dev/null; [ -e "$STUB/failed" ] || { touch "$STUB/failed"; exit 1; };;
"staff add"*) cat >>"$STUB/passwords";;
esac
"#;

fn install(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn every_script_parses_and_stops_at_the_first_error() {
    let mut scripts = source::files("scripts", "sh");
    assert!(scripts.len() >= 2);
    scripts.push(source::File {
        path: ".ci/run".into(),
        text: fs::read_to_string(root().join(".ci/run")).unwrap(),
    });
    for script in scripts {
        let path = root().join(&script.path);
        assert!(script.text.contains("\nset -euo pipefail\n"), "{}", script.path);
        assert!(
            Command::new("bash")
                .arg("-n")
                .arg(&path)
                .status()
                .unwrap()
                .success(),
            "{}",
            script.path
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o111,
            0o111,
            "{}",
            script.path
        );
    }
}

/// A port that is free now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Answers everything on the port as a ready service would.
fn be_ready(port: u16) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            stream.read_exact(&mut [0; 24]).ok();
            stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").ok();
        }
    });
}

fn start(stub: &Path, port: u16) -> Child {
    let path = format!(
        "{}:{}",
        stub.join("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let mut run = Command::new(root().join("scripts/run.sh"));
    run.env("PATH", path)
        .env("STUB", stub)
        .env("DATARATT_DATA_DIR", stub.join("data"));
    run.env("DATARATT_HTTP__LISTEN", format!("127.0.0.1:{port}"))
        .env_remove("DATARATT_ORGANISATION");
    run.stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the stand-in is told to serve, and gives its process id.
fn served(stub: &Path) -> Pid {
    let pid = eventually("the service to start", || {
        fs::read_to_string(stub.join("pid")).ok()
    });
    Pid::from_raw(pid.trim().parse().unwrap())
}

/// Ends the script as Ctrl-C would end it.
fn stop(stub: &Path, run: Child) {
    let service = served(stub);
    kill(Pid::from_raw(run.id().cast_signed()), Signal::SIGTERM).unwrap();
    let output = run.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(kill(service, None).is_err(), "the service still runs");
    fs::remove_file(stub.join("pid")).unwrap();
}

/// Starts, waits until everything is said, ends, and gives what was said.
fn run_once(stub: &Path) -> String {
    let port = free_port();
    let mut run = start(stub, port);
    served(stub);
    be_ready(port);
    let mut printed = String::new();
    let mut output = BufReader::new(run.stdout.take().unwrap());
    while !printed.contains("Ctrl-C") {
        assert_ne!(output.read_line(&mut printed).unwrap(), 0, "{printed}");
    }
    stop(stub, run);
    printed
}

/// What a start that cannot go on said.
fn refused(run: Child) -> String {
    let output = run.wait_with_output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn stand_ins() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    install(&folder.path().join("bin/cargo"), CARGO);
    install(&folder.path().join("target/debug/dataratt"), DATARATT);
    folder
}

#[test]
fn an_address_in_use_is_named_before_anything_is_built() {
    let folder = stand_ins();
    let port = free_port();
    be_ready(port);
    let said = refused(start(folder.path(), port));
    assert!(
        said.contains(&format!("127.0.0.1:{port}")) && said.contains("DATARATT_HTTP__LISTEN="),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(!folder.path().join("calls").exists());
}

#[test]
fn a_second_start_beside_the_first_is_refused() {
    let folder = stand_ins();
    let stub = folder.path();
    fs::write(stub.join("failed"), "").unwrap();
    let first = start(stub, free_port());
    served(stub);
    let said = refused(start(stub, free_port()));
    assert!(
        said.contains(stub.join("data").to_str().unwrap()) && said.contains("DATARATT_DATA_DIR"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    stop(stub, first);
}

#[test]
fn the_first_start_is_finished_once_and_later_ones_keep_it() {
    let folder = stand_ins();
    let stub = folder.path();

    assert!(
        !start(stub, free_port()).wait().unwrap().success(),
        "a login that cannot be made stops the start"
    );
    let kept = fs::read_to_string(stub.join("data/logins.txt")).unwrap();
    assert_eq!(
        fs::metadata(stub.join("data/logins.txt"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    run_once(stub);
    let printed = run_once(stub);

    let calls = fs::read_to_string(stub.join("calls")).unwrap();
    let times = |call: &str| calls.lines().filter(|line| line.starts_with(call)).count();
    assert_eq!((times("sample load"), times("serve")), (1, 2));
    assert_eq!(times("staff add --email agent@admax.example --role agent"), 1);
    assert_eq!(
        times("staff add --email dpo@admax.example --role dpo"),
        2,
        "tried again"
    );
    assert_eq!(kept.lines().count(), 4);
    let given = fs::read_to_string(stub.join("passwords")).unwrap();
    for login in kept.lines().take(3) {
        let password = login.rsplit(' ').next().unwrap();
        assert!(
            password.len() == 20 && printed.contains(password) && given.contains(password),
            "{login}"
        );
    }
}
