//! Whether the process runs and can work, and the figures of the process.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpServer, web};

use super::blocking::blocking;
use crate::app::App;
use crate::services::Error;
use crate::store::migrations;

/// The addresses that machines watch.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(alive))
        .route("/readyz", web::get().to(ready));
}

/// The process answers: that is all it says.
async fn alive() -> HttpResponse {
    plain(StatusCode::OK, "ok")
}

/// The database answers and has every migration of this program.
async fn ready(app: web::Data<App>) -> HttpResponse {
    let looked = blocking(&app, |ctx| {
        let mut conn = ctx.store.get()?;
        migrations::is_current(&mut conn).map_err(Error::from)
    });
    match looked.await {
        Ok(true) => plain(StatusCode::OK, "ready"),
        Ok(false) => plain(StatusCode::SERVICE_UNAVAILABLE, "database not migrated"),
        Err(error) => {
            tracing::warn!(code = error.code(), "not ready");
            plain(StatusCode::SERVICE_UNAVAILABLE, "database not reachable")
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/plain; charset=utf-8")
        .body(text)
}

/// A server of `/metrics` alone, for a listener that only the operator reaches. `render` gives the figures in
/// Prometheus' text format.
///
/// # Errors
/// When the listener cannot be used.
pub fn metrics_server(
    listener: TcpListener,
    render: impl Fn() -> String + Send + Sync + 'static,
) -> io::Result<Server> {
    let render: Arc<dyn Fn() -> String + Send + Sync> = Arc::new(render);
    let server = HttpServer::new(move || {
        let render = Arc::clone(&render);
        let figures = move || {
            let text = render();
            async move {
                HttpResponse::Ok()
                    .content_type("text/plain; version=0.0.4; charset=utf-8")
                    .body(text)
            }
        };
        actix_web::App::new().route("/metrics", web::get().to(figures))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}
