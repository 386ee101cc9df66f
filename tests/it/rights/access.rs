//! Access and portability, from the request to the file that the person fetches.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use chrono::TimeDelta;
use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::case::State;
use dataratt::domain::staff::Role;
use dataratt::services::granting::{Asked, AskedPortability, AskedRefusal};
use dataratt::services::handling::{self, Action};
use dataratt::services::intake::Typed;
use dataratt::services::{Error, codes, overview, packages};
use dataratt::store::cases::StoredCase;
use dataratt::worker;

use super::{assessed, collected, released};
use crate::kill::faults::{Fault, FaultySystems, How};
use crate::support::world::World;

/// The person's key to their case: a code that was asked for anew.
fn token(world: &World, case: &StoredCase, person: &SamplePerson) -> String {
    let seen = world.sink.count();
    world.advance(TimeDelta::minutes(11));
    codes::ask_again(world, &case.reference).unwrap();
    world.work();
    let email = person.email.as_deref().unwrap();
    let mail = world
        .sink
        .wait_for_after(seen, |mail| mail.is_to(email) && mail.find_code().is_some());
    codes::verify(world, &case.reference, &mail.code()).unwrap().token
}

fn fetched(world: &World, case: &StoredCase, token: &str) -> Result<BTreeMap<String, String>, Error> {
    let view = overview::person_case(world, &case.reference, token)?;
    let name = view.download.map(|waiting| waiting.name).unwrap_or_default();
    let download = packages::open_download(world, &case.reference, token, &name)?;
    let mut bytes = Vec::new();
    for seq in 0..download.pieces {
        bytes.extend_from_slice(&packages::piece(world, &download, seq)?);
    }
    assert_eq!(bytes.len() as u64, download.bytes);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let mut read = |name: String| {
        let mut text = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        (name, text)
    };
    Ok(names.into_iter().map(&mut read).collect())
}

/// A value of the person's in the billing system.
fn in_billing(world: &World, person: &SamplePerson, sql: &str) -> i64 {
    let mut client = world.host.database(SampleSystem::Billing).owner();
    let sql = format!("{sql} JOIN customers c ON c.id = x.customer_id WHERE c.customer_no = $1");
    client.query_one(&sql, &[&person.customer_number]).unwrap().get(0)
}

#[rstest::rstest]
#[case("admax")]
#[case("iso27001-host")]
fn an_access_answer_holds_all_of_the_person_and_nobody_else(#[case] profile: &str) {
    let world = World::of(profile);
    let people = world.host.people();
    let (person, agent) = (&people[0], world.staff(Role::Agent));
    let case = collected(&world, &agent, "access", person, Asked::default());
    assert_eq!(case.case.state, State::ReadyForRelease);
    let case = released(&world, &agent, &case);
    assert!(matches!(case.case.state, State::Answered { .. }), "{case:?}");
    let files = fetched(&world, &case, &token(&world, &case, person)).unwrap();
    let invoices: serde_json::Value = serde_json::from_str(&files["data/billing/invoices.json"]).unwrap();
    let count = in_billing(&world, person, "SELECT count(*) FROM invoices x");
    assert_eq!(invoices.as_array().unwrap().len() as i64, count);
    let customers: serde_json::Value = serde_json::from_str(&files["data/billing/customers.json"]).unwrap();
    assert_eq!(customers[0]["customer_no"], person.customer_number);
    assert_eq!(customers.as_array().unwrap().len(), 1);
    for other in people[1..].iter().map(|other| &other.customer_number) {
        for (name, text) in &files {
            assert!(!text.contains(other.as_str()), "{name} holds {other}");
        }
    }
    assert!(files["rapport.html"].contains("Måste sparas"));
    assert!(
        !files
            .keys()
            .any(|name| name.contains("messages") && name.contains("hosting"))
    );
}

#[test]
fn a_portability_package_leaves_out_what_article_20_does_not_cover() {
    let world = World::new();
    let people = world.host.people();
    let (person, agent) = (&people[0], world.staff(Role::Agent));
    let asked = Asked {
        portability: Some(AskedPortability {
            include: vec!["usage".into()],
        }),
        ..Asked::default()
    };
    let case = collected(&world, &agent, "portability", person, asked);
    let case = released(&world, &agent, &case);
    let files = fetched(&world, &case, &token(&world, &case, person)).unwrap();
    assert!(files.contains_key("customer.json") && files.contains_key("login_history.csv"));
    assert!(
        !files
            .keys()
            .any(|name| name.contains("invoices") || name.contains("people"))
    );
    assert!(files["rapport.html"].contains("annan rättslig grund"));
    let letter = world
        .sink
        .wait_for(|mail| mail.subject().contains("klar att hämta"));
    assert!(!letter.text().contains(&person.customer_number));
}

