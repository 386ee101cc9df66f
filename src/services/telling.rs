//! What the person is told, and at which address.

use serde_json::json;

use super::course::Course;
use super::granting::rectification;
use super::letters::{self, EndedStage, Envelope, Letter, Post};
use super::searching;
use super::transition::proposed_plan;
use super::{Context, Result, account_end, answer, granting, intake, planning, restricting, stopping};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::{Effect, State};
use crate::domain::grant::Terms;
use crate::domain::identity::Method;
use crate::domain::ids::MailId;
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::store::cases::{self, StoredCase};
use crate::store::keys::CaseKey;
use crate::store::paper_letters::PaperLetter;
use crate::store::{Conn, packages, paper_letters, proposals};

/// Where a sealed reason belongs.
pub const REASON: &str = "proposals.reason_sealed";

/// Writes the letter that an effect asks for.
///
/// # Errors
/// When the database fails.
pub fn tell(ctx: &Context, conn: &mut Conn, case: &StoredCase, effect: Effect) -> Result<()> {
    let (key, _) = intake::open_file(ctx, case)?;
    let right = case.case.right;
    let letter = match effect {
        Effect::AskForConfirmation => {
            let Some(plan) = proposed_plan(case) else {
                return Ok(());
            };
            let planned = planning::open(ctx, conn, case, plan)?;
            Letter::ConfirmPlan {
                plan: planning::facts(ctx, &planned.plan),
            }
        }
        Effect::TellErased => erased(case, answer::make(ctx, conn, case)?),
        Effect::TellGranted => granted(ctx, conn, case)?,
        Effect::TellMerged => {
            let into = case
                .merged_into
                .ok_or_else(|| super::Error::internal("merged into nothing"))?;
            let into = cases::find_by_id(conn, into)?.reference.to_string();
            Letter::Merged { right, into }
        }
        Effect::TellRefused => refusal(conn, case, &key)?,
        Effect::TellWithdrawn if account_end::is_end(case) => {
            let Some(letter) = account_end::called_off(conn, case)? else {
                return Ok(());
            };
            letter
        }
        Effect::TellWithdrawn if matches!(case.case.state, State::Withdrawn { .. }) => {
            Letter::Withdrawn { right }
        }
        Effect::TellWithdrawn => Letter::Stopped,
        Effect::TellLapsed if case.case.identity.is_enough() => Letter::Course(Course::Unanswered { right }),
        Effect::TellLapsed => Letter::Lapsed { right },
        _ => return Ok(()),
    };
    send(ctx, conn, case, &key, letter)?;
    if effect == Effect::TellGranted {
        rectification::warn_old_address(ctx, conn, case, &key)?;
    }
    Ok(())
}

/// Who asked for nothing gets a shorter letter.
fn erased(case: &StoredCase, answer: answer::AnswerFacts) -> Letter {
    if account_end::is_end(case) {
        let stage = EndedStage::Done { answer };
        return Letter::AccountEnded { stage };
    }
    Letter::Erased { answer }
}

