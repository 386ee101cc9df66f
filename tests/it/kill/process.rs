//! The program is killed at any moment of erasures and started again: it ends what it began, and nothing more.

use std::time::Duration;

use dataratt::adapters::cluster::DATABASE;
use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::data_map::DataMap;
use dataratt::domain::erasure::Plan;
use dataratt::domain::ids::Reference;
use dataratt::services::{auditing, planning};
use dataratt::store::cases;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;

use super::service::Service;
use super::watch::Watch;
use crate::support::fixtures::{rounds, soaking, within};
use crate::support::invariants;

/// Each row that goes takes a moment, as in a host's busy database, so that a kill finds the erasure under way.
const SLOW: &str = "\
CREATE FUNCTION watch.dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.03); RETURN NULL; END $$;
GRANT USAGE ON SCHEMA watch TO PUBLIC;
DO $$ DECLARE tbl text; BEGIN
    FOR tbl IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TRIGGER dawdle BEFORE DELETE OR UPDATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION watch.dawdle()', tbl);
    END LOOP;
END $$;";

/// When the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// While a request is being taken in.
    Intake,
    /// A moment after a call was answered: the first, the second, …
    AfterCall(usize),
    /// When so many steps of the erasure are done.
    Step(i64),
    /// When the steps are done and mail is leaving.
    Mail,
    /// As `Step`, and its PostgreSQL's server process with it.
    Database(i64),
}

/// Every kind of moment, for those who have time for few.
const FEW: [[Moment; 3]; 3] = [
    [Moment::Intake, Moment::AfterCall(1), Moment::Step(2)],
    [Moment::AfterCall(3), Moment::Step(9), Moment::Mail],
    [Moment::AfterCall(0), Moment::AfterCall(4), Moment::Database(5)],
];

struct Run {
    service: Service,
    chance: StdRng,
    agent: String,
    approver: String,
}

impl Run {
    fn wait_a_little(&mut self) {
        std::thread::park_timeout(Duration::from_millis(u64::from(self.chance.next_u32() % 120)));
    }

    /// Kills the program a little later, when this moment is one at which to do so.
    fn after_call(&mut self, moments: &[Moment], call: usize) {
        if moments.contains(&Moment::AfterCall(call)) {
            self.wait_a_little();
            self.service.restart();
        }
    }

    /// Hands a request in; a client that hears nothing tries again with the same key.
    fn submit(&mut self, person: &SamplePerson, moments: &[Moment]) -> String {
        let key = format!("key:request-{}", person.customer_number);
        let body = json!({ "right": "erasure", "email": person.email, "language": "sv" });
        let mut first = None;
        if moments.contains(&Moment::Intake) {
            let pause = Duration::from_millis(u64::from(self.chance.next_u32() % 30));
            let service = &self.service;
            let answer = std::thread::scope(|scope| {
                let asking = scope.spawn(|| service.call("POST", "/requests", Some(&body), &key));
                std::thread::park_timeout(pause);
                service.kill_from_elsewhere();
                asking.join().unwrap()
            });
            self.service.restart();
            first = answer
                .filter(|(status, _)| *status == 202)
                .map(|(_, body)| body["reference"].clone());
        }
        let again = self.service.api("POST", "/requests", Some(&body), &key)["reference"].clone();
        assert!(first.is_none_or(|first| first == again), "one key, two cases");
        again.as_str().unwrap().to_owned()
    }

    /// From the form to the answer, killed at these moments.
    fn journey(&mut self, person: &SamplePerson, moments: &[Moment]) -> String {
        let reference = self.submit(person, moments);
        self.after_call(moments, 0);
        let code = self.service.code(person.email.as_deref().unwrap());
        let verified = format!("/requests/{reference}/verification");
        let token = self
            .service
            .api("POST", &verified, Some(&json!({ "code": code })), "")["token"]
            .clone();
        let token = token.as_str().unwrap().to_owned();
        self.after_call(moments, 1);
        let (agent, approver) = (self.agent.clone(), self.approver.clone());
        self.service.act(
            &reference,
            &agent,
            json!({ "action": "accept_identity", "method": "in_person" }),
        );
        self.after_call(moments, 2);
        self.service.act(&reference, &agent, json!({ "action": "plan" }));
        self.after_call(moments, 3);
        let confirmation = format!("/requests/{reference}/confirmation");
        // Who has no service that ends has nothing to confirm.
        let _confirmed = self
            .service
            .call("POST", &confirmation, Some(&json!({ "accept": true })), &token);
        self.service
            .act(&reference, &approver, json!({ "action": "approve" }));
        self.after_call(moments, 4);
        for moment in moments {
            self.during_the_erasure(*moment, &reference);
        }
        let ended = within(Duration::from_secs(120), || {
            let case = self
                .service
                .api("GET", &format!("/cases/{reference}"), None, &agent);
            let state = case["state"].as_str().unwrap().to_owned();
            ["answered", "closed"].contains(&state.as_str()).then_some(())
        });
        assert!(ended.is_some(), "{reference} is not answered after {moments:?}");
        reference
    }

