//! The audit trail of a case, in the reader's words.

use serde_json::Value;

use super::case_page::Reader;
use super::plan_page::short;
use crate::domain::audit::Event;
use crate::domain::erasure::ErasureGround;
use crate::http::pages::local_time;
use crate::http::views::staff::EventRow;

/// The events, newest first. The same person's reading again right after is one line.
pub(super) fn events(reader: &Reader<'_>, events: &[Event]) -> Vec<EventRow> {
    let mut lines: Vec<(&Event, usize)> = Vec::new();
    for event in events.iter().rev() {
        match lines.last_mut() {
            Some((above, times)) if is_same_reading(above, event) => *times += 1,
            _ => lines.push((event, 1)),
        }
    }
    lines
        .into_iter()
        .map(|(event, times)| row(reader, event, times))
        .collect()
}

fn is_same_reading(one: &Event, other: &Event) -> bool {
    one.action == "case_read" && other.action == "case_read" && one.actor == other.actor
}

fn row(reader: &Reader<'_>, event: &Event, times: usize) -> EventRow {
    let detail = if times > 1 {
        format!("× {times}")
    } else {
        detail(reader, &event.detail)
    };
    EventRow {
        at: local_time(event.at),
        actor: reader.actor(&event.actor),
        name: event.action.clone(),
        detail: Some(detail).filter(|detail| !detail.is_empty()),
    }
}

fn detail(reader: &Reader<'_>, detail: &Value) -> String {
    let Value::Object(fields) = detail else {
        return String::new();
    };
    let state = |name: &str| {
        let state = fields.get(name)?.as_str()?;
        Some(reader.words.t.or("staff-state-", state))
    };
    let moved = state("from").zip(state("to")).filter(|(from, to)| from != to);
    let moved = moved.map(|(from, to)| format!("{from} → {to}"));
    let others = fields
        .iter()
        .filter(|(name, _)| !["from", "to"].contains(&name.as_str()));
    let told = others.filter_map(|(name, value)| told(reader, name, value));
    moved.into_iter().chain(told).collect::<Vec<_>>().join(", ")
}

/// One fact of an event, when it says something to people.
fn told(reader: &Reader<'_>, name: &str, value: &Value) -> Option<String> {
    let t = reader.words.t;
    match value {
        Value::String(text) => Some(match name {
            "assignee" => reader.staff(text),
            "recipient" => reader.words.recipient(text),
            "hash" => format!("{} {}", t.get("detail-hash"), short(text)),
            "method" => t.or("proof-", text),
            "ground" if ErasureGround::from_name(text).is_some() => t.of("erasure-ground-", text),
            "ground" => t.or("refusal-", text),
            "outcome" => t.or("outcome-", text),
            "state" => t.or("notice-state-", text),
            "letter" => t.or("letter-", text),
            "right" => t.or("right-law-", text),
            "channel" => t.or("channel-", text),
            "why" => t.or("attention-", text),
            _ => format!("{} {text}", t.or("detail-", name)),
        }),
        Value::Number(number) => Some(format!("{number} {}", t.or("detail-", name))),
        Value::Array(items) => {
            let items = items.iter().filter_map(Value::as_str);
            let items = items.map(|item| match name {
                "recipients" => reader.words.recipient(item),
                "refused" => t.or("refusal-", item),
                "for" => item.to_owned(),
                _ => t.or("by-", item),
            });
            let items: Vec<String> = items.collect();
            (!items.is_empty()).then(|| items.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}
