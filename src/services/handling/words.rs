//! What staff and persons write in a case: checked, and kept sealed.

use crate::domain::contact::FreeText;
use crate::domain::staff::Actor;
use crate::services::{Context, Error, Result, intake};
use crate::store::Conn;
use crate::store::cases::StoredCase;
use crate::store::messages::{self, MessageRow};

/// Where a sealed message belongs.
pub const MESSAGE: &str = "case_messages.sealed";

/// A text as staff or the person typed it, checked.
///
/// # Errors
/// When it is empty or too long.
pub fn free_text(field: &'static str, text: &str) -> Result<FreeText> {
    if text.trim().is_empty() {
        return Err(Error::field(field, "required"));
    }
    FreeText::parse(text).map_err(|error| match error {
        crate::domain::contact::ContactError::TooLong => Error::field(field, "too_long"),
        _ => Error::field(field, "invalid"),
    })
}

/// Keeps a message of a case.
///
/// # Errors
/// When the database fails.
pub fn keep_message(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    author: &Actor,
    kind: &str,
    text: &FreeText,
) -> Result<()> {
    let (key, _) = intake::open_file(ctx, case)?;
    let row = MessageRow {
        id: ctx.new_id(),
        case_id: case.id.0,
        at: ctx.now(),
        author: author.pseudonym(),
        kind: kind.to_owned(),
        sealed: key.seal(MESSAGE, ctx.nonce(), &text.as_str()),
    };
    Ok(messages::insert(conn, &row)?)
}
