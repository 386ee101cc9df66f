//! What all pages share: the language, the frame, rendering, what just happened, and what went wrong.

mod error;
mod form;
mod language;

use std::future::{Ready, ready};

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration as CookieAge;
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Route, guard, web};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Stockholm;

use super::auth::{self, cookie};
use super::blocking::blocking;
use super::views::layout::Page;
use crate::adapters::texts::{MISSING, Texts};
use crate::app::App;
use crate::domain::language::Language;
use crate::services::{Context, Error};

pub use error::PageError;
pub use form::{Form, field_errors};

/// What a handler of a page gives back.
pub type Answer = Result<HttpResponse, PageError>;

/// The cookie that keeps a chosen language.
const LANGUAGE: &str = "lang";
/// The cookie that carries what just happened over a redirect.
const FLASH: &str = "flash";
/// What just happened is shown at once or not at all.
const FLASH_AGE: CookieAge = CookieAge::seconds(60);
const LANGUAGE_AGE: CookieAge = CookieAge::days(365);

/// One request for a page: whose service it is, in which language, and what it says of itself.
#[derive(Clone)]
pub struct Visit {
    /// The service.
    pub app: web::Data<App>,
    /// The request.
    pub request: HttpRequest,
    language: Language,
    chosen: bool,
    flash: Option<String>,
}

impl FromRequest for Visit {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Visit {
    /// The visit that a request is.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let app = request.app_data::<web::Data<App>>();
        let app = app.expect("the server is made with its App").clone();
        let cookie = |name| request.cookie(name).map(|cookie| cookie.value().to_owned());
        let chosen = language::chosen(request.query_string());
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
        let language = chosen
            .or_else(|| Language::from_tag(&cookie(LANGUAGE)?))
            .or_else(|| language::accepted(accepted?.to_str().ok()?))
            .unwrap_or(app.ctx.organisation.language);
        Self {
            language,
            chosen: chosen.is_some(),
            flash: cookie(FLASH).and_then(|name| flash_key(&name)),
            request: request.clone(),
            app,
        }
    }

    /// The texts in the reader's language.
    #[must_use]
    pub const fn t(&self) -> Texts {
        Texts::new(self.language)
    }

    /// The reader's language.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The frame of a page at this request's address. `csrf`: for the forms on it; empty when nobody is logged in.
    #[must_use]
    pub fn page(&self, csrf: String) -> Page {
        let path = self.request.uri().path_and_query();
        self.page_at(path.map_or("/", |path| path.as_str()), csrf)
    }

    /// The frame of a page that belongs to another address than this request's, as after a form with mistakes: there
    /// the link to the other language leads.
    #[must_use]
    pub fn page_at(&self, path: &str, csrf: String) -> Page {
        Page {
            look: self.app.look.clone(),
            path: path.to_owned(),
            csrf,
            staff: None,
            flash: self.flash.clone(),
        }
    }

    /// The page, with a language that was just chosen kept, and what just happened shown once.
    ///
    /// # Panics
    /// Never: writing a template to a string cannot fail.
    #[must_use]
    pub fn render(&self, status: StatusCode, view: &impl Template) -> HttpResponse {
        let html = view.render().expect("writing to a string cannot fail");
        let mut response = HttpResponse::build(status);
        response.insert_header((header::VARY, "Accept-Language, Cookie"));
        if self.chosen {
            let tag = self.language.tag().to_owned();
            response.cookie(cookie(&self.app, LANGUAGE, tag, Some(LANGUAGE_AGE)));
        }
        if self.request.cookie(FLASH).is_some() {
            response.cookie(cookie(&self.app, FLASH, String::new(), Some(CookieAge::ZERO)));
        }
        response.content_type("text/html; charset=utf-8").body(html)
    }

    /// As [`Self::render`], when all is well.
    #[must_use]
    pub fn show(&self, view: &impl Template) -> HttpResponse {
        self.render(StatusCode::OK, view)
    }

    /// Sends the reader on after a form, so that loading the page again does not send the form again. `flash`: the
    /// key of what to say there, without `flash-`.
    #[must_use]
    pub fn see_other(&self, to: &str, flash: Option<&'static str>) -> HttpResponse {
        self.see_other_with(to, flash, None)
    }

