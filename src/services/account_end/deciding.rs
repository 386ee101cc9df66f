//! What becomes of an account that ended: planned, approved in advance or left for a person, and looked at once more before
//! anything is erased.

use chrono::TimeDelta;
use serde_json::json;

use super::{by_word, is_end, quarantine, tell_approved, was_planned};
use crate::domain::case::{Event, Proposal, State};
use crate::domain::ids::CaseId;
use crate::domain::matching::Standing;
use crate::domain::staff::{Actor, Permission};
use crate::domain::standing::{self, StandingApproval, Unusual, WINDOW_DAYS};
use crate::services::planning::AskedPlan;
use crate::services::searching::Subject;
use crate::services::transition::{self, Change};
use crate::services::{Context, Error, Result, intake, planning, searching};
use crate::store::cases::{self, StoredCase};
use crate::store::standing::{self as store, StandingUse};
use crate::store::{Conn, proposals, restrictions, staff};

/// Plans the erasure, and approves it where a standing approval covers it. Whatever is not as it should be is left for a
/// person, who is told what.
///
/// # Errors
/// When a system or the database fails; it can be tried again.
pub fn go_on(ctx: &Context, id: CaseId) -> Result<()> {
    let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
    if case.case.state != State::Assessing || !by_word(&mut *ctx.store.get()?, &case)? {
        return Ok(());
    }
    if case.case.proposal.is_none() && !was_planned(&mut *ctx.store.get()?, &case)? {
        if let Some(code) = unclear(ctx, &case)? {
            return leave(ctx, id, code);
        }
        match planning::make(ctx, &Actor::System, id, case.version, &AskedPlan::default()) {
            Ok(_) => {}
            Err(Error::Conflict(code)) => return leave(ctx, id, code),
            Err(error) => return Err(error),
        }
    }
    decide(ctx, id)
}

/// Why it is not clear which account the machine means. Erasing the wrong one is the worst that can happen, so all that
/// it is named by must be its own.
fn unclear(ctx: &Context, case: &StoredCase) -> Result<Option<&'static str>> {
    let conn = &mut *ctx.store.get()?;
    let (_, file) = intake::open_file(ctx, case)?;
    let Some(subject) = searching::find_subject(ctx, conn, case)? else {
        return Ok(Some("not_searched_yet"));
    };
    Ok(match &subject.account {
        None if subject.ambiguous() => Some("ambiguous_match"),
        None => Some("nothing_to_erase"),
        Some(account) if !standing::names(&file.keys(), account) => Some("contradicting_names"),
        Some(_) => None,
    })
}

/// Leaves the case for a person.
fn leave(ctx: &Context, id: CaseId, code: &'static str) -> Result<()> {
    let attention = match code {
        "ambiguous_match" => "ambiguous_match",
        "services_running" => "account_still_active",
        _ => "account_end_unclear",
    };
    ctx.store.transaction(|conn| {
        cases::set_attention(conn, id, Some(attention))?;
        let detail = json!({ "why": code });
        Ok(ctx.record(conn, id.0, &Actor::System, "account_end_left", detail)?)
    })
}

fn decide(ctx: &Context, id: CaseId) -> Result<()> {
    let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
    let mut unusual = unusual(ctx, &case)?;
    ctx.store.transaction(|conn| {
        let case = cases::lock(conn, id)?;
        let Some(Proposal::Erasure {
            hash,
            prepared_by: None,
            ..
        }) = &case.case.proposal
        else {
            return Ok(());
        };
        if case.case.state != State::Assessing || store::find_use(conn, id)?.is_some() {
            return Ok(());
        }
        if case.case.on_hold {
            unusual.push(Unusual::OnHold);
        }
        let approval = standing_now(ctx, conn)?;
        let since = ctx.now() - TimeDelta::days(WINDOW_DAYS);
        if let Some(approval) = &approval
            && store::count_approved(conn, since)? >= approval.most
        {
            unusual.push(Unusual::TooMany);
        }
        let outcome = match &approval {
            None => "none",
            Some(_) if !unusual.is_empty() => "unusual",
            Some(approval) if approval.samples(id.0, store::unseen(conn, approval.id)?) => "sampled",
            Some(_) => "approved",
        };
        let why: Vec<&str> = unusual.iter().map(|reason| reason.name()).collect();
        let one = StandingUse {
            case_id: id.0,
            standing_approval: approval.as_ref().map(|approval| approval.id),
            at: ctx.now(),
            outcome: outcome.to_owned(),
            why: why.join(" "),
        };
        store::record(conn, &one)?;
        match approval {
            Some(approval) if outcome == "approved" => {
                let hash = hash.clone();
                approve(ctx, conn, &case, &approval, &hash)
            }
            _ => {
                let detail = json!({ "outcome": outcome, "why": why });
                Ok(ctx.record(conn, id.0, &Actor::System, "account_end_waits", detail)?)
            }
        }
    })
}

/// The standing approval that holds now, given by somebody who may still approve.
fn standing_now(ctx: &Context, conn: &mut Conn) -> Result<Option<StandingApproval>> {
    let Some(approval) = store::lock_current(conn)?.filter(|approval| approval.holds(ctx.now())) else {
        return Ok(None);
    };
    let member = staff::find(conn, approval.approver)?.member;
    let may = member.active && member.role.may(Permission::ApproveProposals);
    Ok(Some(approval).filter(|_| may))
}

