//! The hand-off from the host's portal: what a good token says, and attacks, each one change away from a good one.

pub mod keys;

use dataratt::domain::sealing::Purpose;
use dataratt::services::handoff::{self, HandedOver, PortalKey, PortalKeyError};
use dataratt::services::{Context, Error, Result};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use self::keys::{ED25519, OTHER_ED25519, P256, Pair, RSA};
use crate::support::context::{PUBLIC_URL, TestContext};
use crate::support::database::{self, Database};

pub const ISSUER: &str = "https://portal.host.example";

/// A service that trusts the portal with this key pair.
fn world(pair: &Pair) -> (TestContext, Database) {
    let database = database::database();
    let mut ctx = TestContext::new(database.store());
    ctx.policy.portal = Some(PortalKey {
        public_key_pem: pair.public_pem(),
        issuer: ISSUER.to_owned(),
    });
    (ctx, database)
}

/// What the portal says about a customer at this moment.
pub fn claims(ctx: &Context) -> Value {
    let now = ctx.now().timestamp();
    json!({
        "iss": ISSUER,
        "aud": PUBLIC_URL,
        "sub": "K-1001",
        "jti": "5f0c7a9e",
        "iat": now,
        "exp": now + 120,
        "email": "Anna@Kund.example",
        "name": "Anna Åkesson",
        "personal_number": "20000101-2384",
        "amr": ["pwd", "otp"],
    })
}

pub fn signed(pair: &Pair, claims: &Value) -> String {
    jsonwebtoken::encode(&Header::new(pair.algorithm), claims, &pair.signing()).unwrap()
}

#[track_caller]
fn refused(outcome: Result<HandedOver>) {
    assert_eq!(outcome.expect_err("must be refused").code(), "handoff_invalid");
}

#[rstest::rstest]
#[case::ed25519(ED25519)]
#[case::p256(P256)]
#[case::rsa(RSA)]
fn a_good_token_says_who_the_customer_is(#[case] pair: Pair) {
    let (ctx, _database) = world(&pair);
    let customer = handoff::verify(&ctx, &signed(&pair, &claims(&ctx))).unwrap();
    assert_eq!(customer.customer_number.as_deref(), Some("K-1001"));
    assert_eq!(customer.email.as_str(), "anna@kund.example");
    assert_eq!(customer.name.as_ref().unwrap().as_str(), "Anna Åkesson");
    assert_eq!(
        customer.personal_number.as_ref().unwrap().as_str(),
        "200001012384"
    );
    assert!(customer.strong);
    let shown = format!("{customer:?} {:?}", ctx.policy.portal);
    assert!(
        !shown.contains("kund.example") && !shown.contains("2382"),
        "{shown}"
    );
}

#[test]
fn only_the_address_is_needed() {
    let (ctx, _database) = world(&ED25519);
    let mut claims = claims(&ctx);
    for name in ["sub", "name", "personal_number", "amr"] {
        claims.as_object_mut().unwrap().remove(name);
    }
    let customer = handoff::verify(&ctx, &signed(&ED25519, &claims)).unwrap();
    assert_eq!(customer.customer_number, None);
    assert!(customer.name.is_none() && customer.personal_number.is_none() && !customer.strong);
}

#[rstest::rstest]
#[case(json!([]), false)]
#[case(json!(["pwd"]), false)]
#[case(json!(["pwd", "sms"]), false)]
#[case(json!(["OTP"]), false)]
#[case(json!(["mfa"]), true)]
#[case(json!(["pwd", "otp"]), true)]
#[case(json!(["hwk"]), true)]
#[case(json!(["swk"]), true)]
#[case(json!(["sc", "pin"]), true)]
fn a_login_is_strong_when_the_portal_says_how(#[case] methods: Value, #[case] strong: bool) {
    let (ctx, _database) = world(&ED25519);
    let mut claims = claims(&ctx);
    claims["amr"] = methods;
    let customer = handoff::verify(&ctx, &signed(&ED25519, &claims)).unwrap();
    assert_eq!(customer.strong, strong);
}

