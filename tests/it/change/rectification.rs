//! Rectification (Art. 16) through the use cases.

use dataratt::adapters::sample::{SamplePerson, SampleSystem};
use dataratt::domain::notice::{Answer, Outcome};
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::granting::rectification::{AskedChange, AskedRectification};
use dataratt::services::granting::{Asked, AskedRefusal};
use dataratt::services::handling::Action;
use dataratt::services::intake::Typed;
use dataratt::services::{Error, codes, handling, notices, overview, searching};
use dataratt::store::cases::StoredCase;

use crate::support::world::World;

/// What staff ask for who correct these fields.
pub fn correct(changes: &[(&str, &str)]) -> Asked {
    let changes = changes.iter().map(|(field, value)| AskedChange {
        field: (*field).to_owned(),
        value: (*value).to_owned(),
    });
    Asked {
        rectification: Some(AskedRectification {
            changes: changes.collect(),
        }),
        ..Asked::default()
    }
}

/// A rectification whose person is who they say.
pub fn asked(world: &World, agent: &Actor, person: &SamplePerson) -> StoredCase {
    let case = world.asks("rectification", person);
    accept(world, agent, &case)
}

/// As [`asked`], without a code from a mail: for a person who asks again and again.
pub fn taken_up(world: &World, agent: &Actor, person: &SamplePerson) -> StoredCase {
    let typed = Typed {
        right: Some("rectification".into()),
        email: person.email.clone(),
        ..Typed::default()
    };
    let case = world.submit(&typed);
    accept(world, agent, &case)
}

fn accept(world: &World, agent: &Actor, case: &StoredCase) -> StoredCase {
    let method = "in_person".to_owned();
    let accepted = world.act(agent, &case.reference, &Action::AcceptIdentity { method });
    accepted.unwrap_or_else(|_| world.find(&case.reference))
}

/// The values of one column of the person's account.
pub fn on_file(world: &World, column: &str, customer: &str) -> Option<String> {
    let sql = format!("SELECT {column} FROM customers WHERE customer_no = $1");
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    billing.query_one(&sql, &[&customer]).unwrap().get(0)
}

/// The first person who has an invoice, a deal and a subscription, so that every kind of place holds them.
pub fn known_everywhere(world: &World) -> SamplePerson {
    let mut crm = world.host.database(SampleSystem::Crm).owner();
    let mut has = |table: &str, email: &str| {
        let sql = format!("SELECT count(*) FROM {table} WHERE email = $1");
        crm.query_one(&sql, &[&email]).unwrap().get::<_, i64>(0) > 0
    };
    let people = world.host.people().into_iter();
    people
        .filter(|person| person.email.is_some())
        .find(|person| {
            let email = person.email.as_deref().unwrap();
            has("people", email) && has("newsletter", email)
        })
        .unwrap()
}

#[test]
fn a_name_is_corrected_everywhere_read_back_and_told_on() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = known_everywhere(&world);
    let email = person.email.clone().unwrap();
    let invoices = "SELECT string_agg((i.*)::text, '|' ORDER BY i.id) FROM invoices i";
    let books = || {
        let mut billing = world.host.database(SampleSystem::Billing).owner();
        billing.query_one(invoices, &[]).unwrap().get::<_, String>(0)
    };
    let before = books();
    let case = asked(&world, &agent, &person);
    let asked = correct(&[("name", "Åsa Rättad"), ("city", "Åmål")]);
    world.act(&agent, &case.reference, &Action::Grant(asked)).unwrap();
    world.work();

    let done = world.find(&case.reference);
    assert_eq!(done.case.state.name(), "answered", "{:?}", done.attention);
    let customer = &person.customer_number;
    assert_eq!(on_file(&world, "name", customer).as_deref(), Some("Åsa Rättad"));
    assert_eq!(on_file(&world, "city", customer).as_deref(), Some("Åmål"));
    let named = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table} WHERE email = '{email}' AND name <> 'Åsa Rättad'");
        world.host.database(SampleSystem::Crm).count(&sql)
    };
    assert_eq!((named("people"), named("newsletter")), (0, 0));
    assert_eq!(books(), before, "accounting documents stay byte for byte");

    let answer = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("rättelse"));
    let text = answer.text();
    assert!(text.contains("Å*** R***"), "{text}");
    assert!(
        !text.contains("Rättad") && !text.contains(&person.name),
        "values are masked: {text}"
    );
    assert!(
        text.contains("bokföringslagen") && text.contains("artikel 19"),
        "{text}"
    );
    let rows = world
        .database
        .count("SELECT count(*) FROM notices WHERE kind = 'rectification'");
    assert!(rows > 0, "somebody got the name");
}

