//! Certificates made for the test, and a stream of the test mail server that is plain or encrypted.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// An authority that nobody trusts who is not told to.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A server's certificate with its key.
#[derive(Clone)]
pub struct Certificate(Arc<ServerConfig>);

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key is made");
        let own = params.self_signed(&key).expect("an authority signs itself");
        Self {
            pem: own.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// Its certificate, as a file of trusted authorities holds it.
    pub fn pem(&self) -> &[u8] {
        self.pem.as_bytes()
    }

    /// A certificate for the server `name` until the new year of `year`, and its key, as files hold them.
    pub fn files_until(&self, name: &str, year: i32) -> (String, String) {
        let (signed, key) = self.sign(name, year);
        (signed.pem(), key.serialize_pem())
    }

    fn sign(&self, name: &str, year: i32) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().expect("a key is made");
        let signed = params.signed_by(&key, &self.issuer).expect("it is signed");
        (signed, key)
    }

    /// A certificate for the server `name` that holds today.
    pub fn certify(&self, name: &str) -> Certificate {
        self.certify_until(name, 2100)
    }

    /// A certificate for the server `name` until the new year of `year`.
    pub fn certify_until(&self, name: &str, year: i32) -> Certificate {
        let (signed, key) = self.sign(name, year);
        let chain: Vec<CertificateDer<'static>> = vec![signed.der().clone()];
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("key and certificate belong together");
        Certificate(Arc::new(config))
    }
}

/// A connection as the server sees it.
pub(super) enum Link {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Link {
    pub(super) fn encrypted(stream: TcpStream, with: &Certificate) -> io::Result<Self> {
        let connection = ServerConnection::new(Arc::clone(&with.0)).map_err(io::Error::other)?;
        Ok(Self::Encrypted(Box::new(StreamOwned::new(connection, stream))))
    }

    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self, Self::Encrypted(_))
    }
}

impl Read for Link {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(into),
            Self::Encrypted(stream) => stream.read(into),
        }
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Encrypted(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Encrypted(stream) => stream.flush(),
        }
    }
}
