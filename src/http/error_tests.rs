//! Each kind of error, its status and what the problem says.

use actix_web::body::to_bytes;

use super::*;
use crate::domain::case::TransitionError;
use crate::services::FieldError;

fn away() -> SystemError {
    SystemError::Unavailable {
        system: "billing".into(),
        reason: "timeout".into(),
    }
}

fn refuses() -> SystemError {
    SystemError::Refused {
        system: "billing".into(),
        reason: "permission denied".into(),
    }
}

#[test]
fn every_error_has_its_status_and_code() {
    let field = FieldError {
        field: "email",
        code: "required",
    };
    let errors = [
        Error::Invalid(vec![field]),
        Error::Rejected("code_invalid"),
        Error::Refused(TransitionError::OnHold),
        Error::Refused(TransitionError::FourEyes),
        Error::Conflict("idempotency_mismatch"),
        Error::Stale,
        Error::NotFound,
        Error::Forbidden("role"),
        Error::Unauthenticated("code_needed"),
        Error::Gone("code_used"),
        Error::TooMany { retry_after: 600 },
        Error::Unavailable("busy"),
        Error::System(away()),
        Error::System(refuses()),
        Error::internal("cause"),
    ];
    let mut table = String::new();
    for error in &errors {
        let retry = retry_after(error).map_or(String::new(), |seconds| format!(", again in {seconds} s"));
        table.push_str(&format!("{} {}{retry}\n", status(error).as_u16(), error.code()));
    }
    insta::assert_snapshot!(table, @r"
    422 invalid
    422 code_invalid
    409 transition_refused
    403 four_eyes
    409 idempotency_mismatch
    409 version_stale
    404 not_found
    403 role
    401 code_needed
    410 code_used
    429 too_many, again in 600 s
    503 busy, again in 5 s
    503 system_unavailable, again in 5 s
    502 system_refused
    500 internal
    ");
}

#[actix_web::test]
async fn a_problem_goes_out_as_rfc_9457_has_it() {
    let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many");
    problem.retry_after = Some(600);
    let response = ApiError(Box::new(problem)).error_response();
    assert_eq!(response.headers().get("content-type").unwrap(), PROBLEM_JSON);
    assert_eq!(response.headers().get("retry-after").unwrap(), "600");
    let body = to_bytes(response.into_body()).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let expected = serde_json::json!({
        "type": "urn:problem-type:dataratt:too_many", "title": "Too many tries", "status": 429, "code": "too_many",
    });
    assert_eq!(body, expected);
}

#[test]
fn who_must_prove_themselves_is_told_how() {
    let response = ApiError::edge(StatusCode::UNAUTHORIZED, "login_needed").error_response();
    assert_eq!(response.headers().get("www-authenticate").unwrap(), "Bearer");
}

#[test]
fn a_chain_names_every_cause_once() {
    let cause = std::io::Error::other("connection reset");
    let error = Error::internal(Error::internal(cause));
    assert_eq!(chain(&error), "internal error: internal error: connection reset");
}
