//! Getting to a case: the code, and the cookie that a right code gives.

use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::case_view::CaseView;
use super::{named, path_of};
use crate::domain::ids::Reference;
use crate::http::auth::{cookie, is_same_origin};
use crate::http::download::hand_over;
use crate::http::error::{retry_after, status};
use crate::http::pages::{Answer, Form, PageError, Visit};
use crate::http::views::customer::CodePage;
use crate::services::{Error, codes, overview, packages};

/// The name of the cookie that opens one case. With https browsers insist on Secure, on `/` and on this host alone.
pub(super) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-case" } else { "case" }
}

/// The token that the request brings, whatever it opens.
pub(super) fn token(visit: &Visit) -> Option<String> {
    let cookie = visit.request.cookie(cookie_name(visit.app.web.secure))?;
    Some(cookie.value().to_owned()).filter(|token| !token.is_empty())
}

/// The cookie that opens a case from now on.
pub(super) fn opens(visit: &Visit, token: String) -> Cookie<'static> {
    cookie(&visit.app, cookie_name(visit.app.web.secure), token, None)
}

/// The case, for who entered a code; for all others the field for the code, whether or not there is such a case.
pub(super) async fn show(visit: Visit, path: web::Path<String>) -> Answer {
    let reference = named(&visit, &path)?;
    if reference.as_str() != path.as_str() {
        return Ok(visit.see_other(&path_of(&reference), None));
    }
    let Some(token) = token(&visit) else {
        let wanted = reference.clone();
        visit.run(move |ctx| codes::not_thinned(ctx, &wanted)).await?;
        return Ok(visit.show(&code_page(&visit, &reference, None)));
    };
    let (wanted, secret) = (reference.clone(), token.clone());
    let seen = visit.attempt(move |ctx| overview::person_case(ctx, &wanted, &secret));
    match seen.await {
        Ok(person) => Ok(visit.show(&CaseView::new(&visit, &person, &token).page())),
        Err(Error::Unauthenticated(_)) => Ok(visit.show(&code_page(&visit, &reference, None))),
        Err(error) => Err(visit.fail(&error)),
    }
}

fn code_page(visit: &Visit, reference: &Reference, error: Option<&str>) -> CodePage {
    CodePage {
        t: visit.t(),
        page: visit.page_at(&path_of(reference), String::new()),
        reference: reference.to_string(),
        error: error.map(str::to_owned),
        kept: String::new(),
    }
}

/// The field for the code, with a message that was sent when the access had ended. Nothing is kept that a page of another
/// site may have sent.
pub(super) fn keeping(visit: &Visit, reference: &Reference, message: String) -> HttpResponse {
    let ours = is_same_origin(&visit.request, &visit.app.ctx.policy.public_url);
    if !ours || message.trim().is_empty() {
        return visit.see_other(&path_of(reference), None);
    }
    let page = code_page(visit, reference, None);
    visit.render(
        StatusCode::FORBIDDEN,
        &CodePage {
            kept: message,
            ..page
        },
    )
}

/// The field for the code.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    code: String,
    /// A message that was kept.
    message: String,
}

/// Enters a code.
pub(super) async fn verify(visit: Visit, path: web::Path<String>, Form(typed): Form<Typed>) -> Answer {
    visit.check_origin()?;
    let reference = named(&visit, &path)?;
    let wanted = reference.clone();
    let Typed { code, message } = typed;
    let verified = visit.attempt(move |ctx| codes::verify(ctx, &wanted, &code));
    let token = match verified.await {
        Ok(verified) => verified.token,
        Err(error) => return wrong_code(&visit, &reference, &error, message),
    };
    let more = opens(&visit, token.clone());
    if message.trim().is_empty() {
        return Ok(visit.see_other_with(&path_of(&reference), None, Some(more)));
    }
    let (wanted, secret) = (reference, token.clone());
    let person = visit
        .run(move |ctx| overview::person_case(ctx, &wanted, &secret))
        .await?;
    let mut view = CaseView::new(&visit, &person, &token);
    view.message = message;
    let mut response = visit.show(&view.page());
    let failed = |error| visit.fail(&Error::internal(error));
    response.add_cookie(&more).map_err(failed)?;
    Ok(response)
}