    /// As [`Self::see_other`], setting a cookie too.
    #[must_use]
    pub fn see_other_with(
        &self,
        to: &str,
        flash: Option<&'static str>,
        more: Option<Cookie<'static>>,
    ) -> HttpResponse {
        let mut response = HttpResponse::SeeOther();
        response.insert_header((header::LOCATION, to));
        if let Some(flash) = flash {
            response.cookie(cookie(&self.app, FLASH, flash.to_owned(), Some(FLASH_AGE)));
        }
        if let Some(more) = more {
            response.cookie(more);
        }
        response.finish()
    }

    /// Runs a use case; what it refuses becomes a page.
    ///
    /// # Errors
    /// Those of the use case.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Context) -> crate::services::Result<T> + Send + 'static,
    ) -> Result<T, PageError> {
        self.attempt(work).await.map_err(|error| self.fail(&error))
    }

    /// As [`Self::run`], for errors that are part of the page: fields to correct, codes to try again.
    ///
    /// # Errors
    /// Those of the use case.
    pub async fn attempt<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Context) -> crate::services::Result<T> + Send + 'static,
    ) -> crate::services::Result<T> {
        blocking(&self.app, work).await
    }

    /// The page that an error is; what somebody must look at is written down.
    #[must_use]
    pub fn fail(&self, error: &Error) -> PageError {
        PageError::of(self, error)
    }

    /// Refuses a form that another site sent, as far as the browser tells. For forms that no cookie gives any power;
    /// the others also carry the `csrf` field.
    ///
    /// # Errors
    /// [`Error::Forbidden`] `cross_origin`.
    pub fn check_origin(&self) -> Result<(), PageError> {
        let headers = self.request.headers();
        // Browsers write `null` for our own forms too, where a page sends no referrer.
        let is_named = |origin: &header::HeaderValue| origin.as_bytes() != b"null";
        let says =
            headers.contains_key("sec-fetch-site") || headers.get(header::ORIGIN).is_some_and(is_named);
        if says && !auth::is_same_origin(&self.request, &self.app.ctx.policy.public_url) {
            return Err(self.fail(&Error::Forbidden("cross_origin")));
        }
        Ok(())
    }

    /// As [`Self::check_origin`], for forms that a cookie gives power: the hidden field must belong to the cookie.
    ///
    /// # Errors
    /// [`Error::Forbidden`] `cross_origin` or `csrf`.
    pub fn check_form(&self, secret: &str, csrf: &str) -> Result<(), PageError> {
        self.check_origin()?;
        auth::check_csrf(&self.app.ctx, secret, csrf).map_err(|error| self.fail(&error))
    }
}

fn flash_key(name: &str) -> Option<String> {
    let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let key = format!("flash-{name}");
    let is_known = is_name && !Texts::default().get(&key).starts_with(MISSING);
    is_known.then_some(key)
}

/// A route for reading: GET and HEAD.
#[must_use]
pub fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// A time as people here read it: `2026-11-21 14:03`.
#[must_use]
pub fn local_time(at: DateTime<Utc>) -> String {
    at.with_timezone(&Stockholm).format("%Y-%m-%d %H:%M").to_string()
}

/// Whatever no part of the service has: a page for people.
///
/// # Errors
/// Always: the page says that there is nothing.
pub async fn unknown(visit: Visit) -> Answer {
    Err(visit.fail(&Error::NotFound))
}

/// An address that has no such method: it says which page to go to, as an unknown one does.
///
/// # Errors
/// Always.
pub async fn wrong_method(visit: Visit) -> Answer {
    Err(PageError::edge(&visit, StatusCode::METHOD_NOT_ALLOWED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn only_what_has_a_text_is_flashed() {
        assert_eq!(flash_key("saved").as_deref(), Some("flash-saved"));
        for name in ["", "nothing_of_ours", "<script>", "Saved", "saved-x"] {
            assert_eq!(flash_key(name), None, "{name}");
        }
    }

    #[rstest::rstest]
    #[case((2026, 11, 21, 13, 3), "2026-11-21 14:03")]
    #[case((2026, 6, 30, 22, 30), "2026-07-01 00:30")]
    fn times_are_swedish(#[case] utc: (i32, u32, u32, u32, u32), #[case] shown: &str) {
        let at = Utc
            .with_ymd_and_hms(utc.0, utc.1, utc.2, utc.3, utc.4, 59)
            .unwrap();
        assert_eq!(local_time(at), shown);
    }
}
