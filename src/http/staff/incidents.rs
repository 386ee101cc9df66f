//! Personal data breaches over all cases.

use actix_web::web;
use serde::Deserialize;

use super::course;
use super::who::{Answer, Desk};
use crate::domain::staff::Permission;
use crate::http::error::{report, status};
use crate::http::pages::{Form, Visit};
use crate::http::views::staff::{IncidentsPage, TypedIncident};
use crate::services::accounts::Authenticated;
use crate::services::incidents::{self, ForPerson, Incident};
use crate::services::{Error, Result};

const PATH: &str = "/staff/incidents";

/// The list.
pub(super) async fn list(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, found) = desk.run(|ctx, who| incidents::list(ctx, &who.actor)).await?;
    Ok(desk.visit.show(&page(&desk, &who, &found)))
}

fn page(desk: &Desk, who: &Authenticated, found: &[Incident]) -> IncidentsPage {
    IncidentsPage {
        t: desk.visit.t(),
        page: desk.page(who, "incidents"),
        incidents: found.iter().map(course::incident).collect(),
        reads_cases: who.actor.may(Permission::ReadCases),
        error: None,
        typed: TypedIncident::default(),
    }
}

/// What is done about one.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    csrf: String,
    action: String,
    text: String,
    consequences: String,
    measures: String,
}

/// Records that the authority was notified, tells the person, or closes one.
pub(super) async fn follow(visit: Visit, path: web::Path<String>, Form(sent): Form<Sent>) -> Answer {
    let desk = Desk::sent(visit, PATH, &sent.csrf)?;
    let (work, id) = (sent.clone(), path.clone());
    let (who, (outcome, found)) = desk
        .run(move |ctx, who| {
            // Who is not let in learns nothing of what there is.
            incidents::list(ctx, &who.actor)?;
            let id = id.parse().map_err(|_| Error::NotFound)?;
            let outcome: Result<()> = match work.action.as_str() {
                "notified" => incidents::notified(ctx, &who.actor, id, None),
                "tell" => {
                    let told = ForPerson {
                        text: work.text.clone(),
                        consequences: work.consequences.clone(),
                        measures: work.measures.clone(),
                    };
                    incidents::tell(ctx, &who.actor, id, &told)
                }
                _ => incidents::close(ctx, &who.actor, id, &work.text),
            };
            match outcome {
                Err(error @ Error::NotFound) => Err(error),
                other => Ok((other, incidents::list(ctx, &who.actor)?)),
            }
        })
        .await?;
    match outcome {
        Ok(()) => Ok(desk.visit.see_other(PATH, Some("action_done"))),
        Err(error) => {
            report(&desk.visit.app.ctx, &error);
            let code = match &error {
                Error::Invalid(_) => "text",
                other => other.code(),
            };
            let view = IncidentsPage {
                error: Some(code.to_owned()),
                typed: TypedIncident {
                    id: path.into_inner(),
                    action: sent.action,
                    text: sent.text,
                    consequences: sent.consequences,
                    measures: sent.measures,
                },
                ..page(&desk, &who, &found)
            };
            Ok(desk.visit.render(status(&error), &view))
        }
    }
}
