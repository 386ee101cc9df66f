//! Who is at a page of staff, and what they get who are not logged in.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

use crate::http::auth::{csrf_token, is_same_origin, session_cookie_name};
use crate::http::pages::{PageError, Visit};
use crate::http::views::layout::{Page, StaffBar};
use crate::http::views::staff::Kept;
use crate::services::accounts::{self, Authenticated};
use crate::services::{Context, Error, Result};

/// What a handler of these pages gives back.
pub(super) type Answer = std::result::Result<HttpResponse, Turned>;

/// Who does not get the page they asked for.
#[derive(Debug)]
pub(super) enum Turned {
    /// They log in first, at this address.
    ToLogin(String),
    /// They log in first, on this page, which keeps what they sent.
    Keeping(String),
    /// They get a page that says why.
    Away(PageError),
}

impl From<PageError> for Turned {
    fn from(error: PageError) -> Self {
        Self::Away(error)
    }
}

impl std::fmt::Display for Turned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ToLogin(_) | Self::Keeping(_) => f.write_str("login_needed"),
            Self::Away(error) => error.fmt(f),
        }
    }
}

impl ResponseError for Turned {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::ToLogin(_) => StatusCode::SEE_OTHER,
            Self::Keeping(_) => StatusCode::FORBIDDEN,
            Self::Away(error) => error.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::ToLogin(location) => HttpResponse::SeeOther()
                .insert_header((header::LOCATION, location.as_str()))
                .finish(),
            Self::Keeping(html) => HttpResponse::Forbidden()
                .content_type("text/html; charset=utf-8")
                .body(html.clone()),
            Self::Away(error) => error.error_response(),
        }
    }
}

fn to_login(visit: &Visit, back: &str, ended: bool, kept: Option<Kept>) -> Turned {
    match kept {
        Some(kept) => Turned::Keeping(super::session::keeping(visit, back, kept)),
        None => Turned::ToLogin(super::session::path_of(back, ended)),
    }
}

/// A page of staff, asked for with the cookie of a login that may no longer hold.
pub(super) struct Desk {
    /// The request.
    pub visit: Visit,
    /// Where to go after logging in: this page, or for a form the page it stands on.
    back: String,
    session: String,
    /// What was sent, when it is to be kept through a login.
    kept: Option<Kept>,
}

impl Desk {
    /// The page that a request asks for.
    ///
    /// # Errors
    /// When there is no cookie.
    pub fn at(visit: Visit) -> std::result::Result<Self, Turned> {
        let path = visit.request.uri().path_and_query();
        let back = path.map_or("/staff", |path| path.as_str()).to_owned();
        Self::from_page(visit, back, None)
    }

    /// What a form on the page `back` sent.
    ///
    /// # Errors
    /// When there is no cookie, another site sent it, or its `csrf` is not that of the cookie.
    pub fn sent(visit: Visit, back: &str, csrf: &str) -> std::result::Result<Self, Turned> {
        Self::sent_keeping(visit, back, csrf, None)
    }

    /// As [`Self::sent`]; when the login is over, what was `typed` is kept until somebody has logged in again. Nothing is
    /// kept that a page of another site may have sent.
    ///
    /// # Errors
    /// As [`Self::sent`].
    pub fn sent_keeping(
        visit: Visit,
        back: &str,
        csrf: &str,
        typed: Option<Kept>,
    ) -> std::result::Result<Self, Turned> {
        let kept = typed.filter(|_| is_same_origin(&visit.request, &visit.app.ctx.policy.public_url));
        let desk = Self::from_page(visit, back.to_owned(), kept)?;
        desk.visit.check_form(&desk.session, csrf)?;
        Ok(desk)
    }

    fn from_page(visit: Visit, back: String, kept: Option<Kept>) -> std::result::Result<Self, Turned> {
        let cookie = visit.request.cookie(session_cookie_name(visit.app.web.secure));
        match cookie {
            Some(cookie) => Ok(Self {
                session: cookie.value().to_owned(),
                visit,
                back,
                kept,
            }),
            None => Err(to_login(&visit, &back, false, kept)),
        }
    }

    /// Runs a use case as whoever is logged in, on one thread with finding out who that is. What the use case refuses
    /// is for the page to show.
    ///
    /// # Errors
    /// When nobody is logged in any more, or finding out failed.
    pub async fn attempt<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Context, &Authenticated) -> Result<T> + Send + 'static,
    ) -> std::result::Result<(Authenticated, Result<T>), Turned> {
        let session = self.session.clone();
        let outcome = self.visit.attempt(move |ctx| {
            let who = accounts::authenticate(ctx, &session)?;
            let outcome = work(ctx, &who);
            Ok((who, outcome))
        });
        match outcome.await {
            Ok(outcome) => Ok(outcome),
            Err(Error::Unauthenticated(_)) => Err(to_login(&self.visit, &self.back, true, self.kept.clone())),
            Err(error) => Err(self.visit.fail(&error).into()),
        }
    }

    /// As [`Self::attempt`]; what the use case refuses becomes a page.
    ///
    /// # Errors
    /// Those of [`Self::attempt`], and of the use case.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Context, &Authenticated) -> Result<T> + Send + 'static,
    ) -> std::result::Result<(Authenticated, T), Turned> {
        let (who, outcome) = self.attempt(work).await?;
        match outcome {
            Ok(done) => Ok((who, done)),
            Err(error) => Err(self.visit.fail(&error).into()),
        }
    }

    /// The frame of the page, in the part `section`.
    pub fn page(&self, who: &Authenticated, section: &'static str) -> Page {
        let csrf = csrf_token(&self.visit.app.ctx, &self.session);
        let staff = StaffBar {
            name: who.staff.email.clone(),
            role: who.staff.role.name().to_owned(),
            section,
        };
        Page {
            staff: Some(staff),
            ..self.visit.page_at(&self.back, csrf)
        }
    }
}
