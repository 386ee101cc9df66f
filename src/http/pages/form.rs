//! Reading forms.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::UrlencodedError;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

use super::{PageError, Visit};
use crate::http::views::layout::{FieldError, FieldErrors};
use crate::services::Error;

/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a form sent. Give every field of `T` a default: what is missing is then for the use case to name.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::of(request);
        let form = web::Form::<T>::from_request(request, payload);
        Box::pin(async move {
            match tokio::time::timeout(PATIENCE, form).await {
                Ok(Ok(form)) => Ok(Self(form.into_inner())),
                Ok(Err(error)) => Err(PageError::edge(&visit, status(&error))),
                Err(_) => Err(PageError::edge(&visit, StatusCode::REQUEST_TIMEOUT)),
            }
        })
    }
}

fn status(error: &actix_web::Error) -> StatusCode {
    match error.as_error::<UrlencodedError>() {
        Some(UrlencodedError::Overflow { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
        Some(UrlencodedError::ContentType) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Some(UrlencodedError::Parse(_) | UrlencodedError::Encoding) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The fields of a form that an error names, in the order of `fields`: pairs of the use case's name and the form's.
/// `None` when the error names none of them, and so is not one that the form can show.
#[must_use]
pub fn field_errors(error: &Error, fields: &[(&str, &'static str)]) -> Option<FieldErrors> {
    let Error::Invalid(wrong) = error else { return None };
    let mut shown = Vec::new();
    for (name, field) in fields {
        if wrong.iter().any(|wrong| wrong.field == *name) {
            shown.push(FieldError {
                field,
                key: format!("error-{field}"),
            });
        }
    }
    (!shown.is_empty()).then_some(FieldErrors(shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::FieldError as Wrong;

    #[test]
    fn fields_are_shown_in_the_order_of_the_page() {
        let wrong = |field| Wrong {
            field,
            code: "invalid",
        };
        let error = Error::Invalid(vec![wrong("email"), wrong("acting_for.name"), wrong("right")]);
        let fields = [
            ("right", "right"),
            ("email", "email"),
            ("acting_for.name", "acting_name"),
        ];
        let shown = field_errors(&error, &fields).unwrap();
        let names: Vec<&str> = shown.0.iter().map(|error| error.field).collect();
        assert_eq!(names, ["right", "email", "acting_name"]);
        assert_eq!(shown.get("acting_name"), Some("error-acting_name"));
    }

    #[test]
    fn what_the_form_does_not_have_is_not_shown_there() {
        assert!(field_errors(&Error::field("version", "stale"), &[("email", "email")]).is_none());
        assert!(field_errors(&Error::NotFound, &[("email", "email")]).is_none());
    }
}
