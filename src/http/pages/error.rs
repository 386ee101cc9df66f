//! A page instead of the one asked for.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

use super::Visit;
use crate::http::error::{report, retry_after, status};
use crate::http::views::layout::ErrorPage;
use crate::services::Error;

/// An error on its way to a reader: the page, in their language.
pub struct PageError(Box<Failure>);

struct Failure {
    status: StatusCode,
    code: &'static str,
    retry_after: Option<u32>,
    visit: Visit,
    page: ErrorPage,
}

impl PageError {
    /// The page that an error is; what somebody must look at is written down.
    #[must_use]
    pub fn of(visit: &Visit, error: &Error) -> Self {
        let incident = report(&visit.app.ctx, error);
        Self::new(visit, status(error), error.code(), retry_after(error), incident)
    }

    /// An error that arises at the edge, before a use case.
    #[must_use]
    pub fn edge(visit: &Visit, status: StatusCode) -> Self {
        Self::new(visit, status, "edge", None, None)
    }

    fn new(
        visit: &Visit,
        status: StatusCode,
        code: &'static str,
        retry_after: Option<u32>,
        incident: Option<String>,
    ) -> Self {
        let page = ErrorPage {
            t: visit.t(),
            page: visit.page_at("/", String::new()),
            status: worded(status),
            incident,
            thinned: code == "case_thinned",
        };
        Self(Box::new(Failure {
            status,
            code,
            retry_after,
            visit: visit.clone(),
            page,
        }))
    }
}

/// The status whose words fit: several are one to a reader.
fn worded(status: StatusCode) -> u16 {
    match status.as_u16() {
        401 => 403,
        405 => 404,
        400 | 408 | 413 | 415 => 422,
        502 => 503,
        other => other,
    }
}

impl std::fmt::Debug for PageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageError")
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Display for PageError {
    /// The code alone: logs get nothing of what was sent.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.code)
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let failure = &self.0;
        let mut response = failure.visit.render(failure.status, &failure.page);
        if let Some(seconds) = failure.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_that_an_error_can_have_has_words() {
        let errors = [
            Error::Invalid(vec![]),
            Error::Rejected("x"),
            Error::Conflict("x"),
            Error::Stale,
            Error::NotFound,
            Error::Forbidden("x"),
            Error::Unauthenticated("x"),
            Error::Gone("x"),
            Error::TooMany { retry_after: 1 },
            Error::Unavailable("x"),
            Error::internal("x"),
        ];
        let mut statuses: Vec<StatusCode> = errors.iter().map(status).collect();
        statuses.extend([400, 405, 408, 413, 415, 502].map(|code| StatusCode::from_u16(code).unwrap()));
        for status in statuses {
            assert!(ErrorPage::STATUSES.contains(&worded(status)), "{status}");
        }
    }
}
