//! From a letter's facts to a mail in the reader's words.

use std::sync::Arc;

use chrono::NaiveDate;

use super::changes::{AddressChangedMail, RectifiedMail};
use super::course;
use super::facts::Words;
use super::look::OrganisationLook;
use super::mails::{
    AccountEndedMail, CodeMail, CodeOnFileMail, ErasureDoneMail, ErasureStoppedMail, GrantedMail,
    HumanReviewMail, LapsedMail, MergedMail, MessageMail, NoDataMail, NoticeMail, PackageReadyMail,
    PlanConfirmMail, RefusedMail, StoppedMail, WithdrawnMail,
};
use super::recipients;
use super::remedies;
use super::render::MailBody;
use super::restrictions::{LiftAnnouncedMail, RestrictedMail, RestrictionLiftedMail};
use crate::adapters::texts::Texts;
use crate::domain::case::RefusalGround;
use crate::domain::language::Language;
use crate::domain::organisation::Organisation;
use crate::domain::right::Right;
use crate::services::answer::AnswerFacts;
use crate::services::course::Course;
use crate::services::granting::rectification::RectifiedFacts;
use crate::services::letters::{EndedStage, Envelope, Letter};
use crate::services::mailing::Wording;
use crate::services::notices::is_independent;
use crate::services::planning::PlanFacts;
use crate::services::ports::RenderedMail;
use crate::services::stopping::StopFacts;
use crate::services::{Error, Result};

/// The organisation's wording.
pub struct TemplateWording {
    /// Names systems, categories, statutes and recipients.
    pub organisation: Arc<Organisation>,
    /// How it presents itself.
    pub look: OrganisationLook,
}

impl Wording for TemplateWording {
    fn render(&self, envelope: &Envelope, language: Language) -> Result<RenderedMail> {
        let body = self.body(envelope, language);
        let rendered = body.render(language, &self.look);
        match remedies::missing(&body, &rendered, language) {
            None => Ok(rendered),
            // It stays in the outbox, and staff are told that it does.
            Some(what) => Err(Error::internal(format!("{} lacks {what}", body.name()))),
        }
    }
}

impl TemplateWording {
    fn body(&self, envelope: &Envelope, language: Language) -> MailBody {
        let words = Words {
            t: Texts::new(language),
            organisation: &self.organisation,
        };
        let reference = envelope.reference.clone();
        let link = format!("{}/requests/{reference}", self.look.public_url);
        match &envelope.letter {
            Letter::Code { .. } => MailBody::Code(code_mail(reference, link, &envelope.letter)),
            Letter::CodeOnFile { .. } => {
                MailBody::CodeOnFile(code_on_file_mail(reference, link, &envelope.letter))
            }
            Letter::ConfirmPlan { plan } => MailBody::PlanConfirm(plan_mail(words, reference, plan, link)),
            Letter::Erased { answer } => erased_mail(words, reference, answer),
            Letter::Refused { .. } => self.refusal_mail(words, reference, &envelope.letter),
            Letter::Granted { right, refused } => MailBody::Granted(GrantedMail {
                reference,
                right: *right,
                refused: refused.iter().map(|item| words.refused_item(item)).collect(),
                link,
            }),
            Letter::PackageReady { .. } | Letter::NoData | Letter::HumanReviewed { .. } => {
                self.answer_mail(reference, link, language, &envelope.letter)
            }
            Letter::Rectified { facts } => self.rectified_mail(words, reference, link, facts),
            Letter::AddressChanged { on, new } => address_changed(reference, *on, new.clone()),
            Letter::AccountEnded { stage } => account_ended_mail(words, reference, stage, link),
            Letter::PurposesStopped { right, facts } => stopped_mail(words, reference, *right, facts, link),
            Letter::Restricted { .. } | Letter::LiftAnnounced { .. } | Letter::RestrictionLifted { .. } => {
                restriction_mail(words, reference, link, &envelope.letter)
            }
            Letter::Recipients { told } => MailBody::Course(recipients::mail(&words, reference, told, link)),
            Letter::Merged { right, into } => self.merged_mail(reference, *right, into),
            Letter::Withdrawn { right } => MailBody::Withdrawn(WithdrawnMail {
                reference,
                right: *right,
            }),
            Letter::Stopped => MailBody::ErasureStopped(ErasureStoppedMail {
                reference,
                by_person: false,
                link,
            }),
            Letter::Lapsed { right } => MailBody::Lapsed(LapsedMail {
                reference,
                right: *right,
            }),
            Letter::Course(letter) => self.course_mail(words, reference, letter),
            Letter::Message { text } => MailBody::Message(MessageMail {
                reference,
                text: text.clone(),
                link,
            }),
            Letter::Notice { .. } => MailBody::Notice(self.notice_mail(words, reference, &envelope.letter)),
        }
    }

