//! Cases whose recipients have been told.

use std::sync::Arc;

use dataratt::domain::contact::Email;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::handling::Action;
use dataratt::store;
use dataratt::store::cases::StoredCase;
use dataratt::store::notices::NoticeRow;

use crate::support::smtp::Failure;
use crate::support::world::World;

/// A recipient's second address.
pub fn other_of(recipient: &str) -> String {
    format!("legal@{recipient}.example")
}

/// A world in which recipients have another address, a telephone, and somebody who answers for the agreement.
pub fn world() -> World {
    let mut world = World::new();
    let mut organisation = (*world.ctx.organisation).clone();
    for known in &mut organisation.recipients {
        let Some(contact) = known.contact.as_mut() else {
            continue;
        };
        contact.other_email = Some(Email::parse(&other_of(&known.id)).unwrap());
        contact.phone = Some("+49 30 23125 000".to_owned());
        known.owner = Some(Email::parse(&format!("owner-of-{}@host.example", known.id)).unwrap());
    }
    world.ctx.organisation = Arc::new(organisation);
    world
}

/// A processor to whom a mail goes.
pub struct Processor {
    /// Its id.
    pub id: String,
    /// Its first address.
    pub address: String,
    /// The address of who answers for its agreement.
    pub owner: String,
}

/// An erasure that was carried out, and one processor that was told of it.
pub fn told(world: &World) -> (StoredCase, Actor, Processor) {
    let (agent, approver) = (world.staff(Role::Agent), world.staff(Role::Approver));
    let case = world.planned(&world.host.people()[0], &agent);
    world.act(&approver, &case.reference, &Action::Approve).unwrap();
    world.work();
    let rows = store::notices::list(&mut world.store.get().unwrap(), case.id).unwrap();
    let row = rows.iter().find(|row| row.channel == "email" && !row.independent);
    let id = row.unwrap().recipient.clone();
    let known = world.ctx.organisation.recipient(&id).unwrap();
    let processor = Processor {
        address: known.address(false).unwrap().to_owned(),
        owner: known.owner.as_ref().unwrap().as_str().to_owned(),
        id,
    };
    (world.find(&case.reference), agent, processor)
}

pub fn row(world: &World, case: &StoredCase, processor: &Processor) -> NoticeRow {
    let rows = store::notices::list(&mut world.store.get().unwrap(), case.id).unwrap();
    rows.into_iter()
        .find(|row| row.recipient == processor.id)
        .unwrap()
}

/// Lets no first address take mail; `others`: nor any second one.
pub fn refuse(world: &World, others: bool) {
    for known in &world.ctx.organisation.recipients {
        if let Some(address) = known.address(false) {
            world.sink.fail_address(address, Failure::Code(550));
        }
        if others {
            world.sink.fail_address(&other_of(&known.id), Failure::Code(550));
        }
    }
}
