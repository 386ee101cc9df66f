//! The mails about an account that ended.

use super::super::mails::AccountEndedMail;
use super::super::render::MailBody;
use super::{LINK, REFERENCE, date, done};

/// What an account that ended means, at each stage.
pub(super) fn account_ended() -> Vec<MailBody> {
    let mail = |stage: &str| AccountEndedMail {
        reference: REFERENCE.to_owned(),
        stage: stage.to_owned(),
        erased_from: (stage == "begins").then(|| date("2026-09-22")),
        gone: vec![],
        kept: vec![],
        told: vec![],
        suppressed: false,
        link: (stage == "begins").then(|| LINK.to_owned()),
    };
    let done = done();
    vec![
        MailBody::AccountEnded(mail("begins")),
        MailBody::AccountEnded(mail("undone")),
        MailBody::AccountEnded(AccountEndedMail {
            gone: done.gone,
            kept: done.kept,
            told: done.told,
            suppressed: true,
            ..mail("done")
        }),
    ]
}
