//! From what a use case refused to what HTTP says: one table for the API and the pages.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::services::ports::SystemError;
use crate::services::{Context, Error};

/// The media type of RFC 9457.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// Seconds after which something that is away may be back.
const AWAY_SECONDS: u32 = 5;

/// The status of every kind of error. Pages use it too, so that both say the same.
#[must_use]
pub const fn status(error: &Error) -> StatusCode {
    use crate::domain::case::TransitionError;
    match error {
        Error::Invalid(_) | Error::Rejected(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Refused(TransitionError::FourEyes) | Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Refused(_) | Error::Conflict(_) | Error::Stale => StatusCode::CONFLICT,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Gone(_) => StatusCode::GONE,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) | Error::System(SystemError::Unavailable { .. }) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::System(_) => StatusCode::BAD_GATEWAY,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// When to come back, in seconds, for errors that pass by themselves.
#[must_use]
pub const fn retry_after(error: &Error) -> Option<u32> {
    match error {
        Error::TooMany { retry_after } => Some(*retry_after),
        error if error.retryable() => Some(AWAY_SECONDS),
        _ => None,
    }
}

/// Writes down what somebody must look at, once. A fault of ours gets a number, by which whoever met it can be
/// helped: the only part of it that leaves the process.
pub fn report(ctx: &Context, error: &Error) -> Option<String> {
    match error {
        Error::Internal(cause) => {
            let incident = format!("I-{:010X}", u64::from_le_bytes(ctx.random_bytes()) >> 24);
            tracing::error!(incident, cause = chain(cause.as_ref()), "a use case failed");
            Some(incident)
        }
        Error::System(cause) => {
            tracing::warn!(code = cause.code(), %cause, "a connected system failed");
            None
        }
        Error::Unavailable(code) => {
            tracing::warn!(code, "a part of the service is away");
            None
        }
        _ => None,
    }
}

/// An error and all that it came from.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemField {
    /// The field, with dots for fields in fields.
    pub field: String,
    /// What is wrong with it.
    #[schema(example = "required")]
    pub code: &'static str,
}

/// Why a call was not carried out (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem, by its code.
    #[serde(rename = "type")]
    #[schema(example = "urn:problem-type:dataratt:transition_refused")]
    pub kind: String,
    /// The kind of problem in words, in English.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// The stable code that programs go by.
    #[schema(example = "transition_refused")]
    pub code: &'static str,
    /// More about this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Each wrong field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ProblemField>,
    /// The actions that are allowed now, when another was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<&'static str>>,
    /// Under what number the fault was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    #[serde(skip)]
    retry_after: Option<u32>,
    #[serde(skip)]
    allow: Option<String>,
}

impl Problem {
    /// A problem of that status and code.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            kind: format!("urn:problem-type:dataratt:{code}"),
            title: title(status),
            status: status.as_u16(),
            code,
            detail: None,
            fields: Vec::new(),
            allowed: None,
            incident: None,
            retry_after: None,
            allow: None,
        }
    }

    /// The problem that an error is; what somebody must look at is written down.
    #[must_use]
    pub fn of(ctx: &Context, error: &Error) -> Self {
        let fields = match error {
            Error::Invalid(fields) => fields.iter().map(Into::into).collect(),
            _ => Vec::new(),
        };
        let detail = match error {
            Error::Refused(reason) => Some(reason.to_string()),
            _ => None,
        };
        Self {
            detail,
            fields,
            incident: report(ctx, error),
            retry_after: retry_after(error),
            ..Self::new(status(error), error.code())
        }
    }
}

impl From<&crate::services::FieldError> for ProblemField {
    fn from(error: &crate::services::FieldError) -> Self {
        Self {
            field: error.field.to_owned(),
            code: error.code,
        }
    }
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "The request cannot be read",
        401 => "Proof of who asks is missing or does not hold",
        403 => "Not allowed for who asks",
        404 => "There is no such thing",
        405 => "The method is not one of this address",
        408 => "The request took too long to arrive",
        409 => "Not possible as things stand",
        410 => "It is used up or over",
        413 => "The request is too large",
        415 => "The media type is not one that is read here",
        422 => "Something in the request is missing or wrong",
        429 => "Too many tries",
        502 => "A connected system failed",
        503 => "Not available now",
        _ => "A fault of the service",
    }
}

/// A problem on its way out of a call of the API.
#[derive(Debug)]
pub struct ApiError(Box<Problem>);

impl ApiError {
    /// The problem that an error is.
    #[must_use]
    pub fn of(ctx: &Context, error: &Error) -> Self {
        Self(Box::new(Problem::of(ctx, error)))
    }

    /// A problem that arises at the edge: before, or instead of, a use case.
    #[must_use]
    pub fn edge(status: StatusCode, code: &'static str) -> Self {
        Self(Box::new(Problem::new(status, code)))
    }

    /// Wrong fields, found before a use case saw them.
    #[must_use]
    pub fn fields(fields: Vec<ProblemField>) -> Self {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
        Self(Box::new(Problem { fields, ..problem }))
    }

    /// One wrong field, found before a use case saw it.
    #[must_use]
    pub fn field(field: &str, code: &'static str) -> Self {
        let field = field.to_owned();
        Self::fields(vec![ProblemField { field, code }])
    }

    /// With the actions that are allowed instead.
    #[must_use]
    pub fn allowing(mut self, allowed: Vec<&'static str>) -> Self {
        self.0.allowed = Some(allowed);
        self
    }

    /// With the methods that the address has.
    #[must_use]
    pub fn allowing_methods(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }
}

impl std::fmt::Display for ApiError {
    /// The code alone: logs get nothing of what was sent.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.code)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(methods) = &self.0.allow {
            response.insert_header((header::ALLOW, methods.as_str()));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        // `json` keeps a content type that is set.
        response.content_type(PROBLEM_JSON).json(&self.0)
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
