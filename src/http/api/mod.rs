//! The JSON API under `/api/v1`. Its list of calls is both what is served and what is documented.

pub mod accepted;
pub mod act;
mod act_course;
pub mod case_view;
pub mod cases;
pub mod course_view;
pub mod grant_view;
pub mod grants;
pub mod incidents;
pub mod notices;
pub mod offers;
pub mod package_view;
pub mod person_view;
pub mod plan_view;
pub mod purges;
pub(in crate::http) mod queue_query;
pub mod recipients;
pub mod register;
pub mod requests;
pub mod session;
pub mod standing;
pub mod stop;
pub mod tasks;
pub mod written_view;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::docs::OPENAPI;
use super::error::{ApiError, Problem, ProblemField};

/// Where every call is.
const PREFIX: &str = "/api/v1";

macro_rules! calls {
    ($($module:ident :: $call:ident),+ $(,)?) => {
        /// Serves every call.
        pub(super) fn configure(cfg: &mut web::ServiceConfig) {
            let scope = web::scope(PREFIX)$(.service($module::$call))+;
            cfg.service(scope.default_service(web::to(unknown_call)))
                .service(web::scope("/api").default_service(web::to(unknown_call)));
        }

        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "Dataratt",
                description = "Data-subject requests under the GDPR: for people, staff, recipients and machines.",
                license(name = "MIT OR Apache-2.0"),
            ),
            paths($($module::$call),+),
            components(schemas(Problem, ProblemField)),
            modifiers(&Whole),
        )]
        struct Calls;
    };
}

calls! {
    requests::submit_request, requests::ask_for_code, requests::verify_code, requests::read_request,
    requests::fetch_package, requests::confirm_plan, requests::withdraw_request, requests::write_message, requests::state_view,
    requests::consent, offers::ask_for_copy, offers::ask_for_transfer, recipients::list_recipients,
    recipients::send_recipients,
    session::log_in, session::log_out,
    cases::open_case, cases::list_cases, cases::read_case, cases::list_events, cases::read_plan, cases::list_notices,
    act::act_on_case, grant_view::read_terms,
    purges::list_purges, purges::read_purge, purges::act_on_purge,
    standing::undo_account_end, standing::list_standing, standing::give_standing, standing::revoke_standing,
    tasks::list_tasks, tasks::read_task, tasks::do_task,
    stop::list_consents, stop::begin_erasure, stop::check_suppressions,
    incidents::list_incidents, incidents::follow_incident,
    notices::read_notice, notices::open_notice, notices::answer_notice,
    register::read_register, register::announce_change, register::list_systems, register::list_staff, register::read_figures,
}

/// Completes the document with what all calls share.
struct Whole;

impl Modify for Whole {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = |text: &str| {
            let scheme = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(text));
            SecurityScheme::Http(scheme.build())
        };
        if let Some(components) = &mut document.components {
            components.add_security_scheme(
                "staff",
                bearer(
                    "The token of a login, or an API key. The login's cookie counts too, from pages of ours.",
                ),
            );
            components.add_security_scheme("person", bearer("The token that entering a code gave."));
        }
        let paths = std::mem::take(&mut document.paths.paths);
        document.paths.paths = paths
            .into_iter()
            .map(|(path, item)| (format!("{PREFIX}{path}"), item))
            .collect();
    }
}

/// The document of the API, made anew.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    Calls::openapi()
}

/// The methods that the document has for a path; empty when it has no such path.
fn methods_of(path: &str) -> Vec<&'static str> {
    let fits = |template: &str| {
        let parts = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let (wanted, given) = (parts(template), parts(path));
        let same = |(wanted, given): (&String, &String)| {
            wanted == given || (wanted.starts_with('{') && !given.is_empty())
        };
        wanted.len() == given.len() && wanted.iter().zip(&given).all(same)
    };
    let found = OPENAPI.paths.paths.iter().find(|(template, _)| fits(template));
    let Some((_, item)) = found else { return vec![] };
    [
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("DELETE", item.delete.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_there)| is_there.then_some(name))
    .collect()
}

/// Whatever is under `/api` and is no call.
async fn unknown_call(request: HttpRequest) -> HttpResponse {
    let methods = methods_of(request.path());
    let error = if methods.is_empty() {
        ApiError::edge(StatusCode::NOT_FOUND, "not_found")
    } else {
        ApiError::edge(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
            .allowing_methods(methods.join(", "))
    };
    error.error_response()
}
