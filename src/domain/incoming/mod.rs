//! Mail that comes back: what it is, judged from what it says of itself (RFC 3464, RFC 3834). Only what a person wrote may
//! ever become an answer.

#[cfg(test)]
mod tests;

use super::ids::MailId;

/// What is known of a mail that came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
    /// Our mails that it names, the surest first: by the address that it came to, by what it returns, by what it answers.
    pub about: Vec<MailId>,
    /// What a mail server reports of a delivery, if it is such a report.
    pub report: Option<Report>,
    /// Whether it says that no person wrote it.
    pub automatic: bool,
    /// What it says, where it says anything in words.
    pub text: Option<String>,
}

/// What a mail server reports of the delivery of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
    pub action: String,
    /// Such as `5.1.1`: the first digit tells a lasting failure (5) from one that may pass (4).
    pub status: Option<String>,
}

/// What a mail that came in is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Our mail did not arrive. `lasting`: nor would it if it were sent again.
    Bounce {
        /// Whether the reason will not pass.
        lasting: bool,
    },
    /// Our mail is late, or arrived: nothing is to be done.
    Status,
    /// A machine answers: an absence, the receipt of a ticket. It never counts as an answer.
    Automatic,
    /// A person wrote.
    Reply,
}

impl Incoming {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.report {
            Some(report) if report.action == "failed" => Kind::Bounce {
                // A server that gave up after days of trying says so with a status that begins with 4.
                lasting: report
                    .status
                    .as_deref()
                    .is_none_or(|status| status.starts_with('5')),
            },
            Some(_) => Kind::Status,
            None if self.automatic || self.text.is_none() => Kind::Automatic,
            None => Kind::Reply,
        }
    }
}
