//! Bodies and queries that are not what a call takes.

use actix_web::ResponseError as _;
use actix_web::body::MessageBody as _;
use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Outer {
    name: String,
    age: Option<u8>,
    inner: Option<Inner>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Inner {
    relation: String,
}

fn problem(error: &ApiError) -> (u16, String, String) {
    let bytes = error.error_response().into_body().try_into_bytes().unwrap();
    let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let field = &body["fields"][0];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let code = if field.is_null() {
        text(&body["code"])
    } else {
        text(&field["code"])
    };
    (error.status_code().as_u16(), text(&field["field"]), code)
}

#[rstest::rstest]
#[case("", 400, "-", "malformed_json")]
#[case("{", 400, "-", "malformed_json")]
#[case(r#"{"name":"x"} {}"#, 400, "-", "malformed_json")]
#[case(r#"{"name":"x",}"#, 400, "-", "malformed_json")]
#[case("nonsense", 400, "-", "malformed_json")]
#[case(r#"["x", 3, null]"#, 422, "", "not_an_object")]
#[case("null", 422, "", "not_an_object")]
#[case("{}", 422, "name", "required")]
#[case(r#"{"name":1}"#, 422, "name", "invalid")]
#[case(r#"{"name":"x","age":300}"#, 422, "age", "invalid")]
#[case(r#"{"name":"x","Name":"y"}"#, 422, "Name", "unknown_field")]
#[case(r#"{"name":"x","name":"y"}"#, 422, "name", "duplicate")]
#[case(r#"{"name":"x","inner":{}}"#, 422, "inner.relation", "required")]
#[case(
    r#"{"name":"x","inner":{"relation":"y","z":1}}"#,
    422,
    "inner.z",
    "unknown_field"
)]
#[case(r#"{"name":"x","inner":3}"#, 422, "inner", "invalid")]
fn every_mistake_is_named(#[case] text: &str, #[case] status: u16, #[case] field: &str, #[case] code: &str) {
    let error = parse::<Outer>(text.as_bytes()).unwrap_err();
    assert_eq!(problem(&error), (status, field.to_owned(), code.to_owned()));
}

#[test]
fn what_is_right_is_read() {
    let read: Outer = parse(br#" {"name":"x","inner":{"relation":"y"}} "#).unwrap();
    assert_eq!(read.inner.unwrap().relation, "y");
}

#[test]
fn no_more_of_a_long_name_is_told_back_than_names_are_long() {
    let text = format!(r#"{{"name":"x","{}":1}}"#, "z".repeat(5000));
    let (_, field, code) = problem(&parse::<Outer>(text.as_bytes()).unwrap_err());
    assert_eq!((field.len(), code.as_str()), (MAX_NAME, "unknown_field"));
}

#[rstest::rstest]
#[case("state=open&x=1", "x", "unknown_field")]
#[case("state=a&state=b", "state", "duplicate")]
#[case("State=a", "State", "unknown_field")]
fn a_query_is_held_to_its_parameters(#[case] text: &str, #[case] field: &str, #[case] code: &str) {
    let error = Query::parse(text, &["state", "q"]).unwrap_err();
    assert_eq!(problem(&error), (422, field.to_owned(), code.to_owned()));
}

#[test]
fn an_empty_parameter_is_absent() {
    let query = Query::parse("state=&q=%20anna%40kund.example", &["state", "q"]).unwrap();
    assert_eq!(
        (query.get("state"), query.get("q")),
        (None, Some("anna@kund.example"))
    );
}
