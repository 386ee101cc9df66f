//! How a connection to a host's database is encrypted, and whom it trusts.

use std::fs;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;

use crate::domain::data_map::{Encryption, System as Mapped};

use super::sql::error::Failure;

/// How the connections of a system are encrypted.
#[derive(Clone)]
pub(super) struct Tls {
    mode: Option<Encryption>,
    ca_file: Option<String>,
    name: Option<String>,
}

impl Tls {
    /// As the map says.
    pub(super) fn of(map: &Mapped) -> Self {
        let tls = map.tls.clone().unwrap_or_default();
        Self {
            mode: tls.mode,
            ca_file: tls.ca_file,
            name: tls.server_name,
        }
    }

    /// Whether a connection over the network is encrypted: one that leaves the machine is, unless the map says otherwise.
    pub(super) fn is_wanted(&self, is_local: bool) -> bool {
        match self.mode {
            Some(Encryption::VerifyFull) => true,
            Some(Encryption::Off) => false,
            None => !is_local || self.ca_file.is_some(),
        }
    }

    /// Whether the map says that a connection is to be encrypted, wherever it leads.
    pub(super) fn is_demanded(&self) -> bool {
        self.mode == Some(Encryption::VerifyFull)
    }

    /// The name that the certificate must bear, where it is not that of the address.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The authorities that are trusted: those of the file, else the machine's. Read anew for each connection.
    pub(super) fn authorities(&self) -> Result<Vec<CertificateDer<'static>>, Failure> {
        let Some(path) = &self.ca_file else {
            return Ok(rustls_native_certs::load_native_certs().certs);
        };
        let unreadable = || Failure::Way {
            reason: format!("the file of its certificate authority, {path}, cannot be read"),
            passes: false,
        };
        let text = fs::read(path).map_err(|_| unreadable())?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        found
            .ok()
            .filter(|found| !found.is_empty())
            .ok_or_else(unreadable)
    }

    /// What PostgreSQL's client encrypts with.
    pub(super) fn connector(&self) -> Result<Rustls, Failure> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.authorities()?);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| Failure::refused("no encryption is built in"))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Rustls {
            config: Arc::new(config),
            name: self.name.clone(),
        })
    }
}

/// Whether an address is this machine's own.
pub(super) fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Why an encrypted connection was not made, when that is why.
pub(super) fn refusal(error: &io::Error) -> Option<Failure> {
    let error: &rustls::Error = error.get_ref()?.downcast_ref()?;
    let reason = match error {
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "its certificate is for another name",
        rustls::Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => "its certificate has expired",
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate is of an authority that is not trusted"
        }
        rustls::Error::InvalidCertificate(_) => "its certificate is not trusted",
        _ => "no encryption could be agreed on",
    };
    Some(Failure::Way {
        reason: reason.to_owned(),
        passes: false,
    })
}

/// The server speaks without encryption only.
pub(super) fn not_offered() -> Failure {
    Failure::Way {
        reason: "it does not offer TLS".to_owned(),
        passes: false,
    }
}

/// Encrypts PostgreSQL's connections.
#[derive(Clone)]
pub(super) struct Rustls {
    config: Arc<ClientConfig>,
    name: Option<String>,
}

/// An encrypted connection.
pub(super) struct Encrypted<S>(tokio_rustls::client::TlsStream<S>);

/// One to be encrypted, to a server of this name.
pub(super) struct Encrypting(TlsConnector, ServerName<'static>);

impl<S> MakeTlsConnect<S> for Rustls
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type TlsConnect = Encrypting;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> Result<Encrypting, io::Error> {
        let name = self.name.as_deref().unwrap_or(host);
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        Ok(Encrypting(TlsConnector::from(Arc::clone(&self.config)), name))
    }
}

impl<S> TlsConnect<S> for Encrypting
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Encrypted<S>, io::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move { self.0.connect(self.1, stream).await.map(Encrypted) })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Encrypted<S> {
    /// The certificate was verified, so that nobody stands between.
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn tls(mode: Option<Encryption>, ca_file: Option<&str>) -> Tls {
        Tls {
            mode,
            ca_file: ca_file.map(ToOwned::to_owned),
            name: None,
        }
    }

    #[rstest]
    #[case(None, None, false, true)]
    #[case(None, Some("ca.pem"), true, true)]
    #[case(Some(Encryption::VerifyFull), None, true, true)]
    #[case(Some(Encryption::Off), Some("ca.pem"), false, false)]
    fn what_leaves_the_machine_is_encrypted_unless_the_map_says_otherwise(
        #[case] mode: Option<Encryption>,
        #[case] ca_file: Option<&str>,
        #[case] here: bool,
        #[case] away: bool,
    ) {
        let tls = tls(mode, ca_file);
        assert_eq!((tls.is_wanted(true), tls.is_wanted(false)), (here, away));
    }

    #[test]
    fn only_this_machine_is_local() {
        for (host, local) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("127.8.9.1", true),
            ("[::1]", true),
            ("::1", true),
            ("db.localhost.example", false),
            ("10.0.0.1", false),
            ("[::ffff:127.0.0.1]", false),
            ("", false),
        ] {
            assert_eq!(is_local(host), local, "{host}");
        }
    }
}
