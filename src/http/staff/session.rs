//! Logging in and out.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::who::{Answer, Desk};
use crate::domain::staff::{Permission, Role};
use crate::http::auth::{csrf_token, no_session_cookie, session_cookie};
use crate::http::client;
use crate::http::pages::{Form, Visit};
use crate::http::views::layout::{Page, StaffBar};
use crate::http::views::staff::{Kept, LoginPage, SendAgainPage};
use crate::services::accounts::LoggedIn;
use crate::services::{Error, accounts};

/// Where to log in, to come back to `next` afterwards. `ended`: whether a login held before.
pub(super) fn path_of(next: &str, ended: bool) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    // The language asked for there is that of the login too.
    let asked = next.split_once('?').map_or("", |(_, query)| query);
    let mut asked = url::form_urlencoded::parse(asked.as_bytes());
    if let Some((name, tag)) = asked.find(|(name, _)| name == "lang") {
        query.append_pair(&name, &tag);
    }
    if next != "/staff" {
        query.append_pair("next", next);
    }
    if ended {
        query.append_pair("ended", "1");
    }
    match query.finish() {
        query if query.is_empty() => "/staff/login".to_owned(),
        query => format!("/staff/login?{query}"),
    }
}

/// Whether `next` is a page of staff that can be gone to: never another site's, nor the login itself.
fn is_page_of_staff(next: &str) -> bool {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let is_plain = next
        .chars()
        .all(|c| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>'));
    let is_ours = path == "/staff" || path.starts_with("/staff/");
    is_plain && is_ours && !path.contains("..") && !path.starts_with("/staff/log")
}

/// The page that a role begins at.
fn home(role: Role) -> &'static str {
    if role.may(Permission::ReadCases) {
        "/staff"
    } else {
        "/staff/members"
    }
}

fn parameter(visit: &Visit, name: &str) -> Option<String> {
    let mut query = url::form_urlencoded::parse(visit.request.query_string().as_bytes());
    let (_, value) = query.find(|(known, _)| known == name)?;
    Some(value.into_owned())
}

fn page(visit: &Visit, next: &str) -> LoginPage {
    let next = Some(next).filter(|next| is_page_of_staff(next));
    let next = next.unwrap_or("/staff");
    LoginPage {
        t: visit.t(),
        page: visit.page_at(&path_of(next, false), String::new()),
        email: String::new(),
        error: None,
        wait_minutes: None,
        next: next.to_owned(),
        kept: None,
    }
}

/// The form on the page that answers what was sent when the login was over.
pub(super) fn keeping(visit: &Visit, back: &str, kept: Kept) -> String {
    let view = LoginPage {
        error: Some("ended"),
        kept: Some(kept),
        ..page(visit, back)
    };
    view.render().unwrap_or_default()
}

/// What a form of ours sent to `action`, to be kept through a login.
pub(super) fn kept(action: String, sent: &impl Serialize) -> Option<Kept> {
    let fields = serde_json::to_string(sent).ok()?;
    Some(Kept { action, fields })
}

/// The page that offers to send again what was kept; none when it is not what a page on a case sends.
fn again(visit: &Visit, kept: &Kept, next: &str, login: &LoggedIn, email: &str) -> Option<SendAgainPage> {
    let ours = is_page_of_staff(&kept.action) && kept.action.starts_with("/staff/cases/");
    let fields: BTreeMap<String, String> = serde_json::from_str(&kept.fields).ok().filter(|_| ours)?;
    let staff = StaffBar {
        name: email.to_owned(),
        role: login.role.name().to_owned(),
        section: "",
    };
    let csrf = csrf_token(&visit.app.ctx, &login.token);
    Some(SendAgainPage {
        t: visit.t(),
        page: Page {
            staff: Some(staff),
            ..visit.page_at(next, csrf)
        },
        action: kept.action.clone(),
        fields: fields
            .into_iter()
            .filter(|(name, value)| name != "csrf" && !value.is_empty())
            .collect(),
        next: next.to_owned(),
    })
}

/// The form.
pub(super) async fn form(visit: Visit) -> Answer {
    let mut view = page(&visit, &parameter(&visit, "next").unwrap_or_default());
    if parameter(&visit, "ended").is_some() {
        view.error = Some("ended");
    }
    Ok(visit.show(&view))
}

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Login {
    email: String,
    password: String,
    totp: String,
    next: String,
    kept_action: String,
    kept_fields: String,
}

