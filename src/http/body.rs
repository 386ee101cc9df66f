//! Reading what was sent: JSON bodies and queries, strictly, with every mistake named by its field.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// The longest body that is read.
pub const MAX_BODY: usize = 64 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// As much of a field's name as is told back.
const MAX_NAME: usize = 64;

/// A JSON body. Fields that the call does not have are refused.
pub(super) struct Body<T> {
    /// What it says.
    pub value: T,
    /// As it came.
    pub raw: web::Bytes,
}

impl<T: DeserializeOwned> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request.content_type().eq_ignore_ascii_case("application/json");
        let stream = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(ApiError::edge(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "unsupported_media_type",
                ));
            }
            let unreadable = || ApiError::edge(StatusCode::BAD_REQUEST, "malformed_body");
            let stream = stream.await.map_err(|_| unreadable())?;
            let raw = tokio::time::timeout(PATIENCE, stream.to_bytes_limited(MAX_BODY))
                .await
                .map_err(|_| ApiError::edge(StatusCode::REQUEST_TIMEOUT, "request_timeout"))?
                .map_err(|_| ApiError::edge(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large"))?
                .map_err(|_| unreadable())?;
            let value = parse(&raw)?;
            Ok(Self { value, raw })
        })
    }
}

/// Reads a JSON object.
fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, ApiError> {
    let malformed = || ApiError::edge(StatusCode::BAD_REQUEST, "malformed_json");
    // A list would be read as the fields in their order.
    if raw.trim_ascii_start().first() != Some(&b'{') {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(raw).is_ok();
        return Err(if is_json {
            ApiError::field("", "not_an_object")
        } else {
            malformed()
        });
    }
    let mut deserializer = serde_json::Deserializer::from_slice(raw);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        if error.inner().is_data() {
            let message = error.inner().to_string();
            wrong_field(&error.path().to_string(), &message)
        } else {
            malformed()
        }
    })?;
    deserializer.end().map_err(|_| malformed())?;
    Ok(value)
}

/// Which field is wrong, and how, from the words of the deserializer.
fn wrong_field(path: &str, message: &str) -> ApiError {
    let path = if path == "." { "" } else { path };
    let codes = [
        ("unknown field `", "unknown_field"),
        ("missing field `", "required"),
        ("duplicate field `", "duplicate"),
    ];
    for (start, code) in codes {
        let named = message
            .strip_prefix(start)
            .and_then(|rest| Some(rest.rsplit_once("`, expected").or(rest.split_once('`'))?.0));
        let Some(name) = named else { continue };
        // The path ends with the name where the deserializer had read it.
        let parent = path.strip_suffix(name).unwrap_or(path).trim_end_matches('.');
        let name: String = name.chars().take(MAX_NAME).collect();
        return match parent {
            "" => ApiError::field(&name, code),
            parent => ApiError::field(&format!("{parent}.{name}"), code),
        };
    }
    ApiError::field(path, "invalid")
}

/// The parameters of a query, each at most once and each one that the call has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of a request. Parameters without a value count as absent.
    ///
    /// # Errors
    /// When a parameter is not among `known`, or comes twice.
    pub fn of(request: &HttpRequest, known: &[&str]) -> Result<Self, ApiError> {
        Self::parse(request.query_string(), known)
    }

    fn parse(text: &str, known: &[&str]) -> Result<Self, ApiError> {
        let mut found: Vec<(String, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            let told: String = name.chars().take(MAX_NAME).collect();
            if !known.contains(&name.as_ref()) {
                return Err(ApiError::field(&told, "unknown_field"));
            }
            if found.iter().any(|(known, _)| *known == name) {
                return Err(ApiError::field(&told, "duplicate"));
            }
            found.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(found))
    }

    /// The value of a parameter, when it has one.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
