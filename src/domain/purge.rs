//! Purging what a law made us keep, once its last day has passed: the states of a list and of its lines.
//!
//! A list is proposed by the service, never by a member of staff, so any approver may decide it, once and as a whole.
//! Storage limitation (Art. 5(1)(e)) makes it come again when it was rejected; what keeps a line from going is a legal
//! hold, a restriction in force (Art. 18), a request of access or portability that is not answered yet, a row that changed,
//! or a row that refers to it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::matching::RowKey;
use super::retention::erasable_from;

/// Where a list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListState {
    /// An approver must decide.
    Proposed,
    /// Approved; its job waits.
    Approved,
    /// Being purged.
    Running,
    /// Every line is purged, or was held or taken out.
    Done,
    /// A line stopped; staff must look.
    Failed,
    /// Sent back; its lines are proposed again later.
    Rejected,
}

/// Where a line of a list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// On the list.
    Listed,
    /// Taken out by staff, with a reason; proposed again later.
    TakenOut,
    /// A legal hold on its case, or a restriction of its rows, stopped it; proposed again when that is lifted.
    Held,
    /// The person waits for the answer to a request of access or portability; it goes on by itself afterwards.
    Waiting,
    /// Begun, and resumed after whatever interrupts it.
    Running,
    /// Gone, and proved so.
    Done,
    /// Stopped: staff must look.
    Failed,
}

/// What happens to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListEvent {
    /// An approver approves it, or the settings ask for none.
    Approved,
    /// An approver sends it back.
    Rejected,
    /// Its job begins, or goes on after a stop.
    Started,
    /// Every line has ended, one of them badly or none.
    Ended {
        /// Whether a line stopped.
        failed: bool,
    },
}

impl ListState {
    /// All of them, in the order a list goes through them.
    pub const ALL: [Self; 6] = [
        Self::Proposed,
        Self::Approved,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Rejected,
    ];

    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What becomes of a list; nothing when the event may not happen.
    #[must_use]
    pub const fn after(self, event: ListEvent) -> Option<Self> {
        Some(match (self, event) {
            (Self::Proposed, ListEvent::Approved) => Self::Approved,
            (Self::Proposed, ListEvent::Rejected) => Self::Rejected,
            (Self::Approved | Self::Running | Self::Failed, ListEvent::Started) => Self::Running,
            (Self::Running, ListEvent::Ended { failed: false }) => Self::Done,
            (Self::Running, ListEvent::Ended { failed: true }) => Self::Failed,
            _ => return None,
        })
    }

    /// Whether single lines may be taken out: before the decision any, afterwards one that stopped.
    #[must_use]
    pub const fn may_take_out(self, line: LineState) -> bool {
        matches!(
            (self, line),
            (Self::Proposed, LineState::Listed) | (Self::Failed, LineState::Failed)
        )
    }
}

impl LineState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Listed,
        Self::TakenOut,
        Self::Held,
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Failed,
    ];

    /// The name in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::TakenOut => "taken_out",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the list's job has this line before it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Listed | Self::Waiting | Self::Running | Self::Failed)
    }
}

/// What must be known of retained rows to purge them: nothing of what they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetainedKeys {
    /// Row by row.
    pub rows: Vec<RetainedKey>,
}

/// One retained row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetainedKey {
    /// Its key.
    pub key: RowKey,
    /// SHA-256 of the row as it was retained, without what bars it from other use.
    pub digest: String,
}

/// Whether what was kept until `keep_until` may go on `today`: from the day after, not before.
#[must_use]
pub fn may_go(keep_until: NaiveDate, today: NaiveDate) -> bool {
    today >= erasable_from(keep_until)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const EVENTS: [(&str, ListEvent); 5] = [
        ("approved", ListEvent::Approved),
        ("rejected", ListEvent::Rejected),
        ("started", ListEvent::Started),
        ("ended well", ListEvent::Ended { failed: false }),
        ("ended badly", ListEvent::Ended { failed: true }),
    ];

    #[test]
    fn the_whole_machine() {
        let mut table = String::new();
        for state in ListState::ALL {
            for (name, event) in EVENTS {
                if let Some(after) = state.after(event) {
                    table.push_str(&format!("{}, {name}: {}\n", state.name(), after.name()));
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        proposed, approved: approved
        proposed, rejected: rejected
        approved, started: running
        running, started: running
        running, ended well: done
        running, ended badly: failed
        failed, started: running
        ");
    }

    #[test]
    fn names_lead_back() {
        for state in ListState::ALL {
            assert_eq!(ListState::from_name(state.name()), Some(state));
        }
        for state in LineState::ALL {
            assert_eq!(LineState::from_name(state.name()), Some(state));
        }
        assert_eq!(ListState::from_name("burnt"), None);
    }

    #[rstest]
    #[case("2032-12-31", "2032-12-31", false)]
    #[case("2032-12-31", "2033-01-01", true)]
    #[case("2032-12-31", "2031-06-01", false)]
    #[case("2032-12-31", "2040-06-01", true)]
    fn the_day_after_the_last_is_the_first(#[case] kept: &str, #[case] today: &str, #[case] may: bool) {
        assert_eq!(may_go(kept.parse().unwrap(), today.parse().unwrap()), may);
    }

    #[test]
    fn only_what_is_undecided_or_stopped_is_taken_out() {
        let may: Vec<(ListState, LineState)> = ListState::ALL
            .into_iter()
            .flat_map(|list| LineState::ALL.map(|line| (list, line)))
            .filter(|(list, line)| list.may_take_out(*line))
            .collect();
        assert_eq!(
            may,
            [
                (ListState::Proposed, LineState::Listed),
                (ListState::Failed, LineState::Failed)
            ]
        );
    }

    proptest! {
        #[test]
        fn nothing_runs_that_was_not_approved(events in prop::collection::vec(0usize..5, 0..12)) {
            let (mut state, mut approved) = (ListState::Proposed, false);
            for event in events {
                let (_, event) = EVENTS[event];
                if let Some(after) = state.after(event) {
                    approved |= event == ListEvent::Approved;
                    state = after;
                }
            }
            prop_assert!(approved || matches!(state, ListState::Proposed | ListState::Rejected));
        }
    }
}
