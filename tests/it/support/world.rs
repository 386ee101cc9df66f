//! The whole service around a sample host: use cases, jobs and a mail server, without HTTP.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use dataratt::adapters::mail::{Sender, SmtpMailer};
use dataratt::adapters::sample::SamplePerson;
use dataratt::adapters::templates::wording::TemplateWording;
use dataratt::app::{App, Web};
use dataratt::domain::ids::Reference;
use dataratt::domain::organisation::Organisation;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::{self, Action};
use dataratt::services::intake::{self, Arrival, Request, Typed};
use dataratt::services::manual::WithManual;
use dataratt::services::planning::AskedPlan;
use dataratt::services::{Result, accounts, codes, planning};
use dataratt::store::cases::{self, StoredCase};
use dataratt::worker;

use super::context::{self, TestContext};
use super::database::{self, Database};
use super::host::{self, Host};
use super::mail::Mail;
use super::smtp::Sink;

/// The service with all its parts.
pub struct World {
    /// The service.
    pub app: App,
    /// The context, whose clock a test moves.
    pub ctx: TestContext,
    /// The host's systems.
    pub host: Host,
    /// Where mail goes.
    pub sink: Sink,
    /// The service's own database; last, so that it outlives what uses it.
    pub database: Database,
}

impl Deref for World {
    type Target = TestContext;

    fn deref(&self) -> &TestContext {
        &self.ctx
    }
}

impl World {
    /// The service for one of the five hosts, without cool-off.
    pub fn of(profile: &str) -> Self {
        Self::of_organisation(context::organisation(profile))
    }

    /// The service for an organisation of the test's own, around the sample host.
    pub fn of_organisation(organisation: Arc<Organisation>) -> Self {
        let (database, host, sink) = (database::database(), host::host(), Sink::start());
        let mut ctx = TestContext::new(database.pool(8));
        ctx.systems = Arc::new(host.connected(&organisation.map));
        ctx.organisation = Arc::clone(&organisation);
        let packing = context::packing(&organisation);
        let look = packing.look.clone();
        ctx.packing = Arc::new(packing);
        ctx.policy.cool_off = Duration::ZERO;
        ctx.systems = WithManual::around(&ctx);
        let sender = Sender::new(&organisation.name, &organisation.contact.email).unwrap();
        let sender = sender.with_return_path("bounces@host.example").unwrap();
        let app = App {
            ctx: (*ctx).clone(),
            mailer: Arc::new(SmtpMailer::new(sender, &sink.url(), None, 2).unwrap()),
            wording: Arc::new(TemplateWording {
                organisation,
                look: look.clone(),
            }),
            look,
            web: Web::default(),
        };
        Self {
            app,
            ctx,
            host,
            sink,
            database,
        }
    }

    /// The service for ADMAX.
    pub fn new() -> Self {
        Self::of("admax")
    }

    /// A member of staff.
    pub fn staff(&self, role: Role) -> Actor {
        let email = format!("{}-{}@host.example", role.name(), self.new_id().simple());
        let added = accounts::add_staff(
            self,
            &Actor::System,
            &email,
            role,
            "Correct-horse-0123456789abcdef",
        )
        .unwrap();
        Actor::Staff { id: added.id, role }
    }

    /// Does all work that is due.
    pub fn work(&self) {
        worker::run_due(self, &worker::handlers(&self.app)).unwrap();
    }

    /// Moves the clock, and does the work that is due then.
    pub fn later(&self, by: TimeDelta) {
        self.advance(by);
        self.work();
    }

    /// Hands a request in through the form.
    pub fn submit(&self, typed: &Typed) -> StoredCase {
        let request = Request::parse(typed, self.now(), true).unwrap();
        let arrival = Arrival {
            channel: "web",
            received_at: self.now(),
            actor: Actor::Person,
            idempotency: None,
            proofs: vec![],
        };
        let case = intake::submit(self, &request, &arrival).unwrap();
        self.work();
        self.find(&case.reference)
    }

    /// A person asks, and proves the typed address with the code from the mail.
    pub fn asks(&self, right: &str, person: &SamplePerson) -> StoredCase {
        let email = person.email.clone().expect("the person has an address");
        let typed = Typed {
            right: Some(right.into()),
            email: Some(email.clone()),
            ..Typed::default()
        };
        let case = self.submit(&typed);
        let of_case = |mail: &Mail| mail.text().contains(&case.reference.to_string());
        let mail = self
            .sink
            .wait_for(|mail| mail.is_to(&email) && mail.find_code().is_some() && of_case(mail));
        codes::verify(self, &case.reference, &mail.code()).unwrap();
        self.find(&case.reference)
    }

    /// The case as it is now.
    pub fn find(&self, reference: &Reference) -> StoredCase {
        cases::find(&mut self.store.get().unwrap(), reference).unwrap()
    }

    /// A member of staff acts on the case as it is now.
    pub fn act(&self, actor: &Actor, reference: &Reference, action: &Action) -> Result<StoredCase> {
        handling::act(self, actor, reference, self.find(reference).version, action)
    }

    /// From a request to a planned and confirmed erasure that waits for approval.
    pub fn planned(&self, person: &SamplePerson, agent: &Actor) -> StoredCase {
        let case = self.asks("erasure", person);
        self.act(
            agent,
            &case.reference,
            &Action::AcceptIdentity {
                method: "in_person".into(),
            },
        )
        .unwrap();
        self.act(agent, &case.reference, &Action::Plan(AskedPlan::default()))
            .unwrap();
        planning::confirm(self, case.id, None).unwrap();
        self.find(&case.reference)
    }
}
