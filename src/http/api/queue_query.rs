//! What the queue is asked for, read from a query.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::case::State;
use crate::domain::ids::StaffId;
use crate::domain::right::Right;
use crate::http::body::Query;
use crate::http::error::ProblemField;
use crate::services::Context;
use crate::store::queue::{Cursor, Filter, Sort};

/// The parameters there are.
pub(super) const PARAMETERS: [&str; 9] = [
    "state",
    "right",
    "assignee",
    "due_before",
    "recipient",
    "q",
    "sort",
    "limit",
    "cursor",
];

const USUAL_LIMIT: i64 = 25;
const MAX_LIMIT: i64 = 100;

/// What the queue is asked for.
pub(super) struct QueueQuery {
    pub filter: Filter,
    pub text: Option<String>,
    pub sort: Sort,
    pub after: Option<Cursor>,
    pub limit: i64,
}

/// Reads one parameter after the other and remembers what was wrong.
struct Reader<'a> {
    query: &'a Query,
    wrong: Vec<ProblemField>,
}

impl Reader<'_> {
    fn read<T>(&mut self, name: &str, code: &'static str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.query.get(name)?;
        let value = parse(text);
        if value.is_none() {
            let field = name.to_owned();
            self.wrong.push(ProblemField { field, code });
        }
        value
    }
}

impl QueueQuery {
    /// Reads `query`; `me` is who asks.
    ///
    /// # Errors
    /// Every parameter that is wrong.
    pub fn read(ctx: &Context, me: Option<StaffId>, query: &Query) -> Result<Self, Vec<ProblemField>> {
        let wrong = Vec::new();
        let mut reader = Reader { query, wrong };
        let known = |text: &str| text == "all" || State::NAMES.contains(&text);
        let state = reader.read("state", "unknown", |text| known(text).then(|| text.to_owned()));
        let has = |id: &str| {
            ctx.organisation
                .recipient(id)
                .map(|recipient| recipient.id.clone())
        };
        let filter = Filter {
            all_states: state.as_deref() == Some("all"),
            state: state.filter(|state| state != "all"),
            right: reader.read("right", "unknown", Right::from_name),
            assignee: reader.read("assignee", "invalid", |text| assignee(text, me)),
            due_before: reader.read("due_before", "invalid", |text| text.parse().ok()),
            recipient: reader.read("recipient", "unknown", has),
            ..Filter::default()
        };
        let sort = reader.read("sort", "unknown", |text| match text {
            "due" => Some(Sort::DueFirst),
            "newest" => Some(Sort::NewestFirst),
            _ => None,
        });
        let within = |limit: &i64| (1..=MAX_LIMIT).contains(limit);
        let limit = reader.read("limit", "invalid", |text| text.parse().ok().filter(within));
        let after = reader.read("cursor", "invalid", read_cursor);
        if !reader.wrong.is_empty() {
            return Err(reader.wrong);
        }
        Ok(Self {
            filter,
            text: query.get("q").map(str::to_owned),
            sort: sort.unwrap_or_default(),
            after,
            limit: limit.unwrap_or(USUAL_LIMIT),
        })
    }
}

fn assignee(text: &str, me: Option<StaffId>) -> Option<StaffId> {
    if text == "me" {
        return me;
    }
    text.parse::<Uuid>().ok().map(StaffId)
}

/// A cursor as it is given out.
pub(in crate::http) fn cursor_text(cursor: Cursor) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}|{}", cursor.due_on, cursor.id.simple()))
}

pub(in crate::http) fn read_cursor(text: &str) -> Option<Cursor> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (day, id) = plain.split_once('|')?;
    Some(Cursor {
        due_on: day.parse::<NaiveDate>().ok()?,
        id: id.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back(days in 0_u32..60_000, id: u128) {
            let due_on = NaiveDate::default() + chrono::Days::new(days.into());
            let cursor = Cursor { due_on, id: Uuid::from_u128(id) };
            prop_assert_eq!(read_cursor(&cursor_text(cursor)), Some(cursor));
        }

        #[test]
        fn no_text_makes_a_cursor_panic(text in ".*") {
            let _ = read_cursor(&text);
        }
    }
}
