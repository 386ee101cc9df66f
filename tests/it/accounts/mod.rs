//! Staff and machines: adding them, logging in, sessions, the second factor, keys, and attacks on each.

mod keys;
mod login;
mod own;
mod passwords;
mod sessions;
mod staff;
mod throttles;
mod tokens;
mod totp;

use std::ops::{Deref, DerefMut};

use dataratt::domain::audit::Event;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts::{self, LoggedIn, StaffMember};
use dataratt::services::{Error, Result};
use dataratt::store::audit;

use crate::support::context::TestContext;
use crate::support::database::{self, Database};

const PASSWORD: &str = "Correct-horse-0123456789abcdef";
const NETWORK: &str = "192.0.2.7";

/// A service with a database of its own; it dereferences to its context.
struct World {
    ctx: TestContext,
    database: Database,
}

impl World {
    fn new() -> Self {
        let database = database::database();
        let ctx = TestContext::new(database.store());
        Self { ctx, database }
    }

    /// Adds a person who logs in with [`PASSWORD`].
    #[track_caller]
    fn person(&self, email: &str, role: Role) -> StaffMember {
        accounts::add_staff(self, &Actor::System, email, role, PASSWORD).unwrap()
    }

    fn login(&self, email: &str, password: &str) -> Result<LoggedIn> {
        accounts::login(self, email, password, None, NETWORK)
    }

    /// The token of a new login with [`PASSWORD`].
    #[track_caller]
    fn token(&self, email: &str) -> String {
        self.login(email, PASSWORD).unwrap().token
    }

    /// What the service's audit trail says, without times and hashes.
    fn trail(&self) -> Vec<Event> {
        audit::list(&mut self.store.get().unwrap(), audit::SERVICE_STREAM).unwrap()
    }

    fn actions(&self) -> Vec<String> {
        self.trail().into_iter().map(|event| event.action).collect()
    }
}

impl Deref for World {
    type Target = TestContext;

    fn deref(&self) -> &TestContext {
        &self.ctx
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut TestContext {
        &mut self.ctx
    }
}

/// The code of what must have been refused.
#[track_caller]
fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    outcome.expect_err("this must be refused").code()
}

/// The fields that were wrong, each with its code.
#[track_caller]
fn wrong_fields<T: std::fmt::Debug>(outcome: Result<T>) -> Vec<(&'static str, &'static str)> {
    match outcome.expect_err("this must be refused") {
        Error::Invalid(fields) => fields.iter().map(|wrong| (wrong.field, wrong.code)).collect(),
        other => panic!("refused for another reason: {other}"),
    }
}
