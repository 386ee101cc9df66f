//! The scripts are sound, and the first start is made once.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

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

/// A port on which everything is answered as a ready service would.
fn ready_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            stream.read_exact(&mut [0; 24]).ok();
            stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").ok();
        }
    });
    port
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
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits for the service, ends the script as Ctrl-C would end it, and gives what it printed.
fn stop(stub: &Path, run: Child) -> String {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    let pid = eventually("the service to start", || {
        fs::read_to_string(stub.join("pid")).ok()
    });
    let service = Pid::from_raw(pid.trim().parse().unwrap());
    kill(Pid::from_raw(run.id().cast_signed()), Signal::SIGTERM).unwrap();
    let output = run.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(kill(service, None).is_err(), "the service still runs");
    fs::remove_file(stub.join("pid")).unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_first_start_is_finished_once_and_later_ones_keep_it() {
    let folder = tempfile::tempdir().unwrap();
    let stub = folder.path();
    install(&stub.join("bin/cargo"), CARGO);
    install(&stub.join("target/debug/dataratt"), DATARATT);
    let port = ready_port();

    assert!(
        !start(stub, port).wait().unwrap().success(),
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
    stop(stub, start(stub, port));
    let printed = stop(stub, start(stub, port));

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
