//! Sending what is in the outbox, at least once, under a Message-ID that never changes.

use serde_json::json;

use super::letters::{ENVELOPE, Envelope};
use super::ports::{MailError, Mailer, OutgoingMail, RenderedMail};
use super::{Context, Result, keys, notices};
use crate::domain::ids::{CaseId, MailId};
use crate::domain::language::Language;
use crate::domain::notice;
use crate::domain::staff::Actor;
use crate::store::cases;
use crate::store::mails::{self, Mail, MailState};

/// Puts a letter into words.
pub trait Wording: Send + Sync {
    /// The mail in `language`.
    ///
    /// # Errors
    /// When a template fails, which is a fault of ours.
    fn render(&self, envelope: &Envelope, language: Language) -> Result<RenderedMail>;
}

/// How a sending ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// It is in other hands, or was before.
    Done,
    /// It may leave later.
    Later(String),
}

/// Sends one mail and records that, with what it means for its notice. When the record fails after
/// the mail has left, it leaves again later with the same Message-ID: at least once.
///
/// # Errors
/// When the database fails.
pub fn send(ctx: &Context, mailer: &dyn Mailer, wording: &dyn Wording, id: MailId) -> Result<Sending> {
    let mail = mails::find(&mut *ctx.store.get()?, id)?;
    let (Some(case), Some(sealed), MailState::Queued) = (mail.case, &mail.sealed, mail.state) else {
        return Ok(Sending::Done);
    };
    let key = keys::find(ctx, case.0)?;
    let envelope: Envelope = key.open(ENVELOPE, sealed)?;
    let rendered = wording.render(&envelope, mail.language)?;
    let outgoing = OutgoingMail {
        id: id.0,
        to: envelope.to,
        rendered,
        at: mail.queued_at,
    };
    match mailer.send(&outgoing) {
        Ok(()) => record(ctx, &mail, case, None).map(|()| Sending::Done),
        Err(MailError::Never(why)) => record(ctx, &mail, case, Some(&why)).map(|()| Sending::Done),
        Err(MailError::Later(why)) => {
            mails::mark_deferred(&mut *ctx.store.get()?, id, &why)?;
            Ok(Sending::Later(why))
        }
    }
}

fn record(ctx: &Context, mail: &Mail, case: CaseId, refused: Option<&str>) -> Result<()> {
    ctx.store.transaction(|conn| {
        // The case before its notices and its trail, in the order in which staff's actions go.
        cases::lock(conn, case)?;
        match refused {
            None => mails::mark_sent(conn, mail.id, ctx.now())?,
            Some(why) => mails::mark_failed(conn, mail.id, why)?,
        }
        let event = match refused {
            None => notice::Event::Delivered { independent: false },
            Some(_) => notice::Event::Undeliverable,
        };
        if let Some(notice) = mail.notice {
            return notices::delivered(ctx, conn, notice, event);
        }
        if refused.is_some() {
            cases::set_attention(conn, case, Some("mail_undeliverable"))?;
            let detail = json!({ "letter": mail.template });
            ctx.record(conn, case.0, &Actor::System, "letter_undeliverable", detail)?;
        }
        Ok(())
    })
}
