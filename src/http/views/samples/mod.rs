//! Sample data for every page, so that tests and previews can render them all.

mod admin;
mod announced;
mod changes;
mod core;
mod course;
mod customer;
mod customer_stop;
mod desk;
mod erased;
mod outbox;
mod purges;
mod recipient;
mod staff;
mod standing;
mod tasks;

use askama::Template;
use chrono::NaiveDate;

use super::layout::{ErrorPage, Page, StaffBar};
use crate::adapters::templates::look::OrganisationLook;
use crate::adapters::texts::Texts;
use crate::domain::language::Language;

/// A page rendered from sample data.
pub struct Sample {
    /// A name for messages and files.
    pub name: String,
    /// The HTML.
    pub html: String,
}

/// Every page in `language`.
pub fn all(language: Language) -> Vec<Sample> {
    let t = Texts::new(language);
    let mut samples = customer::all(t);
    samples.extend(recipient::all(t));
    samples.extend(staff::all(t));
    samples.extend(announced::all(t));
    samples.push(sample(
        "records",
        &desk::records(t, staff_page("/staff", "queue")),
    ));
    samples.extend(admin::all(t));
    samples.extend(changes::all(t));
    samples.extend(core::all(t));
    samples.extend(outbox::all(t));
    samples.extend(purges::all(t));
    samples.extend(standing::all(t));
    samples.extend(tasks::all(t));
    for status in ErrorPage::STATUSES {
        let incident = (status == 500).then(|| "0192-7f3a-51cc".to_owned());
        samples.push(sample(
            &format!("error-{status}"),
            &ErrorPage {
                t,
                page: page("/requests/R-7K2M-94QX"),
                status,
                incident,
                thinned: false,
            },
        ));
    }
    samples.push(sample(
        "error-thinned",
        &ErrorPage {
            t,
            page: page("/requests/R-7K2M-94QX"),
            status: 410,
            incident: None,
            thinned: true,
        },
    ));
    samples
}

fn sample(name: &str, template: &impl Template) -> Sample {
    Sample {
        name: name.to_owned(),
        html: template.render().unwrap(),
    }
}

pub(super) fn look() -> OrganisationLook {
    OrganisationLook {
        name: "Nordhamn".to_owned(),
        legal_name: "Nordhamn Webb AB".to_owned(),
        organisation_number: "556036-0793".to_owned(),
        email: "dataskydd@nordhamn.example".to_owned(),
        phone: Some("010-555 00 00".to_owned()),
        dpo: Some("ombud@nordhamn.example".to_owned()),
        colour: "#14506e".to_owned(),
        public_url: "https://data.nordhamn.example".to_owned(),
    }
}

pub(super) fn page(path: &str) -> Page {
    Page {
        look: look(),
        path: path.to_owned(),
        csrf: "csrf-token".to_owned(),
        staff: None,
        flash: None,
    }
}

fn staff_page(path: &str, section: &'static str) -> Page {
    let staff = StaffBar {
        name: "Maja Ek".to_owned(),
        role: "admin".to_owned(),
        section,
    };
    Page {
        staff: Some(staff),
        ..page(path)
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn words(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
