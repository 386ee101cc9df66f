//! We are processor: the request goes to the customer who is controller, the person is told, and we assist until the
//! controller's instruction is carried out (Art. 28(3)(e)).

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Work, free_text};
use crate::domain::case::Event;
use crate::domain::contact::{Email, PersonName};
use crate::domain::sealing::Purpose;
use crate::services::course::Course;
use crate::services::letters::{self, Letter, Post};
use crate::services::{Context, Error, FieldError, Result, codes, intake, restricting, tokens};
use crate::store::Conn;
use crate::store::cases::{self, StoredCase};
use crate::store::forwardings::{self, ForwardingRow};

/// Where a sealed forwarding belongs.
pub const FORWARDING: &str = "forwardings.sealed";

/// The customer who is controller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Controller {
    /// Its name.
    pub name: String,
    /// Where requests reach it.
    pub email: String,
}

/// To whom a request was passed on, and with which words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardingFile {
    /// The controller.
    pub controller: Controller,
    /// What staff wrote to it.
    pub text: String,
}

/// The last forwarding of a case, opened: to whom, and whether the person may be told.
///
/// # Errors
/// When the database fails.
pub fn open_forwarding(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
) -> Result<Option<(ForwardingRow, ForwardingFile)>> {
    let Some(row) = forwardings::find_last(conn, case.id)? else {
        return Ok(None);
    };
    let (key, _) = intake::open_file(ctx, case)?;
    let file = key.open(FORWARDING, &row.sealed)?;
    Ok(Some((row, file)))
}

fn code_digest(ctx: &Context, token: &str, code: &str) -> [u8; 32] {
    let secret = ctx.keys.for_purpose(Purpose::Codes);
    secret.digest(&[b"forwarded", token.as_bytes(), code.as_bytes()])
}

/// Whether this is the code of the forwarding with that locator.
#[must_use]
pub fn is_code(ctx: &Context, token: &str, code: &str, stored: &[u8]) -> bool {
    let secret = ctx.keys.for_purpose(Purpose::Codes);
    secret.matches(&[b"forwarded", token.as_bytes(), code.as_bytes()], stored)
}

impl Work<'_> {
    pub(super) fn forward(
        &self,
        conn: &mut Conn,
        controller: &Controller,
        text: &str,
        may_name: bool,
    ) -> Result<()> {
        let controller = checked(controller)?;
        let text = free_text("text", text)?;
        self.change(
            conn,
            Event::Forwarded,
            "case_forwarded",
            json!({ "may_name": may_name }),
        )?;
        let (token, code) = (tokens::secret(self.ctx), codes::eight_digits(self.ctx));
        let (key, _) = intake::open_file(self.ctx, self.case)?;
        let file = ForwardingFile {
            controller,
            text: text.as_str().to_owned(),
        };
        let row = ForwardingRow {
            case_id: self.case.id.0,
            at: self.ctx.now(),
            may_name,
            token_digest: tokens::digest(self.ctx, &token).to_vec(),
            code_digest: code_digest(self.ctx, &token, &code).to_vec(),
            sealed: key.seal(FORWARDING, self.ctx.nonce(), &file),
        };
        forwardings::insert(conn, &row)?;
        let letter = Course::ToController {
            right: self.case.case.right,
            received_on: self.case.deadline.received_on(),
            due_on: self.case.deadline.first_due_on(),
            text: file.text,
            token,
            code,
        };
        let post = Post {
            case: self.case.id,
            reference: self.case.reference.as_str(),
            language: self.ctx.organisation.language,
            notice: None,
        };
        let to = &file.controller.email;
        letters::post(self.ctx, conn, &key, &post, to, Letter::Course(letter))?;
        self.tell(
            conn,
            Course::Forwarded {
                right: self.case.case.right,
                controller: may_name.then(|| file.controller.name.clone()),
            },
        )
    }

    /// Closes a case: answered although notices are open, or passed on and carried out as the controller instructed.
    pub(super) fn close(&self, conn: &mut Conn, reason: &str) -> Result<()> {
        if restricting::in_force(conn, self.case.id)? {
            return Err(Error::Conflict("restriction_in_force"));
        }
        self.write(conn, "note", reason, "note_added")?;
        let case = cases::lock(conn, self.case.id)?;
        let (event, why) = match case.case.state {
            crate::domain::case::State::Forwarded { .. } => {
                (Event::ForwardingCompleted, "instruction carried out")
            }
            _ => (Event::Closed, "by staff"),
        };
        Work { case: &case, ..*self }.change(conn, event, "case_closed", json!({ "why": why }))
    }
}

fn checked(controller: &Controller) -> Result<Controller> {
    let mut wrong = Vec::new();
    let name = PersonName::parse(controller.name.trim()).ok();
    if name.is_none() {
        let code = if controller.name.trim().is_empty() {
            "required"
        } else {
            "invalid"
        };
        wrong.push(FieldError {
            field: "controller.name",
            code,
        });
    }
    let email = Email::parse(controller.email.trim()).ok();
    if email.is_none() {
        let code = if controller.email.trim().is_empty() {
            "required"
        } else {
            "invalid"
        };
        wrong.push(FieldError {
            field: "controller.email",
            code,
        });
    }
    match (name, email) {
        (Some(name), Some(email)) => Ok(Controller {
            name: name.as_str().to_owned(),
            email: email.as_str().to_owned(),
        }),
        _ => Err(Error::Invalid(wrong)),
    }
}
