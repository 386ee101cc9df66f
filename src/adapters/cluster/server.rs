//! The server process: a thread of its own starts it, starts it again when it dies, and ends it.
//!
//! The kernel sends the parent-death signal when the *thread* that started a process ends, so that thread lives as
//! long as the server. `setpriv` asks for the signal, because doing it here would need unsafe code.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::ClusterError;

/// Recovery after a crash may take its time.
const START_PATIENCE: Duration = Duration::from_secs(120);
/// A fast shutdown writes a checkpoint.
const STOP_PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);
/// How often the keeper looks whether the server lives, and tries to start one that does not.
const WATCH: Duration = Duration::from_millis(200);
/// A server that cannot be started again is told of this often.
const REMINDER: Duration = Duration::from_secs(30);

/// A server that this process started and will end.
#[derive(Debug)]
pub(super) struct Server {
    stop: Option<Sender<()>>,
    keeper: Option<JoinHandle<Result<(), ClusterError>>>,
    pid: Arc<AtomicI32>,
}

impl Server {
    /// The process id; another one once the server was started again.
    pub(super) fn pid(&self) -> i32 {
        self.pid.load(Ordering::Relaxed)
    }

    /// Starts `command` and waits until `ready` says yes.
    ///
    /// # Errors
    /// `Start` when it ends before, or is not ready in time; then nothing is left running.
    pub(super) fn start(
        mut command: Command,
        ready: impl Fn() -> bool + Send + 'static,
        log: PathBuf,
    ) -> Result<Self, ClusterError> {
        // A terminal's Ctrl-C must reach the service only, which ends the server when its own work is done.
        command.process_group(0);
        let (stop, stopped) = channel();
        let (report, started) = channel();
        let pid = Arc::new(AtomicI32::new(0));
        let shown = Arc::clone(&pid);
        let keeper = thread::Builder::new()
            .name("postgres-keeper".to_owned())
            .spawn(move || {
                let mut life = Life {
                    command,
                    ready: &ready,
                    log: &log,
                    shown: &shown,
                };
                life.keep(&report, &stopped)
            })
            .map_err(|source| ClusterError::Io {
                path: PathBuf::from("postgres"),
                source,
            })?;
        match started.recv() {
            Ok(()) => Ok(Self {
                stop: Some(stop),
                keeper: Some(keeper),
                pid,
            }),
            Err(_) => match join(keeper) {
                Err(error) => Err(error),
                Ok(()) => Err(ClusterError::Start { tail: String::new() }),
            },
        }
    }

    /// Ends the server (fast: transactions are rolled back, data is written) and waits for it.
    pub(super) fn stop(&mut self) -> Result<(), ClusterError> {
        drop(self.stop.take());
        self.keeper.take().map_or(Ok(()), join)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(%error, "the embedded PostgreSQL did not end as it should");
        }
    }
}

fn join(keeper: JoinHandle<Result<(), ClusterError>>) -> Result<(), ClusterError> {
    keeper.join().unwrap_or_else(|_| {
        Err(ClusterError::Start {
            tail: "its keeper failed".to_owned(),
        })
    })
}

/// What the keeper thread works with.
struct Life<'a> {
    command: Command,
    ready: &'a dyn Fn() -> bool,
    log: &'a Path,
    shown: &'a AtomicI32,
}

