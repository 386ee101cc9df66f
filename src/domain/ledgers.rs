//! The ledgers of keyed hashes that the service keeps: personal data too (Art. 4(5)), so each has a purpose, a legal
//! basis and an end.

use super::filing::Periods;

/// When the entries of a ledger end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// With the case's file.
    WithFile,
    /// With the case's core record.
    WithRecord,
    /// After a time that nothing prolongs.
    After(&'static str),
}

impl Ends {
    /// In words for who runs the service.
    #[must_use]
    pub fn words(self, periods: &Periods) -> String {
        match self {
            Self::WithFile => format!("{} months after the end of the case", periods.file_months),
            Self::WithRecord => format!("{} years after the end of the case", periods.record_years),
            Self::After(words) => words.to_owned(),
        }
    }
}

/// A ledger of keyed hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The columns that hold them, as `table.column`.
    pub columns: &'static [&'static str],
    /// What for.
    pub purpose: &'static str,
    /// On what legal basis.
    pub basis: &'static str,
    /// Until when.
    pub ends: Ends,
}

/// All of them; a test holds the list against the tables.
pub const LEDGERS: [Ledger; 10] = [
    Ledger {
        columns: &["case_digests.digest"],
        purpose: "find a person's case in the queue by an exact identifier",
        basis: "Art. 6(1)(c) with Art. 12(2)-(3): handling the request",
        ends: Ends::WithFile,
    },
    Ledger {
        columns: &["accountability_digests.digest"],
        purpose: "answer whether a request of a person was handled, and how",
        basis: "Art. 6(1)(c) with Art. 5(2), 12(5) and 24: accountability",
        ends: Ends::WithRecord,
    },
    Ledger {
        columns: &["cases.idempotency_digest", "cases.idempotency_body"],
        purpose: "recognise a submission that is sent again",
        basis: "Art. 6(1)(c) with Art. 12(3): one request, one case",
        ends: Ends::WithFile,
    },
    Ledger {
        columns: &[
            "challenges.typed_digest",
            "challenges.on_file_digest",
            "case_access.digest",
            "handoffs.jti_digest",
        ],
        purpose: "recognise codes, access to a case, and hand-offs that were used",
        basis: "Art. 6(1)(c) with Art. 12(6) and 32: proof of identity",
        ends: Ends::After("codes with the case's file, access after a day, hand-offs when they expire"),
    },
    Ledger {
        columns: &["notices.token_digest", "notices.code_digest"],
        purpose: "recognise the recipient of a notice",
        basis: "Art. 6(1)(c) with Art. 19 and 32: telling recipients",
        ends: Ends::WithFile,
    },
    Ledger {
        columns: &["forwardings.token_digest", "forwardings.code_digest"],
        purpose: "recognise the controller to whom a request was passed on",
        basis: "Art. 6(1)(c) with Art. 28(3)(e) and 32: assisting the controller",
        ends: Ends::WithFile,
    },
    Ledger {
        columns: &["throttles.subject"],
        purpose: "count tries and mails by address, network and case",
        basis: "Art. 6(1)(f) with Art. 32: stopping abuse",
        ends: Ends::After("two days after the window that is counted in"),
    },
    Ledger {
        columns: &["suppressions.digest"],
        purpose: "leave alone addresses for which marketing was objected to or consent withdrawn",
        basis: "Art. 6(1)(c) with Art. 21(3) and 7(3): an objection that lasts",
        ends: Ends::After("when the marketing it is about ends for good"),
    },
    Ledger {
        columns: &["erasure_ledger.row_digest", "erasure_ledger.proofs"],
        purpose: "find and erase again what a restored backup brings back",
        basis: "Art. 6(1)(c) with Art. 17(1) and 5(1)(e): an erasure that lasts",
        ends: Ends::After("when the last backup that may hold the row is gone"),
    },
    Ledger {
        columns: &["api_keys.digest"],
        purpose: "recognise machines",
        basis: "Art. 6(1)(f) with Art. 32: access control",
        ends: Ends::After("when the key is removed"),
    },
];
