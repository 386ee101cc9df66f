//! Addresses that are lent for each run instead of stored: a file that somebody puts there while erasures may run, or what
//! a command says.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::domain::data_map::System as Mapped;

use super::Way;
use super::sql::error::Failure;
use super::sql::server::{Connection, Server};

/// How long a command may take to say the address.
const ANSWER: Duration = Duration::from_secs(15);
/// The longest address, in bytes.
const LONGEST: u64 = 8192;

/// Who lends an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lender {
    /// A file, which only the service's account may read.
    File(PathBuf),
    /// A program and its arguments; no shell reads them.
    Command(Vec<String>),
}

impl Lender {
    /// Who lends what the map says, if anybody does: `file:PATH` or `command:PROGRAM ARGUMENTS`.
    pub(super) fn named(written: &str) -> Option<Self> {
        if let Some(path) = written.strip_prefix("file:") {
            return Some(Self::File(PathBuf::from(path)));
        }
        let words = written.strip_prefix("command:")?.split_whitespace();
        Some(Self::Command(words.map(ToOwned::to_owned).collect()))
    }

    /// The address, asked for now. The reasons hold nothing of it.
    fn ask(&self, system: &str) -> Result<String, Failure> {
        let said = match self {
            Self::File(path) => read(path)?,
            Self::Command(words) => run(words, system)?,
        };
        let address = said.lines().next().unwrap_or_default().trim();
        if address.is_empty() {
            return Err(later("what is lent as its erase_url is empty"));
        }
        Ok(address.to_owned())
    }
}

/// Somebody may yet lend it.
fn later(reason: impl Into<String>) -> Failure {
    Failure::Way {
        reason: reason.into(),
        passes: true,
    }
}

fn never(reason: impl Into<String>) -> Failure {
    Failure::Way {
        reason: reason.into(),
        passes: false,
    }
}

fn read(path: &PathBuf) -> Result<String, Failure> {
    let shown = path.display();
    let file =
        File::open(path).map_err(|_| later(format!("{shown}, which lends its erase_url, is not there")))?;
    let about = file
        .metadata()
        .map_err(|_| later(format!("{shown} cannot be read")))?;
    if !about.is_file() || about.permissions().mode() & 0o077 != 0 {
        return Err(never(format!("{shown} is open to others, or no file: chmod 600")));
    }
    text(file).ok_or_else(|| never(format!("{shown} holds no text")))
}

fn text(from: impl Read) -> Option<String> {
    let mut said = String::new();
    from.take(LONGEST).read_to_string(&mut said).ok()?;
    Some(said)
}

fn run(words: &[String], system: &str) -> Result<String, Failure> {
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| never("erase_url names no command"))?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("DATARATT_SYSTEM", system)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| never(format!("{program}, which lends its erase_url, cannot be started")))?;
    let (answer, answered) = sync_channel(1);
    let output = child.stdout.take();
    let reader = thread::Builder::new().name("lender".to_owned());
    let reading = reader.spawn(move || {
        // Nobody may be waiting any more.
        let _unheard = answer.send(output.and_then(text));
    });
    let said = reading.ok().and_then(|_| answered.recv_timeout(ANSWER).ok());
    let Some(said) = said else {
        end(&mut child);
        return Err(later(format!(
            "{program}, which lends its erase_url, says nothing"
        )));
    };
    match child.wait() {
        Ok(status) if status.success() => said.ok_or_else(|| never(format!("{program} says no text"))),
        _ => Err(later(format!("{program} does not lend its erase_url"))),
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself just now.
    let _gone = child.kill();
    let _status = child.wait();
}

/// A server whose address is lent anew for each connection, which is not kept afterwards.
pub(super) struct Lent {
    lender: Lender,
    map: Arc<Mapped>,
    way: Way,
}

impl Lent {
    /// The server `way` finds at the address that `lender` says.
    pub(super) fn new(lender: Lender, map: Arc<Mapped>, way: Way) -> Self {
        Self { lender, map, way }
    }
}

impl Server for Lent {
    fn connect(&self) -> Result<Box<dyn Connection>, Failure> {
        let address = self.lender.ask(&self.map.id)?;
        let server = (self.way)(&self.map, &address);
        server
            .map_err(|_| never("what is lent as its erase_url is no address of it"))?
            .connect()
    }

    fn patience(&self) -> Duration {
        ANSWER
    }

    fn is_lent(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Instant;

    use super::*;

    fn asked(written: &str) -> Result<String, Failure> {
        Lender::named(written).unwrap().ask("billing")
    }

    fn reason(written: &str) -> (String, bool) {
        match asked(written) {
            Err(Failure::Way { reason, passes }) => (reason, passes),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_lends_while_it_is_there_and_only_to_us() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erase");
        let written = format!("file:{}", path.display());
        assert!(reason(&written).1, "it may come");
        fs::write(&path, "postgresql://x\nmore\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(reason(&written).0.contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(asked(&written).unwrap(), "postgresql://x");
        fs::write(&path, "\n").unwrap();
        assert!(reason(&written).0.contains("empty"));
    }

    #[test]
    fn a_command_lends_by_what_it_says_and_knows_for_which_system() {
        assert_eq!(
            asked("command:/usr/bin/printenv DATARATT_SYSTEM").unwrap(),
            "billing"
        );
        assert!(reason("command:/bin/false").1, "it may succeed later");
        assert!(!reason("command:/nowhere/lender").1);
        assert!(!reason("command:").1);
        let begun = Instant::now();
        assert!(reason("command:/bin/echo").0.contains("empty"));
        assert!(begun.elapsed() < ANSWER);
    }

    #[test]
    fn other_addresses_are_not_lent() {
        for written in ["env:ERASE", "postgresql://x", "files:/x", ""] {
            assert_eq!(Lender::named(written), None);
        }
    }
}