    /// The answers of the rights that have a letter of their own.
    fn answer_mail(&self, reference: String, link: String, language: Language, letter: &Letter) -> MailBody {
        match letter {
            Letter::PackageReady { right, until, partly } => MailBody::PackageReady(PackageReadyMail {
                reference,
                right: *right,
                until: *until,
                partly: *partly,
                link,
            }),
            Letter::HumanReviewed { review } => MailBody::HumanReview(HumanReviewMail {
                reference,
                outcome: review.outcome.name().to_owned(),
                reasons: review.reasons.clone(),
                link,
            }),
            _ => MailBody::NoData(NoDataMail {
                reference,
                systems: self.systems(language),
            }),
        }
    }

    fn rectified_mail(
        &self,
        words: Words<'_>,
        reference: String,
        link: String,
        facts: &RectifiedFacts,
    ) -> MailBody {
        MailBody::Rectified(RectifiedMail {
            reference,
            answer: words.rectified(facts),
            link,
            restriction: self.restriction_form(),
        })
    }

    fn merged_mail(&self, reference: String, right: Right, into: &str) -> MailBody {
        MailBody::Merged(MergedMail {
            reference,
            right,
            into: into.to_owned(),
            link: format!("{}/requests/{into}", self.look.public_url),
        })
    }

    /// Where a restriction is asked for.
    fn restriction_form(&self) -> String {
        format!("{}/requests/new?right=restriction", self.look.public_url)
    }

    fn course_mail(&self, words: Words<'_>, reference: String, letter: &Course) -> MailBody {
        MailBody::Course(course::mail(words.t, reference, letter, &self.look.public_url))
    }

    /// That we hold nothing is an answer of its own, also where it ends in a refusal.
    fn refusal_mail(&self, words: Words<'_>, reference: String, letter: &Letter) -> MailBody {
        let Letter::Refused {
            right,
            ground,
            reason,
        } = letter
        else {
            unreachable!("only refusals come here")
        };
        if *ground == RefusalGround::NoDataHeld {
            let systems = self.systems(words.t.language());
            return MailBody::NoData(NoDataMail { reference, systems });
        }
        MailBody::Refused(RefusedMail {
            reference,
            right: *right,
            grounds: vec![ground.name().to_owned()],
            reason: reason.clone(),
            next: self.next_steps(words, *right),
        })
    }

    /// What the person can do about a refusal: of a rectification, say how they see it, and ask for restriction.
    fn next_steps(&self, words: Words<'_>, right: Right) -> String {
        let general = words.t.get("mail-refused-next-steps");
        if right != Right::Rectification {
            return general;
        }
        let view = words.t.get("rectified-refused-next");
        let restriction = words.t.get("rectified-refused-restriction");
        format!("{general} {view}\n\n{restriction}\n{}", self.restriction_form())
    }

    /// The systems that were searched, by name.
    fn systems(&self, language: Language) -> Vec<String> {
        let systems = self.organisation.map.systems.iter();
        systems
            .map(|system| system.name.get(language).to_owned())
            .collect()
    }

    fn notice_mail(&self, words: Words<'_>, reference: String, letter: &Letter) -> NoticeMail {
        let Letter::Notice {
            recipient,
            token,
            code,
            kind,
            decided_on,
            answer_by,
            reminder,
        } = letter
        else {
            unreachable!("only notices come here")
        };
        let known = self.organisation.recipient(recipient);
        let basis = if known.is_some_and(is_independent) {
            "controller"
        } else {
            "processor"
        };
        let role = known.and_then(|known| serde_json::to_value(known.role).ok());
        NoticeMail {
            reference,
            kind: kind.name().to_owned(),
            role: role
                .and_then(|role| role.as_str().map(str::to_owned))
                .unwrap_or_default(),
            legal_basis: words.t.of("notice-basis-", basis),
            decided_on: *decided_on,
            answer_by: *answer_by,
            link: format!("{}/notices/{token}", self.look.public_url),
            code: code.clone(),
            reminder: *reminder,
        }
    }
}