/// Logs in. Who is unknown, who has another password and who is kept out read the same.
pub(super) async fn log_in(visit: Visit, Form(form): Form<Login>) -> Answer {
    visit.check_origin()?;
    let network = client::network(client::address(&visit.request, &visit.app.web));
    let Login {
        email,
        password,
        totp,
        next,
        kept_action: action,
        kept_fields: fields,
    } = form;
    let kept = Some(Kept { action, fields }).filter(|kept| !kept.action.is_empty());
    let typed = email.clone();
    let logged_in = visit.attempt(move |ctx| {
        if email.chars().any(char::is_control) {
            return Err(Error::Unauthenticated("login_failed"));
        }
        accounts::login(ctx, &email, &password, Some(&totp), &network)
    });
    let view = LoginPage {
        email: typed,
        kept,
        ..page(&visit, &next)
    };
    match logged_in.await {
        Ok(login) => {
            let kept = view.kept.as_ref();
            if let Some(page) = kept.and_then(|kept| again(&visit, kept, &view.next, &login, &view.email)) {
                let mut response = visit.show(&page);
                let cookie = session_cookie(&visit.app, login.token);
                response
                    .add_cookie(&cookie)
                    .map_err(|error| visit.fail(&Error::internal(error)))?;
                return Ok(response);
            }
            let to = match view.next.as_str() {
                "/staff" => home(login.role),
                next => next,
            };
            let cookie = session_cookie(&visit.app, login.token);
            Ok(visit.see_other_with(to, None, Some(cookie)))
        }
        Err(error) => Ok(refused(&visit, view, &error)?),
    }
}

fn refused(
    visit: &Visit,
    mut view: LoginPage,
    error: &Error,
) -> Result<HttpResponse, crate::http::pages::PageError> {
    let (status, wait) = match error {
        Error::Unauthenticated("totp_required") => {
            view.error = Some("totp");
            (StatusCode::UNPROCESSABLE_ENTITY, None)
        }
        Error::Unauthenticated(_) => {
            view.error = Some("failed");
            (StatusCode::UNPROCESSABLE_ENTITY, None)
        }
        Error::Unavailable("busy") => {
            view.error = Some("busy");
            (StatusCode::SERVICE_UNAVAILABLE, Some(10))
        }
        Error::TooMany { retry_after } => {
            view.wait_minutes = Some(retry_after.div_ceil(60));
            (StatusCode::TOO_MANY_REQUESTS, Some(*retry_after))
        }
        other => return Err(visit.fail(other)),
    };
    let mut response = visit.render(status, &view);
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// The form that is nothing but a button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Button {
    /// The token of the page it stood on.
    pub csrf: String,
}

/// Logs out: the cookie works no more, here or copied elsewhere.
pub(super) async fn log_out(visit: Visit, Form(form): Form<Button>) -> Answer {
    let gone = no_session_cookie(&visit.app);
    let desk = Desk::sent(visit, "/staff", &form.csrf)?;
    desk.run(accounts::logout).await?;
    Ok(desk
        .visit
        .see_other_with("/staff/login", Some("logged_out"), Some(gone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("/staff", true)]
    #[case("/staff?state=assessing&right=access", true)]
    #[case("/staff/cases/DR-1000-0000-0000", true)]
    #[case("", false)]
    #[case("/", false)]
    #[case("/staffx", false)]
    #[case("//elsewhere.example/staff", false)]
    #[case("https://elsewhere.example/staff", false)]
    #[case("/\\elsewhere.example", false)]
    #[case("/staff/../\\elsewhere.example", false)]
    #[case("/staff/../requests", false)]
    #[case("/staff/login", false)]
    #[case("/staff/logout", false)]
    #[case("/staff\r\nSet-Cookie: a=b", false)]
    #[case("javascript:alert(1)", false)]
    fn only_pages_of_staff_are_gone_to(#[case] next: &str, #[case] ours: bool) {
        assert_eq!(is_page_of_staff(next), ours);
    }

    #[test]
    fn the_language_asked_for_is_that_of_the_login_too() {
        assert_eq!(
            path_of("/staff?lang=en", false),
            "/staff/login?lang=en&next=%2Fstaff%3Flang%3Den"
        );
    }

    #[test]
    fn the_way_back_survives_being_an_address() {
        assert_eq!(path_of("/staff", false), "/staff/login");
        assert_eq!(
            path_of("/staff?state=assessing&q=a b", true),
            "/staff/login?next=%2Fstaff%3Fstate%3Dassessing%26q%3Da+b&ended=1"
        );
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_gone_to_stays_on_this_host(next in ".*") {
            if is_page_of_staff(&next) {
                let base = url::Url::parse("https://host.example/").unwrap();
                let there = base.join(&next).unwrap();
                proptest::prop_assert_eq!(there.host_str(), Some("host.example"));
            }
        }
    }
}
