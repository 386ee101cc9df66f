//! What the threads of one worker share: the jobs it holds, and whether it stops.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Handlers, Options};
use crate::services::Context;
use crate::store::jobs::{self, Claim, ClaimedJob, JobId};

/// What the threads of one worker share.
pub(super) struct Crew {
    pub(super) ctx: Context,
    pub(super) handlers: Handlers,
    pub(super) options: Options,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Claimed, not begun.
    waiting: VecDeque<ClaimedJob>,
    /// Begun, not ended.
    running: BTreeMap<JobId, Claim>,
    /// Something may be due that the last look did not find.
    woken: bool,
    /// Nothing more is claimed or begun.
    stopping: bool,
    /// Nothing is held any more.
    stopped: bool,
}

impl State {
    fn held(&self) -> usize {
        self.waiting.len() + self.running.len()
    }

    fn claims(&self) -> Vec<Claim> {
        let waiting = self.waiting.iter().map(|job| job.claim);
        waiting.chain(self.running.values().copied()).collect()
    }
}

impl Crew {
    pub(super) fn new(ctx: Context, handlers: Handlers, options: Options) -> Self {
        Self {
            ctx,
            handlers,
            options,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// No thread panics while it holds the lock, and the state is whole in between.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, keep: impl FnMut(&mut State) -> bool) -> MutexGuard<'_, State> {
        self.changed
            .wait_while(self.state(), keep)
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for(&self, at_most: Duration, keep: impl FnMut(&mut State) -> bool) -> MutexGuard<'_, State> {
        self.changed
            .wait_timeout_while(self.state(), at_most, keep)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    /// Waits until more jobs are wanted; says how many, or `None` when the worker stops. As many again as run are held
    /// ready, and fetched when that store is used up: few claims, and little kept from other instances.
    pub(super) fn wanted(&self) -> Option<usize> {
        let threads = self.options.threads;
        let mut state = self.wait_while(|state| !state.stopping && state.held() > threads);
        state.woken = false;
        (!state.stopping).then(|| threads * 2 - state.held())
    }

    /// Takes in what was claimed; gives it back when the worker stops meanwhile.
    pub(super) fn take_in(&self, claimed: Vec<ClaimedJob>) {
        let mut state = self.state();
        if state.stopping {
            drop(state);
            self.release(&claimed.iter().map(|job| job.claim).collect::<Vec<_>>());
            return;
        }
        state.waiting.extend(claimed);
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until the queue is worth another look: a job was announced, or some time has passed.
    pub(super) fn rest(&self) {
        drop(self.wait_for(self.options.poll, |state| !state.stopping && !state.woken));
    }

    /// As [`Self::rest`], when announcements would only bring the same failure again.
    pub(super) fn rest_after_failure(&self) {
        drop(self.wait_for(self.options.poll, |state| !state.stopping));
    }

    /// Says that a job was announced.
    pub(super) fn wake(&self) {
        self.state().woken = true;
        self.changed.notify_all();
    }

    /// The next job to run; `None` when the worker stops.
    pub(super) fn begin(&self) -> Option<ClaimedJob> {
        let mut state = self.wait_while(|state| !state.stopping && state.waiting.is_empty());
        if state.stopping {
            return None;
        }
        let job = state.waiting.pop_front()?;
        state.running.insert(job.claim.id, job.claim);
        Some(job)
    }

    /// A job has ended.
    pub(super) fn end(&self, id: JobId) {
        self.state().running.remove(&id);
        self.changed.notify_all();
    }

    /// Waits until the moment; says whether the worker stops before.
    pub(super) fn stops_before(&self, moment: Instant) -> bool {
        let left = moment.saturating_duration_since(Instant::now());
        self.wait_for(left, |state| !state.stopping).stopping
    }

    /// Prolongs the leases of all that is held; `false` when the worker has stopped.
    pub(super) fn give_sign_of_life(&self) -> bool {
        let state = self.wait_for(self.options.lease / 3, |state| !state.stopped);
        let (stopped, claims) = (state.stopped, state.claims());
        drop(state);
        if stopped || claims.is_empty() {
            return !stopped;
        }
        let kept = self
            .ctx
            .store
            .get()
            .and_then(|mut conn| jobs::heartbeat(&mut conn, &claims, self.options.lease));
        match kept {
            Ok(kept) => self.forget_lost(&claims, &kept),
            Err(error) => tracing::warn!(%error, "leases could not be prolonged"),
        }
        true
    }

    /// Does not begin what another worker has taken over. What runs already cannot record anything.
    fn forget_lost(&self, claims: &[Claim], kept: &[JobId]) {
        let lost = |claim: &Claim| claims.contains(claim) && !kept.contains(&claim.id);
        self.state().waiting.retain(|job| !lost(&job.claim));
    }

    /// Claims and begins nothing more; gives back what was not begun.
    pub(super) fn stop_claiming(&self) -> usize {
        let mut state = self.state();
        state.stopping = true;
        let waiting: Vec<Claim> = state.waiting.drain(..).map(|job| job.claim).collect();
        drop(state);
        self.changed.notify_all();
        self.release(&waiting)
    }

    /// Waits for what runs, as long as the grace lasts, and gives back what still runs then.
    pub(super) fn stop_running(&self) -> usize {
        let state = self.wait_for(self.options.grace, |state| !state.running.is_empty());
        let running: Vec<Claim> = state.running.values().copied().collect();
        drop(state);
        let released = self.release(&running);
        self.state().stopped = true;
        self.changed.notify_all();
        released
    }

    fn release(&self, claims: &[Claim]) -> usize {
        if claims.is_empty() {
            return 0;
        }
        let released = self
            .ctx
            .store
            .get()
            .and_then(|mut conn| jobs::release(&mut conn, claims));
        released.unwrap_or_else(|error| {
            tracing::warn!(%error, "jobs could not be given back; their leases run out");
            0
        })
    }
}