#[rstest::rstest]
#[case::audience_in_a_list(|c: &mut Value| c["aud"] = json!([PUBLIC_URL]))]
#[case::audience_with_slash(|c: &mut Value| c["aud"] = json!(format!("{PUBLIC_URL}/")))]
#[case::clock_ahead(|c: &mut Value| { shift(c, "iat", 60); shift(c, "exp", 60); })]
#[case::long_as_allowed(|c: &mut Value| shift(c, "exp", 180))]
#[case::about_to_end(|c: &mut Value| shift(c, "exp", -119))]
#[case::not_before_now(|c: &mut Value| c["nbf"] = c["iat"].clone())]
#[case::more_is_said(|c: &mut Value| c["locale"] = json!("sv"))]
fn such_tokens_are_taken_too(#[case] change: fn(&mut Value)) {
    let (ctx, _database) = world(&ED25519);
    let mut claims = claims(&ctx);
    change(&mut claims);
    assert!(handoff::verify(&ctx, &signed(&ED25519, &claims)).is_ok());
}

fn shift(claims: &mut Value, name: &str, seconds: i64) {
    claims[name] = json!(claims[name].as_i64().unwrap() + seconds);
}

fn remove(claims: &mut Value, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

#[rstest::rstest]
#[case::other_issuer(|c: &mut Value| c["iss"] = json!("https://evil.example"))]
#[case::no_issuer(|c: &mut Value| remove(c, "iss"))]
#[case::other_audience(|c: &mut Value| c["aud"] = json!("https://other.example"))]
#[case::audience_that_begins_alike(|c: &mut Value| c["aud"] = json!(format!("{PUBLIC_URL}.evil.example")))]
#[case::no_audience(|c: &mut Value| remove(c, "aud"))]
#[case::no_exp(|c: &mut Value| remove(c, "exp"))]
#[case::exp_as_text(|c: &mut Value| c["exp"] = json!(c["exp"].to_string()))]
#[case::exp_now(|c: &mut Value| c["exp"] = c["iat"].clone())]
#[case::exp_too_far(|c: &mut Value| shift(c, "exp", 181))]
#[case::exp_years_ahead(|c: &mut Value| c["exp"] = json!(i64::MAX))]
#[case::exp_negative(|c: &mut Value| c["exp"] = json!(-1))]
#[case::no_iat(|c: &mut Value| remove(c, "iat"))]
#[case::iat_long_ago(|c: &mut Value| shift(c, "iat", -181))]
#[case::iat_before_time(|c: &mut Value| c["iat"] = json!(i64::MIN))]
#[case::iat_ahead(|c: &mut Value| { shift(c, "iat", 61); shift(c, "exp", 61); })]
#[case::nbf_ahead(|c: &mut Value| c["nbf"] = json!(c["iat"].as_i64().unwrap() + 61))]
#[case::no_jti(|c: &mut Value| remove(c, "jti"))]
#[case::empty_jti(|c: &mut Value| c["jti"] = json!(""))]
#[case::jti_a_number(|c: &mut Value| c["jti"] = json!(7))]
#[case::long_jti(|c: &mut Value| c["jti"] = json!("j".repeat(129)))]
#[case::empty_customer(|c: &mut Value| c["sub"] = json!(""))]
#[case::customer_with_line(|c: &mut Value| c["sub"] = json!("K-1\nK-2"))]
#[case::customer_with_space(|c: &mut Value| c["sub"] = json!(" K-1001"))]
#[case::no_address(|c: &mut Value| remove(c, "email"))]
#[case::bad_address(|c: &mut Value| c["email"] = json!("anna"))]
#[case::name_turned_around(|c: &mut Value| c["name"] = json!("Anna \u{202e}nossekÅ"))]
#[case::bad_check_digit(|c: &mut Value| c["personal_number"] = json!("200001012385"))]
#[case::amr_not_a_list(|c: &mut Value| c["amr"] = json!("mfa"))]
fn one_wrong_claim_and_it_is_refused(#[case] change: fn(&mut Value)) {
    let (ctx, _database) = world(&ED25519);
    let mut claims = claims(&ctx);
    change(&mut claims);
    refused(handoff::verify(&ctx, &signed(&ED25519, &claims)));
}

#[rstest::rstest]
#[case::hs256_with_the_public_key(Algorithm::HS256, EncodingKey::from_secret(ED25519.public_pem().as_bytes()))]
#[case::hs256_with_nothing(Algorithm::HS256, EncodingKey::from_secret(b""))]
#[case::another_key(Algorithm::EdDSA, OTHER_ED25519.signing())]
#[case::another_kind_of_key(Algorithm::ES256, P256.signing())]
#[case::rsa(Algorithm::RS256, RSA.signing())]
fn another_signature_is_refused(#[case] algorithm: Algorithm, #[case] key: EncodingKey) {
    let (ctx, _database) = world(&ED25519);
    let token = jsonwebtoken::encode(&Header::new(algorithm), &claims(&ctx), &key).unwrap();
    refused(handoff::verify(&ctx, &token));
}

#[rstest::rstest]
#[case::hs256_with_rsa_pem(Algorithm::HS256, EncodingKey::from_secret(RSA.public_pem().as_bytes()))]
#[case::rs512(Algorithm::RS512, RSA.signing())]
#[case::ps256(Algorithm::PS256, RSA.signing())]
fn an_rsa_key_goes_with_one_algorithm(#[case] algorithm: Algorithm, #[case] key: EncodingKey) {
    let (ctx, _database) = world(&RSA);
    let token = jsonwebtoken::encode(&Header::new(algorithm), &claims(&ctx), &key).unwrap();
    refused(handoff::verify(&ctx, &token));
}

#[rstest::rstest]
#[case::session_type(|header: &mut Header| header.typ = Some("dataratt-session+jwt".to_owned()))]
#[case::critical_extension(|header: &mut Header| header.crit = Some(vec!["b64".to_owned()]))]
fn one_wrong_header_and_it_is_refused(#[case] change: fn(&mut Header)) {
    let (ctx, _database) = world(&ED25519);
    let mut header = Header::new(Algorithm::EdDSA);
    change(&mut header);
    let token = jsonwebtoken::encode(&header, &claims(&ctx), &ED25519.signing()).unwrap();
    refused(handoff::verify(&ctx, &token));
}

#[rstest::rstest]
#[case::unsigned(|token: &str| token.rsplit_once('.').unwrap().0.to_owned() + ".")]
#[case::alg_none(|token: &str| format!("eyJhbGciOiJub25lIn0.{}.", token.split('.').nth(1).unwrap()))]
#[case::signature_cut(|token: &str| token[..token.len() - 4].to_owned())]
#[case::a_part_more(|token: &str| format!("{token}.e30"))]
#[case::empty(|_: &str| String::new())]
#[case::long(|token: &str| format!("{token}{}", "A".repeat(9000)))]
fn a_broken_token_is_refused(#[case] change: fn(&str) -> String) {
    let (ctx, _database) = world(&ED25519);
    let token = signed(&ED25519, &claims(&ctx));
    assert!(handoff::verify(&ctx, &token).is_ok());
    refused(handoff::verify(&ctx, &change(&token)));
}

/// PHP's `json_encode` writes `/` as `\/`, and other libraries write letters beyond ASCII as `\u…`.
#[test]
fn escapes_of_other_libraries_are_read() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let (ctx, _database) = world(&ED25519);
    let escaped = claims(&ctx)
        .to_string()
        .replace('/', "\\/")
        .replace('Å', "\\u00c5");
    let header = r#"{"typ":"JWT","alg":"EdDSA"}"#;
    let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(escaped));
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &ED25519.signing(), Algorithm::EdDSA).unwrap();
    let customer = handoff::verify(&ctx, &format!("{message}.{signature}")).unwrap();
    assert_eq!(customer.name.unwrap().as_str(), "Anna Åkesson");
}