impl Life<'_> {
    /// From start to end. Dropping `report` unused tells that the start failed; a message on `stopped`, or the loss of
    /// its sender, means the end.
    fn keep(&mut self, report: &Sender<()>, stopped: &Receiver<()>) -> Result<(), ClusterError> {
        let mut child = self.launch()?;
        if report.send(()).is_err() {
            return end(&mut child);
        }
        while matches!(stopped.recv_timeout(WATCH), Err(RecvTimeoutError::Timeout)) {
            let ended = child
                .try_wait()
                .map_err(ClusterError::io(Path::new("postgres")))?;
            if let Some(status) = ended {
                tracing::error!(%status, "the embedded PostgreSQL died; starting it again");
                match self.revive(stopped) {
                    Some(revived) => child = revived,
                    None => return Ok(()),
                }
            }
        }
        end(&mut child)
    }

    fn launch(&mut self) -> Result<Child, ClusterError> {
        let program = PathBuf::from(self.command.get_program());
        let mut child = self.command.spawn().map_err(ClusterError::io(&program))?;
        if let Err(error) = await_ready(&mut child, self.ready, self.log) {
            end(&mut child)?;
            return Err(error);
        }
        self.shown.store(child.id().cast_signed(), Ordering::Relaxed);
        Ok(child)
    }

    /// Tries until the server runs again or is no longer wanted: at first what the dead one left behind is in the way,
    /// later whoever operates the service may mend what is.
    fn revive(&mut self, stopped: &Receiver<()>) -> Option<Child> {
        let mut next_reminder = Instant::now() + REMINDER;
        loop {
            match self.launch() {
                Ok(child) => {
                    tracing::info!(pid = child.id(), "the embedded PostgreSQL runs again");
                    return Some(child);
                }
                Err(error) if Instant::now() > next_reminder => {
                    tracing::error!(%error, "the embedded PostgreSQL cannot be started again");
                    next_reminder = Instant::now() + REMINDER;
                }
                Err(_) => {}
            }
            if !matches!(stopped.recv_timeout(WATCH), Err(RecvTimeoutError::Timeout)) {
                return None;
            }
        }
    }
}

fn await_ready(child: &mut Child, ready: &dyn Fn() -> bool, log: &Path) -> Result<(), ClusterError> {
    let deadline = Instant::now() + START_PATIENCE;
    loop {
        let ended = child
            .try_wait()
            .map_err(ClusterError::io(Path::new("postgres")))?
            .is_some();
        if ended || Instant::now() > deadline {
            return Err(ClusterError::Start { tail: tail(log) });
        }
        if ready() {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
}

/// Fast shutdown, then immediate, then by force.
fn end(child: &mut Child) -> Result<(), ClusterError> {
    let pid = child.id().cast_signed();
    for signal in [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGKILL] {
        let ended = |child: &mut Child| child.try_wait().map(|status| status.is_some());
        if ended(child).map_err(ClusterError::io(Path::new("postgres")))? {
            return Ok(());
        }
        send(pid, signal)?;
        let deadline = Instant::now() + STOP_PATIENCE;
        while Instant::now() < deadline {
            if ended(child).map_err(ClusterError::io(Path::new("postgres")))? {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
    }
    Err(ClusterError::Stop { pid })
}

/// Ends a server that is no child of ours: one left behind by a service that was killed.
pub(super) fn end_orphan(pid: i32, directory: &Path) -> Result<(), ClusterError> {
    for signal in [Signal::SIGINT, Signal::SIGQUIT] {
        if !is_server(pid, directory) {
            return Ok(());
        }
        send(pid, signal)?;
        let deadline = Instant::now() + STOP_PATIENCE;
        while Instant::now() < deadline {
            if !is_server(pid, directory) {
                return Ok(());
            }
            thread::sleep(PAUSE);
        }
    }
    Err(ClusterError::Stop { pid })
}

fn send(pid: i32, signal: Signal) -> Result<(), ClusterError> {
    match kill(Pid::from_raw(pid), signal) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(errno) => Err(ClusterError::Io {
            path: PathBuf::from(format!("process {pid}")),
            source: io::Error::from(errno),
        }),
    }
}

/// The process id in `postmaster.pid`, when that process is the server of this directory; ids are used again.
pub(super) fn running(directory: &Path) -> Option<i32> {
    let content = fs::read_to_string(directory.join("postmaster.pid")).ok()?;
    let pid = content.lines().next()?.trim().parse().ok()?;
    is_server(pid, directory).then_some(pid)
}

/// Whether the process lives and was started for this directory.
pub(super) fn is_server(pid: i32, directory: &Path) -> bool {
    let alive = matches!(kill(Pid::from_raw(pid), None), Ok(()) | Err(Errno::EPERM));
    if !alive || !Path::new("/proc/self").exists() {
        return alive;
    }
    let wanted = directory.as_os_str().as_encoded_bytes();
    fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.split(|byte| *byte == 0).any(|argument| argument == wanted))
}

/// The last lines of the newest files in the log directory.
pub(super) fn tail(log: &Path) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(log)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort_by_key(|path| fs::metadata(path).and_then(|meta| meta.modified()).ok());
    let text: String = files
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect();
    let lines: Vec<&str> = text.lines().collect();
    lines
        .iter()
        .skip(lines.len().saturating_sub(12))
        .copied()
        .collect::<Vec<_>>()
        .join(" | ")
}
