//! A mail as it travels: the same bytes at every attempt, and no header that its contents could add.

use std::time::SystemTime;

use lettre::address::{Address, Envelope};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use super::incoming::MARK;
use crate::services::ports::{MailError, OutgoingMail};

/// Who sends.
#[derive(Clone, Debug)]
pub struct Sender {
    mailbox: Mailbox,
    return_path: Option<Address>,
}

/// The sender is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// The address is none.
    #[error("the sender's address is none; set `mail.from`")]
    Address,
    /// The address for bounces is none.
    #[error("the address for bounces is none; set `mail.return_path`")]
    ReturnPath,
    /// The name holds control characters.
    #[error("the organisation's name holds control characters")]
    Name,
}

impl Sender {
    /// A sender, shown as `name`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(name: &str, address: &str) -> Result<Self, SenderError> {
        if name.chars().any(char::is_control) {
            return Err(SenderError::Name);
        }
        let address: Address = address.parse().map_err(|_| SenderError::Address)?;
        Ok(Self {
            mailbox: Mailbox::new(Some(name.to_owned()), address),
            return_path: None,
        })
    }

    /// The same, with bounces to another address: to that address with the mail's id in it, so that each finds its mail.
    ///
    /// # Errors
    /// [`SenderError::ReturnPath`] when it is none.
    pub fn with_return_path(self, address: &str) -> Result<Self, SenderError> {
        let address: Address = address.parse().map_err(|_| SenderError::ReturnPath)?;
        Ok(Self {
            return_path: Some(address),
            ..self
        })
    }

    /// From where and to whom a mail goes, in the words of mail servers.
    fn envelope(&self, id: uuid::Uuid, to: Address) -> Option<Envelope> {
        let from = match &self.return_path {
            Some(path) => {
                let local = format!("{}{MARK}{}", path.user(), id.simple());
                Address::new(local, path.domain()).ok()?
            }
            None => self.mailbox.email.clone(),
        };
        Envelope::new(Some(from), vec![to]).ok()
    }
}

/// Says that no person wrote it, so that no machine answers it (RFC 3834).
#[derive(Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The message of `mail`.
///
/// # Errors
/// [`MailError::Never`] when the address is none, or a header would hold control characters.
pub(super) fn message(sender: &Sender, mail: &OutgoingMail) -> Result<Message, MailError> {
    let never = |code: &str| MailError::Never(code.to_owned());
    if mail.rendered.subject.chars().any(char::is_control) {
        return Err(never("subject_invalid"));
    }
    let to: Address = mail.to.parse().map_err(|_| never("address_invalid"))?;
    let id = format!("<{}@{}>", mail.id, sender.mailbox.email.domain());
    // A boundary of its own choosing would differ at every attempt.
    let contents = MultiPart::alternative()
        .boundary(format!("=_{}", mail.id.simple()))
        .singlepart(SinglePart::plain(mail.rendered.text.clone()))
        .singlepart(SinglePart::html(mail.rendered.html.clone()));
    Message::builder()
        .from(sender.mailbox.clone())
        .envelope(
            sender
                .envelope(mail.id, to.clone())
                .ok_or_else(|| never("address_invalid"))?,
        )
        .to(Mailbox::new(None, to))
        .subject(mail.rendered.subject.clone())
        .date(SystemTime::from(mail.at))
        .message_id(Some(id))
        .header(AutoSubmitted)
        .multipart(contents)
        .map_err(|_| never("message_invalid"))
}
