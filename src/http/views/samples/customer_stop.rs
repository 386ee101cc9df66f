//! The pages of a case that ends something.

use super::super::customer::{CasePage, RequestForm, RequestValues};
use super::super::customer_stop::{ConsentChoice, StopView, StoppedView};
use super::super::staff::{StaffCasePage, StaffStopView, StopChoice};
use super::customer::{case, form};
use super::{Sample, date, sample};
use crate::adapters::templates::mails::{RefusedPart, StoppedUse};
use crate::adapters::texts::Texts;
use crate::domain::identity::Level;
use crate::domain::right::Right;

pub(super) fn all(t: Texts) -> Vec<Sample> {
    vec![
        sample("form-objection", &stop_form(t, Right::Objection)),
        sample("form-consent", &stop_form(t, Right::ConsentWithdrawal)),
        sample("case-consent", &asked_to_choose(t)),
        sample("case-stopped", &stopped(t)),
    ]
}

pub(super) fn choices() -> Vec<ConsentChoice> {
    vec![
        choice(
            "newsletter",
            "Nyhetsbrevet",
            Some("Du får inte längre nyhetsbrevet."),
        ),
        choice("tips", "Tips <på> sms", None),
    ]
}

fn choice(id: &str, title: &str, stops: Option<&str>) -> ConsentChoice {
    ConsentChoice {
        field: format!("consent-{id}"),
        title: title.to_owned(),
        stops: stops.map(str::to_owned),
        chosen: id == "tips",
    }
}

/// The form of an objection, and that of a withdrawal.
fn stop_form(t: Texts, right: Right) -> RequestForm {
    let values = RequestValues {
        right: Some(right),
        objects_to: "other".to_owned(),
        ..form(t).values
    };
    RequestForm { values, ..form(t) }
}

/// A case of a right that ends something.
fn stop_case(t: Texts, right: Right, state: &str, stop: StopView) -> CasePage {
    CasePage {
        right,
        stop: Some(stop),
        plan: None,
        level: Level::A0,
        required_level: Level::A0,
        ..case(t, state)
    }
}

fn asked_to_choose(t: Texts) -> CasePage {
    let stop = StopView {
        asks: true,
        choices: choices(),
        ..StopView::default()
    };
    stop_case(t, Right::ConsentWithdrawal, "assessing", stop)
}

fn stopped(t: Texts) -> CasePage {
    let done = StoppedView {
        from: date("2026-09-08"),
        campaigns_until: date("2026-09-11"),
        marketing: true,
        uses: vec![StoppedUse {
            title: "Nyhetsbrevet".to_owned(),
            stops: Some("Du får inte längre nyhetsbrevet.".to_owned()),
        }],
        refused: vec![RefusedPart {
            what: "Analys".to_owned(),
            ground: "overriding_grounds_21_1".to_owned(),
            reason: "Vi måste <kunna> skydda oss.".to_owned(),
        }],
        erasable: true,
    };
    let stop = StopView {
        done: Some(done),
        ..StopView::default()
    };
    stop_case(t, Right::Objection, "answered", stop)
}

/// The case as staff see it.
pub(super) fn objection(case: StaffCasePage) -> StaffCasePage {
    StaffCasePage {
        right: Right::Objection,
        stop: Some(StaffStopView {
            objection: true,
            said: Some("other"),
            marketing: true,
            choices: vec![StopChoice {
                field: "stop-usage".to_owned(),
                title: "Analys av <användning>".to_owned(),
                chosen: true,
            }],
            stopped: vec![],
        }),
        plan: None,
        ..case
    }
}
