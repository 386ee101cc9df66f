//! Sessions: a signed token that names a row, and the row decides.

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::Authenticated;
use crate::domain::sealing::Purpose;
use crate::services::{Context, Error, Result};
use crate::store;
use crate::store::audit::SERVICE_STREAM;
use crate::store::sessions::Session;

/// Hours after which a session ends, used or not.
pub const ABSOLUTE_HOURS: i64 = 12;
/// Minutes without use after which a session ends.
pub const IDLE_MINUTES: i64 = 30;

/// Use is noted at most this often, so that reading does not write.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How far the clocks of two instances may differ.
const LEEWAY_SECONDS: i64 = 60;
/// More than any token of ours is long.
const MAX_TOKEN_BYTES: usize = 2048;

const TYPE: &str = "dataratt-session+jwt";
const ISSUER: &str = "dataratt";
const AUDIENCE: &str = "dataratt-staff";

/// What a token says. All of it is required, and of these types.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The token that names `session`.
pub(super) fn token(ctx: &Context, session: &Session) -> Result<String> {
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(TYPE.to_owned());
    let begins = session.last_seen_at.timestamp();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: session.staff.0,
        jti: session.id,
        iat: begins,
        nbf: begins,
        exp: session.expires_at.timestamp(),
    };
    let key = ctx.keys.for_purpose(Purpose::Sessions);
    let key = EncodingKey::from_secret(key.bytes());
    jsonwebtoken::encode(&header, &claims, &key).map_err(Error::internal)
}

/// Who the token of a login stands for. Whether the session lives, whether its person is active and what their role
/// is, the database says, each time.
///
/// # Errors
/// [`Error::Unauthenticated`] `session_invalid`, whatever is wrong.
pub fn authenticate(ctx: &Context, token: &str) -> Result<Authenticated> {
    let refused = Error::Unauthenticated("session_invalid");
    let Some(claims) = read(ctx, token) else {
        return Err(refused);
    };
    let now = ctx.now();
    let mut conn = ctx.store.get()?;
    let idle_since = now - TimeDelta::minutes(IDLE_MINUTES);
    let (session, person) = match store::sessions::find_live(&mut conn, claims.jti, now, idle_since) {
        Ok(live) => live,
        Err(store::Error::NotFound) => return Err(refused),
        Err(error) => return Err(error.into()),
    };
    if session.staff.0 != claims.sub {
        return Err(refused);
    }
    let noted_since = now - TOUCH_EVERY;
    if session.last_seen_at <= noted_since {
        store::sessions::touch(&mut conn, session.id, now, noted_since)?;
    }
    Ok(Authenticated::new(person, Some(session.id)))
}

/// The claims of a token that this service signed and that holds at this moment. Times are held against the
/// context's clock here, not against the machine's by the library.
fn read(ctx: &Context, token: &str) -> Option<Claims> {
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.validate_exp = false;
    let key = ctx.keys.for_purpose(Purpose::Sessions);
    let key = DecodingKey::from_secret(key.bytes());
    let read = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?;
    let now = ctx.now().timestamp();
    let ours = read.header.typ.as_deref() == Some(TYPE) && read.header.crit.is_none();
    let holds = read.claims.nbf <= now + LEEWAY_SECONDS && now < read.claims.exp;
    (ours && holds).then_some(read.claims)
}

/// Ends the login that the bearer came by. An API key has none to end.
///
/// # Errors
/// When the database fails.
pub fn logout(ctx: &Context, who: &Authenticated) -> Result<()> {
    let Some(session) = who.session else {
        return Ok(());
    };
    ctx.store.transaction(|conn| {
        store::sessions::revoke(conn, session, ctx.now())?;
        let detail = json!({ "session": session });
        ctx.record(conn, SERVICE_STREAM, &who.actor, "logged_out", detail)?;
        Ok(())
    })
}
