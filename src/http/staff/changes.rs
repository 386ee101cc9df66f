//! Announcing changes of the privacy policy and of the register.

use serde::Deserialize;

use super::who::{Answer, Desk};
use crate::http::error::status;
use crate::http::pages::{Form, Visit, field_errors};
use crate::http::register_page::change_line;
use crate::http::views::changes::{ChangesPage, TypedChange};
use crate::http::views::layout::FieldErrors;
use crate::services::accounts::Authenticated;
use crate::services::changes::{self, NewChange};
use crate::services::{Context, Result};
use crate::store::changes::ChangeRow;

const PATH: &str = "/staff/changes";

/// The fields by the use case's names and the form's, in the order of the page.
const FIELDS: [(&str, &str); 4] = [
    ("what", "what"),
    ("effective_on", "effective_on"),
    ("text_sv", "text_sv"),
    ("text_en", "text_en"),
];

fn announced(ctx: &Context, who: &Authenticated) -> Result<Vec<ChangeRow>> {
    changes::may_announce(&who.actor)?;
    changes::list(ctx)
}

fn page(desk: &Desk, who: &Authenticated, rows: &[ChangeRow]) -> ChangesPage {
    let language = desk.visit.language();
    ChangesPage {
        t: desk.visit.t(),
        page: desk.page(who, "changes"),
        changes: rows.iter().map(|row| change_line(row, language)).collect(),
        typed: TypedChange::default(),
        errors: FieldErrors::default(),
    }
}

/// What was announced, and the form.
pub(super) async fn list(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, rows) = desk.run(announced).await?;
    Ok(desk.visit.show(&page(&desk, &who, &rows)))
}

/// The form.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    csrf: String,
    what: String,
    effective_on: String,
    text_sv: String,
    text_en: String,
}

/// Announces a change.
pub(super) async fn announce(visit: Visit, Form(sent): Form<Sent>) -> Answer {
    let desk = Desk::sent(visit, PATH, &sent.csrf)?;
    let new = NewChange {
        what: sent.what.clone(),
        effective_on: sent.effective_on.trim().parse().ok(),
        text_sv: sent.text_sv.clone(),
        text_en: sent.text_en.clone(),
    };
    let (who, (outcome, rows)) = desk
        .run(move |ctx, who| {
            // Who is not let in learns nothing of what the fields mean.
            announced(ctx, who)?;
            let outcome = changes::announce(ctx, &who.actor, &new);
            Ok((outcome, changes::list(ctx)?))
        })
        .await?;
    match outcome {
        Ok(_) => Ok(desk.visit.see_other(PATH, Some("change_announced"))),
        Err(error) => {
            let Some(errors) = field_errors(&error, &FIELDS) else {
                return Err(desk.visit.fail(&error).into());
            };
            let view = ChangesPage {
                errors,
                typed: TypedChange {
                    what: sent.what,
                    effective_on: sent.effective_on,
                    text_sv: sent.text_sv,
                    text_en: sent.text_en,
                },
                ..page(&desk, &who, &rows)
            };
            Ok(desk.visit.render(status(&error), &view))
        }
    }
}
