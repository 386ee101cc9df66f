//! Two at once: one wins, the other is told, and nothing happens twice.

use std::sync::Barrier;
use std::time::Duration;

use chrono::TimeDelta;
use dataratt::domain::ids::CaseId;
use dataratt::domain::notice::{Answer, Outcome};
use dataratt::domain::staff::Role;
use dataratt::services::handling::{self, Action};
use dataratt::services::intake::{self, Arrival, Request, Typed};
use dataratt::services::planning::AskedPlan;
use dataratt::services::{Context, Result, codes, execution, notices, planning};
use postgres::Client;

use super::every_step::People;
use crate::support::fixtures::{eventually, rounds};
use crate::support::world::World;

/// Runs all of `work` at the same moment, each in a thread and with a context of its own.
fn at_once<T: Send>(world: &World, times: usize, work: impl Fn(&Context, usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(times);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..times)
            .map(|which| {
                let (ctx, barrier, work) = (world.another(), &barrier, &work);
                scope.spawn(move || {
                    barrier.wait();
                    work(&ctx, which)
                })
            })
            .collect();
        running.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

fn winners<T>(outcomes: &[Result<T>]) -> usize {
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}

#[test]
fn two_workers_never_carry_out_one_erasure_at_a_time() {
    let mut people = People::new();
    let case = people.approved().unwrap();
    // A hold that was put and lifted leaves two jobs for one erasure.
    let hold = Action::Hold {
        reason: String::new(),
        told: true,
        authority: String::new(),
    };
    for action in [hold, Action::LiftHold] {
        people.world.act(&people.agent, &case.reference, &action).unwrap();
    }
    let jobs = "SELECT count(*) FROM jobs WHERE kind = 'run_erasure'";
    assert_eq!(people.world.database.count(jobs), 2);
    people.fault.slow_down();
    // One worker each; a worker that had both would carry them out one after the other.
    let ended = at_once(&people.world, 2, |ctx, _| execution::run(ctx, case.id));
    assert_eq!(winners(&ended), 2, "{ended:?}");
    assert_eq!(
        people.fault.most_at_a_time(),
        1,
        "two runs of one erasure overlapped"
    );
    people.work_it_off(&case);
    people.check(1);
}

#[test]
fn an_erasure_is_approved_once() {
    let mut people = People::new();
    let second = people.world.staff(Role::Approver);
    for _ in 0..rounds(3, 40) {
        let Some(case) = people.approved() else { break };
        // Stopped and planned anew, it waits for its approval again.
        people
            .world
            .act(&people.agent, &case.reference, &Action::Stop)
            .unwrap();
        people
            .world
            .act(
                &people.agent,
                &case.reference,
                &Action::Plan(AskedPlan::default()),
            )
            .unwrap();
        planning::confirm(&people.world, case.id, None).unwrap();
        let version = people.world.find(&case.reference).version;
        let approvers = [people.approver, second];
        let outcomes = at_once(&people.world, 2, |ctx, which| {
            handling::act(ctx, &approvers[which], &case.reference, version, &Action::Approve)
        });
        assert_eq!(winners(&outcomes), 1);
        let approved = format!(
            "SELECT count(*) FROM audit_events WHERE stream = '{}' AND action = 'proposal_approved'",
            case.id.0
        );
        assert_eq!(
            people.world.database.count(&approved),
            2,
            "the first one, and one more"
        );
    }
}

#[test]
fn consequences_are_confirmed_once() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = world.asks("erasure", &world.host.people()[0]);
    let accept = Action::AcceptIdentity {
        method: "in_person".into(),
    };
    world.act(&agent, &case.reference, &accept).unwrap();
    world
        .act(&agent, &case.reference, &Action::Plan(AskedPlan::default()))
        .unwrap();
    let outcomes = at_once(&world, 6, |ctx, _| planning::confirm(ctx, case.id, None));
    assert_eq!(winners(&outcomes), 1);
}

