//! Random histories: persons, staff, recipients, time, workers and faults in any order. Whatever they do, the rules hold.

mod moves;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::case::{Confirmation, Proposal, State};
use dataratt::domain::erasure::Plan;
use dataratt::domain::grant::stop::Wish;
use dataratt::domain::notice::{Answer, KeepGround, Outcome};
use dataratt::domain::right::Right;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::account_end::{self, CHANNEL};
use dataratt::services::handling::{self, Action};
use dataratt::services::intake::{self, Typed};
use dataratt::services::planning::AskedPlan;
use dataratt::services::standing::{self, Wanted};
use dataratt::services::{
    Error, Result, auditing, codes, execution, granting, notices, overview, planning, stopping,
};
use dataratt::store;
use dataratt::store::cases::StoredCase;
use dataratt::worker;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::kill::faults::{Fault, FaultySystems, How};
use crate::kill::watch::Watch;
use crate::support::fixtures::{rounds, soaking};
use crate::support::invariants;
use crate::support::smtp::Failure;
use crate::support::world::World;

/// Histories that share a host; the next ones get a fresh one.
const A_HOST: u32 = 10;
const STEPS: u32 = 18;

struct Play {
    world: World,
    watch: Watch,
    fault: Arc<Fault>,
    people: Vec<SamplePerson>,
    staff: Vec<Actor>,
    chance: StdRng,
    /// What was done, to be told when something does not hold.
    told: Vec<String>,
    /// Where cases have been.
    seen: BTreeSet<&'static str>,
}

