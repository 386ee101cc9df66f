//! Secrets that open one thing: shown once, kept as keyed hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Context;
use crate::domain::sealing::Purpose;

/// A new secret of 256 bits, fit for a URL.
#[must_use]
pub fn secret(ctx: &Context) -> String {
    URL_SAFE_NO_PAD.encode(ctx.random_bytes::<32>())
}

/// What is kept of a secret.
#[must_use]
pub fn digest(ctx: &Context, secret: &str) -> [u8; 32] {
    ctx.keys.for_purpose(Purpose::Tokens).digest(&[secret.as_bytes()])
}
