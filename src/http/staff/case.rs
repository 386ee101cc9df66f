//! One case.

use actix_web::web;

use super::case_page::{self, Seen};
use super::who::{Answer, Desk};
use crate::domain::ids::Reference;
use crate::domain::staff::Actor;
use crate::http::pages::Visit;
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

/// The page of a case.
pub(super) async fn show(visit: Visit, path: web::Path<String>) -> Answer {
    let desk = Desk::at(visit)?;
    // Who is not logged in learns nothing of what is a case number.
    let reference = Reference::parse(&path).map_err(|_| Error::NotFound);
    let (who, seen) = desk
        .run(move |ctx, who| see(ctx, &who.actor, &reference?))
        .await?;
    Ok(desk.visit.show(&case_page::view(&desk, &who, &seen)))
}
