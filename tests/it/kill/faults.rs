//! Systems and mail servers of which one call goes wrong.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dataratt::services::ports::{MailError, Mailer, OutgoingMail, System, SystemError, Systems};

use crate::support::hooked::{Hook, Hooked};

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Nothing is done, and the caller is told.
    Fails,
    /// It is done, and the caller is told that it failed.
    FailsAfterwards,
    /// Nothing is done, and the caller panics.
    Panics,
    /// It is done, and the caller panics.
    PanicsAfterwards,
}

impl How {
    pub const ALL: [Self; 4] = [
        Self::Fails,
        Self::FailsAfterwards,
        Self::Panics,
        Self::PanicsAfterwards,
    ];
}

/// Which call goes wrong, and how.
#[derive(Default)]
pub struct Fault {
    left: AtomicI64,
    how: Mutex<Option<How>>,
    slow: AtomicBool,
    inside: AtomicUsize,
    most: AtomicUsize,
}

impl Fault {
    /// The `nth` call from now, counted from 1.
    pub fn arm(&self, nth: i64, how: How) {
        *self.how.lock().unwrap() = Some(how);
        self.left.store(nth, Ordering::SeqCst);
    }

    /// No call any more; says whether the fault has struck.
    pub fn disarm(&self) -> bool {
        self.left.swap(0, Ordering::SeqCst) <= 0
    }

    /// Lets every call take a moment, so that two that may overlap do.
    pub fn slow_down(&self) {
        self.slow.store(true, Ordering::SeqCst);
    }

    /// The most calls that were under way at a time.
    pub fn most_at_a_time(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn through<T, E>(&self, wrong: impl FnOnce() -> E, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        let _left = Leaving(&self.inside);
        self.most.fetch_max(inside, Ordering::SeqCst);
        if self.slow.load(Ordering::SeqCst) {
            std::thread::park_timeout(Duration::from_millis(20));
        }
        let armed = self.left.load(Ordering::SeqCst) > 0;
        if !armed || self.left.fetch_sub(1, Ordering::SeqCst) != 1 {
            return work();
        }
        let how = self.how.lock().unwrap().expect("armed with a way to fail");
        match how {
            How::Fails => Err(wrong()),
            How::FailsAfterwards => work().and_then(|_| Err(wrong())),
            How::Panics => panic!("injected"),
            How::PanicsAfterwards => {
                let _done = work();
                panic!("injected")
            }
        }
    }
}

/// Counts a call as over, also when it panics.
struct Leaving<'a>(&'a AtomicUsize);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The systems of `inner`, with a fault.
pub struct FaultySystems {
    pub inner: Arc<dyn Systems>,
    pub fault: Arc<Fault>,
}

impl Systems for FaultySystems {
    fn get(&self, id: &str) -> Result<Arc<dyn System>, SystemError> {
        Ok(Arc::new(Hooked(Faulty {
            inner: self.inner.get(id)?,
            fault: Arc::clone(&self.fault),
        })))
    }
}

/// A system behind a fault.
struct Faulty {
    inner: Arc<dyn System>,
    fault: Arc<Fault>,
}

impl Hook for Faulty {
    fn call<T>(
        &self,
        _: bool,
        work: impl FnOnce(&dyn System) -> Result<T, SystemError>,
    ) -> Result<T, SystemError> {
        let away = || SystemError::Unavailable {
            system: "faulty".to_owned(),
            reason: "injected".to_owned(),
        };
        self.fault.through(away, || work(&*self.inner))
    }
}

/// A mail server with a fault: `permanent` says that it refuses instead of putting off.
pub struct FaultyMailer {
    pub inner: Arc<dyn Mailer>,
    pub fault: Arc<Fault>,
    pub permanent: bool,
}

impl Mailer for FaultyMailer {
    fn send(&self, mail: &OutgoingMail) -> Result<(), MailError> {
        let wrong = || match self.permanent {
            true => MailError::Never("smtp_550".to_owned()),
            false => MailError::Later("smtp_451".to_owned()),
        };
        self.fault.through(wrong, || self.inner.send(mail))
    }
}
