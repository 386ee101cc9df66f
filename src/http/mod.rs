//! The pages and the JSON API.

pub mod api;
mod assets;
pub mod auth;
mod blocking;
mod body;
pub mod client;
mod customer;
pub mod docs;
mod download;
pub mod error;
mod forwarded;
pub mod headers;
mod health;
mod outbox;
pub mod pages;
mod recipient;
mod register_page;
mod spans;
pub mod staff;
pub mod views;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};
use tracing_actix_web::TracingLogger;

pub use blocking::blocking;
pub use body::MAX_BODY;
pub use health::metrics_server;

use crate::app::App;

/// How long a request's head may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long requests under way may take to end once the server is told to stop.
const SHUTDOWN_SECONDS: u64 = 20;

/// Everything that is served, by part. A part adds its own addresses and nothing else.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.app_data(web::PayloadConfig::new(MAX_BODY))
        .app_data(web::FormConfig::default().limit(MAX_BODY))
        .configure(health::configure)
        .configure(assets::configure)
        .configure(docs::configure)
        .configure(api::configure)
        .configure(customer::configure)
        .configure(recipient::configure)
        .configure(forwarded::configure)
        .configure(register_page::configure)
        .configure(staff::configure)
        .configure(outbox::configure)
        .default_service(web::to(pages::unknown));
}

/// A server on `listener`, which may have been given port 0. It runs once it is awaited, and until its handle stops
/// it: requests under way are then ended first. Signals are for whoever started it.
///
/// # Errors
/// When the listener cannot be used.
pub fn server(app: App, listener: TcpListener) -> io::Result<Server> {
    let app = web::Data::new(app);
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(app.clone())
            .configure(routes)
            .wrap(from_fn(headers::secure))
            .wrap(TracingLogger::<spans::Spans>::new())
    });
    let server = server
        .client_request_timeout(HEAD_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