#[test]
fn without_a_portal_no_token_is_good() {
    let (mut ctx, _database) = world(&ED25519);
    let token = signed(&ED25519, &claims(&ctx));
    ctx.policy.portal = None;
    refused(handoff::verify(&ctx, &token));
}

#[test]
fn the_tokens_of_staff_are_none_of_the_portal() {
    let (ctx, _database) = world(&ED25519);
    let key = ctx.keys.for_purpose(Purpose::Sessions);
    let key = EncodingKey::from_secret(key.bytes());
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims(&ctx), &key).unwrap();
    refused(handoff::verify(&ctx, &token));
}

fn used(outcome: Result<()>) -> bool {
    match outcome {
        Ok(()) => true,
        Err(Error::Gone("handoff_used")) => false,
        Err(other) => panic!("{other}"),
    }
}

fn consume(ctx: &Context, customer: &HandedOver) -> bool {
    used(ctx.store.transaction(|conn| handoff::consume(conn, customer)))
}

#[test]
fn a_token_works_once_on_whichever_instance() {
    let (ctx, database) = world(&ED25519);
    let other = ctx.another();
    let token = signed(&ED25519, &claims(&ctx));
    assert!(consume(&ctx, &handoff::verify(&ctx, &token).unwrap()));
    assert!(!consume(&other, &handoff::verify(&other, &token).unwrap()));
    let mut next = claims(&ctx);
    next["jti"] = json!("another");
    assert!(consume(
        &other,
        &handoff::verify(&other, &signed(&ED25519, &next)).unwrap()
    ));
    let readable = "SELECT count(*) FROM handoffs WHERE encode(jti_digest, 'escape') LIKE '%5f0c7a9e%'";
    assert_eq!(database.count(readable), 0);
}

