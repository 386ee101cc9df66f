//! Mail that comes back to us: bounces find their notice, what people write finds its case, and what machines write is
//! never an answer.

use serde_json::json;

use super::{Context, Error, Result, handling, notices};
use crate::domain::contact::{FreeText, MAX_TEXT_CHARS};
use crate::domain::ids::CaseId;
use crate::domain::incoming::{Incoming, Kind};
use crate::domain::notice;
use crate::domain::staff::Actor;
use crate::store::mails::{self, Mail};
use crate::store::{self, Conn, cases};

/// What became of a mail that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A bounce was recorded, and what follows from it began.
    Bounce,
    /// Staff see what was written.
    Reply,
    /// A machine wrote; nothing is to be done.
    Nothing,
    /// It is about none of our mails.
    Stranger,
}

impl Taken {
    /// The name that the command prints.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Reply => "reply",
            Self::Nothing => "nothing",
            Self::Stranger => "stranger",
        }
    }
}

/// Takes a mail in. Taking the same bounce in again changes nothing.
///
/// # Errors
/// When the database fails: then nothing was recorded, and it may be handed in again.
pub fn take_in(ctx: &Context, incoming: &Incoming) -> Result<Taken> {
    let Some(mail) = find(&mut *ctx.store.get()?, incoming)? else {
        return Ok(Taken::Stranger);
    };
    let Some(case) = mail.case else {
        return Ok(Taken::Nothing);
    };
    match incoming.kind() {
        Kind::Bounce { lasting } => bounced(ctx, &mail, case, lasting, incoming),
        Kind::Status | Kind::Automatic => {
            tracing::info!(%case, "a machine answered a mail");
            Ok(Taken::Nothing)
        }
        Kind::Reply => replied(ctx, &mail, case, incoming.text.as_deref().unwrap_or_default()),
    }
}

fn find(conn: &mut Conn, incoming: &Incoming) -> Result<Option<Mail>> {
    for id in &incoming.about {
        match mails::find(conn, *id) {
            Ok(mail) => return Ok(Some(mail)),
            Err(store::Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

fn bounced(ctx: &Context, mail: &Mail, case: CaseId, lasting: bool, incoming: &Incoming) -> Result<Taken> {
    let status = incoming.report.as_ref().and_then(|report| report.status.clone());
    ctx.store.transaction(|conn| {
        // The case before its notices and its trail, in the order in which staff's actions go.
        cases::lock(conn, case)?;
        if !mails::mark_bounced(conn, mail.id, ctx.now(), lasting)? {
            return Ok(Taken::Nothing);
        }
        let detail = json!({ "letter": mail.template, "lasting": lasting, "status": status });
        ctx.record(conn, case.0, &Actor::System, "mail_bounced", detail)?;
        match mail.notice {
            // A reminder arrived, or the notice has gone elsewhere.
            Some(_) if mails::is_followed_by_another(conn, mail)? => {}
            Some(notice) => notices::delivered(ctx, conn, notice, notice::Event::Undeliverable)?,
            None => cases::raise_if_kept(conn, case, "mail_undeliverable")?,
        }
        Ok(Taken::Bounce)
    })
}

/// What a recipient wrote is for staff to turn into an answer; what the person wrote is a message like those from their page.
fn replied(ctx: &Context, mail: &Mail, id: CaseId, text: &str) -> Result<Taken> {
    let Some(notice) = mail.notice else {
        return match handling::write_to_staff(ctx, id, text) {
            Ok(()) => Ok(Taken::Reply),
            Err(Error::Gone(_) | Error::Invalid(_)) => Ok(Taken::Nothing),
            Err(error) => Err(error),
        };
    };
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        if case.thinned_at.is_some() {
            return Ok(Taken::Nothing);
        }
        let row = store::notices::find(conn, notice)?;
        let known = ctx.organisation.recipient(&row.recipient);
        let name = known.map_or(&row.recipient, |recipient| &recipient.name);
        let text: String = format!("{name}:\n\n{text}")
            .chars()
            .take(MAX_TEXT_CHARS)
            .collect();
        let text = FreeText::parse(&text).map_err(|_| Error::field("text", "invalid"))?;
        handling::keep_message(ctx, conn, &case, &Actor::Recipient, "from_recipient", &text)?;
        cases::set_attention(conn, id, Some("recipient_wrote"))?;
        let detail = json!({ "recipient": row.recipient });
        ctx.record(conn, id.0, &Actor::Recipient, "recipient_wrote", detail)?;
        Ok(Taken::Reply)
    })
}
