//! What happens to a case on its way: questions, more time, holds, passing on, joining, breaches, alarms.

mod announced;
mod asking;
mod incidents;
mod joining;
mod roles;
mod time;

use chrono::TimeDelta;
use dataratt::adapters::sample::SamplePerson;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::codes;
use dataratt::services::handling::Action;
use dataratt::services::intake::Typed;
use dataratt::store::cases::StoredCase;
use dataratt::worker;
use serde_json::{Value, json};

use crate::support::mail::Mail;
use crate::support::world::World;

/// A service with an agent, whose case is proved and assessed.
struct Desk {
    world: World,
    agent: Actor,
}

impl std::ops::Deref for Desk {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

/// An action as the API names it.
fn action(value: Value) -> Action {
    serde_json::from_value(value).unwrap()
}

impl Desk {
    fn new() -> Self {
        let mut world = World::new();
        // One person asks more often here than mails are sent in a day.
        world.ctx.policy.limits = false;
        let agent = world.staff(Role::Agent);
        Self { world, agent }
    }

    /// Somebody of the host's with an address.
    fn person(&self, nth: usize) -> SamplePerson {
        let people = self.host.people();
        people
            .into_iter()
            .filter(|person| person.email.is_some())
            .nth(nth)
            .unwrap()
    }

    /// A person asks, and proves the typed address with the code of this very case.
    fn asks(&self, right: &str, person: &SamplePerson) -> StoredCase {
        let typed = Typed {
            right: Some(right.into()),
            email: person.email.clone(),
            ..Typed::default()
        };
        let case = self.submit(&typed);
        let reference = case.reference.to_string();
        let mail = self
            .sink
            .wait_for(|mail| mail.subject().contains(&reference) && mail.find_code().is_some());
        codes::verify(&self.world, &case.reference, &mail.code()).unwrap();
        self.find(&case.reference)
    }

    /// A case that waits for identity.
    fn unproved(&self, right: &str) -> StoredCase {
        self.asks(right, &self.person(0))
    }

    /// A case that is assessed.
    fn assessed(&self, right: &str) -> StoredCase {
        self.assessed_of(right, &self.person(0))
    }

    fn assessed_of(&self, right: &str, person: &SamplePerson) -> StoredCase {
        let case = self.asks(right, person);
        self.does(
            &case,
            json!({ "action": "accept_identity", "method": "in_person" }),
        )
    }

    /// The agent acts, and all work that follows is done.
    #[track_caller]
    fn does(&self, case: &StoredCase, what: Value) -> StoredCase {
        self.act(&self.agent, &case.reference, &action(what)).unwrap();
        self.work();
        self.find(&case.reference)
    }

    /// The code with which an action is refused.
    #[track_caller]
    fn refuses(&self, case: &StoredCase, what: Value) -> String {
        let before = self.find(&case.reference);
        let error = self.act(&self.agent, &case.reference, &action(what)).unwrap_err();
        assert_eq!(
            self.find(&case.reference).version,
            before.version,
            "nothing changed"
        );
        match &error {
            dataratt::services::Error::Invalid(fields) => format!("{}:{}", fields[0].field, fields[0].code),
            other => other.code().to_owned(),
        }
    }

    /// Moves the clock by days, sweeps, and does the work.
    fn days_later(&self, days: i64) {
        self.advance(TimeDelta::days(days));
        worker::run_sweeps(&self.world, &worker::sweeps());
        self.work();
    }

    /// The mails of a case with that subject, newest last.
    fn mails(&self, case: &StoredCase, subject: &str) -> Vec<Mail> {
        let reference = case.reference.to_string();
        let mails = self.sink.mails().into_iter();
        mails
            .filter(|mail| mail.subject().contains(subject) && mail.subject().contains(&reference))
            .collect()
    }

    #[track_caller]
    fn mail(&self, case: &StoredCase, subject: &str) -> Mail {
        self.mails(case, subject)
            .pop()
            .unwrap_or_else(|| panic!("no mail: {subject}"))
    }

    /// What the person's page would be made of, in full.
    fn seen_by_person(&self, case: &StoredCase) -> Value {
        let token = self.token(case);
        let seen = dataratt::services::overview::person_case(&self.world, &case.reference, &token).unwrap();
        serde_json::to_value(dataratt::http::api::person_view::PersonView::of(
            &self.world,
            &seen,
        ))
        .unwrap()
    }

    fn token(&self, case: &StoredCase) -> String {
        let mut conn = self.store.get().unwrap();
        dataratt::services::codes::grant_access(&self.world, &mut conn, case.id).unwrap()
    }

    fn actions_of(&self, case: &StoredCase) -> Vec<String> {
        let sql = format!(
            "SELECT string_agg(action, ',' ORDER BY seq) FROM audit_events WHERE stream = '{}'",
            case.id
        );
        let row = self.database.owner().query_one(&sql, &[]).unwrap();
        let all: String = row.get(0);
        all.split(',').map(str::to_owned).collect()
    }
}
