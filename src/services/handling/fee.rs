//! A fee for what is manifestly unfounded or excessive (Art. 12(5)(a)): announced before, never charged in silence.

use serde_json::json;

use super::{Work, free_text};
use crate::domain::case::{RefusalGround, TransitionError};
use crate::services::course::Course;
use crate::services::{Error, Result};
use crate::store::Conn;

/// The highest fee that is announced: it is for the cost of handling, and deters nobody from a right.
const HIGHEST: u32 = 10_000;

impl Work<'_> {
    pub(super) fn announce_fee(
        &self,
        conn: &mut Conn,
        ground: &str,
        amount: Option<u32>,
        reason: &str,
    ) -> Result<()> {
        let ground = RefusalGround::from_name(ground)
            .filter(|ground| ground.allows_fee())
            .ok_or_else(|| Error::field("ground", "unknown"))?;
        let amount = amount.ok_or_else(|| Error::field("amount", "required"))?;
        if !(1..=HIGHEST).contains(&amount) {
            return Err(Error::field("amount", "invalid"));
        }
        let reason = free_text("reason", reason)?;
        if !self.case.case.state.is_undecided() {
            let state = self.case.case.state.name();
            return Err(TransitionError::NotInState { state }.into());
        }
        self.keep_message(conn, "to_person", &reason)?;
        let detail = json!({ "ground": ground.name(), "amount": amount });
        self.ctx
            .record(conn, self.case.id.0, self.actor, "fee_announced", detail)?;
        self.touch(conn, self.case)?;
        self.tell(
            conn,
            Course::FeeAnnounced {
                right: self.case.case.right,
                ground,
                amount,
                reason: Some(reason.as_str().to_owned()),
            },
        )
    }
}
