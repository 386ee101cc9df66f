//! The audit trail as a whole: what a changed database gives away, sealing, rolling back, disposal, looks, the profile.

mod command;
mod disposing;
mod looking;
mod mutations;
mod naming;
mod profile;
mod sealing;

use chrono::TimeDelta;
use dataratt::domain::staff::Actor;
use dataratt::services::auditing;
use dataratt::store::audit::SERVICE_STREAM;
use serde_json::json;
use uuid::Uuid;

use crate::support::context::TestContext;
use crate::support::database::{Database, database};

/// A trail without cases, in a database of its own.
struct Trail {
    ctx: TestContext,
    database: Database,
}

/// The stream of a case that is not there.
const fn stream(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

impl Trail {
    /// Nothing happened yet.
    fn empty() -> Self {
        let database = database();
        let ctx = TestContext::new(database.pool(8));
        Self { ctx, database }
    }

    /// Five streams and the service's own, sealed in pieces by six checkpoints; the last two of eight events of the
    /// first stream are unsealed. A sixth stream was disposed of.
    fn grown() -> Self {
        let trail = Self::empty();
        for round in 1..=3 {
            for number in 1..=6 {
                trail.record(stream(number), 2);
                trail.record(SERVICE_STREAM, 1);
                if number % 3 == round % 3 {
                    trail.seal();
                }
            }
        }
        trail.dispose(stream(6)).unwrap();
        trail.record(stream(1), 2);
        trail
    }

    /// Records `count` events.
    fn record(&self, stream: Uuid, count: usize) {
        for number in 0..count {
            self.ctx.advance(TimeDelta::seconds(1));
            let detail = json!({ "number": number, "kinds": ["a", "b"] });
            self.ctx
                .store
                .transaction(|conn| {
                    self.ctx
                        .record(conn, stream, &Actor::System, "letter_queued", detail)
                })
                .unwrap();
        }
    }

    /// Seals what is unsealed.
    fn seal(&self) -> usize {
        auditing::seal(&self.ctx).unwrap()
    }

    fn dispose(&self, stream: Uuid) -> dataratt::services::Result<()> {
        let ctx = &self.ctx;
        ctx.store
            .transaction(|conn| auditing::dispose(ctx, conn, &Actor::System, stream))
    }

    /// What a verification finds now.
    fn verify(&self) -> auditing::Verdict {
        auditing::verify(&self.ctx).unwrap()
    }

    /// Changes the database as only a superuser can: past its triggers.
    #[track_caller]
    fn change(&self, sql: &str) {
        let mut owner = self.database.owner();
        owner
            .batch_execute("SET session_replication_role = replica")
            .unwrap();
        let changed = owner.execute(sql, &[]).unwrap();
        assert_ne!(changed, 0, "{sql}");
    }
}
