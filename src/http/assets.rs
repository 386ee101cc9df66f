//! The static files and the stylesheet of the organisation's colour.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, CacheDirective};
use actix_web::{HttpRequest, HttpResponse, web};

use super::views::assets::asset;
use crate::adapters::templates::brand::brand_css;
use crate::app::App;

/// Addresses change with the contents, so what is there never changes.
const FOR_GOOD: u32 = 365 * 24 * 60 * 60;

/// The addresses under `/assets/`.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/assets/brand.css", web::get().to(brand))
        .route("/assets/{name}", web::get().to(file));
}

/// The stylesheet of the organisation's colour; its address changes with the colour.
async fn brand(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(for_good())
        .content_type("text/css; charset=utf-8")
        .body(brand_css(&app.look.colour))
}

fn for_good() -> header::CacheControl {
    header::CacheControl(vec![
        CacheDirective::Public,
        CacheDirective::MaxAge(FOR_GOOD),
        CacheDirective::Extension("immutable".to_owned(), None),
    ])
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
    response.insert_header(for_good());
    if unchanged {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type(asset.mime).body(asset.bytes.into_owned())
}