#[test]
fn a_withdrawal_and_the_start_of_the_erasure_exclude_each_other() {
    let mut people = People::new();
    let (mut withdrawn, mut erased) = (0, 0);
    for round in 0..rounds(6, 60) {
        let Some(case) = people.approved() else { break };
        let before = people.watch.deleted();
        let outcomes = at_once(&people.world, 2, |ctx, which| {
            // Now one is a little earlier, now the other.
            if (round % 2 == 0) == (which == 0) {
                std::thread::park_timeout(Duration::from_millis(u64::from(round)));
            }
            match which {
                0 => handling::withdraw(ctx, case.id).map(drop),
                _ => execution::run(ctx, case.id).map(drop),
            }
        });
        assert!(outcomes[1].is_ok());
        let deleted = people.watch.deleted() - before;
        match people.world.find(&case.reference).case.state.name() {
            "withdrawn" => {
                assert!(outcomes[0].is_ok());
                assert_eq!(deleted, 0, "erased although withdrawn");
                withdrawn += 1;
            }
            _ => {
                assert!(outcomes[0].is_err());
                assert!(deleted > 0);
                erased += 1;
            }
        }
    }
    assert!(withdrawn + erased > 0);
}

#[test]
fn one_key_makes_one_case_and_one_code_opens_it_once() {
    let world = World::new();
    let typed = Typed {
        right: Some("access".into()),
        email: Some("ellen@kund.example".into()),
        ..Typed::default()
    };
    let request = Request::parse(&typed, world.now(), true).unwrap();
    let arrival = Arrival {
        channel: "api",
        received_at: world.now(),
        actor: dataratt::domain::staff::Actor::Person,
        idempotency: Some(("once", b"body")),
        proofs: vec![],
    };
    let cases = at_once(&world, 6, |ctx, _| {
        intake::submit(ctx, &request, &arrival).unwrap().reference
    });
    assert!(cases.iter().all(|reference| *reference == cases[0]));
    assert_eq!(world.database.count("SELECT count(*) FROM cases"), 1);
    world.work();
    let code = world.sink.wait_for_mail_to("ellen@kund.example").code();
    let opened = at_once(&world, 4, |ctx, _| codes::verify(ctx, &cases[0], &code).map(drop));
    assert_eq!(winners(&opened), 1);
}

/// Runs `work` while somebody who holds the case goes on to what `then` locks: whoever waits for the case must not
/// hold that already, else both wait for ever.
#[track_caller]
fn waits_for_the_case_first(owner: &mut Client, case: CaseId, then: &str, work: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        owner
            .batch_execute("BEGIN; SET LOCAL lock_timeout = '3s'")
            .unwrap();
        owner
            .execute("SELECT FROM cases WHERE id = $1 FOR NO KEY UPDATE", &[&case.0])
            .unwrap();
        let running = scope.spawn(work);
        eventually("somebody waits for the case", || {
            let sql = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
            let waiting: i64 = owner.query_one(sql, &[]).unwrap().get(0);
            (waiting > 0).then_some(())
        });
        let locked = owner.execute(then, &[&case.0]);
        owner.batch_execute("ROLLBACK").unwrap();
        assert!(locked.is_ok(), "{then}: {:?}", locked.unwrap_err());
        running.join().unwrap();
    });
}

#[test]
fn a_code_is_entered_while_the_search_adds_another() {
    let world = World::new();
    let typed = Typed {
        right: Some("access".into()),
        email: Some("ellen@kund.example".into()),
        ..Typed::default()
    };
    let case = world.submit(&typed);
    let code = world.sink.wait_for_mail_to("ellen@kund.example").code();
    let then = "UPDATE challenges SET attempts = attempts WHERE case_id = $1";
    waits_for_the_case_first(&mut world.database.owner(), case.id, then, || {
        codes::verify(&world, &case.reference, &code).unwrap();
    });
}

/// A case that was answered, with its letters still to be sent.
fn answered(people: &mut People) -> dataratt::store::cases::StoredCase {
    let case = people.approved().unwrap();
    assert_eq!(
        execution::run(&people.world, case.id).unwrap(),
        execution::Run::Finished
    );
    case
}

#[test]
fn notices_leave_while_staff_work_on_the_case() {
    for then in [
        "UPDATE audit_heads SET seq = seq WHERE stream = $1",
        "UPDATE notices SET why = why WHERE case_id = $1",
    ] {
        let mut people = People::new();
        let case = answered(&mut people);
        let jobs = "DELETE FROM jobs WHERE kind <> 'send_mail' \
                    OR payload->>'mail' IN (SELECT id::text FROM mails WHERE notice_id IS NULL)";
        let mut owner = people.world.database.owner();
        owner.batch_execute(jobs).unwrap();
        assert!(
            people.world.database.count("SELECT count(*) FROM jobs") > 0,
            "notices are to be sent"
        );
        waits_for_the_case_first(&mut owner, case.id, then, || people.world.work());
        let retried = "SELECT count(*) FROM jobs WHERE failures > 0";
        assert_eq!(people.world.database.count(retried), 0);
    }
}

