//! Mail over SMTP, several at a time on connections that are kept.

use std::io;
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error as SmtpError, PoolConfig, SmtpTransport};
use lettre::{Message, Transport};
use url::Url;

use super::message::{Sender, message};
use crate::services::ports::{MailError, Mailer, OutgoingMail};

/// How long each command may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection is kept without use; servers close theirs after minutes.
const KEPT: Duration = Duration::from_secs(60);

/// Why no server can be reached with these settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpSetupError {
    /// The server's address cannot be used.
    #[error(
        "`mail.smtp_url` cannot be used; it looks like smtp://host:25, smtp://user:password@host:587?tls=required or \
         smtps://user:password@host:465"
    )]
    Url,
    /// The extra certificates cannot be used.
    #[error("`mail.ca_file` holds no certificate in PEM")]
    Authority,
}

/// Sends through a mail server.
pub struct SmtpMailer {
    sender: Sender,
    transport: SmtpTransport,
}

impl SmtpMailer {
    /// A mailer that connects to `url` when it first sends, with up to `connections` at a time. A server's certificate
    /// must come from an authority that the machine trusts, or from one of those in `authorities` (PEM).
    ///
    /// # Errors
    /// When the address or the certificates cannot be used.
    pub fn new(
        sender: Sender,
        url: &str,
        authorities: Option<&[u8]>,
        connections: u32,
    ) -> Result<Self, SmtpSetupError> {
        let pool = PoolConfig::new().max_size(connections).idle_timeout(KEPT);
        let mut builder = SmtpTransport::from_url(url).map_err(|_| SmtpSetupError::Url)?;
        if let Some(pem) = authorities {
            builder = builder.tls(tls(url, pem)?);
        }
        let transport = builder.timeout(Some(PATIENCE)).pool_config(pool).build();
        Ok(Self { sender, transport })
    }

    fn hand_over(&self, message: &Message) -> Result<(), MailError> {
        self.transport
            .send(message)
            .map(drop)
            .map_err(|error| told(&error))
    }
}

/// The encryption that `url` asks for, with more authorities to trust.
fn tls(url: &str, pem: &[u8]) -> Result<Tls, SmtpSetupError> {
    let url = Url::parse(url).map_err(|_| SmtpSetupError::Url)?;
    let host = url.host_str().ok_or(SmtpSetupError::Url)?;
    let holds_one = String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----");
    let authorities = Certificate::from_pem(pem).ok().filter(|_| holds_one);
    let trusted = TlsParameters::builder(host.to_owned())
        .add_root_certificate(authorities.ok_or(SmtpSetupError::Authority)?)
        .build()
        .map_err(|_| SmtpSetupError::Authority)?;
    let asked = url.query_pairs().find(|(name, _)| name == "tls");
    Ok(match (url.scheme(), asked.as_ref().map(|(_, value)| &**value)) {
        ("smtps", _) => Tls::Wrapper(trusted),
        (_, Some("required")) => Tls::Required(trusted),
        (_, Some(_)) => Tls::Opportunistic(trusted),
        (_, None) => Tls::None,
    })
}

impl Mailer for SmtpMailer {
    fn send(&self, mail: &OutgoingMail) -> Result<(), MailError> {
        let message = message(&self.sender, mail)?;
        self.hand_over(&message)
    }
}

/// A code in place of what the server said, which often quotes the address.
fn told(error: &SmtpError) -> MailError {
    if let Some(status) = error.status() {
        let code = format!("smtp_{status}");
        // The login, TLS or the whole server is refused: mending the settings helps, giving the mail up does not.
        let of_the_server = matches!(u16::from(status), 500..=504 | 521 | 523 | 530 | 534 | 535 | 538);
        return match error.is_permanent() && !of_the_server {
            true => MailError::Never(code),
            false => MailError::Later(code),
        };
    }
    let code = match error {
        error if error.is_timeout() => "smtp_timeout",
        error if error.is_tls() || is_of_the_handshake(error) => "smtp_tls",
        error if error.is_client() => "smtp_unsupported",
        error if error.is_response() => "smtp_cut_off",
        _ => "smtp_unreachable",
    };
    MailError::Later(code.to_owned())
}

/// Whether the server's certificate, or what it said while agreeing on encryption, is the reason. The TLS library marks
/// these so among the errors of a connection.
fn is_of_the_handshake(error: &SmtpError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::InvalidData)
}
