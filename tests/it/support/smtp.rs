//! A mail server inside the test process: it accepts what it gets, keeps it, and fails when told to.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use super::fixtures::DEADLINE;
pub use super::mail::Mail;
use super::smtp_session;
use super::smtp_tls::Certificate;

/// How a server encrypts.
#[derive(Clone, Default)]
pub enum Encryption {
    /// Not at all.
    #[default]
    None,
    /// When asked to with STARTTLS, which it offers.
    OnRequest(Certificate),
    /// From the first byte.
    FromTheStart(Certificate),
}

/// What a server does besides accepting.
#[derive(Clone)]
pub struct Manner {
    /// How it encrypts.
    pub encryption: Encryption,
    /// What it offers to log in with.
    pub mechanisms: &'static [&'static str],
    /// The only name and password let in; none: everybody is, also without.
    pub login: Option<(&'static str, &'static str)>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            encryption: Encryption::None,
            mechanisms: &["PLAIN", "LOGIN"],
            login: None,
        }
    }
}

/// How the server fails a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Answers with this code, such as 451 (try again) or 550 (never); keeps nothing.
    Code(u16),
    /// Closes the connection without an answer; keeps nothing.
    Drop,
    /// Keeps the message, but closes the connection before saying so: the client cannot know.
    LoseReply,
}

/// What the sessions of one server share.
pub(super) struct Shared {
    pub(super) manner: Manner,
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    mails: Vec<Mail>,
    next: VecDeque<Failure>,
    by_address: BTreeMap<String, Failure>,
    sessions: usize,
    refused: usize,
    in_clear: Vec<String>,
    open: Vec<TcpStream>,
    stopped: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The failure told for the next message, which is then used up.
    pub(super) fn take_failure(&self) -> Option<Failure> {
        self.state().next.pop_front()
    }

    /// The failure told for an address.
    pub(super) fn failure_for(&self, address: &str) -> Option<Failure> {
        self.state().by_address.get(&address.to_lowercase()).copied()
    }

    /// Notes a command that came without encryption.
    pub(super) fn heard_in_clear(&self, verb: &str) {
        self.state().in_clear.push(verb.to_owned());
    }

    pub(super) fn keep(&self, mail: Mail) {
        self.state().mails.push(mail);
        self.arrived.notify_all();
    }

    pub(super) fn refuse(&self) {
        self.state().refused += 1;
        self.arrived.notify_all();
    }
}

/// A running mail server on a port of 127.0.0.1; dropping it closes every connection.
pub struct Sink {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Sink {
    /// Starts on a free port.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts on `port`, such as that of a server that was dropped before.
    pub fn start_on(port: u16) -> Self {
        Self::start_as(port, Manner::default())
    }

    /// Starts on a free port, with manners of its own.
    pub fn start_with(manner: Manner) -> Self {
        Self::start_as(0, manner)
    }

    fn start_as(port: u16, manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let shared = Arc::new(Shared {
            manner,
            state: Mutex::default(),
            arrived: Condvar::default(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &accepting));
        Self { shared, address }
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The value of `DATARATT_MAIL__SMTP_URL` that leads here.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// How many messages it has kept.
    pub fn count(&self) -> usize {
        self.shared.state().mails.len()
    }

    /// How many times it failed a message or an address.
    pub fn refused(&self) -> usize {
        self.shared.state().refused
    }

    /// The commands that came without encryption, oldest first.
    pub fn heard_in_clear(&self) -> Vec<String> {
        self.shared.state().in_clear.clone()
    }

    /// How many connections were opened to it.
    pub fn sessions(&self) -> usize {
        self.shared.state().sessions
    }

    /// All kept messages, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.state().mails.clone()
    }

    /// The kept messages to `address`, oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<Mail> {
        self.mails()
            .into_iter()
            .filter(|mail| mail.is_to(address))
            .collect()
    }

    /// Forgets the kept messages.
    pub fn clear(&self) {
        self.shared.state().mails.clear();
    }

    /// Fails the next message in that way; several calls queue up.
    pub fn fail_next(&self, failure: Failure) {
        self.shared.state().next.push_back(failure);
    }

    /// Fails every message to `address` in that way, until [`Self::heal`].
    pub fn fail_address(&self, address: &str, failure: Failure) {
        self.shared
            .state()
            .by_address
            .insert(address.to_lowercase(), failure);
    }

    /// Ends all failures.
    pub fn heal(&self) {
        let mut state = self.shared.state();
        state.next.clear();
        state.by_address.clear();
    }

    /// The first kept message that `wanted` accepts, waiting for it; fails the test at the deadline,
    /// saying what came instead.
    #[track_caller]
    pub fn wait_for(&self, wanted: impl Fn(&Mail) -> bool) -> Mail {
        self.wait_for_after(0, wanted)
    }

    /// As [`Self::wait_for`], among the messages after the first `seen` ([`Self::count`] before the act).
    #[track_caller]
    pub fn wait_for_after(&self, seen: usize, wanted: impl Fn(&Mail) -> bool) -> Mail {
        let look = |state: &State| state.mails.iter().skip(seen).find(|mail| wanted(mail)).cloned();
        match self.wait(DEADLINE, look) {
            Ok(mail) => mail,
            Err(kept) => panic!("the mail did not come; kept: {kept:#?}"),
        }
    }

    /// The first message to `address`, waiting for it.
    #[track_caller]
    pub fn wait_for_mail_to(&self, address: &str) -> Mail {
        self.wait_for(|mail| mail.is_to(address))
    }

    /// Waits until `number` messages are kept; fails the test at the deadline.
    #[track_caller]
    pub fn wait_for_count(&self, number: usize) {
        if let Err(kept) = self.wait(DEADLINE, |state| (state.mails.len() >= number).then_some(())) {
            panic!("fewer than {number} mails came: {kept:#?}");
        }
    }

    /// Waits until `number` messages were refused; fails the test at the deadline.
    #[track_caller]
    pub fn wait_for_refusals(&self, number: usize) {
        if let Err(kept) = self.wait(DEADLINE, |state| (state.refused >= number).then_some(())) {
            panic!("fewer than {number} mails were refused; kept: {kept:#?}");
        }
    }

    pub(super) fn wait<T>(
        &self,
        at_most: Duration,
        look: impl Fn(&State) -> Option<T>,
    ) -> Result<T, Vec<String>> {
        let end = Instant::now() + at_most;
        let mut state = self.shared.state();
        loop {
            if let Some(found) = look(&state) {
                return Ok(found);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let line = |mail: &Mail| format!("{} to {}", mail.subject(), mail.to.join(", "));
                return Err(state.mails.iter().map(line).collect());
            }
            let waited = self.shared.arrived.wait_timeout(state, left);
            state = waited.unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.stopped = true;
        for stream in state.open.drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
        drop(state);
        TcpStream::connect(self.address).ok(); // wakes the accepting thread, which then ends
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().map_while(Result::ok) {
        let mut state = shared.state();
        if state.stopped {
            return;
        }
        state.sessions += 1;
        state.open.extend(stream.try_clone());
        drop(state);
        let shared = Arc::clone(shared);
        thread::spawn(move || smtp_session::run(&stream, &shared).ok());
    }
}