/// The letter of each right.
fn granted(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<Letter> {
    if let Some(facts) = rectification::facts(ctx, conn, case)? {
        return Ok(Letter::Rectified { facts });
    }
    let restricted = restricting::facts(ctx, conn, case)?;
    let grant = granting::open(ctx, conn, case)?;
    let right = grant.terms.right();
    if let Some(facts) = stopping::facts(ctx, &grant) {
        return Ok(Letter::PurposesStopped { right, facts });
    }
    if let Some(collection) = grant.terms.collection() {
        let until = packages::find_alive(conn, case.id)?.and_then(|package| package.until);
        return Ok(match until {
            Some(until) if !collection.is_empty() => Letter::PackageReady {
                right: case.case.right,
                until: stockholm_date(until),
                partly: !grant.refused.is_empty(),
            },
            _ => Letter::NoData,
        });
    }
    Ok(match grant.terms {
        Terms::Restriction(_) => Letter::Restricted {
            facts: restricted.ok_or_else(|| super::Error::internal("no restriction"))?,
            refused: grant.refused,
        },
        Terms::HumanReview(review) => Letter::HumanReviewed { review },
        _ => Letter::Granted {
            right,
            refused: grant.refused,
        },
    })
}

fn refusal(conn: &mut Conn, case: &StoredCase, key: &CaseKey) -> Result<Letter> {
    let State::Refused { ground, .. } = case.case.state else {
        return Err(super::Error::internal("a refusal without a refused case"));
    };
    let reason = open_reason(conn, case, key)?;
    Ok(Letter::Refused {
        right: case.case.right,
        ground,
        reason,
    })
}

/// The reasons of a refusal, in staff's words; empty when none were written.
///
/// # Errors
/// When the database fails.
pub fn refusal_reason(ctx: &Context, conn: &mut Conn, case: &StoredCase) -> Result<String> {
    let (key, _) = intake::open_file(ctx, case)?;
    open_reason(conn, case, &key)
}

fn open_reason(conn: &mut Conn, case: &StoredCase, key: &CaseKey) -> Result<String> {
    let sealed = proposals::find_sealed(conn, case.id)?;
    let reason = sealed
        .map(|sealed| key.open::<String>(REASON, &sealed))
        .transpose()?;
    Ok(reason.unwrap_or_default())
}

/// Where a sealed letter on paper belongs.
pub const PAPER: &str = "paper_letters.sealed";

/// Sends a letter to the person, at the best address for what it holds; without one it becomes a letter on paper, for
/// staff to post.
///
/// # Errors
/// When the database fails.
pub fn send(ctx: &Context, conn: &mut Conn, case: &StoredCase, key: &CaseKey, letter: Letter) -> Result<()> {
    send_kept(ctx, conn, case, key, letter).map(drop)
}

/// As [`send`]; says which letter it is, by mail or on paper.
///
/// # Errors
/// When the database fails.
pub fn send_kept(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    key: &CaseKey,
    letter: Letter,
) -> Result<MailId> {
    let (address, proved) = address(ctx, conn, case, &letter)?;
    let Some(address) = address else {
        return post_on_paper(ctx, conn, case, key, letter);
    };
    let letter = match letter {
        Letter::Course(course) if !proved => Letter::Course(course.without_words()),
        letter => letter,
    };
    let detail = json!({ "letter": letter.template() });
    let post = Post {
        case: case.id,
        reference: case.reference.as_str(),
        language: case.language,
        notice: None,
    };
    let id = letters::post(ctx, conn, key, &post, &address, letter)?;
    ctx.record(conn, case.id.0, &Actor::System, "letter_queued", detail)?;
    Ok(id)
}

fn post_on_paper(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    key: &CaseKey,
    letter: Letter,
) -> Result<MailId> {
    let template = letter.template();
    let envelope = Envelope {
        to: String::new(),
        reference: case.reference.to_string(),
        letter,
    };
    let row = PaperLetter {
        id: ctx.new_id(),
        case_id: case.id.0,
        template: template.to_owned(),
        language: case.language.tag().to_owned(),
        written_at: ctx.now(),
        sealed: Some(key.seal(PAPER, ctx.nonce(), &envelope)),
        sent_at: None,
        sent_by: None,
    };
    paper_letters::insert(conn, &row)?;
    cases::set_attention(conn, case.id, Some("no_reply_address"))?;
    let detail = json!({ "letter": template });
    ctx.record(conn, case.id.0, &Actor::System, "letter_without_address", detail)?;
    Ok(MailId(row.id))
}

/// Where a letter goes, and whether that address was proved or on file. A letter that says what we hold goes only to
/// an address that was proved, or was on file before the request. Others may go where the request came from.
fn address(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    letter: &Letter,
) -> Result<(Option<String>, bool)> {
    // What was on file before an erasure may be gone: its answer says where to write now.
    let after_erasure = case.case.right == Right::Erasure
        && matches!(case.case.state, State::Answered { .. } | State::Closed { .. })
        && matches!(letter, Letter::Recipients { .. });
    let tells_of_erasure = matches!(
        letter,
        Letter::Erased { .. }
            | Letter::AccountEnded {
                stage: EndedStage::Done { .. }
            }
    );
    if tells_of_erasure || after_erasure {
        let reply_to = planning::newest(ctx, conn, case)?.and_then(|(_, file)| file.reply_to);
        return Ok((reply_to, true));
    }
    let (_, file) = intake::open_file(ctx, case)?;
    let holds_data = matches!(
        letter,
        Letter::ConfirmPlan { .. }
            | Letter::Message { .. }
            | Letter::Granted { .. }
            | Letter::HumanReviewed { .. }
            | Letter::Rectified { .. }
            | Letter::PackageReady { .. }
            | Letter::Recipients { .. }
            | Letter::Course(Course::IncidentToPerson { .. })
            | Letter::NoData
            | Letter::Restricted { .. }
            | Letter::LiftAnnounced { .. }
            | Letter::RestrictionLifted { .. }
    );
    let proofs = super::proving::list(conn, case.id)?;
    let proved = proofs.iter().any(|proof| proof.method == Method::TypedAddress);
    let typed = file.email.filter(|_| proved || !holds_data);
    let is_safe = proved || typed.is_none();
    let on_file = searching::find_subject(ctx, conn, case)?.and_then(|subject| subject.on_file());
    Ok((typed.or(on_file).map(|email| email.as_str().to_owned()), is_safe))
}
