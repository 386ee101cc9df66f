//! The pages of the person who asks.

use super::super::customer::{
    CasePage, CodePage, MessageItem, PersonCourse, RegisterGroup, RegisterPage, RegisterRecipient,
    RequestForm, RequestValues, StartPage, SubmittedPage, TimelineItem,
};
use super::super::layout::FieldErrors;
use super::course::{downloads, person as course};
use super::erased::{answer, plan};
use super::{Sample, date, page, sample};
use crate::adapters::texts::Texts;
use crate::domain::identity::Level;
use crate::domain::right::Right;

const REFERENCE: &str = "R-7K2M-94QX";

pub(super) fn all(t: Texts) -> Vec<Sample> {
    let confirm = CasePage {
        plan: Some(plan(false)),
        level: Level::A2,
        ..case(t, "assessing")
    };
    let asked = CasePage {
        course: course(),
        ..case(t, "clarification_pending")
    };
    let approved = CasePage {
        plan: Some(plan(true)),
        level: Level::A2,
        may_stop_until: Some("2026-09-08 10:15".to_owned()),
        ..case(t, "approved")
    };
    let answered = CasePage {
        answer: Some(answer()),
        may_withdraw: false,
        downloads: downloads(),
        ..case(t, "answered")
    };
    let mut samples = vec![
        sample("case-asked", &asked),
        sample("start", &start(t, None)),
        sample("start-reference", &start(t, Some("DR <7K4M>"))),
        sample("form", &form(t)),
        sample("form-errors", &form_with_errors(t)),
        sample("form-handed-over", &form_handed_over(t)),
        sample("submitted", &submitted(t)),
        sample("code", &code(t, None)),
        sample("code-wrong", &code(t, Some("code_invalid"))),
        sample("code-spent", &code(t, Some("code_spent"))),
        sample("code-many", &code(t, Some("code_too_many"))),
        sample(
            "code-kept",
            &CodePage {
                kept: "Hur går det?".to_owned(),
                ..code(t, None)
            },
        ),
        sample("case-confirm", &confirm),
        sample("case-approved", &approved),
        sample("case-answered", &answered),
        sample("register", &register(t)),
        sample(
            "register-empty",
            &RegisterPage {
                groups: Vec::new(),
                updated_on: None,
                changes: vec![],
                ..register(t)
            },
        ),
    ];
    samples.extend(super::customer_stop::all(t));
    for state in super::super::staff::STATES {
        samples.push(sample(&format!("case-{state}-bare"), &case(t, state)));
    }
    samples
}

fn start(t: Texts, reference: Option<&str>) -> StartPage {
    StartPage {
        rights: Right::ALL.to_vec(),
        t,
        page: page("/"),
        reference: reference.map(str::to_owned),
    }
}

fn form_handed_over(t: Texts) -> RequestForm {
    let values = RequestValues {
        name: "Åsa Öberg".to_owned(),
        email: "asa.oberg@skogsblomma.test".to_owned(),
        customer_number: "K-1042".to_owned(),
        ..form(t).values
    };
    RequestForm {
        values,
        handed_over: Some("c2VhbGVk".to_owned()),
        ..form(t)
    }
}

pub(super) fn form(t: Texts) -> RequestForm {
    RequestForm {
        rights: Right::ALL.to_vec(),
        t,
        page: page("/requests/new?right=erasure"),
        values: RequestValues {
            right: Some(Right::Erasure),
            language: t.language(),
            ..RequestValues::default()
        },
        errors: FieldErrors::default(),
        submission: "0192f0c1".to_owned(),
        consents: super::customer_stop::choices(),
        handed_over: None,
    }
}

fn form_with_errors(t: Texts) -> RequestForm {
    let values = RequestValues {
        right: None,
        name: "Åsa <Öberg>".to_owned(),
        email: "asa@".to_owned(),
        personal_number: "20000101-2385".to_owned(),
        acting: true,
        acting_name: "Per \"Pelle\" Öberg".to_owned(),
        language: t.language(),
        ..RequestValues::default()
    };
    let errors = FieldErrors::of_fields(&[
        "right",
        "message",
        "email",
        "name",
        "customer_number",
        "personal_number",
        "acting_name",
        "acting_relation",
    ]);
    RequestForm {
        values,
        errors,
        ..form(t)
    }
}

