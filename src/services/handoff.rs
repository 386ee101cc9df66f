//! The hand-off of a logged-in customer from the host's own portal, by a signed token that works once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};

use super::{Context, Error, Result};
use crate::domain::contact::{Email, PersonName};
use crate::domain::keyring::Wrapping;
use crate::domain::personal_number::PersonalNumber;
use crate::domain::sealing::Purpose;
use crate::store::{self, Conn};

/// Seconds for which a token may be good: it is made when the customer follows the link.
const MAX_LIFE_SECONDS: i64 = 300;
/// How far the portal's clock may be ahead of ours.
const LEEWAY_SECONDS: i64 = 60;
const MAX_TOKEN_BYTES: usize = 8192;
/// How long a customer who was handed over may take to fill in the form.
const FORM_LIFE: TimeDelta = TimeDelta::minutes(60);
/// Where what is vouched for is sealed for.
const FORM: &str = "handoff.form";
const MAX_ID_CHARS: usize = 128;

/// Methods (RFC 8176) that one of is enough to call the portal's login strong: a second factor, or a key in hardware.
const STRONG_METHODS: [&str; 5] = ["mfa", "otp", "hwk", "swk", "sc"];

/// The portal's public key and what its tokens must say.
#[derive(Clone)]
pub struct PortalKey {
    /// The public key (Ed25519, RSA or P-256) in PEM.
    pub public_key_pem: String,
    /// The `iss` that its tokens carry.
    pub issuer: String,
}

impl std::fmt::Debug for PortalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortalKey")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// A portal key that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a public key in PEM: Ed25519, P-256, or RSA of 2048 bits or more")]
pub struct PortalKeyError;

impl PortalKey {
    /// Whether the key can be used; for the check before anything runs.
    ///
    /// # Errors
    /// When it is not a public key of a kind we take.
    pub fn check(&self) -> std::result::Result<(), PortalKeyError> {
        self.decoding().map(drop)
    }

    /// The key and the one algorithm that goes with it: what a token's header says never chooses.
    fn decoding(&self) -> std::result::Result<(Algorithm, DecodingKey), PortalKeyError> {
        let pem = self.public_key_pem.as_bytes();
        if let Ok(key) = DecodingKey::from_ed_pem(pem) {
            return Ok((Algorithm::EdDSA, key));
        }
        if let Ok(key) = DecodingKey::from_ec_pem(pem) {
            let is_p256 = length(&key) == P256_POINT_BYTES;
            return is_p256.then_some((Algorithm::ES256, key)).ok_or(PortalKeyError);
        }
        if self.public_key_pem.contains("PRIVATE KEY") {
            return Err(PortalKeyError);
        }
        let key = DecodingKey::from_rsa_pem(pem).map_err(|_| PortalKeyError)?;
        let is_long = length(&key) >= RSA_2048_BYTES;
        is_long.then_some((Algorithm::RS256, key)).ok_or(PortalKeyError)
    }
}

/// An uncompressed point of P-256.
const P256_POINT_BYTES: usize = 65;
/// Modulus and exponent of an RSA key of 2048 bits, in DER.
const RSA_2048_BYTES: usize = 256 + 10;

fn length(key: &DecodingKey) -> usize {
    key.try_get_as_bytes().map_or(0, <[u8]>::len)
}

/// A customer whom the portal vouches for. Nothing comes of it before [`consume`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// The customer's number, when the portal gave it (`sub`).
    pub customer_number: Option<String>,
    /// The address that the portal knows.
    pub email: Email,
    /// The customer's name.
    pub name: Option<PersonName>,
    /// The personal number that the portal knows.
    pub personal_number: Option<PersonalNumber>,
    /// Whether the customer logged in with more than a password.
    pub strong: bool,
    digest: [u8; 32],
    until: DateTime<Utc>,
}

impl std::fmt::Debug for HandedOver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandedOver")
            .field("strong", &self.strong)
            .finish_non_exhaustive()
    }
}

/// What a portal's token says. Times are whole seconds.
#[derive(Deserialize)]
struct Claims {
    jti: String,
    iat: i64,
    nbf: Option<i64>,
    exp: i64,
    sub: Option<String>,
    email: Email,
    name: Option<PersonName>,
    personal_number: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
}

