//! Mail over SMTP, several at a time on connections that are kept.

use std::time::Duration;

use lettre::transport::smtp::{Error as SmtpError, PoolConfig, SmtpTransport};
use lettre::{Message, Transport};

use super::message::{Sender, message};
use crate::services::ports::{MailError, Mailer, OutgoingMail};

/// How long each command may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection is kept without use; servers close theirs after minutes.
const KEPT: Duration = Duration::from_secs(60);

/// The server's address cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`mail.smtp_url` cannot be used; it looks like smtp://host:25, smtp://user:password@host:587?tls=required or \
     smtps://user:password@host:465"
)]
pub struct SmtpUrlError;

/// Sends through a mail server.
pub struct SmtpMailer {
    sender: Sender,
    transport: SmtpTransport,
}

impl SmtpMailer {
    /// A mailer that connects to `url` when it first sends, with up to `connections` at a time.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(sender: Sender, url: &str, connections: u32) -> Result<Self, SmtpUrlError> {
        let pool = PoolConfig::new().max_size(connections).idle_timeout(KEPT);
        let transport = SmtpTransport::from_url(url)
            .map_err(|_| SmtpUrlError)?
            .timeout(Some(PATIENCE))
            .pool_config(pool)
            .build();
        Ok(Self { sender, transport })
    }

    fn hand_over(&self, message: &Message) -> Result<(), MailError> {
        self.transport
            .send(message)
            .map(drop)
            .map_err(|error| told(&error))
    }
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
        error if error.is_tls() => "smtp_tls",
        error if error.is_client() => "smtp_unsupported",
        error if error.is_response() => "smtp_cut_off",
        _ => "smtp_unreachable",
    };
    MailError::Later(code.to_owned())
}
