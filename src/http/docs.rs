//! The description of the API for programs (OpenAPI 3.1) and for people.

use std::sync::{Arc, LazyLock};

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

use super::api;

/// Where the document is.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// The page styles itself in its elements; everything else is as on all pages.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The document of the API.
pub static OPENAPI: LazyLock<OpenApi> = LazyLock::new(api::document);

/// The addresses of the documentation.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route(DOCUMENT, web::get().to(document))
        .route("/api/docs", web::get().to(to_page))
        .route("/api/docs/{file:.*}", web::get().to(page));
}

async fn document() -> HttpResponse {
    HttpResponse::Ok().json(&*OPENAPI)
}

/// The page refers to its files by names relative to the slash.
async fn to_page() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/api/docs/"))
        .finish()
}

async fn page(file: web::Path<String>) -> HttpResponse {
    match utoipa_swagger_ui::serve(&file, Arc::new(Config::from(DOCUMENT))) {
        Ok(Some(file)) => {
            let mut response = HttpResponse::Ok();
            if file.gzpipped {
                response.insert_header((header::CONTENT_ENCODING, "gzip"));
            }
            response
                .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
                .content_type(file.content_type)
                .body(file.bytes.into_owned())
        }
        _ => HttpResponse::NotFound().finish(),
    }
}
