//! Accounts that ended: the month's list, and the approval in advance.

use actix_web::web;
use serde::Deserialize;

use super::who::{Answer, Desk};
use crate::domain::staff::Permission;
use crate::http::error::status;
use crate::http::pages::{Form, Visit, field_errors, local_time};
use crate::http::views::layout::FieldErrors;
use crate::http::views::standing::{CurrentApproval, EndedRow, StandingPage};
use crate::services::accounts::Authenticated;
use crate::services::standing::{self, Overview, Wanted};
use crate::services::{Context, Error, FieldError, Result};

/// Where the page is.
const PATH: &str = "/staff/standing";

/// The use case's fields and the form's.
const FIELDS: [(&str, &str); 3] = [
    ("valid_until", "until"),
    ("sample_every", "every"),
    ("most_in_30_days", "most"),
];

/// What the address may say.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    month: String,
}

/// The page.
pub(super) async fn show(visit: Visit) -> Answer {
    let asked = web::Query::<Asked>::from_query(visit.request.query_string());
    let month = asked.map(|asked| asked.into_inner().month).unwrap_or_default();
    let desk = Desk::at(visit)?;
    let (who, (seen, month)) = desk.run(move |ctx, who| look(ctx, who, &month)).await?;
    Ok(desk.visit.show(&page(&desk, &who, &seen, month)))
}

fn look(ctx: &Context, who: &Authenticated, month: &str) -> Result<(Overview, String)> {
    let month = standing::month(ctx, month);
    let seen = standing::overview(ctx, &who.actor, month)?;
    Ok((seen, month.format("%Y-%m").to_string()))
}

fn page(desk: &Desk, who: &Authenticated, seen: &Overview, month: String) -> StandingPage {
    let current = seen.approvals.iter().find(|view| view.holds);
    StandingPage {
        t: desk.visit.t(),
        page: desk.page(who, "standing"),
        current: current.map(|view| CurrentApproval {
            id: view.approval.id.to_string(),
            until: view.approval.last_day(),
            approver: view.approver.clone(),
            every: view.approval.sample_every,
            most: view.approval.most,
        }),
        decides: who.actor.may(Permission::ApproveProposals),
        month,
        accounts: seen
            .uses
            .iter()
            .map(|one| EndedRow {
                reference: one.reference.clone(),
                state: one.state.clone(),
                at: local_time(one.used.at),
                outcome: one.used.outcome.clone(),
                why: one.used.why.split_whitespace().map(str::to_owned).collect(),
            })
            .collect(),
        errors: FieldErrors::default(),
        until: String::new(),
        every: "10".to_owned(),
        most: "300".to_owned(),
    }
}

/// What an approver sends.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    csrf: String,
    action: String,
    id: String,
    until: String,
    every: String,
    most: String,
}

impl Sent {
    /// What is given; every field that is none of its kind is named.
    fn wanted(&self) -> Result<Wanted> {
        let until = self.until.trim().parse();
        let (every, most) = (self.every.trim().parse(), self.most.trim().parse());
        let fields = [
            ("valid_until", until.is_err()),
            ("sample_every", every.is_err()),
            ("most_in_30_days", most.is_err()),
        ];
        match (until, every, most) {
            (Ok(until), Ok(sample_every), Ok(most)) => Ok(Wanted {
                until,
                sample_every,
                most,
            }),
            _ => {
                let wrong = fields.into_iter().filter(|(_, is_wrong)| *is_wrong);
                let code = "invalid";
                let wrong = wrong.map(|(field, _)| FieldError { field, code });
                Err(Error::Invalid(wrong.collect()))
            }
        }
    }

    fn do_it(&self, ctx: &Context, who: &Authenticated) -> Result<()> {
        if !who.actor.may(Permission::ApproveProposals) {
            return Err(Error::Forbidden("role"));
        }
        match self.action.as_str() {
            "give" => standing::give(ctx, &who.actor, &self.wanted()?).map(drop),
            "revoke" => {
                let id = self.id.parse().map_err(|_| Error::NotFound)?;
                standing::revoke(ctx, &who.actor, id)
            }
            _ => Err(Error::field("action", "unknown")),
        }
    }
}

/// Gives an approval in advance, or takes it back.
pub(super) async fn decide(visit: Visit, Form(sent): Form<Sent>) -> Answer {
    let desk = Desk::sent(visit, PATH, &sent.csrf)?;
    let work = sent.clone();
    let (who, (outcome, (seen, month))) = desk
        .run(move |ctx, who| Ok((work.do_it(ctx, who), look(ctx, who, "")?)))
        .await?;
    let Err(error) = outcome else {
        return Ok(desk.visit.see_other(PATH, Some("action_done")));
    };
    let Some(errors) = field_errors(&error, &FIELDS) else {
        return Err(desk.visit.fail(&error).into());
    };
    let view = StandingPage {
        errors,
        until: sent.until,
        every: sent.every,
        most: sent.most,
        ..page(&desk, &who, &seen, month)
    };
    Ok(desk.visit.render(status(&error), &view))
}