fn approve(
    ctx: &Context,
    conn: &mut Conn,
    case: &StoredCase,
    approval: &StandingApproval,
    hash: &str,
) -> Result<()> {
    let event = Event::ProposalApproved {
        by: approval.approver,
        cool_off_until: ctx.now() + quarantine(ctx),
    };
    case.case.apply(&event, ctx.now())?;
    store::approve(conn, case.id, approval, ctx.now())?;
    let by = approval.approver.to_string();
    let change = Change {
        event,
        actor: &Actor::System,
        action: "proposal_approved",
        detail: json!({ "hash": hash, "under_standing_approval": approval.id, "by": by }),
        visible: true,
    };
    let after = transition::apply(ctx, conn, case, change)?;
    tell_approved(ctx, conn, &after)
}

/// What keeps a standing approval from covering the plan, in what was found when it was made.
fn unusual(ctx: &Context, case: &StoredCase) -> Result<Vec<Unusual>> {
    let conn = &mut *ctx.store.get()?;
    let Some(subject) = searching::find_subject(ctx, conn, case)? else {
        return Ok(vec![Unusual::UnclearRows]);
    };
    let mut found = oddities(ctx, case, &subject)?;
    let planned = planning::newest(ctx, conn, case)?;
    if planned.is_none_or(|(_, file)| file.reply_to.is_none()) {
        found.push(Unusual::NoReplyAddress);
    }
    Ok(found)
}

/// What is unusual about whom the systems know.
fn oddities(ctx: &Context, case: &StoredCase, subject: &Subject) -> Result<Vec<Unusual>> {
    let conn = &mut *ctx.store.get()?;
    let mut found = Vec::new();
    let (_, file) = intake::open_file(ctx, case)?;
    let is_named = |row| standing::names(&file.keys(), row);
    let shared = |standing: Standing| standing == Standing::Shared;
    if !subject.account.as_ref().is_some_and(is_named)
        || subject.matches.iter().any(|found| shared(found.standing))
    {
        found.push(Unusual::UnclearRows);
    }
    let theirs = |standing: Standing| standing == Standing::Theirs;
    let mut registered = subject.matches.iter().filter(|found| found.row.register);
    if registered.any(|found| !theirs(found.standing)) {
        found.push(Unusual::OtherAccount);
    }
    if subject.live_services {
        found.push(Unusual::StillActive);
    }
    let digests = intake::lookup_digests(ctx, &subject.keys);
    let digests: Vec<Vec<u8>> = digests.into_iter().map(|(_, digest)| digest.to_vec()).collect();
    if store::has_other_open_case(conn, case.id, &digests)? {
        found.push(Unusual::OpenCase);
    }
    if !restrictions::list_beside(conn, case.id)?.is_empty() {
        found.push(Unusual::Restricted);
    }
    if owes(ctx, &planning::survey(ctx, &subject.roots())?) {
        found.push(Unusual::Unpaid);
    }
    Ok(found)
}

/// Whether a row that the map says is settled or not is not.
fn owes(ctx: &Context, surveys: &[planning::Surveyed]) -> bool {
    surveys.iter().any(|(survey, _)| {
        survey.tables.iter().any(|rows| {
            let table = ctx.organisation.map.table(&survey.system, &rows.table);
            let settled = table.and_then(|table| table.settled_when.as_ref());
            settled.is_some_and(|settled| rows.rows.iter().any(|row| !settled.holds(&row.values)))
        })
    })
}

/// Looks once more at an account whose quarantine is over, before anything is touched: who came back meanwhile, without
/// anybody telling us, keeps what they have. Says whether the erasure was stopped.
///
/// # Errors
/// When a system or the database fails; nothing is erased then, and it can be tried again.
pub fn look_again(ctx: &Context, id: CaseId) -> Result<bool> {
    let case = cases::find_by_id(&mut *ctx.store.get()?, id)?;
    let State::Approved { cool_off_until } = case.case.state else {
        return Ok(false);
    };
    if !is_end(&case) || case.case.on_hold || ctx.now() < cool_off_until {
        return Ok(false);
    }
    let conn = &mut *ctx.store.get()?;
    let Some(before) = searching::find_subject(ctx, conn, &case)? else {
        return Ok(false);
    };
    let (_, file) = intake::open_file(ctx, &case)?;
    let chosen = before.account.as_ref().map(|account| &account.key);
    let now = searching::search(ctx, &file.keys(), chosen)?;
    let why = if proposals::is_approved_in_advance(conn, id)? {
        oddities(ctx, &case, &now)?
    } else if now.live_services && !before.live_services {
        vec![Unusual::StillActive]
    } else {
        vec![]
    };
    if why.is_empty() {
        return Ok(false);
    }
    stop(ctx, &case, &why)
}

fn stop(ctx: &Context, case: &StoredCase, why: &[Unusual]) -> Result<bool> {
    let attention = if why.contains(&Unusual::StillActive) {
        "account_still_active"
    } else {
        "account_end_unclear"
    };
    let why: Vec<&str> = why.iter().map(|reason| reason.name()).collect();
    ctx.store.transaction(|conn| {
        let locked = cases::lock(conn, case.id)?;
        if locked.case.state != case.case.state {
            return Ok(true);
        }
        let change = Change {
            event: Event::Stopped,
            actor: &Actor::System,
            action: "account_end_stopped",
            detail: json!({ "why": why }),
            visible: true,
        };
        transition::apply(ctx, conn, &locked, change)?;
        cases::set_attention(conn, case.id, Some(attention))?;
        Ok(true)
    })
}
