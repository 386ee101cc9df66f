//! From a mail's data to its subject, text and HTML.

use std::fmt;

use askama::Template;
use serde::{Deserialize, Serialize};

use super::brand::legible_on_light;
use super::changes::{AddressChangedMail, RectifiedMail};
use super::course::{Block, CourseMail};
use super::look::OrganisationLook;
use super::mails::{
    AccountEndedMail, AnswerThanksMail, CodeMail, CodeOnFileMail, ErasureDoneMail, ErasureStoppedMail,
    GrantedMail, HumanReviewMail, LapsedMail, MergedMail, MessageMail, NoDataMail, NoticeMail,
    PackageReadyMail, PlanConfirmMail, RefusedMail, StoppedMail, WithdrawnMail,
};
use super::restrictions::{LiftAnnouncedMail, RestrictedMail, RestrictionLiftedMail};
use crate::adapters::texts::Texts;
use crate::domain::language::Language;
use crate::services::ports::RenderedMail;

/// Any mail the service sends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case")]
pub enum MailBody {
    /// Received, and the code.
    Code(CodeMail),
    /// The code to the address on file.
    CodeOnFile(CodeOnFileMail),
    /// Consequences to confirm.
    PlanConfirm(PlanConfirmMail),
    /// An erasure was stopped.
    ErasureStopped(ErasureStoppedMail),
    /// The answer to an erasure.
    ErasureDone(ErasureDoneMail),
    /// A refusal.
    Refused(RefusedMail),
    /// See [`GrantedMail`].
    Granted(GrantedMail),
    /// See [`PackageReadyMail`].
    PackageReady(PackageReadyMail),
    /// See [`HumanReviewMail`].
    HumanReview(HumanReviewMail),
    /// See [`RectifiedMail`].
    Rectified(RectifiedMail),
    /// See [`AddressChangedMail`].
    AddressChanged(AddressChangedMail),
    /// See [`AccountEndedMail`].
    AccountEnded(AccountEndedMail),
    /// Marketing stopped.
    ObjectionMarketing(StoppedMail),
    /// Other processing stopped.
    ObjectionOther(StoppedMail),
    /// Consent is withdrawn.
    ConsentWithdrawn(StoppedMail),
    /// See [`RestrictedMail`].
    Restricted(RestrictedMail),
    /// See [`LiftAnnouncedMail`].
    LiftAnnounced(LiftAnnouncedMail),
    /// See [`RestrictionLiftedMail`].
    RestrictionLifted(RestrictionLiftedMail),
    /// See [`MergedMail`].
    Merged(MergedMail),
    /// The person withdrew.
    Withdrawn(WithdrawnMail),
    /// The case ended without identity.
    Lapsed(LapsedMail),
    /// Nothing is held.
    NoData(NoDataMail),
    /// What happens on a case's way.
    Course(CourseMail),
    /// Staff wrote.
    Message(MessageMail),
    /// A notice to a recipient.
    Notice(NoticeMail),
    /// Thanks to a recipient.
    AnswerThanks(AnswerThanksMail),
}

/// Only the name: the data is personal, or a secret.
impl fmt::Debug for MailBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The three templates of one mail, and the function that renders them.
macro_rules! templates {
    ($render:ident, $mail:ty, $subject:literal, $text:literal, $html:literal) => {
        fn $render(m: &$mail, t: Texts, look: &OrganisationLook) -> RenderedMail {
            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject<'a> {
                t: Texts,
                m: &'a $mail,
            }
            #[derive(Template)]
            #[template(path = $text)]
            struct Body<'a> {
                t: Texts,
                m: &'a $mail,
                look: &'a OrganisationLook,
            }
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                t: Texts,
                m: &'a $mail,
                look: &'a OrganisationLook,
                colour: String,
            }
            let colour = legible_on_light(&look.colour);
            RenderedMail {
                subject: one_line(&written(&Subject { t, m })),
                text: tidy(&written(&Body { t, m, look })),
                html: written(&Html { t, m, look, colour }),
            }
        }
    };
}

