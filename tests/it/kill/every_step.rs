//! Every call that an erasure makes to a system, and every mail it sends, goes wrong once; the erasure ends all the same.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::erasure::Plan;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::services::planning::AskedPlan;
use dataratt::services::{auditing, planning};
use dataratt::store::cases::StoredCase;
use dataratt::worker;

use super::faults::{Fault, FaultyMailer, FaultySystems, How};
use super::watch::Watch;
use crate::support::fixtures::soaking;
use crate::support::invariants;
use crate::support::world::World;

/// One host after the other, with people who can be erased.
pub struct People {
    pub world: World,
    pub watch: Watch,
    pub fault: Arc<Fault>,
    pub agent: Actor,
    pub approver: Actor,
    left: Vec<SamplePerson>,
    plans: Vec<Plan>,
}

impl People {
    pub fn new() -> Self {
        let mut world = World::new();
        let map = world.organisation.map.clone();
        let watch = Watch::over(&map, world.host.files(), |system: SampleSystem| {
            world.host.database(system).owner_url()
        });
        let fault = Arc::new(Fault::default());
        world.ctx.systems = Arc::new(FaultySystems {
            inner: Arc::clone(&world.ctx.systems),
            fault: Arc::clone(&fault),
        });
        let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
        let mut left = world.host.people();
        // A shared address gets the codes of several.
        let mut seen = BTreeSet::new();
        left.retain(|person| {
            person
                .email
                .as_ref()
                .is_some_and(|email| seen.insert(email.to_lowercase()))
        });
        left.reverse();
        Self {
            world,
            watch,
            fault,
            agent,
            approver,
            left,
            plans: vec![],
        }
    }

    /// The next person's erasure, approved and not begun; `None` when nobody is left.
    pub fn approved(&mut self) -> Option<StoredCase> {
        loop {
            let person = self.left.pop()?;
            let case = self.world.asks("erasure", &person);
            let accept = Action::AcceptIdentity {
                method: "in_person".into(),
            };
            let accepted = self.world.act(&self.agent, &case.reference, &accept);
            let planned = accepted.and_then(|_| {
                self.world
                    .act(&self.agent, &case.reference, &Action::Plan(AskedPlan::default()))
            });
            // Namesakes and shared addresses need staff to choose; they are for other tests.
            if planned.is_err() {
                continue;
            }
            planning::confirm(&self.world, case.id, None).unwrap();
            let case = self
                .world
                .act(&self.approver, &case.reference, &Action::Approve)
                .unwrap();
            let conn = &mut *self.world.store.get().unwrap();
            let (_, file) = planning::newest(&self.world, conn, &case).unwrap().unwrap();
            self.plans.push(file.plan);
            return Some(case);
        }
    }

    /// Works until the case is answered and nothing is left to do, over lost leases and waits.
    pub fn work_it_off(&self, case: &StoredCase) {
        let mut owner = self.world.database.owner();
        for _ in 0..20 {
            // A claim that failed half-way is tried again, as a worker does.
            let _ended = worker::run_due(&self.world, &worker::handlers(&self.world.app));
            owner
                .execute(
                    "UPDATE jobs SET leased_until = now() WHERE state = 'running'",
                    &[],
                )
                .unwrap();
            let left: i64 = owner.query_one("SELECT count(*) FROM jobs", &[]).unwrap().get(0);
            if left == 0 {
                break;
            }
            self.world.advance(TimeDelta::hours(9));
        }
        let state = self.world.find(&case.reference).case.state.name();
        assert!(["answered", "closed"].contains(&state), "the case stays {state}");
    }

    /// Holds everything against the plans and the rules.
    #[track_caller]
    pub fn check(&self, copies: usize) {
        self.watch.check(&self.plans);
        let mut owner = self.world.database.owner();
        invariants::histories_hold(&mut owner);
        invariants::two_decide(&mut owner);
        invariants::mails_have_causes(&mut owner, &self.world.sink, copies);
        invariants::all_work_is_done(&mut owner, &self.world.sink);
        assert_eq!(auditing::verify(&self.world).unwrap().broken, []);
    }