impl Play {
    fn new() -> Self {
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
        let roles = [
            Role::Agent,
            Role::Agent,
            Role::Approver,
            Role::Approver,
            Role::Dpo,
            Role::Admin,
            Role::Auditor,
        ];
        let staff: Vec<Actor> = roles.into_iter().map(|role| world.staff(role)).collect();
        let in_advance = Wanted {
            until: NaiveDate::from_ymd_opt(2027, 11, 1).unwrap(),
            sample_every: 4,
            most: 300,
        };
        standing::give(&world, &staff[2], &in_advance).unwrap();
        let people = world.host.people();
        Self {
            world,
            watch,
            fault,
            people,
            staff,
            chance: StdRng::seed_from_u64(0),
            told: vec![],
            seen: BTreeSet::new(),
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.chance.next_u32() as usize % limit.max(1)
    }

    fn one_of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    /// One history, from its seed.
    fn history(&mut self, seed: u64) {
        self.chance = StdRng::seed_from_u64(seed);
        self.told = vec![format!("seed {seed}")];
        self.world.ctx.policy.cool_off = std::time::Duration::from_hours(self.below(2) as u64 * 24);
        self.world.ctx.policy.account_end_quarantine_days = u32::try_from(self.below(2)).unwrap();
        let mut cases = vec![self.begins()];
        for _ in 0..STEPS {
            if self.below(12) == 0 {
                cases.push(self.begins());
            }
            let case = self.one_of(&cases);
            self.step(&case);
        }
        self.fault.disarm();
        self.world.sink.heal();
        self.rest();
        for case in &cases {
            self.somebody_can_go_on(case);
        }
    }

    /// Somebody asks for something, or an account ends.
    fn begins(&mut self) -> StoredCase {
        if self.below(8) > 0 {
            return self.asks();
        }
        let left = self.people.iter().filter(|person| person.services.is_empty());
        let left: Vec<String> = left.map(|person| person.customer_number.clone()).collect();
        let number = self.one_of(&left);
        self.told.push(format!("the account {number} ends"));
        let typed = Typed {
            customer_number: Some(number),
            ..Typed::default()
        };
        intake::submit_for_person(&self.world, Actor::System, &typed, CHANNEL, None, None).unwrap()
    }

    fn asks(&mut self) -> StoredCase {
        let people = self.people.clone();
        let person = self.one_of(&people);
        // Mostly what leads far.
        let right = self.one_of(&[
            "erasure",
            "erasure",
            "erasure",
            "access",
            "objection",
            "consent_withdrawal",
        ]);
        let email = match self.below(4) {
            0 => "nobody.known@kund.example".to_owned(),
            _ => person
                .email
                .clone()
                .unwrap_or_else(|| "none@kund.example".to_owned()),
        };
        let number = Some(person.customer_number).filter(|_| self.below(3) == 0);
        self.told.push(format!("{right} for {email} {number:?}"));
        let now = self.world.now();
        let stop = self.wish();
        let typed = Typed {
            right: Some(right.to_owned()),
            email: Some(email),
            customer_number: number,
            stop,
            message: Some("Sluta, tack.".to_owned()),
            ..Typed::default()
        };
        let request = dataratt::services::intake::Request::parse(&typed, now, true).unwrap();
        let arrival = dataratt::services::intake::Arrival {
            channel: "web",
            received_at: now,
            actor: Actor::Person,
            idempotency: None,
            proofs: vec![],
        };
        dataratt::services::intake::submit(&self.world, &request, &arrival).unwrap()
    }

    /// What brings a case on from where it is: chance alone seldom comes far.
    fn helps(&mut self, case: &StoredCase) -> Result<()> {
        let act = |actor: usize, action: Action| {
            let actor = &self.staff[actor];
            handling::act(&self.world, actor, &case.reference, case.version, &action).map(drop)
        };
        match (&case.case.state, &case.case.proposal) {
            (State::IdentityPending, _) => {
                let method = "in_person".to_owned();
                act(0, Action::AcceptIdentity { method })
            }
            (State::Assessing, None) if case.case.right == Right::Erasure => {
                act(1, Action::Plan(AskedPlan::default()))
            }
            (State::Assessing, None) => act(1, Action::Grant(granting::Asked::default())),
            (
                State::Assessing,
                Some(Proposal::Erasure {
                    confirmation: Confirmation::Awaited,
                    ..
                }),
            ) => planning::confirm(&self.world, case.id, None).map(drop),
            (State::Assessing, Some(Proposal::Erasure { .. })) => act(2, Action::Approve),
            (State::ClarificationPending { .. }, _) => {
                handling::write_to_staff(&self.world, case.id, "Alla år.")
            }
            (State::Forwarded { .. }, _) => {
                let reason = "Instruktionen är utförd.".to_owned();
                act(0, Action::Close { reason })
            }
            (State::Executing, _) if case.attention.is_some() => act(1, Action::Retry),
            (State::Answered { .. }, _) => self.staff_record_an_answer(&self.staff[0].clone(), case),
            _ => {
                self.world.later(TimeDelta::hours(7));
                Ok(())
            }
        }
    }

    fn step(&mut self, case: &StoredCase) {
        let case = self.world.find(&case.reference);
        let what = self.below(36);
        self.seen.insert(case.case.state.name());
        self.told.push(format!("{what} in {}", case.case.state.name()));
        let outcome = match what {
            0..=2 => self.enters_a_code(&case),
            3 => codes::ask_again(&self.world, &case.reference),
            4 => handling::write_to_staff(&self.world, case.id, "Hur går det?"),
            5 if self.below(3) == 0 => handling::withdraw(&self.world, case.id).map(drop),
            5 if self.below(3) == 0 => {
                account_end::undo(&self.world, &Actor::System, &case.reference).map(drop)
            }
            5 | 6 if case.case.right == Right::ConsentWithdrawal => {
                stopping::confirm(&self.world, case.id, None).map(drop)
            }
            5 | 6 => planning::confirm(&self.world, case.id, None).map(drop),
            7..=14 => self.staff_act(&case),
            15 => self.recipient_answers(&case),
            16 => self.something_fails(),
            17 => execution::run(&self.world, case.id).map(drop),
            20.. => self.helps(&case),
            18 => {
                let minutes = self.one_of(&[1, 11, 90, 600, 60 * 25, 60 * 24 * 31]);
                self.world.advance(TimeDelta::minutes(minutes));
                worker::run_sweeps(&self.world, &worker::sweeps());
                Ok(())
            }
            _ => {
                self.world.work();
                Ok(())
            }
        };
        self.told
            .push(format!("  {:?}", outcome.as_ref().map_err(Error::code)));
        if let Err(Error::Internal(cause)) = outcome {
            panic!("a fault of ours: {cause:?} after {:#?}", self.told);
        }
    }

    /// Lets all work end that ends by itself.
    fn rest(&self) {
        for _ in 0..14 {
            self.world.later(TimeDelta::hours(9));
            let waiting = "SELECT count(*) FROM jobs WHERE state <> 'parked'";
            if self.world.database.count(waiting) == 0 {
                return;
            }
        }
        panic!("work that never ends after {:#?}", self.told);
    }

    /// Fails if nobody and nothing can move an open case.
    fn somebody_can_go_on(&self, case: &StoredCase) {
        let case = self.world.find(&case.reference);
        let state = case.case.state;
        if !state.is_open() {
            return;
        }
        let moves = [
            "accept_identity",
            "plan",
            "grant",
            "collect",
            "approve",
            "reject",
            "refuse",
            "stop",
            "retry",
            "settle",
            "lift_hold",
            "record_clarification",
            "undo_account_end",
            "close",
        ];
        let offered = self
            .staff
            .iter()
            .flat_map(|actor| overview::actions(&self.world, actor, &case));
        let can: Vec<&str> = offered.filter(|name| moves.contains(name)).collect();
        assert!(
            !can.is_empty(),
            "{} is stuck after {:#?}",
            state.name(),
            self.told
        );
    }

    /// Holds everything that happened on this host against the rules.
    fn check(&self) {
        let conn = &mut *self.world.store.get().unwrap();
        let mut plans: Vec<Plan> = Vec::new();
        let sql = "SELECT DISTINCT case_id, plan_id FROM erasure_steps";
        for row in self.world.database.owner().query(sql, &[]).unwrap() {
            let case = store::cases::find_by_id(conn, dataratt::domain::ids::CaseId(row.get(0))).unwrap();
            let plan = dataratt::domain::ids::PlanId(row.get(1));
            plans.push(planning::open(&self.world, conn, &case, plan).unwrap().plan);
        }
        self.watch.check_at_most(&plans);
        let mut owner = self.world.database.owner();
        invariants::histories_hold(&mut owner);
        invariants::two_decide(&mut owner);
        invariants::no_case_is_stuck(&mut owner);
        invariants::mails_have_causes(&mut owner, &self.world.sink, 1);
        assert_eq!(auditing::verify(&self.world).unwrap().broken, []);
    }
}

#[test]
fn whatever_people_do_the_rules_hold() {
    let first: u64 = std::env::var("DATARATT_SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut play = Play::new();
    for round in 0..rounds(40, 10_000) {
        if round > 0 && round % A_HOST == 0 {
            play.check();
            play = Play {
                seen: play.seen,
                ..Play::new()
            };
        }
        play.history(first + u64::from(round));
        if soaking() {
            play.check();
        }
    }
    play.check();
    let mut far = vec!["assessing", "approved", "answered", "withdrawn"];
    if soaking() {
        far.extend(["executing", "closed", "refused", "lapsed"]);
    }
    for state in far {
        assert!(
            play.seen.contains(state),
            "no history has come to {state}: {:?}",
            play.seen
        );
    }
}