    fn during_the_erasure(&mut self, moment: Moment, reference: &str) {
        let done = "SELECT count(*) FROM erasure_steps s JOIN cases c ON c.id = s.case_id \
                    WHERE c.reference = $1 AND s.state = 'done'";
        let (wanted, sql) = match moment {
            Moment::Step(wanted) | Moment::Database(wanted) => (wanted, done),
            Moment::Mail => (
                1,
                "SELECT count(*) FROM cases WHERE reference = $1 AND state IN ('answered', 'closed')",
            ),
            _ => return,
        };
        let mut owner = self.service.owner(DATABASE);
        within(Duration::from_secs(60), || {
            let count: i64 = owner.query_one(sql, &[&reference]).unwrap().get(0);
            (count >= wanted).then_some(())
        })
        .expect("the moment comes");
        if matches!(moment, Moment::Database(_)) {
            self.service.restart_database();
        } else {
            self.service.restart();
        }
    }
}

fn moments(chance: &mut StdRng) -> Vec<Moment> {
    let kinds = 1 + chance.next_u32() % 4;
    (0..kinds)
        .map(|_| match chance.next_u32() % 8 {
            0 => Moment::Intake,
            1..=3 => Moment::AfterCall(chance.next_u32() as usize % 5),
            4 => Moment::Mail,
            5 => Moment::Database(i64::from(chance.next_u32() % 12)),
            _ => Moment::Step(i64::from(chance.next_u32() % 14)),
        })
        .collect()
}

#[test]
fn killed_at_any_moment_it_ends_what_it_began_and_nothing_more() {
    let service = Service::with_people(if soaking() { 200 } else { 60 }, "human", "info");
    let (agent, approver) = (service.staff("agent"), service.staff("approver"));
    let map: DataMap = service.context().organisation.map.clone();
    let watch = Watch::over(&map, service.files(), |system: SampleSystem| {
        service.owner_url(system.database())
    });
    for system in SampleSystem::ALL {
        service.owner(system.database()).batch_execute(SLOW).unwrap();
    }
    let mut people = service.people();
    people.retain(|person| person.email.is_some());
    let mut run = Run {
        service,
        chance: StdRng::seed_from_u64(7),
        agent,
        approver,
    };
    let mut references = Vec::new();
    for (at, person) in people.iter().take(rounds(3, 100) as usize).enumerate() {
        let moments = FEW
            .get(at)
            .map_or_else(|| moments(&mut run.chance), |few| few.to_vec());
        references.push(run.journey(person, &moments));
    }
    check(&mut run.service, &watch, &references);
    println!("{} journeys, {} kills", references.len(), run.service.kills);
}

/// Holds all that happened against the plans and the rules.
fn check(service: &mut Service, watch: &Watch, references: &[String]) {
    let mut owner = service.owner(DATABASE);
    within(Duration::from_secs(60), || {
        let left: i64 = owner.query_one("SELECT count(*) FROM jobs", &[]).unwrap().get(0);
        (left == 0).then_some(())
    });
    let ctx = service.context();
    let mut plans: Vec<Plan> = Vec::new();
    for reference in references {
        let reference = Reference::parse(reference).expect("an acknowledged reference");
        let conn = &mut *ctx.store.get().unwrap();
        let case = cases::find(conn, &reference).expect("an acknowledged request is there");
        plans.push(planning::newest(&ctx, conn, &case).unwrap().unwrap().1.plan);
    }
    watch.check(&plans);
    let cases: i64 = owner.query_one("SELECT count(*) FROM cases", &[]).unwrap().get(0);
    assert_eq!(
        cases,
        i64::try_from(references.len()).unwrap(),
        "one case a request"
    );
    invariants::histories_hold(&mut owner);
    invariants::two_decide(&mut owner);
    invariants::no_case_is_stuck(&mut owner);
    invariants::all_work_is_done(&mut owner, &service.sink);
    invariants::mails_have_causes(&mut owner, &service.sink, 1 + service.kills);
    let mails: i64 = owner.query_one("SELECT count(*) FROM mails", &[]).unwrap().get(0);
    let doubled = service
        .sink
        .count()
        .saturating_sub(usize::try_from(mails).unwrap());
    // Each worker thread may have one mail in flight when it is killed.
    assert!(
        doubled <= service.kills * 4,
        "{doubled} mails doubled by {} kills",
        service.kills
    );
    assert_eq!(auditing::verify(&ctx).unwrap().broken, []);
    assert!(service.cli(&["audit", "verify"], "").status.success());
}