    #[track_caller]
    fn plans_are_carried_out(&self) {
        self.watch.check_noted(&self.plans);
    }
}

/// Runs erasures of which every call goes wrong in turn, from `first` on each that is `apart` from the last, until there
/// is no such call any more.
fn strike(first: i64, apart: i64, offset: usize) -> i64 {
    let mut people = People::new();
    let mut nth = first;
    loop {
        let Some(case) = people.approved() else {
            // More calls than people: a fresh host for the rest.
            people.check(1);
            people = People::new();
            continue;
        };
        let how = How::ALL[(usize::try_from(nth).unwrap() + offset) % How::ALL.len()];
        people.fault.arm(nth, how);
        people.work_it_off(&case);
        if !people.fault.disarm() {
            people.check(1);
            return nth;
        }
        people.plans_are_carried_out();
        nth += apart;
    }
}

#[rstest::rstest]
fn any_call_to_a_system_may_go_wrong(#[values(1, 2, 3, 4)] first: i64) {
    for offset in 0..if soaking() { How::ALL.len() } else { 1 } {
        let calls = strike(first, 4, offset);
        assert!(calls > 15, "an erasure makes more than {calls} calls");
    }
}

#[test]
fn any_mail_may_go_wrong() {
    let mut people = People::new();
    let inner = Arc::clone(&people.world.app.mailer);
    let mut nth = 1;
    'all: loop {
        for how in How::ALL {
            let fault = Arc::new(Fault::default());
            people.world.app.mailer = Arc::new(FaultyMailer {
                inner: Arc::clone(&inner),
                fault: Arc::clone(&fault),
                permanent: false,
            });
            let Some(case) = people.approved() else { break 'all };
            fault.arm(nth, how);
            people.work_it_off(&case);
            if !fault.disarm() {
                break 'all;
            }
        }
        nth += 1;
    }
    assert!(nth > 1, "an erasure sends mail");
    people.check(2);
}

#[test]
fn a_refused_mail_leaves_once_staff_try_again() {
    let mut people = People::new();
    let inner = Arc::clone(&people.world.app.mailer);
    for nth in 1.. {
        let fault = Arc::new(Fault::default());
        people.world.app.mailer = Arc::new(FaultyMailer {
            inner: Arc::clone(&inner),
            fault: Arc::clone(&fault),
            permanent: true,
        });
        let case = people.approved().expect("people are left");
        fault.arm(nth, How::Fails);
        people.work_it_off(&case);
        if !fault.disarm() {
            break;
        }
        let refused = people.world.find(&case.reference);
        assert!(refused.attention.is_some(), "staff are told of mail {nth}");
        people
            .world
            .act(&people.agent, &case.reference, &Action::Retry)
            .unwrap();
        people.world.work();
    }
    let failed = "SELECT count(*) FROM mails WHERE state = 'failed'";
    assert_eq!(people.world.database.count(failed), 0);
    people.check(1);
}

#[test]
fn mail_that_no_server_took_for_days_leaves_once_staff_try_again() {
    let mut people = People::new();
    let inner = Arc::clone(&people.world.app.mailer);
    let case = people.approved().unwrap();
    people.world.app.mailer = Arc::new(Away);
    for _ in 0..12 {
        people.world.later(TimeDelta::hours(9));
    }
    let parked = "SELECT count(*) FROM jobs WHERE state = 'parked'";
    assert!(people.world.database.count(parked) > 0);
    people.world.app.mailer = inner;
    people
        .world
        .act(&people.agent, &case.reference, &Action::Retry)
        .unwrap();
    people.world.work();
    people.check(1);
}

/// A mail server that never answers.
struct Away;

impl dataratt::services::ports::Mailer for Away {
    fn send(
        &self,
        _: &dataratt::services::ports::OutgoingMail,
    ) -> Result<(), dataratt::services::ports::MailError> {
        Err(dataratt::services::ports::MailError::Later(
            "smtp_unreachable".to_owned(),
        ))
    }
}