#[test]
fn what_no_machine_decides_must_be_among_what_is_open() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let case = assessed(&world, &agent, "portability", &people[0]);
    for id in ["accounting", "contact", "nonsense"] {
        let asked = Asked {
            portability: Some(AskedPortability {
                include: vec![id.into()],
            }),
            ..Asked::default()
        };
        let error = world
            .act(&agent, &case.reference, &Action::Collect(asked))
            .unwrap_err();
        assert!(
            matches!(&error, Error::Invalid(fields) if fields[0].field == "include"),
            "{error:?}"
        );
    }
}

#[test]
fn that_nothing_is_held_is_an_answer() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let typed = Typed {
        right: Some("access".into()),
        email: Some("nobody.known@kund.example".into()),
        ..Typed::default()
    };
    let case = world.submit(&typed);
    let mail = world.sink.wait_for_mail_to("nobody.known@kund.example");
    codes::verify(&world, &case.reference, &mail.code()).unwrap();
    let method = "in_person".to_owned();
    world
        .act(&agent, &case.reference, &Action::AcceptIdentity { method })
        .unwrap();
    world
        .act(&agent, &case.reference, &Action::Collect(Asked::default()))
        .unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state, State::ReadyForRelease);
    world.act(&agent, &case.reference, &Action::Release).unwrap();
    world.work();
    let letter = world
        .sink
        .wait_for(|mail| mail.text().contains("Faktureringssystem"));
    assert!(letter.text().contains("imy.se"), "{}", letter.text());
    assert_eq!(world.find(&case.reference).case.state.name(), "closed");
}

#[test]
fn free_text_is_looked_through_before_anything_leaves() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let case = collected(&world, &agent, "access", &people[0], Asked::default());
    let error = world.act(&agent, &case.reference, &Action::Release).unwrap_err();
    assert_eq!(error.code(), "review_needed");
    let auditor = world.staff(Role::Auditor);
    let looked = packages::look(&world, &auditor, &case.reference, ("crm", "tickets"), 0);
    assert!(matches!(looked, Err(Error::Forbidden("role"))));
    for (system, table) in [
        ("hosting", "mailboxes"),
        ("hosting", "messages"),
        ("billing", "nonsense"),
    ] {
        let looked = packages::look(&world, &agent, &case.reference, (system, table), 0);
        assert!(matches!(looked, Err(Error::NotFound)), "{system}.{table}");
    }
    let after = released(&world, &agent, &case);
    let events = overview::events(&world, &agent, &after.reference).unwrap();
    let looks = events.iter().filter(|event| event.action == "records_read");
    assert!(looks.count() > 0);
}

#[test]
fn a_part_that_is_withheld_needs_another_person_and_is_told() {
    let world = World::new();
    let people = world.host.people();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = assessed(&world, &agent, "access", &people[0]);
    let refusing = |item: &str| {
        Action::Collect(Asked {
            refused: vec![AskedRefusal {
                item: item.into(),
                ground: "rights_of_others_15_4_or_20_4".into(),
                reason: "Ärendena namnger andra kunder.".into(),
            }],
            ..Asked::default()
        })
    };
    let unknown = world
        .act(&agent, &case.reference, &refusing("tickets"))
        .unwrap_err();
    assert!(matches!(&unknown, Error::Invalid(fields) if fields[0].field == "item"));
    world.act(&agent, &case.reference, &refusing("support")).unwrap();
    assert_eq!(world.find(&case.reference).case.state, State::Assessing);
    let own = world.act(&agent, &case.reference, &Action::Approve).unwrap_err();
    assert_eq!(own.code(), "four_eyes");
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    let case = released(&world, &agent, &world.find(&case.reference));
    let token = token(&world, &case, &people[0]);
    let files = fetched(&world, &case, &token).unwrap();
    assert!(
        !files
            .keys()
            .any(|name| name.contains("tickets") || name.contains("chats"))
    );
    let report = &files["rapport.html"];
    for part in ["namnger andra kunder", "IMY", "domstol", "15.4"] {
        assert!(report.contains(part), "{part}");
    }
    let seen = overview::person_case(&world, &case.reference, &token).unwrap();
    assert_eq!(seen.grant.unwrap().refused.len(), 1);
}

