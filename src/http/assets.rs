//! The static files and the stylesheet of the organisation's colour.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, CacheDirective};
use actix_web::{HttpRequest, HttpResponse, web};

use super::views::assets::asset;

/// Addresses change with the contents, so what is there never changes.
const FOR_GOOD: u32 = 365 * 24 * 60 * 60;

/// The addresses under `/assets/`.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/assets/{name}", web::get().to(file));
}

async fn file(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    let Some(asset) = asset(&name) else {
        return HttpResponse::NotFound().finish();
    };
    let tag = format!("\"{}\"", asset.etag);
    let seen = request.headers().get(header::IF_NONE_MATCH);
    let unchanged = seen.is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, tag));
    response.insert_header(header::CacheControl(vec![
        CacheDirective::Public,
        CacheDirective::MaxAge(FOR_GOOD),
        CacheDirective::Extension("immutable".to_owned(), None),
    ]));
    if unchanged {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type(asset.mime).body(asset.bytes.into_owned())
}
