//! What a case holds on the page of staff: the plan, the notices, the events.

use super::super::layout::Page;
use super::super::staff::{
    CandidateView, ClockView, CollectView, EventRow, ExcludedView, GroundChoice, MailRow, MatchView,
    NoticeRow, PartRow, PlanForm, PlanRow, RecordsPage, StaffPackageView, StaffPlanView, StepRow,
};
use super::{date, words};
use crate::adapters::templates::mails::RefusedPart;
use crate::adapters::texts::Texts;

pub(super) fn plan() -> StaffPlanView {
    let row = |system: &str, what: &str, table: &str, effect: &str, rows: usize| PlanRow {
        system: system.to_owned(),
        what: what.to_owned(),
        table: table.to_owned(),
        effect: effect.to_owned(),
        rows,
        size: (table == "messages").then(|| "2,4 MB".to_owned()),
        ground: (effect == "retain").then(|| "7 kap. 2 § bokföringslagen".to_owned()),
        until: (effect == "retain").then(|| date("2033-12-31")),
    };
    StaffPlanView {
        prepared_by: "ville@nordhamn.example".to_owned(),
        prepared_at: "2026-08-26 11:20".to_owned(),
        is_current: true,
        rows: vec![
            row("Webbhotell", "Det du lagrar hos oss", "messages", "erase", 12_410),
            row("Webbhotell", "Det du lagrar hos oss", "mailboxes", "erase", 3),
            row("Faktureringssystem", "Kontaktuppgifter", "customers", "reduce", 1),
            row("Faktureringssystem", "Bokföring", "invoices", "retain", 24),
            row("Kundvård", "Marknadsföring", "newsletter", "keep", 1),
        ],
        services: words(&["Webbplats: skogsblomma.test", "Domännamn: skogsblomma.test"]),
        ground: ground(),
        refused: vec![refused()],
        backups: vec![("Webbhotell".to_owned(), 35)],
        by_hand: vec!["Kundtjänst".to_owned()],
        confirmed_at: None,
        needs_confirmation: true,
        hash: "9f3c51ab".to_owned(),
        steps: Vec::new(),
    }
}

/// A ground that staff explain.
pub(super) fn ground() -> (String, Option<String>) {
    let why = "Uppgifterna kom från en lista som inte fick säljas.";
    ("unlawful_17_1_d".to_owned(), Some(why.to_owned()))
}

/// A part of an erasure that is refused.
pub(super) fn refused() -> RefusedPart {
    RefusedPart {
        what: "Kundtjänst".to_owned(),
        ground: "legal_claims_17_3_e".to_owned(),
        reason: "Vi är oense om en faktura.\n\nÄrendena är bevis i den tvisten.".to_owned(),
    }
}

/// What the form of a plan offers.
pub(super) fn plan_form() -> PlanForm {
    let ground = |name, standing| GroundChoice { name, standing };
    PlanForm {
        grounds: vec![
            ground("no_longer_needed_17_1_a", "once_services_end"),
            ground("consent_withdrawn_17_1_b", "shown"),
            ground("unlawful_17_1_d", "unshown"),
        ],
        items: vec![
            ("support".to_owned(), "Kundtjänst".to_owned()),
            ("crm.tickets".to_owned(), "Kundvård: tickets".to_owned()),
        ],
        refusal_grounds: vec!["legal_claims_17_3_e", "no_erasure_ground_17_1"],
        services_run: true,
        contract_needs: words(&["Kontaktuppgifter", "Tjänster"]),
    }
}

pub(super) fn steps() -> Vec<StepRow> {
    let step = |kind: &'static str, table: &str, state: &'static str, done: i64, planned: i64| StepRow {
        system: "Webbhotell".to_owned(),
        table: table.to_owned(),
        kind,
        state,
        failure: (state == "failed").then(|| "hosting does not answer: the connection is gone".to_owned()),
        done,
        planned,
    };
    vec![
        step("freeze", "", "done", 0, 0),
        step("delete", "messages", "done", 12_410, 12_410),
        step("reduce", "customers", "failed", 0, 1),
        step("verify", "", "pending", 0, 0),
    ]
}

pub(super) fn found(system: &str, what: &str, table: &str, by: &[&'static str], rows: usize) -> MatchView {
    MatchView {
        system: system.to_owned(),
        what: what.to_owned(),
        table: table.to_owned(),
        kind: (table == "customers").then(|| "sole_trader".to_owned()),
        by: by.to_vec(),
        rows,
    }
}

pub(super) fn excluded() -> Vec<ExcludedView> {
    ["another_person", "shared", "not_a_person"]
        .map(|why| ExcludedView {
            found: found("Kundvård", "Försäljning", "people", &["email"], 1),
            why,
        })
        .to_vec()
}

pub(super) fn candidates() -> Vec<CandidateView> {
    let account = |key: &str, kind: &str, number: &str| CandidateView {
        key: key.to_owned(),
        system: "Faktureringssystem".to_owned(),
        kind: Some(kind.to_owned()),
        customer_number: Some(number.to_owned()),
        personal_number: Some("20000101-****".to_owned()),
        email: Some("asa.oberg@skogsblomma.test".to_owned()),
    };
    vec![
        account("[\"41\"]", "private", "N-10482"),
        account("[\"97\"]", "sole_trader", "N-11730"),
    ]
}

pub(super) fn mails() -> Vec<MailRow> {
    let mail = |letter: &str, state: &'static str, failure: Option<&str>| MailRow {
        letter: letter.to_owned(),
        state,
        at: "2026-08-24 14:03".to_owned(),
        failure: failure.map(str::to_owned),
    };
    vec![
        mail("code", "sent", None),
        mail("plan_confirm", "queued", None),
        mail("notice", "failed", Some("550")),
    ]
}

