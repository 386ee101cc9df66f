//! Every text that the law or our own rules ask for is there, says what it must say, and is rendered in both languages. The
//! rows are those of the list of texts; what a text must say is named by the keys of its sentences.

use scraper::Html;

use super::samples;
use crate::adapters::templates::course;
use crate::adapters::templates::render::MailBody;
use crate::adapters::templates::samples as mails;
use crate::adapters::texts::Texts;
use crate::domain::language::Language;

/// Where a text is rendered.
#[derive(Clone, Copy, Debug)]
enum Where {
    /// A mail, by its name; of those on a case's way, the name of the letter.
    Mail(&'static str),
    /// A page, by what its sample's name begins with.
    Page(&'static str),
}
use Where::{Mail, Page};

/// A text, where it is, and the keys of what it must say.
type Row = (&'static str, Where, &'static [&'static str]);

#[rustfmt::skip]
const TEXTS: [Row; 36] = [
    ("request page: free, no reason, other ways", Page("start"), &["customer-start-promise-free", "customer-start-promise-reason", "customer-start-other"]),
    ("request page: Art. 13", Page("form"), &["customer-form-privacy-title", "customer-form-privacy-keep", "customer-form-privacy-rights"]),
    ("receipt", Mail("code"), &["mail-code-withdraw", "mail-code-not-you"]),
    ("identity asked", Mail("identity_request"), &["course-identity-lead", "course-identity-choose", "course-identity-use"]),
    ("specification asked", Mail("clarification"), &["course-clarification-lead", "course-clarification-large"]),
    ("extension", Mail("extended"), &["course-extended-why", "course-extended-law", "customer-case-unsure-title"]),
    ("fee announced", Mail("fee_announced"), &["fee-why", "fee-next", "fee-withdraw", "course-not-paused"]),
    ("access: nothing held", Mail("no_data"), &["mail-no-data-lead", "mail-no-data-searched", "mail-no-data-exception", "customer-case-unsure-title"]),
    ("access: answer", Mail("package_ready"), &["mail-package-lead-access", "mail-package-more-access", "mail-package-link"]),
    ("rectified", Mail("rectified"), &["mail-rectified-lead", "rectified-title", "answer-told", "rectified-told-right"]),
    ("not rectified", Mail("rectified"), &["rectified-refused", "rectified-refused-next", "rectified-refused-restriction", "remedy-court"]),
    ("rectified in accounts", Mail("rectified"), &["rectified-kept", "rectified-kept-lead"]),
    ("erasure: consequences", Mail("plan_confirm"), &["plan-export", "plan-transfer", "plan-services", "plan-services-irrecoverable", "plan-domains-free"]),
    ("erasure: confirmed with what is kept", Page("case-confirm"), &["plan-offers", "plan-kept", "plan-kept-lead", "plan-told", "plan-accept"]),
    ("erasure done", Mail("erasure_done"), &["answer-gone", "answer-kept", "answer-kept-lead", "answer-told", "erasure-suppressed"]),
    ("erasure refused in part", Mail("erasure_done"), &["erasure-refused", "erasure-refused-next", "remedy-court"]),
    ("refused", Mail("refused"), &["mail-refused-why", "mail-refused-next", "customer-case-unsure-title", "remedy-court"]),
    ("account ended", Mail("account_ended"), &["answer-gone", "answer-kept", "answer-told"]),
    ("account to end", Mail("account_ended"), &["mail-account-undo"]),
    ("restricted", Mail("restricted"), &["restriction-why", "restriction-what", "restriction-still", "restriction-storage", "restriction-expected", "restriction-consent-at"]),
    ("before a restriction ends", Mail("lift_announced"), &["lift-why", "mail-lift-then", "mail-lift-object", "customer-case-unsure-title"]),
    ("restriction ended", Mail("restriction_lifted"), &["lift-why", "mail-lifted-told"]),
    ("portability", Mail("package_ready"), &["mail-package-lead-portability", "mail-package-more-portability"]),
    ("marketing stopped", Mail("objection_marketing"), &["mail-objection_marketing-channels", "mail-objection_marketing-service", "mail-stopped-kept"]),
    ("other objection", Mail("objection_other"), &["mail-stopped-refused", "remedy-court"]),
    ("consent withdrawn", Mail("consent_withdrawn"), &["mail-consent_withdrawn-earlier", "mail-stopped-erase"]),
    ("automated decision reviewed", Mail("human_review"), &["mail-human-review-lead", "mail-human-review-reasons", "mail-human-review-contest"]),
    ("passed on", Mail("forwarded"), &["course-forwarded-next"]),
    ("to the controller", Mail("to_controller"), &["course-controller-help", "course-controller-open"]),
    ("list of recipients", Mail("recipient_list"), &["recipient-list-lead", "recipient-list-later"]),
    ("notice", Mail("notice"), &["notice-who", "notice-what", "notice-when", "notice-basis", "notice-no-answer"]),
    ("notice: reminder", Mail("notice"), &["mail-notice-reminder-lead"]),
    ("thanks to a recipient", Mail("answer_thanks"), &["notice-thanks-lead"]),
    ("no identity", Mail("lapsed"), &["mail-lapsed-nothing", "mail-lapsed-again"]),
    ("breach", Mail("incident_to_person"), &["incident-person-what", "incident-person-consequences", "incident-person-measures", "incident-person-contact"]),
    ("change of policy or register", Mail("change_announced"), &["change-rights"]),
];

/// Words with single spaces.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every mail as text, by name.
fn all_mails(language: Language) -> Vec<(String, String)> {
    let (t, look) = (Texts::new(language), mails::look());
    let ours = mails::all().into_iter().filter_map(|mail| match &mail {
        MailBody::Course(letter) if letter.name == "recipient_list" => {
            let listed = MailBody::Course(mails::recipient_list(t));
            Some((letter.name.clone(), listed))
        }
        MailBody::Course(_) => None,
        other => Some((other.name().to_owned(), mail)),
    });
    let letters = course::tests::samples().into_iter().map(|letter| {
        let mail = course::mail(t, "R-1".to_owned(), &letter, &look.public_url);
        (mail.name.clone(), MailBody::Course(mail))
    });
    ours.chain(letters)
        .map(|(name, mail)| (name, plain(&mail.render(language, &look).text)))
        .collect()
}

/// Every page as text, by name.
fn all_pages(language: Language) -> Vec<(String, String)> {
    let shown = |html: &str| {
        let page = Html::parse_document(html);
        plain(&page.root_element().text().collect::<Vec<_>>().join(" "))
    };
    let pages = samples::all(language).into_iter();
    pages.map(|page| (page.name, shown(&page.html))).collect()
}

/// What a text lacks of what it must say, where it says the most; nothing when it says all of it.
fn lacks(t: Texts, rendered: &[String], keys: &[&'static str]) -> Option<Vec<&'static str>> {
    let of_one = |text: &String| {
        let says = |key: &&&str| text.contains(&plain(&t.get(key)));
        keys.iter().filter(|key| !says(key)).copied().collect::<Vec<_>>()
    };
    rendered.iter().map(of_one).min_by_key(Vec::len)
}

#[test]
fn every_text_is_rendered_with_what_it_must_say_in_both_languages() {
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let (mails, pages) = (all_mails(language), all_pages(language));
        for (text, place, keys) in TEXTS {
            let of = |all: &[(String, String)], is: &dyn Fn(&str) -> bool| {
                let found = all.iter().filter(|(name, _)| is(name));
                found.map(|(_, text)| text.clone()).collect::<Vec<_>>()
            };
            let found = match place {
                Mail(name) => of(&mails, &|one| one == name),
                Page(name) => of(&pages, &|one| one.starts_with(name)),
            };
            match lacks(Texts::new(language), &found, keys) {
                Some(lacking) if lacking.is_empty() => {}
                lacking => wrong.push(format!("{text} ({}): {lacking:?}", language.tag())),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "not rendered, or without these words: {wrong:#?}"
    );
}