#[test]
fn a_package_lives_until_fourteen_days_after_it_was_fetched_and_thirty_at_most() {
    let world = World::new();
    let people = world.host.people();
    let agent = world.staff(Role::Agent);
    let sweep = |days: i64| {
        world.advance(TimeDelta::days(days));
        worker::run_sweeps(&world, &worker::sweeps());
    };
    let contents = "SELECT count(*) FROM package_chunks";
    for (at, fetch_after, gone_after) in [(0, Some(2), 15), (1, None, 31)] {
        let case = collected(&world, &agent, "access", &people[at], Asked::default());
        let case = released(&world, &agent, &case);
        let mut days = 0;
        if let Some(after) = fetch_after {
            sweep(after);
            let token = token(&world, &case, &people[at]);
            fetched(&world, &case, &token).unwrap();
        }
        while world.database.count(contents) > 0 {
            sweep(1);
            days += 1;
            assert!(days < 40, "a package that never goes");
        }
        assert_eq!(days, gone_after, "person {at}");
        assert_eq!(world.find(&case.reference).case.state.name(), "closed");
    }
}

#[test]
fn stopping_or_withdrawing_leaves_nothing_behind_and_a_new_decision_collects_anew() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let case = collected(&world, &agent, "access", &people[0], Asked::default());
    let contents = "SELECT count(*) FROM package_chunks";
    assert!(world.database.count(contents) > 0);
    world.act(&agent, &case.reference, &Action::Stop).unwrap();
    assert_eq!(world.find(&case.reference).case.state, State::Assessing);
    assert_eq!(world.database.count(contents), 0);
    world
        .act(&agent, &case.reference, &Action::Collect(Asked::default()))
        .unwrap();
    world.work();
    assert!(world.database.count(contents) > 0);
    handling::withdraw(&world, case.id).unwrap();
    assert_eq!(world.database.count(contents), 0);
    let left = "SELECT count(*) FROM packages WHERE state <> 'deleted'";
    assert_eq!(world.database.count(left), 0);
}

#[test]
fn a_system_that_fails_holds_the_release_and_is_read_anew_from_its_start() {
    for how in How::ALL {
        for nth in 1..=3 {
            let mut world = World::new();
            let (people, agent) = (world.host.people(), world.staff(Role::Agent));
            let case = assessed(&world, &agent, "access", &people[0]);
            world
                .act(&agent, &case.reference, &Action::Collect(Asked::default()))
                .unwrap();
            let fault = Arc::new(Fault::default());
            world.ctx.systems = Arc::new(FaultySystems {
                inner: Arc::clone(&world.ctx.systems),
                fault: Arc::clone(&fault),
            });
            fault.arm(nth, how);
            world.work();
            assert_eq!(
                world.find(&case.reference).case.state,
                State::Executing,
                "{how:?} {nth}"
            );
            assert!(world.act(&agent, &case.reference, &Action::Release).is_err());
            fault.disarm();
            for _ in 0..6 {
                world.later(TimeDelta::hours(3));
            }
            let case = world.find(&case.reference);
            assert_eq!(case.case.state, State::ReadyForRelease, "{how:?} {nth}");
            assert_eq!(case.attention, None);
            let case = released(&world, &agent, &case);
            let files = fetched(&world, &case, &token(&world, &case, &people[0])).unwrap();
            let invoices: serde_json::Value =
                serde_json::from_str(&files["data/billing/invoices.json"]).unwrap();
            let count = in_billing(&world, &people[0], "SELECT count(*) FROM invoices x");
            assert_eq!(
                invoices.as_array().unwrap().len() as i64,
                count,
                "rows stand twice or are missing"
            );
        }
    }
}

#[test]
fn nobody_fetches_without_the_key_the_name_and_the_level() {
    let world = World::new();
    let (people, agent) = (world.host.people(), world.staff(Role::Agent));
    let case = collected(&world, &agent, "access", &people[0], Asked::default());
    let early = token(&world, &case, &people[0]);
    assert!(matches!(
        packages::open_download(
            &world,
            &case.reference,
            &early,
            &format!("uppgifter-{}.zip", case.reference)
        ),
        Err(Error::NotFound)
    ));
    let case = released(&world, &agent, &case);
    let key = token(&world, &case, &people[0]);
    let other = packages::open_download(&world, &case.reference, &key, "other.zip");
    assert!(matches!(other, Err(Error::NotFound)));
    let name = format!("uppgifter-{}.zip", case.reference);
    let stranger = packages::open_download(&world, &case.reference, "stranger", &name);
    assert!(matches!(stranger, Err(Error::Unauthenticated(_))));
    assert!(packages::open_download(&world, &case.reference, &key, &name).is_ok());
}
