//! What staff do about recipients that no mail reaches.

use serde_json::json;

use super::Work;
use crate::domain::notice::Event;
use crate::services::{Error, Result, notices, recipients};
use crate::store::Conn;

impl Work<'_> {
    /// The recipient was told by another way: its own form, a letter, a call.
    pub(super) fn record_told(&self, conn: &mut Conn, recipient: &str) -> Result<()> {
        let told = Event::Delivered { independent: false };
        self.on_notice(conn, recipient, (told, "notice_told"))
    }

    /// No route that there is leads to the recipient (Art. 19: "impossible").
    pub(super) fn record_unreachable(&self, conn: &mut Conn, recipient: &str) -> Result<()> {
        self.on_notice(conn, recipient, (Event::Abandoned, "notice_abandoned"))
    }

    fn on_notice(
        &self,
        conn: &mut Conn,
        recipient: &str,
        (event, action): (Event, &'static str),
    ) -> Result<()> {
        let Some(row) = notices::waiting_for_staff(conn, self.case.id, recipient)? else {
            return Err(Error::field("recipient", "not_waiting"));
        };
        self.touch(conn, self.case)?;
        let detail = json!({ "recipient": row.recipient });
        self.ctx
            .record(conn, self.case.id.0, self.actor, action, detail)?;
        notices::settle_by_hand(self.ctx, conn, self.case, &row, event)
    }

    /// The list of those that were told, to the person (Art. 19).
    pub(super) fn send_recipients(&self, conn: &mut Conn) -> Result<()> {
        recipients::send(self.ctx, conn, self.case, self.actor).map(drop)
    }
}
