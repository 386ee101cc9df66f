//! Forged tokens: each takes a token that is accepted and changes one thing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dataratt::domain::sealing::Purpose;
use dataratt::domain::staff::{Actor, Role};
use dataratt::services::accounts;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{World, refusal};
use crate::support::context::keys;

/// A token's parts, and the key to sign them with.
struct Forgery {
    header: Value,
    claims: Value,
    key: Vec<u8>,
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

impl Forgery {
    /// As good as `token`.
    fn of(world: &World, token: &str) -> Self {
        let parts: Vec<&str> = token.split('.').collect();
        Self {
            header: decoded(parts[0]),
            claims: decoded(parts[1]),
            key: world.keys.for_purpose(Purpose::Sessions).bytes().to_vec(),
        }
    }

    fn signed(&self) -> String {
        let message = format!("{}.{}", encoded(&self.header), encoded(&self.claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).unwrap();
        mac.update(message.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{message}.{signature}")
    }
}

fn logged_in() -> (World, String) {
    let world = World::new();
    world.person("anna@host.example", Role::Agent);
    let token = world.token("anna@host.example");
    (world, token)
}

#[test]
fn a_token_names_a_session_and_nobody() {
    let (world, token) = logged_in();
    let forgery = Forgery::of(&world, &token);
    assert_eq!(
        forgery.header,
        json!({ "typ": "dataratt-session+jwt", "alg": "HS256" })
    );
    let claims: Vec<&String> = forgery.claims.as_object().unwrap().keys().collect();
    assert_eq!(claims, ["aud", "exp", "iat", "iss", "jti", "nbf", "sub"]);
    assert!(!forgery.claims.to_string().contains("anna"));
    assert!(
        accounts::authenticate(&world, &forgery.signed()).is_ok(),
        "the table below starts from what is accepted"
    );
}

#[rstest::rstest]
#[case::no_type(|f: &mut Forgery| drop(f.header.as_object_mut().unwrap().remove("typ")))]
#[case::other_type(|f: &mut Forgery| f.header["typ"] = json!("JWT"))]
#[case::alg_none(|f: &mut Forgery| f.header["alg"] = json!("none"))]
#[case::alg_hs512(|f: &mut Forgery| f.header["alg"] = json!("HS512"))]
#[case::alg_rs256(|f: &mut Forgery| f.header["alg"] = json!("RS256"))]
#[case::alg_eddsa(|f: &mut Forgery| f.header["alg"] = json!("EdDSA"))]
#[case::critical_extension(|f: &mut Forgery| f.header["crit"] = json!(["b64"]))]
#[case::no_exp(|f: &mut Forgery| drop(f.claims.as_object_mut().unwrap().remove("exp")))]
#[case::no_nbf(|f: &mut Forgery| drop(f.claims.as_object_mut().unwrap().remove("nbf")))]
#[case::no_iss(|f: &mut Forgery| drop(f.claims.as_object_mut().unwrap().remove("iss")))]
#[case::no_aud(|f: &mut Forgery| drop(f.claims.as_object_mut().unwrap().remove("aud")))]
#[case::no_sub(|f: &mut Forgery| drop(f.claims.as_object_mut().unwrap().remove("sub")))]
#[case::no_jti(|f: &mut Forgery| drop(f.claims.as_object_mut().unwrap().remove("jti")))]
#[case::exp_as_text(|f: &mut Forgery| f.claims["exp"] = json!(f.claims["exp"].to_string()))]
#[case::exp_null(|f: &mut Forgery| f.claims["exp"] = Value::Null)]
#[case::exp_huge(|f: &mut Forgery| f.claims["exp"] = json!(u64::MAX))]
#[case::exp_past(|f: &mut Forgery| f.claims["exp"] = f.claims["iat"].clone())]
#[case::nbf_as_text(|f: &mut Forgery| f.claims["nbf"] = json!("0"))]
#[case::nbf_ahead(|f: &mut Forgery| f.claims["nbf"] = f.claims["exp"].clone())]
#[case::other_audience(|f: &mut Forgery| f.claims["aud"] = json!("https://dataratt.example"))]
#[case::many_audiences(|f: &mut Forgery| f.claims["aud"] = json!(["dataratt-staff", "other"]))]
#[case::other_issuer(|f: &mut Forgery| f.claims["iss"] = json!("https://portal.example"))]
#[case::many_issuers(|f: &mut Forgery| f.claims["iss"] = json!(["dataratt", "other"]))]
#[case::other_person(|f: &mut Forgery| f.claims["sub"] = json!(uuid::Uuid::nil()))]
#[case::other_session(|f: &mut Forgery| f.claims["jti"] = json!(uuid::Uuid::nil()))]
#[case::no_key(|f: &mut Forgery| f.key = Vec::new())]
#[case::other_key(|f: &mut Forgery| f.key = vec![42; 32])]
fn one_change_and_it_is_refused(#[case] change: fn(&mut Forgery)) {
    let (world, token) = logged_in();
    let mut forgery = Forgery::of(&world, &token);
    change(&mut forgery);
    assert_eq!(
        refusal(accounts::authenticate(&world, &forgery.signed())),
        "session_invalid"
    );
}

#[rstest::rstest]
#[case::claims_changed(|token: &str| {
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims = decoded(parts[1]);
    claims["exp"] = json!(claims["exp"].as_i64().unwrap() + 3600);
    format!("{}.{}.{}", parts[0], encoded(&claims), parts[2])
})]
#[case::signature_removed(|token: &str| format!("{}.", token.rsplit_once('.').unwrap().0))]
#[case::no_signature_part(|token: &str| token.rsplit_once('.').unwrap().0.to_owned())]
#[case::unsigned(|token: &str| {
    let claims = token.split('.').nth(1).unwrap();
    format!("{}.{claims}.", encoded(&json!({ "alg": "none", "typ": "dataratt-session+jwt" })))
})]
#[case::a_part_more(|token: &str| format!("{token}.e30"))]
#[case::spaces(|token: &str| format!(" {token}"))]
#[case::padded(|token: &str| format!("{token}="))]
#[case::long(|token: &str| format!("{token}{}", "A".repeat(4096)))]
#[case::empty(|_: &str| String::new())]
#[case::dots(|_: &str| "..".to_owned())]
#[case::bytes(|_: &str| "å.\u{0}.🦀".to_owned())]
fn a_broken_token_is_refused(#[case] change: fn(&str) -> String) {
    let (world, token) = logged_in();
    assert_eq!(
        refusal(accounts::authenticate(&world, &change(&token))),
        "session_invalid"
    );
}

