//! The hand-off of a logged-in customer from the host's own portal.

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