templates!(
    code,
    CodeMail,
    "mail/code/subject.txt",
    "mail/code/body.txt",
    "mail/code/body.html"
);
templates!(
    code_on_file,
    CodeOnFileMail,
    "mail/code_on_file/subject.txt",
    "mail/code_on_file/body.txt",
    "mail/code_on_file/body.html"
);
templates!(
    plan_confirm,
    PlanConfirmMail,
    "mail/plan_confirm/subject.txt",
    "mail/plan_confirm/body.txt",
    "mail/plan_confirm/body.html"
);
templates!(
    erasure_stopped,
    ErasureStoppedMail,
    "mail/erasure_stopped/subject.txt",
    "mail/erasure_stopped/body.txt",
    "mail/erasure_stopped/body.html"
);
templates!(
    erasure_done,
    ErasureDoneMail,
    "mail/erasure_done/subject.txt",
    "mail/erasure_done/body.txt",
    "mail/erasure_done/body.html"
);
templates!(
    refused,
    RefusedMail,
    "mail/refused/subject.txt",
    "mail/refused/body.txt",
    "mail/refused/body.html"
);
templates!(
    granted,
    GrantedMail,
    "mail/granted/subject.txt",
    "mail/granted/body.txt",
    "mail/granted/body.html"
);
templates!(
    package_ready,
    PackageReadyMail,
    "mail/package_ready/subject.txt",
    "mail/package_ready/body.txt",
    "mail/package_ready/body.html"
);
templates!(
    human_review,
    HumanReviewMail,
    "mail/human_review/subject.txt",
    "mail/human_review/body.txt",
    "mail/human_review/body.html"
);
templates!(
    rectified,
    RectifiedMail,
    "mail/rectified/subject.txt",
    "mail/rectified/body.txt",
    "mail/rectified/body.html"
);
templates!(
    address_changed,
    AddressChangedMail,
    "mail/address_changed/subject.txt",
    "mail/address_changed/body.txt",
    "mail/address_changed/body.html"
);
templates!(
    account_ended,
    AccountEndedMail,
    "mail/account_ended/subject.txt",
    "mail/account_ended/body.txt",
    "mail/account_ended/body.html"
);
templates!(
    objection_marketing,
    StoppedMail,
    "mail/objection_marketing/subject.txt",
    "mail/objection_marketing/body.txt",
    "mail/objection_marketing/body.html"
);
templates!(
    objection_other,
    StoppedMail,
    "mail/objection_other/subject.txt",
    "mail/objection_other/body.txt",
    "mail/objection_other/body.html"
);
templates!(
    consent_withdrawn,
    StoppedMail,
    "mail/consent_withdrawn/subject.txt",
    "mail/consent_withdrawn/body.txt",
    "mail/consent_withdrawn/body.html"
);
templates!(
    restricted,
    RestrictedMail,
    "mail/restricted/subject.txt",
    "mail/restricted/body.txt",
    "mail/restricted/body.html"
);
templates!(
    lift_announced,
    LiftAnnouncedMail,
    "mail/lift_announced/subject.txt",
    "mail/lift_announced/body.txt",
    "mail/lift_announced/body.html"
);
templates!(
    restriction_lifted,
    RestrictionLiftedMail,
    "mail/restriction_lifted/subject.txt",
    "mail/restriction_lifted/body.txt",
    "mail/restriction_lifted/body.html"
);
templates!(
    merged,
    MergedMail,
    "mail/merged/subject.txt",
    "mail/merged/body.txt",
    "mail/merged/body.html"
);
templates!(
    withdrawn,
    WithdrawnMail,
    "mail/withdrawn/subject.txt",
    "mail/withdrawn/body.txt",
    "mail/withdrawn/body.html"
);
templates!(
    no_data,
    NoDataMail,
    "mail/no_data/subject.txt",
    "mail/no_data/body.txt",
    "mail/no_data/body.html"
);
templates!(
    lapsed,
    LapsedMail,
    "mail/lapsed/subject.txt",
    "mail/lapsed/body.txt",
    "mail/lapsed/body.html"
);
templates!(
    course,
    CourseMail,
    "mail/course/subject.txt",
    "mail/course/body.txt",
    "mail/course/body.html"
);
templates!(
    message,
    MessageMail,
    "mail/message/subject.txt",
    "mail/message/body.txt",
    "mail/message/body.html"
);
templates!(
    notice,
    NoticeMail,
    "mail/notice/subject.txt",
    "mail/notice/body.txt",
    "mail/notice/body.html"
);
templates!(
    answer_thanks,
    AnswerThanksMail,
    "mail/answer_thanks/subject.txt",
    "mail/answer_thanks/body.txt",
    "mail/answer_thanks/body.html"
);

