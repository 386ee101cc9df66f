//! Running use cases, which are synchronous, beside the threads that serve connections.

use std::time::Duration;

use actix_web::web;
use tokio::sync::Semaphore;

use super::error::ApiError;
use crate::app::App;
use crate::services::{Context, Error, Result};

/// Use cases that one process runs at once for requests; more would only wait for the database.
const SEATS: usize = 64;
/// How long a request waits for a seat before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);

static RUNNING: Semaphore = Semaphore::const_new(SEATS);

/// Runs a use case on a thread where it may wait.
///
/// # Errors
/// Those of the use case; [`Error::Unavailable`] `busy` when too many run; [`Error::Internal`] when it panics.
pub async fn blocking<T: Send + 'static>(
    app: &web::Data<App>,
    work: impl FnOnce(&Context) -> Result<T> + Send + 'static,
) -> Result<T> {
    let seat = tokio::time::timeout(PATIENCE, RUNNING.acquire()).await;
    let Ok(Ok(seat)) = seat else {
        return Err(Error::Unavailable("busy"));
    };
    let ctx = app.ctx.clone();
    let span = tracing::Span::current();
    let outcome = web::block(move || {
        let _seat = seat;
        span.in_scope(|| work(&ctx))
    });
    outcome.await.map_err(Error::internal)?
}

/// As [`blocking`], for a call of the API: what goes wrong is a problem document.
///
/// # Errors
/// As [`blocking`].
pub(super) async fn call<T: Send + 'static>(
    app: &web::Data<App>,
    work: impl FnOnce(&Context) -> Result<T> + Send + 'static,
) -> std::result::Result<T, ApiError> {
    blocking(app, work)
        .await
        .map_err(|error| ApiError::of(&app.ctx, &error))
}
