//! The queue: what to work on next.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web;
use chrono::Days;
use serde::Deserialize;
use uuid::Uuid;

use super::who::{Answer, Desk};
use crate::domain::calendar::stockholm_date;
use crate::domain::case::State;
use crate::domain::ids::{Reference, StaffId};
use crate::domain::right::Right;
use crate::domain::staff::Actor;
use crate::http::api::queue_query::{cursor_text, read_cursor};
use crate::http::pages::{Form, Visit};
use crate::http::views::staff::{QueueFilters, QueuePage, QueueRow};
use crate::services::accounts::Authenticated;
use crate::services::overview::{AT_RISK_DAYS, COUNTED, Page};
use crate::services::{Context, Result, desk, overview, purging, replaying};
use crate::store::queue::{ENDED, Filter, Line, Sort};

/// Cases on a page.
const PAGE: i64 = 25;
/// Days that "within a week" reaches beyond today.
const WEEK: u64 = 7;

/// What the queue is asked for, as in its address. What is not known there counts as absent.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    right: String,
    assignee: String,
    due: String,
    recipient: String,
    sort: String,
    cursor: String,
    q: String,
}

/// A page of the queue with what it takes to show it.
struct Found {
    page: Page,
    names: BTreeMap<Uuid, String>,
    waiting: BTreeSet<Uuid>,
    purges: i64,
    undone: i64,
}

impl Asked {
    /// What of it means something.
    fn filters(&self, ctx: &Context) -> QueueFilters {
        let known = |text: &str, is_known: bool| if is_known { text.to_owned() } else { String::new() };
        let state = self.state == "all" || State::NAMES.contains(&self.state.as_str());
        let assignee =
            ["me", "none"].contains(&self.assignee.as_str()) || self.assignee.parse::<Uuid>().is_ok();
        QueueFilters {
            state: known(&self.state, state),
            right: known(&self.right, Right::from_name(&self.right).is_some()),
            assignee: known(&self.assignee, assignee),
            due: known(&self.due, ["late", "week"].contains(&self.due.as_str())),
            recipient: known(
                &self.recipient,
                ctx.organisation.recipient(&self.recipient).is_some(),
            ),
            sort: known(&self.sort, self.sort == "newest"),
        }
    }

    fn find(&self, ctx: &Context, actor: &Actor) -> Result<Found> {
        let filters = self.filters(ctx);
        let sort = if filters.sort == "newest" {
            Sort::NewestFirst
        } else {
            Sort::DueFirst
        };
        let page = overview::queue(
            ctx,
            actor,
            &filter(ctx, actor, &filters),
            Some(&self.q),
            sort,
            read_cursor(&self.cursor),
            PAGE,
        )?;
        let ids: Vec<Uuid> = page.lines.iter().map(|line| line.id).collect();
        Ok(Found {
            names: super::case_page::names(&desk::colleagues(ctx, actor)?),
            waiting: desk::awaiting_approval(ctx, actor, &ids)?,
            purges: purging::waiting(ctx)?,
            undone: replaying::count_undone(ctx)?,
            page,
        })
    }
}

fn filter(ctx: &Context, actor: &Actor, filters: &QueueFilters) -> Filter {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let today = stockholm_date(ctx.now());
    Filter {
        all_states: filters.state == "all",
        state: some(&filters.state).filter(|state| state != "all"),
        right: Right::from_name(&filters.right),
        unassigned: filters.assignee == "none",
        assignee: match filters.assignee.as_str() {
            "me" => actor.staff(),
            other => other.parse().ok().map(StaffId),
        },
        due_before: match filters.due.as_str() {
            "late" => Some(today),
            "week" => today.checked_add_days(Days::new(WEEK + 1)),
            _ => None,
        },
        recipient: some(&filters.recipient),
        ..Filter::default()
    }
}

/// The queue with the filters of its address.
pub(super) async fn list(visit: Visit) -> Answer {
    let asked = web::Query::<Asked>::from_query(visit.request.query_string());
    let asked = asked.map(web::Query::into_inner).unwrap_or_default();
    show(Desk::at(visit)?, asked).await
}

/// A search. It is sent rather than asked for, so that no identifier stands in an address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    csrf: String,
    q: String,
}

/// The cases of a reference or an identifier.
pub(super) async fn search(visit: Visit, Form(form): Form<Search>) -> Answer {
    let desk = Desk::sent(visit, "/staff", &form.csrf)?;
    let asked = Asked {
        q: form.q,
        ..Asked::default()
    };
    show(desk, asked).await
}

async fn show(desk: Desk, asked: Asked) -> Answer {
    let work = asked.clone();
    let (who, found) = desk.run(move |ctx, who| work.find(ctx, &who.actor)).await?;
    // A whole case number leads to its case.
    if let (Ok(reference), [line]) = (Reference::parse(&asked.q), found.page.lines.as_slice())
        && line.reference == reference.as_str()
    {
        return Ok(desk.visit.see_other(&super::case::path_of(&reference), None));
    }
    Ok(desk.visit.show(&view(&desk, &who, &asked, &found)))
}

fn view(desk: &Desk, who: &Authenticated, asked: &Asked, found: &Found) -> QueuePage {
    let ctx = &desk.visit.app.ctx;
    let (page, filters) = (&found.page, asked.filters(ctx));
    let recipients = ctx.organisation.recipients.iter();
    let next = page.next.map(cursor_text).filter(|_| asked.q.trim().is_empty());
    QueuePage {
        t: desk.visit.t(),
        page: desk.page(who, "queue"),
        rows: page.lines.iter().map(|line| row(ctx, line, found)).collect(),
        next_href: next.map(|cursor| filters.href(Some(&cursor))),
        filters,
        total: u64::try_from(page.total).unwrap_or_default(),
        is_more: page.total >= COUNTED,
        recipients: recipients.map(|r| (r.id.clone(), r.name.clone())).collect(),
        searched: asked.q.clone(),
        purges_waiting: found.purges,
        erasures_undone: found.undone,
    }
}

fn row(ctx: &Context, line: &Line, found: &Found) -> QueueRow {
    let days_left = overview::days_left(ctx, line.due_on);
    let is_open = !ENDED.contains(&line.state.as_str());
    let paused = line.state == "clarification_pending";
    let alarm = found.page.alarms.get(&line.id).and_then(|alarm| alarm.name());
    let marks = [
        ("awaiting_approval", found.waiting.contains(&line.id)),
        ("overdue", alarm == Some("overdue")),
        (
            "at_risk",
            alarm == Some("at_risk") || (alarm.is_none() && is_open && !paused && days_left <= AT_RISK_DAYS),
        ),
        ("held", line.on_hold),
        ("extended", line.extended),
        ("message", line.message_waits),
    ];
    QueueRow {
        reference: line.reference.clone(),
        right: Right::from_name(&line.right_).unwrap_or(Right::Access),
        state: line.state.clone(),
        days_left,
        due_on: line.due_on,
        received_on: stockholm_date(line.received_at),
        paused,
        assignee: line
            .assignee
            .map(|id| found.names.get(&id).cloned().unwrap_or_else(|| id.to_string())),
        marks: marks
            .into_iter()
            .filter_map(|(name, is_set)| is_set.then_some(name))
            .collect(),
        attention: line.attention.clone(),
    }
}
