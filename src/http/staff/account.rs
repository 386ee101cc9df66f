//! One's own account: the password, and the second factor.

use actix_web::http::header;
use serde::Deserialize;

use super::who::{Answer, Desk};
use crate::http::error::{retry_after, status};
use crate::http::pages::{Form, Visit, field_errors};
use crate::http::views::account::{AccountPage, Authenticator, square};
use crate::http::views::layout::FieldErrors;
use crate::services::accounts::{self, Authenticated, TotpOffer};
use crate::services::{Context, Error, Result};

const PATH: &str = "/staff/account";

/// What to show of an authenticator: the secret to add, when there is none.
fn offer(ctx: &Context, who: &Authenticated, offered: &str) -> Result<Option<TotpOffer>> {
    match who.staff.totp {
        true => Ok(None),
        false => accounts::offer_totp(ctx, &who.staff, Some(offered)).map(Some),
    }
}

fn page(desk: &Desk, who: &Authenticated, offer: Option<TotpOffer>) -> AccountPage {
    AccountPage {
        t: desk.visit.t(),
        page: desk.page(who, "account"),
        email: who.staff.email.clone(),
        offer: offer.map(|offer| Authenticator {
            square: square(&offer.url),
            secret: offer.secret,
            url: offer.url,
        }),
        errors: FieldErrors::default(),
        error: None,
    }
}

/// The page.
pub(super) async fn show(visit: Visit) -> Answer {
    let desk = Desk::at(visit)?;
    let (who, offer) = desk.run(|ctx, who| offer(ctx, who, "")).await?;
    Ok(desk.visit.show(&page(&desk, &who, offer)))
}

/// The form for another password.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Passwords {
    csrf: String,
    old_password: String,
    new_password: String,
}

/// Exchanges the password.
pub(super) async fn password(visit: Visit, Form(form): Form<Passwords>) -> Answer {
    let desk = Desk::sent(visit, PATH, &form.csrf)?;
    let (who, (outcome, offer)) = desk
        .run(move |ctx, who| {
            let done = accounts::change_password(ctx, who, &form.old_password, &form.new_password);
            Ok((done, offer(ctx, who, "")?))
        })
        .await?;
    let fields = [("password", "old_password"), ("new_password", "new_password")];
    answer(
        &desk,
        outcome,
        page(&desk, &who, offer),
        &fields,
        "password_changed",
    )
}

/// The form to switch the second factor on or off.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SecondFactor {
    csrf: String,
    /// The secret that was offered; none to switch off.
    secret: String,
    own_password: String,
    totp: String,
}

/// Switches the second factor on, or off.
pub(super) async fn second_factor(visit: Visit, Form(form): Form<SecondFactor>) -> Answer {
    let desk = Desk::sent(visit, PATH, &form.csrf)?;
    let on = !form.secret.is_empty();
    let (who, (outcome, offer)) = desk
        .run(move |ctx, who| {
            let (password, code) = (&form.own_password, &form.totp);
            let done = match on {
                true => accounts::enable_totp(ctx, who, password, &form.secret, code),
                false => accounts::disable_totp(ctx, who, password, code),
            };
            Ok((done, offer(ctx, who, &form.secret)?))
        })
        .await?;
    let fields = [("password", "own_password"), ("code", "totp"), ("secret", "totp")];
    let flash = if on { "totp_on" } else { "totp_off" };
    answer(&desk, outcome, page(&desk, &who, offer), &fields, flash)
}

fn answer(
    desk: &Desk,
    outcome: Result<()>,
    mut view: AccountPage,
    fields: &[(&str, &'static str)],
    flash: &'static str,
) -> Answer {
    let Err(error) = outcome else {
        return Ok(desk.visit.see_other(PATH, Some(flash)));
    };
    match (field_errors(&error, fields), &error) {
        (Some(errors), _) => view.errors = errors,
        (None, Error::TooMany { .. }) => view.error = Some("too_many"),
        (None, Error::Stale | Error::Conflict(_)) => view.error = Some("changed"),
        (None, other) => return Err(desk.visit.fail(other).into()),
    }
    let mut response = desk.visit.render(status(&error), &view);
    if let Some(seconds) = retry_after(&error) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}
