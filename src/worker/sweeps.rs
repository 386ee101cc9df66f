//! What is done at intervals, by one instance at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::crew::Crew;
use crate::services::{self, Context};
use crate::store::locks;

type Run = Box<dyn Fn(&Context) -> services::Result<usize> + Send + Sync>;

/// Something done at intervals; doing it twice does no harm.
pub struct Sweep {
    name: &'static str,
    every: Duration,
    run: Run,
}

impl Sweep {
    /// A sweep; `run` says how many things it dealt with.
    #[must_use]
    pub fn new(
        name: &'static str,
        every: Duration,
        run: impl Fn(&Context) -> services::Result<usize> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            every,
            run: Box::new(run),
        }
    }

    /// Does it, unless another instance is at it; a failure waits for the next time.
    fn once(&self, ctx: &Context) {
        let name = self.name;
        let guarded = || catch_unwind(AssertUnwindSafe(|| (self.run)(ctx)));
        match locks::alone(&ctx.store, name, guarded) {
            Ok(None) => tracing::debug!(sweep = name, "another instance is at it"),
            Ok(Some(Ok(Ok(0)))) => {}
            Ok(Some(Ok(Ok(count)))) => tracing::info!(sweep = name, count, "swept"),
            Ok(Some(Ok(Err(error)))) => tracing::error!(sweep = name, code = error.code(), "a sweep failed"),
            Ok(Some(Err(_))) => tracing::error!(sweep = name, code = "panic", "a sweep failed"),
            Err(error) => tracing::warn!(sweep = name, %error, "no lock for a sweep"),
        }
    }
}

/// Does every sweep once, now. For commands and tests; a service has [`super::start`].
pub fn run_sweeps(ctx: &Context, sweeps: &[Sweep]) {
    for sweep in sweeps {
        sweep.once(ctx);
    }
}

/// The life of the thread that sweeps: everything at its start, then each at its interval.
pub(super) fn keep_sweeping(crew: &Crew, sweeps: &[Sweep]) {
    let mut next: Vec<Instant> = vec![Instant::now(); sweeps.len()];
    while let Some(soonest) = next.iter().min().copied() {
        if crew.stops_before(soonest) {
            return;
        }
        for (sweep, at) in sweeps.iter().zip(&mut next) {
            if *at <= soonest {
                sweep.once(&crew.ctx);
                *at = Instant::now() + sweep.every;
            }
        }
    }
}
