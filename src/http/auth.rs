//! Who a request says it comes from: a bearer token or the cookie of a login; and whether a page of ours sent it.

use std::future::{Ready, ready};

use actix_web::cookie::time::Duration as CookieAge;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::blocking::call;
use super::error::ApiError;
use crate::app::App;
use crate::domain::sealing::Purpose;
use crate::services::accounts::{self, Authenticated};
use crate::services::{Context, Error, Result};

/// The name of the login's cookie. The prefix makes browsers insist on Secure, on `/` and on this host alone; without
/// https they would refuse it.
#[must_use]
pub const fn session_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// A cookie that no script reads, no other site sends, and no other host gets. Without `age` it ends with the browser.
#[must_use]
pub fn cookie(app: &App, name: &'static str, value: String, age: Option<CookieAge>) -> Cookie<'static> {
    let mut cookie = Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.web.secure)
        .finish();
    if let Some(age) = age {
        cookie.set_max_age(age);
    }
    cookie
}

/// The cookie of a login, for as long as that lasts at most.
#[must_use]
pub fn session_cookie(app: &App, token: String) -> Cookie<'static> {
    let age = CookieAge::hours(accounts::ABSOLUTE_HOURS);
    cookie(app, session_cookie_name(app.web.secure), token, Some(age))
}

/// What takes the cookie of a login away.
#[must_use]
pub fn no_session_cookie(app: &App) -> Cookie<'static> {
    let name = session_cookie_name(app.web.secure);
    cookie(app, name, String::new(), Some(CookieAge::ZERO))
}

/// What a request brings to prove who sent it. Taking it out costs nothing and asks nobody.
#[derive(Clone)]
pub struct Credentials {
    bearer: Option<String>,
    cookie: Option<String>,
    /// Whether the request changes nothing, or a page of ours sent it.
    is_ours: bool,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("bearer", &self.bearer.is_some())
            .field("cookie", &self.cookie.is_some())
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// What `request` brings.
    #[must_use]
    pub fn of(request: &HttpRequest, app: &App) -> Self {
        let cookie = request.cookie(session_cookie_name(app.web.secure));
        Self {
            bearer: bearer(request).map(str::to_owned),
            cookie: cookie.map(|cookie| cookie.value().to_owned()),
            is_ours: request.method().is_safe() || is_same_origin(request, &app.ctx.policy.public_url),
        }
    }

    /// The bearer token, whosever it is.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// Which member of staff or machine it is. A bearer token counts before a cookie, and needs no Origin: no browser
    /// sends it by itself.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]; [`Error::Forbidden`] `cross_origin` when a cookie came with a change that no page of
    /// ours asked for.
    pub fn staff(&self, ctx: &Context) -> Result<Authenticated> {
        if let Some(bearer) = &self.bearer {
            return accounts::authenticate_bearer(ctx, bearer);
        }
        let cookie = self.cookie.as_deref();
        let cookie = cookie.ok_or(Error::Unauthenticated("login_needed"))?;
        if !self.is_ours {
            return Err(Error::Forbidden("cross_origin"));
        }
        accounts::authenticate(ctx, cookie)
    }
}

impl FromRequest for Credentials {
    type Error = ApiError;
    type Future = Ready<std::result::Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>();
        let app = app.expect("the server is made with its App");
        ready(Ok(Self::of(request, app)))
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}

/// Whether the browser says that a page of ours sent the request: by Sec-Fetch-Site, or, from those that do not know
/// it, by an Origin that is our public one or the host that was asked. Without either nothing is said.
#[must_use]
pub fn is_same_origin(request: &HttpRequest, public_url: &str) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    same_origin(text("sec-fetch-site"), text("origin"), text("host"), public_url)
}

fn same_origin(site: Option<&str>, origin: Option<&str>, host: Option<&str>, public_url: &str) -> bool {
    if let Some(site) = site {
        return site == "same-origin";
    }
    let Some(origin) = origin.and_then(|origin| url::Url::parse(origin).ok()) else {
        return false;
    };
    let public = url::Url::parse(public_url).ok();
    if public.is_some_and(|public| public.origin() == origin.origin()) {
        return true;
    }
    let asked = host.and_then(|host| url::Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    asked.is_some_and(|asked| asked.origin().is_tuple() && asked.origin() == origin.origin())
}

/// The hidden `csrf` field of forms on pages of one login: only who can read the page knows it. `session`: the value
/// of the cookie that the form will be sent with.
#[must_use]
pub fn csrf_token(ctx: &Context, session: &str) -> String {
    URL_SAFE_NO_PAD.encode(csrf_key(ctx).digest(&[b"csrf", session.as_bytes()]))
}

/// Holds a form's `csrf` field against the cookie that it came with.
///
/// # Errors
/// [`Error::Forbidden`] `csrf` when they do not belong together.
pub fn check_csrf(ctx: &Context, session: &str, field: &str) -> Result<()> {
    let sent = URL_SAFE_NO_PAD.decode(field).unwrap_or_default();
    if csrf_key(ctx).matches(&[b"csrf", session.as_bytes()], &sent) {
        Ok(())
    } else {
        Err(Error::Forbidden("csrf"))
    }
}

fn csrf_key(ctx: &Context) -> crate::domain::sealing::SecretKey {
    ctx.keys.for_purpose(Purpose::Sessions)
}

/// Runs a use case of staff's for a call of the API, on one thread with finding out who they are.
///
/// # Errors
/// When nobody is authenticated, and those of the use case.
pub(super) async fn as_staff<T: Send + 'static>(
    app: &web::Data<App>,
    credentials: Credentials,
    work: impl FnOnce(&Context, &Authenticated) -> Result<T> + Send + 'static,
) -> std::result::Result<T, ApiError> {
    call(app, move |ctx| work(ctx, &credentials.staff(ctx)?)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://rights.host.example";

    #[rstest::rstest]
    #[case(Some("same-origin"), None, true)]
    #[case(Some("same-origin"), Some("https://elsewhere.example"), true)]
    #[case(Some("same-site"), Some(OURS), false)]
    #[case(Some("cross-site"), Some(OURS), false)]
    #[case(Some("none"), None, false)]
    #[case(None, Some(OURS), true)]
    #[case(None, Some("https://inside.example:8443"), true)]
    #[case(None, Some("http://rights.host.example"), false)]
    #[case(None, Some("https://rights.host.example:444"), false)]
    #[case(None, Some("https://elsewhere.example"), false)]
    #[case(None, Some("null"), false)]
    #[case(None, Some(""), false)]
    #[case(None, None, false)]
    fn only_our_own_pages_count_as_ours(
        #[case] site: Option<&str>,
        #[case] origin: Option<&str>,
        #[case] ours: bool,
    ) {
        assert_eq!(same_origin(site, origin, Some("inside.example:8443"), OURS), ours);
    }

    #[test]
    fn a_host_that_is_none_matches_nothing() {
        for host in [None, Some(""), Some("a b"), Some("null")] {
            assert!(!same_origin(None, Some("null"), host, ""), "{host:?}");
        }
    }
}
