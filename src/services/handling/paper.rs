//! Letters that no mail carries, and breaches that staff report.

use serde_json::json;
use uuid::Uuid;

use super::{Work, free_text};
use crate::domain::staff::{Actor, Permission};
use crate::services::letters::Envelope;
use crate::services::telling::PAPER;
use crate::services::{Context, Error, Result, incidents, intake};
use crate::store::cases;
use crate::store::{Conn, paper_letters};

impl Work<'_> {
    pub(super) fn report_incident(&self, conn: &mut Conn, what: &str, text: &str) -> Result<()> {
        let text = free_text("text", text)?;
        incidents::report(self.ctx, conn, self.case, (self.actor, self.by), what, &text)?;
        self.touch(conn, self.case)
    }

    /// A letter was printed and posted; what it said is forgotten.
    pub(super) fn letter_sent(&self, conn: &mut Conn, letter: Uuid) -> Result<()> {
        let found = paper_letters::find(conn, self.case.id, letter)?;
        let left = paper_letters::mark_sent(conn, self.case.id, letter, self.by, self.ctx.now())?;
        if left == 0 {
            cases::clear_attention(conn, self.case.id, &["no_reply_address"])?;
        }
        self.touch(conn, self.case)?;
        let detail = json!({ "letter": found.template });
        Ok(self
            .ctx
            .record(conn, self.case.id.0, self.actor, "letter_posted", detail)?)
    }
}

/// A letter that waits to be printed, opened. That it was read is recorded.
///
/// # Errors
/// When the actor may not handle the case, there is no such letter, or it has been sent.
pub fn open_letter(
    ctx: &Context,
    actor: &Actor,
    reference: &crate::domain::ids::Reference,
    letter: Result<Uuid>,
) -> Result<(Envelope, crate::domain::language::Language)> {
    if !actor.may(Permission::HandleCases) {
        return Err(Error::Forbidden("role"));
    }
    let letter = letter?;
    ctx.store.transaction(|conn| {
        let case = cases::find(conn, reference)?;
        let row = paper_letters::find(conn, case.id, letter)?;
        let sealed = row.sealed.ok_or(Error::NotFound)?;
        let (key, _) = intake::open_file(ctx, &case)?;
        let detail = json!({ "letter": row.template });
        ctx.record(conn, case.id.0, actor, "letter_read", detail)?;
        Ok((key.open(PAPER, &sealed)?, case.language))
    })
}
