//! Sample data for every mail, for tests and previews.

mod ended;
mod listed;

pub(crate) use listed::recipient_list;

use chrono::NaiveDate;

use super::answer::{Gone, Kept, Reply, Told};
use super::changes::{AddressChangedMail, CorrectedField, KeptDocuments, Rectified, RectifiedMail};
use super::course;
use super::look::OrganisationLook;
use super::mails::{
    AnswerThanksMail, CodeMail, CodeOnFileMail, ErasureDoneMail, ErasureStoppedMail, GrantedMail,
    HumanReviewMail, LapsedMail, MergedMail, MessageMail, NoDataMail, NoticeMail, PackageReadyMail,
    PlanConfirmMail, RefusedMail, RefusedPart, StoppedMail, StoppedUse, WithdrawnMail,
};
use super::render::MailBody;
use super::restrictions::{ConsentTo, LiftAnnouncedMail, Restricted, RestrictedMail, RestrictionLiftedMail};
use crate::adapters::texts::Texts;
use crate::domain::right::Right;

const REFERENCE: &str = "R-7K2M-94QX";
const LINK: &str = "https://data.nordhamn.example/requests/R-7K2M-94QX";
pub(super) const CODE: &str = "40718265";

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn words(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub(crate) fn look() -> OrganisationLook {
    OrganisationLook {
        name: "Nordhamn".to_owned(),
        legal_name: "Nordhamn Webb AB".to_owned(),
        organisation_number: "556036-0793".to_owned(),
        email: "dataskydd@nordhamn.example".to_owned(),
        phone: Some("010-555 00 00".to_owned()),
        dpo: Some("ombud@nordhamn.example".to_owned()),
        colour: "#e8b021".to_owned(),
        public_url: "https://data.nordhamn.example".to_owned(),
    }
}

pub(super) fn done() -> ErasureDoneMail {
    let told = |recipient: &str, on: Option<&str>, answer: Reply, note: Option<&str>| Told {
        recipient: recipient.to_owned(),
        about: "Irland; Personuppgiftsbiträde; Leverans av tjänster".to_owned(),
        on: on.map(date),
        answer,
        note: note.map(str::to_owned),
    };
    ErasureDoneMail {
        reference: REFERENCE.to_owned(),
        gone: vec![Gone {
            system: "Webbhotell".to_owned(),
            what: words(&["Webbplatser", "E-postlådor"]),
            on: Some(date("2026-09-08")),
            backups_until: Some(date("2026-10-13")),
        }],
        kept: vec![Kept {
            what: "Fakturor".to_owned(),
            system: "Faktureringssystem".to_owned(),
            ground: "7 kap. 2 § bokföringslagen".to_owned(),
            until: Some(date("2033-12-31")),
        }],
        told: vec![
            told(
                "Molnkontoret",
                Some("2026-09-08"),
                Reply::Outcome("erased".to_owned()),
                None,
            ),
            told("Brevduvan", Some("2026-09-08"), Reply::Awaited, None),
            told(
                "Klickmätarna",
                None,
                Reply::Impossible,
                Some("inget att känna igen dig på"),
            ),
        ],
        suppressed: true,
        ground: Some(("no_longer_needed_17_1_a".to_owned(), None)),
        refused: vec![],
    }
}

/// An erasure that was granted in part, on a ground that staff explain.
fn done_in_part() -> ErasureDoneMail {
    ErasureDoneMail {
        ground: Some((
            "unlawful_17_1_d".to_owned(),
            Some("Uppgifterna kom från en lista som inte fick säljas.".to_owned()),
        )),
        refused: vec![RefusedPart {
            what: "Kundtjänst".to_owned(),
            ground: "legal_claims_17_3_e".to_owned(),
            reason: "Vi är oense om en faktura.\n\nÄrendena är bevis i den tvisten.".to_owned(),
        }],
        ..done()
    }
}

pub(super) fn notice(reminder: bool) -> NoticeMail {
    NoticeMail {
        reference: "N-4GH2-81KC".to_owned(),
        kind: "erasure".to_owned(),
        role: "processor".to_owned(),
        legal_basis: "Artikel 19 och 28.3 a i dataskyddsförordningen".to_owned(),
        decided_on: date("2026-09-08"),
        answer_by: Some(date("2026-09-22")),
        link: "https://data.nordhamn.example/notices/pQ7x".to_owned(),
        code: CODE.to_owned(),
        reminder,
    }
}

pub(super) fn to_the_person() -> Vec<MailBody> {
    let (reference, link, code) = (REFERENCE.to_owned(), LINK.to_owned(), CODE.to_owned());
    vec![
        MailBody::Code(CodeMail {
            reference: reference.clone(),
            right: Right::Erasure,
            received_on: date("2026-08-24"),
            due_on: date("2026-09-24"),
            code: code.clone(),
            link: link.clone(),
        }),
        MailBody::CodeOnFile(CodeOnFileMail {
            reference: reference.clone(),
            right: Right::Access,
            code,
            link: link.clone(),
        }),
        MailBody::PlanConfirm(PlanConfirmMail {
            reference: reference.clone(),
            services: words(&["Webbhotell Bas – skogsblomma.test", "E-post – skogsblomma.test"]),
            domains: words(&["skogsblomma.test"]),
            link: link.clone(),
        }),
        MailBody::ErasureStopped(ErasureStoppedMail {
            reference: reference.clone(),
            by_person: true,
            link: link.clone(),
        }),
        MailBody::ErasureDone(done()),
        MailBody::Refused(RefusedMail {
            reference: reference.clone(),
            right: Right::Erasure,
            grounds: words(&["no_erasure_ground_17_1", "legal_obligation_17_3_b"]),
            reason: "Ditt webbhotell är igång.\n\nVi behöver uppgifterna för att leverera det.".to_owned(),
            next: "Säg upp tjänsten, så kan vi radera.".to_owned(),
        }),
        MailBody::Lapsed(LapsedMail {
            reference: reference.clone(),
            right: Right::Access,
        }),
        MailBody::Withdrawn(WithdrawnMail {
            reference: reference.clone(),
            right: Right::Portability,
        }),
        MailBody::NoData(NoDataMail {
            reference: reference.clone(),
            systems: words(&["Webbhotell", "Kundvård"]),
        }),
        MailBody::Message(MessageMail {
            reference,
            text: "Hej Åsa!\n\nGår det bra <i>i dag</i>?".to_owned(),
            link,
        }),
    ]
}

/// What was granted, in full and in part, and what goes on elsewhere.
fn granted() -> Vec<MailBody> {
    let (reference, link) = (REFERENCE.to_owned(), LINK.to_owned());
    vec![
        MailBody::Granted(GrantedMail {
            reference: reference.clone(),
            right: Right::Rectification,
            refused: vec![RefusedPart {
                what: "Betalningsanmärkning".to_owned(),
                ground: "accuracy_not_shown".to_owned(),
                reason: "Uppgiften stämmer med det beslut vi har fått.".to_owned(),
            }],
            link: link.clone(),
        }),
        MailBody::PackageReady(PackageReadyMail {
            reference: reference.clone(),
            right: Right::Access,
            until: date("2026-10-08"),
            partly: true,
            link: link.clone(),
        }),
        MailBody::PackageReady(PackageReadyMail {
            reference: reference.clone(),
            right: Right::Portability,
            until: date("2026-10-08"),
            partly: false,
            link: link.clone(),
        }),
        MailBody::HumanReview(HumanReviewMail {
            reference: reference.clone(),
            outcome: "changed".to_owned(),
            reasons: "Spärren byggde på en gammal adress. Den är hävd.".to_owned(),
            link: link.clone(),
        }),
        MailBody::Merged(MergedMail {
            reference: reference.clone(),
            right: Right::Access,
            into: "R-2H9T-03BD".to_owned(),
            link: link.clone(),
        }),
        MailBody::Granted(GrantedMail {
            reference,
            right: Right::Objection,
            refused: vec![],
            link,
        }),
    ]
}

/// A restriction from its beginning to its end.
fn restricted() -> Vec<MailBody> {
    let (reference, link) = (REFERENCE.to_owned(), LINK.to_owned());
    let restriction = Restricted {
        ground: "accuracy".to_owned(),
        categories: words(&["Kontaktuppgifter", "Tjänster"]),
        from: date("2026-09-08"),
        expected_end: Some(date("2026-10-08")),
        allowed: words(&["consent", "legal_claims"]),
        services: "continue_with_consent".to_owned(),
        consents: vec![ConsentTo {
            id: "deliver_services".to_owned(),
            title: "Tillhandahållande av tjänster".to_owned(),
            given: false,
        }],
        told: done().told,
        ..Restricted::default()
    };
    let bare = Restricted {
        services: "pause".to_owned(),
        expected_end: None,
        consents: Vec::new(),
        told: Vec::new(),
        ..restriction.clone()
    };
    let mail = |restriction| RestrictedMail {
        reference: REFERENCE.to_owned(),
        restriction,
        refused: vec![],
        link: LINK.to_owned(),
    };
    vec![
        MailBody::Restricted(mail(restriction)),
        MailBody::Restricted(mail(bare)),
        MailBody::LiftAnnounced(LiftAnnouncedMail {
            reference: reference.clone(),
            ground: "objection".to_owned(),
            reason: "legitimate_grounds".to_owned(),
            from: date("2026-09-08"),
            on: date("2026-09-22"),
            link,
        }),
        MailBody::RestrictionLifted(RestrictionLiftedMail {
            reference,
            reason: "rectified".to_owned(),
            on: date("2026-09-22"),
        }),
    ]
}

/// A rectification: with a document that is kept and a part that is refused, and with nothing but a completion.
fn rectified() -> Vec<MailBody> {
    let corrected = |field: &str, old: &str, new: &str| CorrectedField {
        field: field.to_owned(),
        old: old.to_owned(),
        new: new.to_owned(),
        systems: "Faktureringssystem, Kundvård".to_owned(),
    };
    let mail = |answer| RectifiedMail {
        reference: REFERENCE.to_owned(),
        answer,
        link: LINK.to_owned(),
        restriction: "https://data.nordhamn.example/requests/new?right=restriction".to_owned(),
    };
    let in_part = Rectified {
        corrected: vec![corrected("Namn", "A*** O***", "Å*** Ö***")],
        kept: vec![KeptDocuments {
            what: "Fakturor".to_owned(),
            system: "Faktureringssystem".to_owned(),
            ground: "7 kap. 2 § bokföringslagen".to_owned(),
            count: 3,
        }],
        on: Some(date("2026-09-08")),
        told: done().told,
        refused: vec![RefusedPart {
            what: "Betalningsanmärkning".to_owned(),
            ground: "accuracy_not_shown".to_owned(),
            reason: "Uppgiften stämmer med det beslut vi har fått.".to_owned(),
        }],
    };
    let completed = Rectified {
        corrected: vec![corrected("Telefonnummer", "", "***05")],
        on: Some(date("2026-09-08")),
        ..Rectified::default()
    };
    vec![
        MailBody::Rectified(mail(in_part)),
        MailBody::Rectified(mail(completed)),
        MailBody::AddressChanged(AddressChangedMail {
            reference: REFERENCE.to_owned(),
            on: date("2026-09-08"),
            new: "n***@kund.example".to_owned(),
        }),
        MailBody::Notice(NoticeMail {
            kind: "rectification".to_owned(),
            ..notice(false)
        }),
    ]
}

/// What was stopped, of each kind.
fn stopped() -> Vec<MailBody> {
    let use_of = |title: &str, stops: Option<&str>| StoppedUse {
        title: title.to_owned(),
        stops: stops.map(str::to_owned),
    };
    let mail = StoppedMail {
        reference: REFERENCE.to_owned(),
        from: date("2026-09-08"),
        campaigns_until: date("2026-09-11"),
        uses: vec![
            use_of("Nyhetsbrev", Some("Du får inte längre vårt nyhetsbrev.")),
            use_of("Erbjudanden", None),
        ],
        refused: vec![],
        erasable: true,
        link: LINK.to_owned(),
    };
    let refused = RefusedPart {
        what: "Skydd mot missbruk".to_owned(),
        ground: "overriding_grounds_21_1".to_owned(),
        reason: "Utan loggarna kan vi inte skydda andra kunder.".to_owned(),
    };
    vec![
        MailBody::ObjectionMarketing(mail.clone()),
        MailBody::ObjectionOther(StoppedMail {
            refused: vec![refused],
            erasable: false,
            ..mail.clone()
        }),
        MailBody::ConsentWithdrawn(mail),
    ]
}

pub(crate) fn all() -> Vec<MailBody> {
    let mut mails = to_the_person();
    mails.extend(granted());
    mails.extend(rectified());
    mails.extend(stopped());
    mails.extend(restricted());
    mails.extend(ended::account_ended());
    mails.push(MailBody::ErasureStopped(ErasureStoppedMail {
        reference: REFERENCE.to_owned(),
        by_person: false,
        link: LINK.to_owned(),
    }));
    mails.push(MailBody::ErasureDone(ErasureDoneMail {
        kept: Vec::new(),
        told: Vec::new(),
        suppressed: false,
        ground: None,
        ..done()
    }));
    mails.push(MailBody::ErasureDone(done_in_part()));
    for letter in course::tests::samples() {
        let look = look();
        let body = course::mail(Texts::default(), REFERENCE.to_owned(), &letter, &look.public_url);
        mails.push(MailBody::Course(body));
    }
    mails.push(MailBody::Course(recipient_list(Texts::default())));
    mails.push(MailBody::Notice(notice(false)));
    mails.push(MailBody::Notice(notice(true)));
    mails.push(MailBody::Notice(NoticeMail {
        answer_by: None,
        role: "independent_controller".to_owned(),
        ..notice(false)
    }));
    mails.push(MailBody::AnswerThanks(AnswerThanksMail {
        reference: "N-4GH2-81KC".to_owned(),
        outcome: "erased".to_owned(),
        answered_on: date("2026-09-09"),
    }));
    mails
}