#[test]
fn a_recipient_gets_the_new_value_with_the_old_key_and_answers() {
    let world = World::of("skara-websolution");
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let person = known_everywhere(&world);
    let case = asked(&world, &agent, &person);
    let asked = correct(&[("email", "ny.adress@kund.example")]);
    world.act(&agent, &case.reference, &Action::Grant(asked)).unwrap();
    // Whoever takes an account over begins with its address: another person approves.
    assert_eq!(world.find(&case.reference).case.state.name(), "assessing");
    let own = world.act(&agent, &case.reference, &Action::Approve);
    assert_eq!(own.unwrap_err().code(), "four_eyes");
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    assert_eq!(world.find(&case.reference).case.state.name(), "answered");

    let mails = world.sink.mails();
    let notices: Vec<_> = mails
        .iter()
        .filter(|mail| mail.find_link("/notices/").is_some())
        .collect();
    assert!(!notices.is_empty());
    let mut seen_old_key = false;
    for mail in notices {
        let link = mail.link("/notices/");
        let token = link.rsplit('/').next().unwrap();
        let text = mail.text();
        assert!(!text.contains("ny.adress"), "the mail holds no value: {text}");
        let opened = notices::open(&world, token, &mail.code()).unwrap();
        let values: Vec<&str> = opened.corrections.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(values, ["ny.adress@kund.example"]);
        assert!(
            opened
                .identifiers
                .iter()
                .all(|known| known.value != "ny.adress@kund.example")
        );
        seen_old_key |= opened
            .identifiers
            .iter()
            .any(|known| Some(&known.value) == person.email.as_ref());
        assert!(opened.outcomes.contains(&Outcome::Rectified) && !opened.outcomes.contains(&Outcome::Erased));
        let answer = |outcome| Answer {
            outcome,
            ground: None,
            statute: None,
            backups_until: None,
        };
        let erased = notices::answer(&world, token, &mail.code(), &answer(Outcome::Erased), None);
        assert!(
            matches!(erased, Err(Error::Invalid(_))),
            "nothing was to be erased"
        );
        notices::answer(&world, token, &mail.code(), &answer(Outcome::Rectified), None).unwrap();
    }
    assert!(seen_old_key, "the newsletter knows the person by the old address");
}

#[test]
fn the_old_address_hears_of_the_new_one_which_is_not_trusted() {
    let world = World::new();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let person = known_everywhere(&world);
    let (old, new) = (person.email.clone().unwrap(), "kapare@okand.example");
    let typed = Typed {
        right: Some("rectification".into()),
        email: Some(new.to_owned()),
        customer_number: Some(person.customer_number.clone()),
        wrong: Some("Min gamla adress.".into()),
        correct: Some(new.to_owned()),
        ..Typed::default()
    };
    let case = world.submit(&typed);
    accept(&world, &agent, &case);
    let asked = correct(&[("email", new)]);
    world.act(&agent, &case.reference, &Action::Grant(asked)).unwrap();
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    assert_eq!(
        on_file(&world, "email", &person.customer_number).as_deref(),
        Some(new)
    );
    let warned = world
        .sink
        .wait_for(|mail| mail.is_to(&old) && mail.subject().contains("ändrad"));
    assert!(warned.text().contains("k***@okand.example"), "{}", warned.text());
    let answers = |mails: Vec<crate::support::mail::Mail>| {
        let about = mails
            .into_iter()
            .filter(|mail| mail.subject().contains("begäran om rättelse"));
        about.flat_map(|mail| mail.to).collect::<Vec<_>>()
    };
    // The new address was never proved, so that the answer goes to the old one.
    assert_eq!(answers(world.sink.mails()), [old]);

    // Taken up again, the case does not take the address that it set itself for a proof.
    let actor = world.staff(Role::Agent);
    let close = Action::Close {
        reason: "Klart.".into(),
    };
    world.act(&actor, &case.reference, &close).unwrap();
    world.act(&actor, &case.reference, &Action::Reopen).unwrap();
    searching::search_for_case(&world, case.id).unwrap();
    let conn = &mut *world.store.get().unwrap();
    let subject = searching::find_subject(&world, conn, &world.find(&case.reference))
        .unwrap()
        .unwrap();
    assert_eq!(subject.on_file().unwrap().as_str(), new);
    assert!(subject.on_file_is_weak);
}

