//! The pages of the person who asks.

mod access;
mod acts;
mod case_view;
mod granted;
mod receipt;
mod request;
mod stop;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, Resource, web};
use serde::Deserialize;

use super::pages::{self, Answer, Visit, reading};
use super::views::customer::StartPage;
use crate::domain::ids::Reference;
use crate::services::Error;

/// The addresses of these pages.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/").route(reading().to(start)))
        .service(page("/requests/new").route(reading().to(request::form)))
        .service(page("/handoff").route(web::post().to(request::hand_over)))
        .service(
            page("/requests")
                .route(reading().to(find))
                .route(web::post().to(request::submit)),
        )
        .service(page("/requests/{reference}").route(reading().to(access::show)))
        .service(page("/requests/{reference}/submitted").route(reading().to(request::submitted)))
        .service(page("/requests/{reference}/verification").route(web::post().to(access::verify)))
        .service(page("/requests/{reference}/downloads/{name}").route(web::get().to(access::download)))
        .service(page("/requests/{reference}/code").route(web::post().to(access::ask_again)))
        .service(page("/requests/{reference}/confirmation").route(web::post().to(acts::confirm)))
        .service(page("/requests/{reference}/messages").route(web::post().to(acts::write)))
        .service(page("/requests/{reference}/statement").route(web::post().to(acts::state_view)))
        .service(page("/requests/{reference}/consents").route(web::post().to(stop::confirm)))
        .service(page("/requests/{reference}/erasure").route(web::post().to(stop::begin_erasure)))
        .service(page("/requests/{reference}/copy").route(web::post().to(acts::ask_for_copy)))
        .service(page("/requests/{reference}/recipients").route(web::post().to(acts::ask_for_recipients)))
        .service(page("/requests/{reference}/transfer").route(web::post().to(acts::ask_for_transfer)))
        .service(page("/requests/{reference}/restriction-consent").route(web::post().to(acts::consent)))
        .service(page("/requests/{reference}/withdrawal").route(web::post().to(acts::withdraw)));
}

fn page(path: &str) -> Resource {
    web::resource(path).default_service(web::to(pages::wrong_method))
}

/// Choose a right.
async fn start(visit: Visit) -> Answer {
    Ok(visit.show(&start_page(&visit, None)))
}

fn start_page(visit: &Visit, reference: Option<String>) -> StartPage {
    StartPage {
        t: visit.t(),
        page: visit.page_at("/", String::new()),
        reference,
        rights: visit.app.ctx.organisation.rights_offered(),
    }
}

/// The field of the start page for a case number.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    reference: String,
}

/// To the case that somebody names, whether or not there is such a case.
async fn find(visit: Visit, request: HttpRequest) -> Answer {
    let wanted = web::Query::<Wanted>::from_query(request.query_string());
    let typed = wanted
        .map(|wanted| wanted.into_inner().reference)
        .unwrap_or_default();
    match Reference::parse(&typed) {
        Ok(reference) => Ok(visit.see_other(&path_of(&reference), None)),
        Err(_) => {
            let view = start_page(&visit, Some(typed));
            Ok(visit.render(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
    }
}

/// Where a case's page is.
fn path_of(reference: &Reference) -> String {
    format!("/requests/{reference}")
}

/// The case that an address names.
fn named(visit: &Visit, path: &str) -> Result<Reference, pages::PageError> {
    Reference::parse(path).map_err(|_| visit.fail(&Error::NotFound))
}
