//! What the page after the form confirms.

use actix_web::HttpResponse;
use actix_web::cookie::time::Duration as CookieAge;
use chrono::NaiveDate;

use super::path_of;
use crate::domain::calendar::stockholm_date;
use crate::domain::deadline::Deadline;
use crate::domain::ids::Reference;
use crate::domain::right::Right;
use crate::http::auth::cookie;
use crate::http::pages::Visit;
use crate::services::Context;
use crate::store::cases::StoredCase;

/// The cookie that tells the page after the form what to confirm.
pub(super) const RECEIPT: &str = "receipt";
const RECEIPT_AGE: CookieAge = CookieAge::minutes(15);

/// What the page after the form confirms. It travels in a cookie, so that the page shows nobody else's case.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    pub reference: Reference,
    pub right: Right,
    pub received_on: NaiveDate,
    pub due_on: NaiveDate,
}

impl Receipt {
    pub fn of(case: &StoredCase) -> Self {
        Self {
            reference: case.reference.clone(),
            right: case.case.right,
            received_on: case.deadline.received_on(),
            due_on: case.deadline.due_on(),
        }
    }

    /// What who fell into the trap is told: there is no such case.
    pub fn of_nothing(ctx: &Context, right: Right) -> Self {
        let now = ctx.now();
        Self {
            reference: Reference::from_random(u64::from_le_bytes(ctx.random_bytes())),
            right,
            received_on: stockholm_date(now),
            due_on: Deadline::from_receipt(now).due_on(),
        }
    }

    pub fn redirect(&self, visit: &Visit) -> HttpResponse {
        let Self {
            reference,
            right,
            received_on,
            due_on,
        } = self;
        let text = format!("{reference}_{received_on}_{due_on}_{}", right.name());
        let more = cookie(&visit.app, RECEIPT, text, Some(RECEIPT_AGE));
        visit.see_other_with(&format!("{}/submitted", path_of(reference)), None, Some(more))
    }

    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, '_');
        Some(Self {
            reference: Reference::parse(parts.next()?).ok()?,
            received_on: parts.next()?.parse().ok()?,
            due_on: parts.next()?.parse().ok()?,
            right: Right::from_name(parts.next()?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_read_back_and_nothing_else_is() {
        let receipt = Receipt {
            reference: Reference::from_random(42),
            right: Right::ConsentWithdrawal,
            received_on: "2026-11-21".parse().unwrap(),
            due_on: "2026-12-21".parse().unwrap(),
        };
        let text = format!("{}_2026-11-21_2026-12-21_consent_withdrawal", receipt.reference);
        assert_eq!(Receipt::read(&text), Some(receipt));
        for text in [
            "",
            "___",
            "DR-0000-0000-0000_2026-11-21_2026-13-21_erasure",
            "x_y_z_erasure",
        ] {
            assert_eq!(Receipt::read(text), None, "{text}");
        }
    }
}