#[test]
fn a_token_of_another_deployment_is_refused() {
    let (mut world, token) = logged_in();
    world.keys = keys(43);
    assert_eq!(refusal(accounts::authenticate(&world, &token)), "session_invalid");
}

#[test]
fn a_token_cannot_be_carried_over_to_another_person() {
    let (world, token) = logged_in();
    let admin = world.person("root@host.example", Role::Admin);
    let mut forgery = Forgery::of(&world, &token);
    forgery.claims["sub"] = json!(admin.id);
    assert_eq!(
        refusal(accounts::authenticate(&world, &forgery.signed())),
        "session_invalid"
    );
}

#[test]
fn a_bearer_is_a_token_or_a_key() {
    let (world, token) = logged_in();
    let key = accounts::add_key(&world, &Actor::System, "portal", Role::Machine).unwrap();
    let by_token = accounts::authenticate_bearer(&world, &token).unwrap();
    let by_key = accounts::authenticate_bearer(&world, &key.secret).unwrap();
    assert!(by_token.session.is_some() && by_key.session.is_none());
    assert_eq!(by_key.staff.role, Role::Machine);
    assert_eq!(
        refusal(accounts::authenticate_bearer(&world, "drk_x")),
        "key_invalid"
    );
    assert_eq!(
        refusal(accounts::authenticate_bearer(&world, "x")),
        "session_invalid"
    );
    assert_eq!(
        refusal(accounts::authenticate(&world, &key.secret)),
        "session_invalid"
    );
    assert_eq!(refusal(accounts::authenticate_key(&world, &token)), "key_invalid");
}