pub(super) fn notices() -> Vec<NoticeRow> {
    let notice = |recipient: &str, channel: &str, state: &str, outcome: Option<&str>, note: &str| NoticeRow {
        id: format!("{}-{state}", recipient.to_lowercase().replace(' ', "-")),
        recipient: recipient.to_owned(),
        channel: channel.to_owned(),
        state: state.to_owned(),
        sent_on: Some(date("2026-09-08")),
        answer_by: Some(date("2026-10-08")),
        reminded_on: None,
        phone: None,
        waits_for_staff: state == "bounced",
        answered_on: outcome.map(|_| date("2026-09-09")),
        outcome: outcome.map(str::to_owned),
        notes: if note.is_empty() { vec![] } else { words(&[note]) },
        task: None,
        outcomes: vec!["erased", "refused"],
        grounds: vec!["legal_obligation"],
    };
    let task = vec![
        ("domain_name", "skogsblomma.test".to_owned()),
        ("registrant_handle", "NDR-11820-SE".to_owned()),
    ];
    let mut notices = vec![
        notice("Molnkontoret", "email", "answered", Some("erased"), ""),
        notice(
            "Fakturagiganten",
            "api",
            "answered",
            Some("refused"),
            "Lag kräver att vi sparar dem",
        ),
        notice(
            "Klickmätarna",
            "manual",
            "impossible",
            None,
            "Inget att känna igen personen på",
        ),
        NoticeRow {
            task: Some(task),
            waits_for_staff: true,
            ..notice("Norddomän Registry", "portal", "queued", None, "")
        },
    ];
    for state in ["planned", "sent", "bounced", "informed", "cancelled"] {
        notices.push(notice("Norddomän Registry", "portal", state, None, ""));
    }
    for state in ["overdue", "escalated", "unanswered"] {
        notices.push(NoticeRow {
            reminded_on: Some(date("2026-09-22")),
            phone: Some("+46 8 465 004 00".to_owned()).filter(|_| state != "overdue"),
            ..notice("Fakturagiganten", "email", state, None, "")
        });
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
            "ville@nordhamn.example",
            "plan_made",
            Some("version 7"),
        ),
        event(
            "2026-08-25 09:02",
            "maja@nordhamn.example",
            "identity_accepted",
            Some("call_back → A2"),
        ),
        event("2026-08-24 14:03", "Personen", "case_received", None),
        event("2026-08-24 14:03", "Systemet", "something_new", None),
    ]
}

pub(super) fn collect() -> CollectView {
    CollectView {
        undecided: vec![(
            "usage".to_owned(),
            "Användning och loggar".to_owned(),
            vec!["Säkerhet: avtal; rättslig förpliktelse".to_owned()],
        )],
        items: vec![("support".to_owned(), "Kundtjänst".to_owned())],
    }
}

pub(super) fn package() -> StaffPackageView {
    let part = |table: &str, counted: bool, has_free_text: bool, needs_review: bool| PartRow {
        id: format!("crm.{table}"),
        path: format!("crm/{table}"),
        system: "Kundtjänst".to_owned(),
        table: table.to_owned(),
        what: "Kundtjänst".to_owned(),
        rows: 1234,
        counted,
        has_free_text,
        needs_review,
    };
    StaffPackageView {
        state: "ready",
        until: Some("2026-12-23 09:00".to_owned()),
        downloads: 2,
        parts: vec![
            part("tickets", false, true, true),
            part("chats", false, true, false),
            part("mailboxes", true, false, false),
        ],
        without: vec![("Bokföring".to_owned(), "En <annan> grund.".to_owned())],
    }
}

/// The records of a table, before they go out.
pub(super) fn records(t: Texts, page: Page) -> RecordsPage {
    RecordsPage {
        t,
        page,
        back: "/staff/cases/R-7K2M-94QX".to_owned(),
        reference: "R-7K2M-94QX".to_owned(),
        version: 7,
        part: package().parts.remove(0),
        columns: vec![("id".to_owned(), false), ("body".to_owned(), true)],
        rows: vec![vec!["1".to_owned(), "Hej <b>du</b>".to_owned()]],
        from: 1,
        next: Some(50),
    }
}

pub(super) fn clock(state: &str) -> ClockView {
    ClockView {
        received_at: "2026-08-24 14:03".to_owned(),
        due_on: date("2026-09-24"),
        extended_due_on: (state == "executing").then(|| date("2026-11-24")),
        internal_target_on: Some(date("2026-09-17")),
        days_left: 14,
        paused: state == "clarification_pending",
        cool_off_until: (state == "approved").then(|| "2026-09-08 10:15".to_owned()),
    }
}