fn wrong_code(visit: &Visit, reference: &Reference, error: &Error, kept: String) -> Answer {
    let key = match error {
        Error::Rejected(_) => "code_invalid",
        Error::Gone(_) => "code_spent",
        Error::TooMany { .. } => "code_too_many",
        _ => return Err(visit.fail(error)),
    };
    let page = code_page(visit, reference, Some(key));
    let mut response = visit.render(status(error), &CodePage { kept, ..page });
    if let Some(seconds) = retry_after(error) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// Hands the package over to who entered a code; all others go to the field for it.
pub(super) async fn download(visit: Visit, path: web::Path<(String, String)>) -> Answer {
    let (reference, name) = path.into_inner();
    let reference = named(&visit, &reference)?;
    let Some(token) = token(&visit) else {
        return Ok(visit.see_other(&path_of(&reference), None));
    };
    let wanted = reference.clone();
    let opened = visit.attempt(move |ctx| packages::open_download(ctx, &wanted, &token, &name));
    match opened.await {
        Ok(download) => Ok(hand_over(&visit.app, download)),
        Err(Error::Unauthenticated(_)) => Ok(visit.see_other(&path_of(&reference), None)),
        Err(error) => Err(visit.fail(&error)),
    }
}

/// Asks for a new code. The answer is always the same.
pub(super) async fn ask_again(visit: Visit, path: web::Path<String>, typed: Option<Form<Typed>>) -> Answer {
    visit.check_origin()?;
    let reference = named(&visit, &path)?;
    let wanted = reference.clone();
    visit.run(move |ctx| codes::ask_again(ctx, &wanted)).await?;
    let kept = typed.map(|Form(typed)| typed.message).unwrap_or_default();
    if !kept.trim().is_empty() {
        let mut page = code_page(&visit, &reference, None);
        page.page.flash = Some("flash-code_sent".to_owned());
        return Ok(visit.show(&CodePage { kept, ..page }));
    }
    Ok(visit.see_other(&path_of(&reference), Some("code_sent")))
}

/// Who entered a code and now does something with the case.
pub(super) struct Holder {
    /// The visit.
    pub visit: Visit,
    /// The case.
    pub reference: Reference,
    /// What opens it.
    pub token: String,
}

impl Holder {
    /// Whoever sent a form with the cookie of a case, from a page of that case. `None`: a code must be entered first.
    ///
    /// # Errors
    /// When the form was not sent from our page, or the address names no case.
    pub fn of(visit: Visit, path: &str, csrf: &str) -> Result<Option<Self>, PageError> {
        let reference = named(&visit, path)?;
        visit.check_origin()?;
        let Some(token) = token(&visit) else {
            return Ok(None);
        };
        visit.check_form(&token, csrf)?;
        Ok(Some(Self {
            visit,
            reference,
            token,
        }))
    }

    /// To the case's page.
    pub fn back(&self, flash: Option<&'static str>) -> HttpResponse {
        self.visit.see_other(&path_of(&self.reference), flash)
    }

    /// The case's page again, with what was wrong with the form.
    ///
    /// # Errors
    /// When the case cannot be shown.
    pub async fn show_again(&self, change: impl FnOnce(&mut CaseView)) -> Answer {
        let (wanted, secret) = (self.reference.clone(), self.token.clone());
        let seen = self
            .visit
            .attempt(move |ctx| overview::person_case(ctx, &wanted, &secret));
        match seen.await {
            Ok(person) => {
                let mut view = CaseView::new(&self.visit, &person, &self.token);
                change(&mut view);
                Ok(self.visit.render(StatusCode::UNPROCESSABLE_ENTITY, &view.page()))
            }
            Err(error) => self.failed(&error),
        }
    }

    /// What a use case refused: without access to the field for the code, else a page that says so.
    ///
    /// # Errors
    /// See above.
    pub fn failed(&self, error: &Error) -> Answer {
        match error {
            Error::Unauthenticated(_) => Ok(self.back(None)),
            _ => Err(self.visit.fail(error)),
        }
    }
}
