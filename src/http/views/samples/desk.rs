//! What a case holds on the page of staff: the plan, the notices, the events.

use super::super::staff::{EventRow, NoticeRow, PlanRow, StaffPlanView};
use super::{date, words};

pub(super) fn plan() -> StaffPlanView {
    let row = |system: &str, table: &str, effect: &'static str, rows: u64| PlanRow {
        system: system.to_owned(),
        table: table.to_owned(),
        effect,
        rows,
        ground: (effect == "retain").then(|| "7 kap. 2 § bokföringslagen".to_owned()),
        until: (effect == "retain").then(|| date("2033-12-31")),
    };
    StaffPlanView {
        prepared_by: "Ville Hag".to_owned(),
        prepared_at: "2026-08-26 11:20".to_owned(),
        rows: vec![
            row("Webbhotell", "messages", "erase", 12_410),
            row("Webbhotell", "mailboxes", "erase", 3),
            row("Faktureringssystem", "customers", "reduce", 1),
            row("Faktureringssystem", "invoices", "retain", 24),
            row("Kundvård", "newsletter", "keep", 1),
        ],
        services: words(&["Webbhotell Bas – skogsblomma.test"]),
        domains: words(&["skogsblomma.test"]),
        backups: vec![("Webbhotell".to_owned(), date("2026-10-13"))],
        confirmed_at: None,
        needs_confirmation: true,
        hash: "9f3c51ab".to_owned(),
    }
}

pub(super) fn notices() -> Vec<NoticeRow> {
    let notice =
        |recipient: &str, channel: &str, state: &str, outcome: Option<&str>, note: Option<&str>| NoticeRow {
            recipient: recipient.to_owned(),
            channel: channel.to_owned(),
            state: state.to_owned(),
            sent_on: Some(date("2026-09-08")),
            answered_on: outcome.map(|_| date("2026-09-09")),
            outcome: outcome.map(str::to_owned),
            note: note.map(str::to_owned),
        };
    let mut notices = vec![
        notice("Molnkontoret", "email", "answered", Some("erased"), None),
        notice(
            "Fakturagiganten",
            "api",
            "answered",
            Some("refused"),
            Some("Lag kräver att vi sparar dem"),
        ),
        notice(
            "Klickmätarna",
            "manual",
            "impossible",
            None,
            Some("Inget att känna igen personen på"),
        ),
    ];
    for state in [
        "planned",
        "queued",
        "sent",
        "bounced",
        "informed",
        "overdue",
        "escalated",
        "unanswered",
    ] {
        notices.push(notice("Norddomän Registry", "portal", state, None, None));
    }
    notices
}

pub(super) fn events() -> Vec<EventRow> {
    let event = |at: &str, actor: &str, name: &str, detail: Option<&str>| EventRow {
        at: at.to_owned(),
        actor: actor.to_owned(),
        name: name.to_owned(),
        detail: detail.map(str::to_owned),
    };
    vec![
        event(
            "2026-08-26 11:20",
            "Ville Hag",
            "plan_prepared",
            Some("version 7"),
        ),
        event(
            "2026-08-25 09:02",
            "Maja Ek",
            "identity_accepted",
            Some("call_back → A2"),
        ),
        event("2026-08-24 14:03", "Personen", "received", None),
        event("2026-08-24 14:03", "Systemet", "something_new", None),
    ]
}
