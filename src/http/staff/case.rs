//! One case.

use actix_web::web;

use super::case_page::{self, Seen};
use super::core;
use super::who::{Answer, Desk};
use crate::domain::ids::Reference;
use crate::domain::staff::Actor;
use crate::http::pages::Visit;
use crate::services::accounts::StaffMember;
use crate::services::records::{self, CoreRecord};
use crate::services::{Context, Error, Result, desk, overview};

/// Where a case's page is.
pub(super) fn path_of(reference: &Reference) -> String {
    format!("/staff/cases/{reference}")
}

/// Reads all about a case; that the actor looked is recorded.
///
/// # Errors
/// When they may not, or there is none.
pub(super) fn see(ctx: &Context, actor: &Actor, reference: &Reference) -> Result<Seen> {
    let case = overview::staff_case(ctx, actor, reference)?;
    Ok(Seen {
        beside: desk::beside(ctx, actor, &case)?,
        colleagues: desk::colleagues(ctx, actor)?,
        case,
    })
}

/// A case, or what is left of it.
enum Any {
    Whole(Box<Seen>),
    Core(Box<CoreRecord>, Vec<StaffMember>),
}

fn see_any(ctx: &Context, actor: &Actor, reference: &Reference) -> Result<Any> {
    match see(ctx, actor, reference) {
        Ok(seen) => Ok(Any::Whole(Box::new(seen))),
        Err(Error::Gone("case_thinned")) => {
            let record = records::core(ctx, actor, reference)?;
            Ok(Any::Core(Box::new(record), desk::colleagues(ctx, actor)?))
        }
        Err(error) => Err(error),
    }
}

/// The page of a case.
pub(super) async fn show(visit: Visit, path: web::Path<String>) -> Answer {
    let desk = Desk::at(visit)?;
    // Who is not logged in learns nothing of what is a case number.
    let reference = Reference::parse(&path).map_err(|_| Error::NotFound);
    let (who, seen) = desk
        .run(move |ctx, who| see_any(ctx, &who.actor, &reference?))
        .await?;
    Ok(match seen {
        Any::Whole(seen) => desk.visit.show(&case_page::view(&desk, &who, &seen)),
        Any::Core(record, colleagues) => desk.visit.show(&core::view(&desk, &who, &record, &colleagues)),
    })
}