fn submitted(t: Texts) -> SubmittedPage {
    SubmittedPage {
        t,
        page: page("/requests/R-7K2M-94QX/submitted"),
        reference: REFERENCE.to_owned(),
        right: Right::Erasure,
        received_on: date("2026-08-24"),
        due_on: date("2026-09-24"),
    }
}

fn code(t: Texts, error: Option<&str>) -> CodePage {
    CodePage {
        t,
        page: page("/requests/R-7K2M-94QX"),
        reference: REFERENCE.to_owned(),
        error: error.map(str::to_owned),
        kept: String::new(),
    }
}

pub(super) fn case(t: Texts, state: &str) -> CasePage {
    CasePage {
        t,
        page: page("/requests/R-7K2M-94QX"),
        reference: REFERENCE.to_owned(),
        right: Right::Erasure,
        account_ended: false,
        state: state.to_owned(),
        stop: None,
        received_on: date("2026-08-24"),
        due_on: date("2026-09-24"),
        extended_due_on: (state == "clarification_pending").then(|| date("2026-11-24")),
        paused: state == "clarification_pending",
        level: Level::A1,
        required_level: Level::A2,
        plan: None,
        answer: None,
        timeline: timeline(),
        messages: messages(),
        downloads: Vec::new(),
        course: PersonCourse::default(),
        may_withdraw: true,
        may_stop_until: None,
        may_write: state != "closed",
        may_state: false,
        message: String::new(),
        errors: FieldErrors::default(),
    }
}

fn timeline() -> Vec<TimelineItem> {
    let item = |at: &str, key: &str| TimelineItem {
        at: at.to_owned(),
        key: key.to_owned(),
    };
    vec![
        item("2026-08-26 11:20", "event-plan_prepared"),
        item("2026-08-25 09:02", "event-identity_accepted"),
        item("2026-08-24 14:09", "event-identity_proven"),
        item("2026-08-24 14:03", "event-received"),
    ]
}

fn messages() -> Vec<MessageItem> {
    let message = |at: &str, from_person: bool, text: &str| MessageItem {
        at: at.to_owned(),
        from_person,
        text: text.to_owned(),
    };
    vec![
        message(
            "2026-08-25 08:40",
            false,
            "Hej! Vi ringer upp dig i dag på numret vi har.\n\nGår det bra efter lunch?",
        ),
        message("2026-08-25 08:51", true, "Ja, det går bra. <b>Tack</b>"),
    ]
}

fn register(t: Texts) -> RegisterPage {
    let recipient = |name: &str, country: &str, role: &str, data: &str| RegisterRecipient {
        name: name.to_owned(),
        country: country.to_owned(),
        role: role.to_owned(),
        data: data.to_owned(),
    };
    let groups = vec![
        RegisterGroup {
            purpose: "Leverera tjänster".to_owned(),
            recipients: vec![
                recipient(
                    "Norddomän Registry",
                    "Danmark",
                    "independent_controller",
                    "Domännamn, kontaktnummer",
                ),
                recipient(
                    "Molnkontoret",
                    "Irland",
                    "processor",
                    "Användarnamn för kontorsprogram",
                ),
                recipient("Serverhallen Väst", "Sverige", "sub_processor", "Kontonamn"),
            ],
        },
        RegisterGroup {
            purpose: "Skicka nyhetsbrev".to_owned(),
            recipients: vec![recipient(
                "Brevduvan Utskick",
                "Estland",
                "joint_controller",
                "E-postadress",
            )],
        },
    ];
    RegisterPage {
        t,
        page: page("/register"),
        groups,
        updated_on: Some(date("2026-05-02")),
        changes: super::announced::published(),
    }
}
