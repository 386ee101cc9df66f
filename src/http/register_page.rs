//! The public register: who gets data, what for and where, under the headings of the host's own policy.

use actix_web::web;

use super::pages::{self, Answer, Visit, reading};
use super::views::customer::{RegisterChange, RegisterGroup, RegisterPage, RegisterRecipient};
use crate::domain::calendar::stockholm_date;
use crate::domain::language::Language;
use crate::domain::organisation::Organisation;
use crate::domain::recipient::{Recipient, RecipientGroup};
use crate::services::changes;
use crate::store::changes::ChangeRow;

/// The headings in their order, with the names of their texts.
const GROUPS: [(RecipientGroup, &str); 4] = [
    (RecipientGroup::MarketingAndAnalysis, "marketing_and_analysis"),
    (RecipientGroup::DeliverServices, "deliver_services"),
    (RecipientGroup::TakePayment, "take_payment"),
    (RecipientGroup::Other, "other"),
];

/// The address of the page.
pub(super) fn configure(cfg: &mut web::ServiceConfig) {
    let page = web::resource("/register").default_service(web::to(pages::wrong_method));
    cfg.service(page.route(reading().to(show)));
}

async fn show(visit: Visit) -> Answer {
    let t = visit.t();
    let changes = visit.attempt(changes::list).await.unwrap_or_default();
    let language = visit.language();
    let groups = GROUPS
        .iter()
        .map(|(group, name)| RegisterGroup {
            purpose: t.of("register-group-", name),
            recipients: recipients(&visit, *group),
        })
        .filter(|group| !group.recipients.is_empty());
    Ok(visit.show(&RegisterPage {
        t,
        page: visit.page(String::new()),
        groups: groups.collect(),
        updated_on: changes
            .iter()
            .map(|change| stockholm_date(change.announced_at))
            .max(),
        changes: changes
            .iter()
            .map(|change| change_line(change, language))
            .collect(),
    }))
}

/// A change in the reader's language.
pub(super) fn change_line(change: &ChangeRow, language: Language) -> RegisterChange {
    let text = match language {
        Language::Sv => &change.text_sv,
        Language::En => &change.text_en,
    };
    RegisterChange {
        what: change.what.clone(),
        announced_on: stockholm_date(change.announced_at),
        effective_on: change.effective_on,
        text: text.clone(),
    }
}

fn recipients(visit: &Visit, group: RecipientGroup) -> Vec<RegisterRecipient> {
    let organisation: &Organisation = &visit.app.ctx.organisation;
    let of_group = organisation
        .recipients
        .iter()
        .filter(|recipient| recipient.group == group);
    of_group.map(|recipient| line(visit, recipient)).collect()
}

fn line(visit: &Visit, recipient: &Recipient) -> RegisterRecipient {
    let t = visit.t();
    let language = visit.language();
    let country = recipient.country.map(|country| {
        let name = country.name(language);
        name.unwrap_or(country.code()).to_owned()
    });
    let role = serde_json::to_value(recipient.role).ok();
    RegisterRecipient {
        name: recipient.name.clone(),
        country: country.unwrap_or_else(|| t.get("register-country-unknown")),
        role: role
            .and_then(|role| role.as_str().map(str::to_owned))
            .unwrap_or_default(),
        data: recipient.shared.get(language).to_owned(),
    }
}
