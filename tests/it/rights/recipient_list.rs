//! The list of the recipients that were told, on demand (Art. 19).

use chrono::TimeDelta;
use dataratt::domain::language::Language;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::services::recipients;
use dataratt::store::cases::StoredCase;

use super::assessed;
use crate::support::mail::Mail;
use crate::support::world::World;

/// An erasure that was carried out, and so told to recipients.
fn erased(world: &World, agent: &Actor) -> StoredCase {
    let case = world.planned(&world.host.people()[0], agent);
    let approver = world.staff(Role::Approver);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    world.find(&case.reference)
}

/// The letters with the list.
fn lists(world: &World) -> Vec<Mail> {
    let is_list = |mail: &Mail| mail.subject().contains("Vilka vi har meddelat");
    world.work();
    world.sink.mails().into_iter().filter(is_list).collect()
}

#[test]
fn the_person_has_it_sent_once_a_day_however_often_they_ask() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = world.host.people()[0].email.clone().unwrap();
    let case = erased(&world, &agent);
    let told = recipients::ask(&world, case.id).unwrap();
    assert!(!told.is_empty());
    assert_eq!(recipients::ask(&world, case.id).unwrap().len(), told.len());
    let sent = lists(&world);
    assert_eq!(sent.len(), 1);
    assert!(sent[0].is_to(&person), "where the answer went");
    let text = sent[0].text();
    for one in &told {
        let known = world.organisation.recipient(&one.recipient).unwrap();
        assert!(text.contains(&known.name), "{}: {text}", known.name);
        let country = known.country.and_then(|country| country.name(Language::Sv));
        assert!(country.is_none_or(|name| text.contains(name)), "{text}");
    }
    assert!(text.contains("artikel 19"));
    world.later(TimeDelta::hours(25));
    recipients::ask(&world, case.id).unwrap();
    assert_eq!(lists(&world).len(), 2);
    let recorded = "SELECT count(*) FROM audit_events WHERE action = 'recipients_listed'";
    assert_eq!(world.database.count(recorded), 2);
}

#[test]
fn staff_send_it_to_who_asks_by_telephone() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let case = erased(&world, &agent);
    world
        .act(&agent, &case.reference, &Action::SendRecipients)
        .unwrap();
    assert_eq!(lists(&world).len(), 1);
}

#[test]
fn who_proved_nothing_learns_nothing_and_who_was_not_spread_has_no_list() {
    let world = World::new();
    let agent = world.staff(Role::Agent);
    let person = world.host.people()[0].clone();
    let unproved = world.asks("erasure", &person);
    let refused = recipients::ask(&world, unproved.id).unwrap_err();
    assert_eq!(refused.code(), "identity");
    let access = assessed(&world, &agent, "access", &person);
    let refused = recipients::ask(&world, access.id).unwrap_err();
    assert_eq!(refused.code(), "nobody_told");
    assert_eq!(lists(&world).len(), 0);
}