impl MailBody {
    /// The name of the mail's folder of templates, and of its kind in logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Code(_) => "code",
            Self::CodeOnFile(_) => "code_on_file",
            Self::PlanConfirm(_) => "plan_confirm",
            Self::ErasureStopped(_) => "erasure_stopped",
            Self::ErasureDone(_) => "erasure_done",
            Self::Refused(_) => "refused",
            Self::Granted(_) => "granted",
            Self::PackageReady(_) => "package_ready",
            Self::HumanReview(_) => "human_review",
            Self::Rectified(_) => "rectified",
            Self::AddressChanged(_) => "address_changed",
            Self::AccountEnded(_) => "account_ended",
            Self::ObjectionMarketing(_) => "objection_marketing",
            Self::ObjectionOther(_) => "objection_other",
            Self::ConsentWithdrawn(_) => "consent_withdrawn",
            Self::Restricted(_) => "restricted",
            Self::LiftAnnounced(_) => "lift_announced",
            Self::RestrictionLifted(_) => "restriction_lifted",
            Self::Merged(_) => "merged",
            Self::Withdrawn(_) => "withdrawn",
            Self::Lapsed(_) => "lapsed",
            Self::NoData(_) => "no_data",
            Self::Course(_) => "course",
            Self::Message(_) => "message",
            Self::Notice(_) => "notice",
            Self::AnswerThanks(_) => "answer_thanks",
        }
    }

    /// The mail in `language`, in the organisation's name.
    #[must_use]
    pub fn render(&self, language: Language, look: &OrganisationLook) -> RenderedMail {
        let t = Texts::new(language);
        match self {
            Self::Code(mail) => code(mail, t, look),
            Self::CodeOnFile(mail) => code_on_file(mail, t, look),
            Self::PlanConfirm(mail) => plan_confirm(mail, t, look),
            Self::ErasureStopped(mail) => erasure_stopped(mail, t, look),
            Self::ErasureDone(mail) => erasure_done(mail, t, look),
            Self::Refused(mail) => refused(mail, t, look),
            Self::Granted(mail) => granted(mail, t, look),
            Self::PackageReady(mail) => package_ready(mail, t, look),
            Self::HumanReview(mail) => human_review(mail, t, look),
            Self::Rectified(mail) => rectified(mail, t, look),
            Self::AddressChanged(mail) => address_changed(mail, t, look),
            Self::AccountEnded(mail) => account_ended(mail, t, look),
            Self::ObjectionMarketing(mail) => objection_marketing(mail, t, look),
            Self::ObjectionOther(mail) => objection_other(mail, t, look),
            Self::ConsentWithdrawn(mail) => consent_withdrawn(mail, t, look),
            Self::Restricted(mail) => restricted(mail, t, look),
            Self::LiftAnnounced(mail) => lift_announced(mail, t, look),
            Self::RestrictionLifted(mail) => restriction_lifted(mail, t, look),
            Self::Merged(mail) => merged(mail, t, look),
            Self::Withdrawn(mail) => withdrawn(mail, t, look),
            Self::Lapsed(mail) => lapsed(mail, t, look),
            Self::NoData(mail) => no_data(mail, t, look),
            Self::Course(mail) => course(mail, t, look),
            Self::Message(mail) => message(mail, t, look),
            Self::Notice(mail) => notice(mail, t, look),
            Self::AnswerThanks(mail) => answer_thanks(mail, t, look),
        }
    }
}

fn written(template: &impl Template) -> String {
    template.render().expect("writing to a string cannot fail")
}

/// No line break may end up in a header.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No trailing blanks, no more than one empty line in a row, one line break at the end.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && empty) {
            tidy.push_str(line);
            tidy.push('\n');
        }
        empty = line.is_empty();
    }
    tidy
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