/// Checks a token of the host's portal: signed by its key with the algorithm of that key, from it (`iss`), for us
/// (`aud`: our public URL), made just now, good for five minutes at most.
///
/// # Errors
/// [`Error::Unauthenticated`] `handoff_invalid`, whatever is wrong, also when no portal is set up.
pub fn verify(ctx: &Context, token: &str) -> Result<HandedOver> {
    read(ctx, token).ok_or(Error::Unauthenticated("handoff_invalid"))
}

fn read(ctx: &Context, token: &str) -> Option<HandedOver> {
    let portal = ctx.policy.portal.as_ref()?;
    let (algorithm, key) = portal.decoding().ok()?;
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let url = ctx.policy.public_url.trim_end_matches('/');
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[&portal.issuer]);
    validation.set_audience(&[url.to_owned(), format!("{url}/")]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    // Held against the context's clock instead, below.
    validation.validate_exp = false;
    let data = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?;
    let typ = data.header.typ.as_deref().unwrap_or("JWT");
    if data.header.crit.is_some() || !typ.eq_ignore_ascii_case("JWT") {
        return None;
    }
    let claims = data.claims;
    let now = ctx.now();
    if !claims.holds_at(now.timestamp()) {
        return None;
    }
    let personal_number = match &claims.personal_number {
        Some(digits) => Some(PersonalNumber::parse(digits, now.date_naive()).ok()?),
        None => None,
    };
    let tokens = ctx.keys.for_purpose(Purpose::Tokens);
    Some(HandedOver {
        digest: tokens.digest(&[b"handoff", portal.issuer.as_bytes(), claims.jti.as_bytes()]),
        until: DateTime::from_timestamp(claims.exp, 0)?,
        strong: claims.is_strong(),
        customer_number: claims.sub,
        email: claims.email,
        name: claims.name,
        personal_number,
    })
}

impl Claims {
    fn holds_at(&self, now: i64) -> bool {
        let is_id = |text: &str| {
            let fits = (1..=MAX_ID_CHARS).contains(&text.chars().count());
            fits && text.trim() == text && !text.chars().any(char::is_control)
        };
        let life = self.exp.saturating_sub(self.iat.min(now));
        let begun = self.iat.max(self.nbf.unwrap_or(self.iat)) <= now.saturating_add(LEEWAY_SECONDS);
        is_id(&self.jti)
            && self.sub.as_deref().is_none_or(is_id)
            && begun
            && now < self.exp
            && life <= MAX_LIFE_SECONDS
    }

    fn is_strong(&self) -> bool {
        self.amr
            .iter()
            .any(|method| STRONG_METHODS.contains(&method.as_str()))
    }
}

/// Uses the token up, in the transaction of what comes of it: of two at once, one gets it.
///
/// # Errors
/// [`Error::Gone`] `handoff_used`.
pub fn consume(conn: &mut Conn, handed_over: &HandedOver) -> Result<()> {
    if store::identity::use_handoff(conn, &handed_over.digest, handed_over.until)? {
        Ok(())
    } else {
        Err(Error::Gone("handoff_used"))
    }
}

/// What the portal vouches for, sealed to lie in the form while the customer fills it in. The token itself is good for
/// a few minutes only.
///
/// # Errors
/// When the key file cannot be read.
pub fn seal(ctx: &Context, handed_over: &HandedOver) -> Result<String> {
    // The token stays used up for as long as any form made of it can be sent.
    let until = handed_over.until.max(ctx.now() + FORM_LIFE);
    let kept = HandedOver {
        until,
        ..handed_over.clone()
    };
    let text = serde_json::to_vec(&kept).unwrap_or_default();
    let sealed = ctx.keys.wrap(Wrapping::Handoff, ctx.nonce(), FORM, &text)?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`Error::Unauthenticated`] `handoff_invalid` when we did not make it, or it has become too old.
pub fn unseal(ctx: &Context, sealed: &str) -> Result<HandedOver> {
    let invalid = || Error::Unauthenticated("handoff_invalid");
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| invalid())?;
    let text = ctx
        .keys
        .unwrap(Wrapping::Handoff, FORM, &bytes)
        .map_err(|_| invalid())?;
    let handed_over: HandedOver = serde_json::from_slice(&text).map_err(|_| invalid())?;
    (ctx.now() < handed_over.until)
        .then_some(handed_over)
        .ok_or_else(invalid)
}