fn restriction_mail(words: Words<'_>, reference: String, link: String, letter: &Letter) -> MailBody {
    match letter {
        Letter::Restricted { facts, refused } => MailBody::Restricted(RestrictedMail {
            reference,
            restriction: words.restricted(facts),
            refused: refused.iter().map(|item| words.refused_item(item)).collect(),
            link,
        }),
        Letter::LiftAnnounced {
            ground,
            reason,
            from,
            on,
        } => MailBody::LiftAnnounced(LiftAnnouncedMail {
            reference,
            ground: ground.name().to_owned(),
            reason: reason.name().to_owned(),
            from: *from,
            on: *on,
            link,
        }),
        Letter::RestrictionLifted { reason, on } => MailBody::RestrictionLifted(RestrictionLiftedMail {
            reference,
            reason: reason.name().to_owned(),
            on: *on,
        }),
        _ => unreachable!("only letters on a restriction come here"),
    }
}

fn address_changed(reference: String, on: NaiveDate, new: String) -> MailBody {
    MailBody::AddressChanged(AddressChangedMail { reference, on, new })
}

fn erased_mail(words: Words<'_>, reference: String, answer: &AnswerFacts) -> MailBody {
    MailBody::ErasureDone(ErasureDoneMail {
        reference,
        gone: words.gone(answer),
        kept: words.kept(answer),
        told: words.told(answer),
        suppressed: answer.suppressed,
        ground: answer.basis.as_ref().map(|basis| words.basis(basis)),
        refused: answer
            .refused
            .iter()
            .map(|item| words.refused_item(item))
            .collect(),
    })
}

fn account_ended_mail(words: Words<'_>, reference: String, stage: &EndedStage, link: String) -> MailBody {
    let nothing = AnswerFacts::default();
    let (name, erased_from, answer) = match stage {
        EndedStage::Begins { erased_from } => ("begins", Some(*erased_from), &nothing),
        EndedStage::Done { answer } => ("done", None, answer),
        EndedStage::Undone => ("undone", None, &nothing),
    };
    MailBody::AccountEnded(AccountEndedMail {
        reference,
        stage: name.to_owned(),
        erased_from,
        gone: words.gone(answer),
        kept: words.kept(answer),
        told: words.told(answer),
        suppressed: answer.suppressed,
        link: erased_from.map(|_| link),
    })
}

fn stopped_mail(
    words: Words<'_>,
    reference: String,
    right: Right,
    facts: &StopFacts,
    link: String,
) -> MailBody {
    let mail = StoppedMail {
        reference,
        from: facts.from,
        campaigns_until: facts.campaigns_until,
        uses: words.stopped(&facts.uses),
        refused: facts.refused.iter().map(|item| words.refused_use(item)).collect(),
        erasable: facts.erasable,
        link,
    };
    match right {
        Right::ConsentWithdrawal => MailBody::ConsentWithdrawn(mail),
        _ if facts.marketing => MailBody::ObjectionMarketing(mail),
        _ => MailBody::ObjectionOther(mail),
    }
}

fn plan_mail(words: Words<'_>, reference: String, plan: &PlanFacts, link: String) -> PlanConfirmMail {
    let (domains, others): (Vec<_>, Vec<_>) =
        plan.services.iter().partition(|service| service.kind == "domain");
    PlanConfirmMail {
        reference,
        services: others.into_iter().map(|service| words.service(service)).collect(),
        domains: domains.into_iter().map(|service| service.label.clone()).collect(),
        link,
    }
}

fn code_on_file_mail(reference: String, link: String, letter: &Letter) -> CodeOnFileMail {
    let Letter::CodeOnFile { right, code } = letter else {
        unreachable!("only codes come here")
    };
    CodeOnFileMail {
        reference,
        right: *right,
        code: code.clone(),
        link,
    }
}

fn code_mail(reference: String, link: String, letter: &Letter) -> CodeMail {
    let Letter::Code {
        right,
        received_on,
        due_on,
        code,
    } = letter
    else {
        unreachable!("only codes come here")
    };
    CodeMail {
        reference,
        right: *right,
        received_on: *received_on,
        due_on: *due_on,
        code: code.clone(),
        link,
    }
}
