//! Servers that end with this process, however that ends, and whose directories are then removed.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use nix::unistd::{Uid, User};

/// A server that runs, and the shell that ends it at the end of its input.
pub struct Kept {
    _child: Child,
    _input: ChildStdin,
}

/// A new directory near the root: the names of sockets are short, and the server's account must get there.
pub fn directory(prefix: &str) -> PathBuf {
    let directory = tempfile::Builder::new()
        .prefix(prefix)
        .tempdir_in("/tmp")
        .unwrap()
        .keep();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

/// Whether a server must be told to work as somebody else, because it refuses to as root.
pub fn is_root() -> bool {
    Uid::effective().is_root()
}

/// Hands a file or directory over to the account that servers work as.
pub fn hand_over(path: &Path) {
    if is_root() {
        let account = User::from_name("nobody").unwrap().expect("there is nobody");
        chown(path, Some(account.uid.as_raw()), Some(account.gid.as_raw())).unwrap();
    }
}

/// A port of this machine's where nobody listens.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Starts a server and waits until it says that it is ready, in the way that service managers are told.
pub fn run(directory: &Path, command: &[String]) -> Kept {
    let told = directory.join("n");
    let ready = UnixDatagram::bind(&told).unwrap();
    fs::set_permissions(&told, fs::Permissions::from_mode(0o777)).unwrap();
    ready.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let script = "\"$@\" & read -r _; kill -9 $!; wait; rm -rf \"$0\"";
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg(directory).args(command);
    shell
        .env("NOTIFY_SOCKET", &told)
        .process_group(0)
        .current_dir("/");
    let log = fs::File::create(directory.join("out")).unwrap();
    shell
        .stdin(Stdio::piped())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    let mut child = shell.spawn().unwrap();
    let input = child.stdin.take().unwrap();
    wait_for(&ready, directory);
    Kept {
        _child: child,
        _input: input,
    }
}

fn wait_for(ready: &UnixDatagram, directory: &Path) {
    let mut message = [0; 4096];
    let mut said = String::new();
    while !said.contains("READY=1") {
        let log = || {
            ["out", "log"]
                .map(|name| fs::read_to_string(directory.join(name)).unwrap_or_default())
                .concat()
        };
        let length = ready
            .recv(&mut message)
            .unwrap_or_else(|error| panic!("{error}: {}", log()));
        said = String::from_utf8_lossy(&message[..length]).into_owned();
    }
}
