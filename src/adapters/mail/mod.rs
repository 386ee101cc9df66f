//! Mail leaves here: to a mail server, or into files that the local page shows.

mod files;
mod incoming;
mod message;
mod smtp;
#[cfg(test)]
mod tests;

pub use files::{FileMailer, StoredMail, StoredMessage, list, read};
pub use incoming::read_incoming;
pub use message::{Sender, SenderError};
pub use smtp::{SmtpMailer, SmtpSetupError};