#[test]
fn the_same_name_in_another_token_is_used_too() {
    let (ctx, _database) = world(&ED25519);
    let mut claims = claims(&ctx);
    assert!(consume(
        &ctx,
        &handoff::verify(&ctx, &signed(&ED25519, &claims)).unwrap()
    ));
    claims["sub"] = json!("K-1002");
    assert!(!consume(
        &ctx,
        &handoff::verify(&ctx, &signed(&ED25519, &claims)).unwrap()
    ));
}

#[test]
fn of_many_at_once_one_gets_it() {
    let (ctx, _database) = world(&ED25519);
    let customer = handoff::verify(&ctx, &signed(&ED25519, &claims(&ctx))).unwrap();
    let passed = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| consume(&ctx, &customer))).collect();
        tries
            .into_iter()
            .map(|t| t.join().unwrap())
            .filter(|passed| *passed)
            .count()
    });
    assert_eq!(passed, 1);
}

#[test]
fn what_is_rolled_back_did_not_use_it() {
    let (ctx, _database) = world(&ED25519);
    let customer = handoff::verify(&ctx, &signed(&ED25519, &claims(&ctx))).unwrap();
    let failed: Result<()> = ctx.store.transaction(|conn| {
        handoff::consume(conn, &customer)?;
        Err(Error::Stale)
    });
    assert!(matches!(failed, Err(Error::Stale)));
    assert!(consume(&ctx, &customer));
}

#[rstest::rstest]
#[case::ed25519(ED25519.public_pem(), true)]
#[case::p256(P256.public_pem(), true)]
#[case::rsa(RSA.public_pem(), true)]
#[case::p384(keys::pem("PUBLIC", keys::P384_PUBLIC), false)]
#[case::short_rsa(keys::pem("PUBLIC", keys::RSA_1024_PUBLIC), false)]
#[case::private_ed25519(ED25519.private_pem(), false)]
#[case::private_p256(P256.private_pem(), false)]
#[case::private_rsa(RSA.private_pem(), false)]
#[case::no_pem("a shared secret".to_owned(), false)]
#[case::empty(String::new(), false)]
fn a_key_is_checked_before_anything_runs(#[case] public_key_pem: String, #[case] good: bool) {
    let key = PortalKey {
        public_key_pem,
        issuer: ISSUER.to_owned(),
    };
    let expected = if good { Ok(()) } else { Err(PortalKeyError) };
    assert_eq!(key.check(), expected);
}