#[test]
fn what_is_not_corrected_is_refused_by_two_and_the_person_has_a_say() {
    let world = World::new();
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let person = known_everywhere(&world);
    let email = person.email.clone().unwrap();
    let case = asked(&world, &agent, &person);
    let mut asked = correct(&[("phone", "070-174 06 35")]);
    asked.refused = vec![AskedRefusal {
        item: "Namn".into(),
        ground: "accuracy_not_shown".into(),
        reason: "Folkbokföringen säger något annat.".into(),
    }];
    world.act(&agent, &case.reference, &Action::Grant(asked)).unwrap();
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    let answer = world
        .sink
        .wait_for(|mail| mail.is_to(&email) && mail.subject().contains("rättelse"));
    let text = answer.text();
    for part in [
        "Folkbokföringen",
        "artikel 16",
        "imy.se",
        "domstol",
        "right=restriction",
        "***35",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    codes::ask_again(&world, &case.reference).unwrap();
    world.work();
    let reference = case.reference.to_string();
    let mails = world.sink.mails();
    let code = mails
        .iter()
        .rev()
        .filter(|mail| mail.is_to(&email) && mail.text().contains(&reference))
        .find_map(crate::support::mail::Mail::find_code)
        .unwrap();
    let token = codes::verify(&world, &case.reference, &code).unwrap().token;
    let person = overview::person_case(&world, &case.reference, &token).unwrap();
    assert!(handling::may_state(&person));
    handling::state_view(&world, &person, "Jag heter så sedan i våras.").unwrap();
    let seen = overview::staff_case(&world, &agent, &case.reference).unwrap();
    assert!(seen.messages.iter().any(|said| said.kind == "statement"));
    let notice = mails
        .iter()
        .find(|mail| mail.find_link("/notices/").is_some())
        .unwrap();
    let link = notice.link("/notices/");
    let opened = notices::open(&world, link.rsplit('/').next().unwrap(), &notice.code()).unwrap();
    assert_eq!(opened.statements, ["Jag heter så sedan i våras."]);
}

#[rstest::rstest]
#[case("email", "ingen adress", "email")]
#[case("phone", "4711", "phone")]
#[case("personal_number", "20000101-2385", "personal_number")]
#[case("shoe_size", "44", "field")]
fn a_value_that_is_none_is_not_taken(#[case] field: &str, #[case] value: &str, #[case] wrong: &str) {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = asked(&world, &agent, &world.host.people()[0]);
    let asked = correct(&[(field, value)]);
    let error = world
        .act(&agent, &case.reference, &Action::Grant(asked))
        .unwrap_err();
    let Error::Invalid(fields) = error else {
        panic!("{error:?}")
    };
    assert_eq!(fields[0].field, wrong);
    assert_eq!(world.find(&case.reference).case.state.name(), "assessing");
}

#[test]
fn what_already_stands_there_is_nothing_to_correct() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = world.host.people()[0].clone();
    let case = asked(&world, &agent, &person);
    let asked = correct(&[("name", &person.name)]);
    let error = world
        .act(&agent, &case.reference, &Action::Grant(asked))
        .unwrap_err();
    assert_eq!(error.code(), "nothing_to_rectify");
}

#[test]
fn what_was_shown_is_what_is_granted_or_nothing() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = world.host.people()[0].clone();
    let case = asked(&world, &agent, &person);
    let mut asked = correct(&[("name", "Åsa Rättad")]);
    let shown = dataratt::services::granting::preview(&world, &agent, case.id, &asked).unwrap();
    asked.seen = Some(shown.hash());
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let sql = "UPDATE customers SET name = 'Någon Annan' WHERE customer_no = $1";
    billing.execute(sql, &[&person.customer_number]).unwrap();
    let error = world
        .act(&agent, &case.reference, &Action::Grant(asked))
        .unwrap_err();
    assert_eq!(error.code(), "terms_changed");
}
