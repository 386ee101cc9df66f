//! Who has an account: adding, a new password, keeping out and letting in again.

use actix_web::http::StatusCode;
use actix_web::web;
use serde::Deserialize;
use uuid::Uuid;

use super::session::Button;
use super::who::{Answer, Desk};
use crate::domain::ids::StaffId;
use crate::domain::staff::{Actor, Role};
use crate::http::error::status;
use crate::http::pages::{Form, Visit, field_errors, local_time};
use crate::http::views::admin::{Member, StaffListPage};
use crate::http::views::layout::FieldErrors;
use crate::services::accounts::{self, Authenticated, StaffMember};
use crate::services::{Context, Error, Result, desk};

const PATH: &str = "/staff/members";
/// What passwords are made of: nothing that is taken for something else when read out.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of a password: 100 bits of chance.
const LENGTH: usize = 20;
/// Letters between hyphens.
const GROUP: usize = 5;

/// Everybody, with when they were last there.
struct Everybody {
    members: Vec<StaffMember>,
    seen: std::collections::BTreeMap<StaffId, chrono::DateTime<chrono::Utc>>,
}

fn everybody(ctx: &Context, actor: &Actor) -> Result<Everybody> {
    Ok(Everybody {
        members: accounts::list(ctx, actor)?,
        seen: desk::last_seen(ctx, actor)?,
    })
}

/// A new password, to be told once.
fn password(ctx: &Context) -> String {
    let random: [u8; LENGTH] = ctx.random_bytes();
    let letters = random.map(|byte| char::from(*LETTERS.get(usize::from(byte % 32)).unwrap_or(&b'2')));
    let groups: Vec<String> = letters
        .chunks(GROUP)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

fn page(desk: &Desk, who: &Authenticated, all: &Everybody) -> StaffListPage {
    let member = |member: &StaffMember| Member {
        id: member.id.to_string(),
        email: member.email.clone(),
        role: member.role.name().to_owned(),
        active: member.active,
        own: member.id == who.staff.id,
        second_factor: member.totp,
        last_seen: all.seen.get(&member.id).map(|at| local_time(*at)),
    };
    StaffListPage {
        t: desk.visit.t(),
        page: desk.page(who, "staff"),
        members: all.members.iter().map(member).collect(),
        issued: None,
        error: None,
        email: String::new(),
        role: String::new(),
        errors: FieldErrors::default(),
    }
}

/// The list.
pub(super) async fn list(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, all) = desk.run(|ctx, who| everybody(ctx, &who.actor)).await?;
    Ok(desk.visit.show(&page(&desk, &who, &all)))
}

/// The form to add somebody.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct New {
    csrf: String,
    email: String,
    role: String,
}

/// Adds somebody, and shows their password this once.
pub(super) async fn add(visit: Visit, Form(new): Form<New>) -> Answer {
    let desk = Desk::sent(visit, PATH, &new.csrf)?;
    let work = new.clone();
    let (who, (outcome, all)) = desk
        .run(move |ctx, who| {
            let password = password(ctx);
            let role = Role::from_name(&work.role);
            let added = match role {
                Some(role) => accounts::add_staff(ctx, &who.actor, &work.email, role, &password),
                None => Err(Error::field("role", "unknown")),
            };
            let added = added.map(|member| (member.email, password));
            // Who may not see the list is turned away by it.
            Ok((added, everybody(ctx, &who.actor)?))
        })
        .await?;
    let mut view = page(&desk, &who, &all);
    match outcome {
        Ok(issued) => {
            view.issued = Some(issued);
            Ok(desk.visit.render(StatusCode::CREATED, &view))
        }
        Err(error) => {
            view.email = new.email;
            view.role = new.role;
            match (
                field_errors(&error, &[("email", "email"), ("role", "role")]),
                &error,
            ) {
                (Some(errors), _) => view.errors = errors,
                (None, Error::Conflict(code)) => view.error = Some(code),
                (None, other) => return Err(desk.visit.fail(other).into()),
            }
            Ok(desk.visit.render(status(&error), &view))
        }
    }
}

/// Who an address names.
fn named(path: &str) -> Result<StaffId> {
    path.parse::<Uuid>().map(StaffId).map_err(|_| Error::NotFound)
}

/// Gives somebody a new password, and shows it this once.
pub(super) async fn reset(visit: Visit, path: web::Path<String>, Form(button): Form<Button>) -> Answer {
    let desk = Desk::sent(visit, PATH, &button.csrf)?;
    let (who, (outcome, all)) = desk
        .run(move |ctx, who| {
            let all = everybody(ctx, &who.actor)?;
            let id = named(&path)?;
            let password = password(ctx);
            let done = accounts::reset(ctx, &who.actor, id, &password);
            let email = all.members.iter().find(|member| member.id == id);
            let email = email.map(|member| member.email.clone()).unwrap_or_default();
            Ok((done.map(|()| (email, password)), all))
        })
        .await?;
    // A new password of one's own ends one's own login too.
    let mut view = page(&desk, &who, &all);
    match outcome {
        Ok(issued) => {
            view.issued = Some(issued);
            Ok(desk.visit.show(&view))
        }
        Err(Error::Conflict(code)) => {
            view.error = Some(code);
            Ok(desk.visit.render(StatusCode::CONFLICT, &view))
        }
        Err(error) => Err(desk.visit.fail(&error).into()),
    }
}

/// Keeps somebody out.
pub(super) async fn deactivate(visit: Visit, path: web::Path<String>, Form(button): Form<Button>) -> Answer {
    change(visit, path, button, accounts::deactivate, "member_deactivated").await
}

/// Lets somebody in again.
pub(super) async fn activate(visit: Visit, path: web::Path<String>, Form(button): Form<Button>) -> Answer {
    change(visit, path, button, accounts::activate, "member_activated").await
}

async fn change(
    visit: Visit,
    path: web::Path<String>,
    button: Button,
    use_case: fn(&Context, &Actor, StaffId) -> Result<()>,
    flash: &'static str,
) -> Answer {
    let desk = Desk::sent(visit, PATH, &button.csrf)?;
    let (who, (outcome, all)) = desk
        .run(move |ctx, who| {
            let all = everybody(ctx, &who.actor)?;
            Ok((use_case(ctx, &who.actor, named(&path)?), all))
        })
        .await?;
    match outcome {
        Ok(()) => Ok(desk.visit.see_other(PATH, Some(flash))),
        Err(Error::Conflict(code)) => {
            let mut view = page(&desk, &who, &all);
            view.error = Some(code);
            Ok(desk.visit.render(StatusCode::CONFLICT, &view))
        }
        Err(error) => Err(desk.visit.fail(&error).into()),
    }
}