#[test]
fn a_recipient_answers_while_staff_work_on_the_case() {
    let mut people = People::new();
    let case = answered(&mut people);
    people.world.work();
    let mails = people.world.sink.mails();
    let mail = mails
        .iter()
        .find(|mail| mail.find_link("/notices/").is_some())
        .unwrap();
    let link = mail.link("/notices/");
    let token = link.rsplit('/').next().unwrap();
    let answer = Answer {
        outcome: Outcome::Erased,
        ground: None,
        statute: None,
        backups_until: None,
    };
    let then = "UPDATE notices SET why = why WHERE case_id = $1";
    waits_for_the_case_first(&mut people.world.database.owner(), case.id, then, || {
        notices::answer(&people.world, token, &mail.code(), &answer, None).unwrap();
    });
}

#[test]
fn what_appears_while_an_erasure_is_interrupted_is_declared() {
    let mut people = People::new();
    let case = people.approved().unwrap();
    let mut hosting = people
        .world
        .host
        .database(dataratt::adapters::sample::SampleSystem::Hosting)
        .owner();
    let sql = "INSERT INTO logins (account_id, at, ip, user_agent) \
               SELECT account_id, now(), '192.0.2.1', 'late' FROM logins GROUP BY account_id";
    hosting.batch_execute(sql).unwrap();
    let planned = people.world.database.count("SELECT count(*) FROM plans");
    assert_eq!(planned, 1);
    // The deletion happens, and its record is lost with the process.
    let sql = "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'lost'; END $$; \
               CREATE TRIGGER lose BEFORE UPDATE OF finished_at ON erasure_steps FOR EACH ROW \
               WHEN (NEW.tbl = 'logins' AND NEW.state = 'done') EXECUTE FUNCTION lose()";
    people.world.database.owner().batch_execute(sql).unwrap();
    people.world.work();
    people
        .world
        .database
        .owner()
        .batch_execute("DROP TRIGGER lose ON erasure_steps")
        .unwrap();
    people.world.later(TimeDelta::minutes(10));
    let state = people.world.find(&case.reference).case.state.name();
    assert!(["answered", "closed"].contains(&state), "{state}");
    let appeared = "SELECT appeared FROM erasure_steps WHERE tbl = 'logins'";
    assert_eq!(people.world.database.count(appeared), 1);
}

#[test]
fn a_search_that_ends_after_the_withdrawal_changes_nothing_and_mails_nobody() {
    let people = People::new();
    people.fault.slow_down();
    let world = &people.world;
    let person = world.host.people()[0].clone();
    let typed = Typed {
        right: Some("access".into()),
        email: Some("somebody.else@kund.example".into()),
        customer_number: Some(person.customer_number),
        ..Typed::default()
    };
    let request = Request::parse(&typed, world.now(), true).unwrap();
    let arrival = Arrival {
        channel: "web",
        received_at: world.now(),
        actor: dataratt::domain::staff::Actor::Person,
        idempotency: None,
        proofs: vec![],
    };
    let case = intake::submit(world, &request, &arrival).unwrap();
    std::thread::scope(|scope| {
        let searching = scope.spawn(|| world.work());
        eventually("the search has begun", || {
            (people.fault.most_at_a_time() > 0).then_some(())
        });
        handling::withdraw(world, case.id).unwrap();
        searching.join().unwrap();
    });
    world.work();
    let on_file = "SELECT count(*) FROM mails WHERE template = 'code_on_file'";
    assert_eq!(world.database.count(on_file), 0);
    assert_eq!(world.database.count("SELECT count(*) FROM subjects"), 0);
    people.fault.disarm();
}

#[test]
fn background_work_does_not_hide_that_the_person_wrote() {
    let mut people = People::new();
    let case = people.approved().unwrap();
    handling::write_to_staff(&people.world, case.id, "Jag har flyttat.").unwrap();
    people.work_it_off(&case);
    let after = people.world.find(&case.reference);
    assert!(after.message_waits);
}
