//! Purging what a law made us keep, once its last day has passed: proposed as a list, approved once, purged line by line.

mod deciding;
mod running;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::restricting::Held;
use super::{Context, Error, Result, awaiting, keys, restricting};
use crate::domain::calendar::stockholm_date;
use crate::domain::ids::{CaseId, PurgeId, StaffId};
use crate::domain::purge::{LineState, ListState};
use crate::domain::staff::{Actor, Permission};
use crate::store::keys::CaseKey;
use crate::store::purges::{self, Purge};
use crate::store::retained::{self, Due, RetainedRow};
use crate::store::{Conn, staff};

pub use deciding::{Action, act, may_decide};
pub use running::run;

/// The stream of the audit trail for what concerns no single case.
const SERVICE: Uuid = Uuid::nil();
/// Where sealed reasons belong.
const REASON: &str = "purges.reason";
/// Lists that are shown.
const SHOWN: i64 = 100;

/// What came of proposing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proposed {
    /// The list that now holds what may go; none when nothing may.
    pub list: Option<PurgeId>,
    /// Lines put on it now.
    pub lines: usize,
}

/// What may go on a day, and what would if nothing kept it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The day.
    pub on: NaiveDate,
    /// Line by line, the longest overdue first.
    pub lines: Vec<OutlookLine>,
}

/// A line of an outlook.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OutlookLine {
    /// The case's reference; none when its file has been disposed of.
    pub case: Option<String>,
    /// The system.
    pub system: String,
    /// The table.
    pub table: String,
    /// `retained` or `reduced`.
    pub kind: String,
    /// The law.
    pub ground: String,
    /// The last day.
    pub until: NaiveDate,
    /// How many rows.
    pub rows: i64,
    /// Whether a legal hold keeps them all the same.
    pub on_hold: bool,
    /// Cases whose restriction in force keeps them (Art. 18).
    pub restricted_by: Vec<String>,
    /// Requests of access and portability whose answer they wait for.
    pub awaited_by: Vec<String>,
}

/// What would go on `day`, without changing anything. What stands in a list already is not in it.
///
/// # Errors
/// When the database fails.
pub fn outlook(ctx: &Context, day: NaiveDate) -> Result<Outlook> {
    let mut conn = ctx.store.get()?;
    let due = retained::list_due(&mut conn, day)?;
    let keeping = Keeping::read(ctx, &mut conn)?;
    let line = |due: Due| {
        let kept = due.retained;
        Ok(OutlookLine {
            restricted_by: keeping
                .restricted_by(ctx, &mut conn, &kept)?
                .into_iter()
                .collect(),
            awaited_by: keeping.awaited_by(ctx, &mut conn, &kept)?.into_iter().collect(),
            case: due.reference,
            system: kept.system,
            table: kept.tbl,
            kind: kept.kind,
            ground: kept.ground,
            until: kept.keep_until,
            rows: kept.rows,
            on_hold: due.on_hold.unwrap_or_default(),
        })
    };
    let lines: Result<Vec<OutlookLine>> = due.into_iter().map(line).collect();
    Ok(Outlook {
        on: day,
        lines: lines?,
    })
}

/// Proposes all whose time has passed, on the list that waits for a decision or on a new one. Where the settings ask
/// for no approval, the list is approved at once.
///
/// # Errors
/// When the database fails.
pub fn propose(ctx: &Context) -> Result<Proposed> {
    let today = stockholm_date(ctx.now());
    ctx.store.transaction(|conn| {
        if free(ctx, conn, today)?.is_empty() {
            let open = purges::lock_proposed(conn)?;
            return Ok(Proposed {
                list: open.map(|list| list.id),
                lines: 0,
            });
        }
        let id = purges::lock_or_begin(conn, PurgeId(ctx.new_id()), ctx.now(), today)?;
        // Read again under the lock: another instance may just have put them on the list.
        let due = free(ctx, conn, today)?;
        let ids: Vec<Uuid> = due.iter().map(|due| due.id).collect();
        let lines = purges::add_lines(conn, id, &ids, today)?;
        if lines == 0 {
            return Ok(Proposed {
                list: Some(id),
                lines,
            });
        }
        let rows: i64 = due.iter().map(|due| due.rows).sum();
        let detail = json!({ "purge": id.to_string(), "lines": lines, "rows": rows });
        ctx.record(conn, SERVICE, &Actor::System, "purge_proposed", detail)?;
        if !ctx.policy.retention.purge_approval {
            deciding::approve(ctx, conn, id, None)?;
        }
        Ok(Proposed {
            list: Some(id),
            lines,
        })
    })
}

/// What may go on `today`: neither a legal hold nor a restriction keeps it, and nobody put it off.
fn free(ctx: &Context, conn: &mut Conn, today: NaiveDate) -> Result<Vec<RetainedRow>> {
    let held = restricting::held(ctx, conn)?;
    let mut free = Vec::new();
    for due in retained::list_due(conn, today)? {
        let put_off = due.not_before.is_some_and(|day| day > today);
        if !due.on_hold.unwrap_or_default() && !put_off && held.among(ctx, conn, &due.retained)?.is_empty() {
            free.push(due.retained);
        }
    }
    Ok(free)
}

/// What keeps retained rows from going, beside a legal hold on their case.
struct Keeping {
    restricted: Held,
    awaited: Held,
}

impl Keeping {
    fn read(ctx: &Context, conn: &mut Conn) -> Result<Self> {
        Ok(Self {
            restricted: restricting::held(ctx, conn)?,
            awaited: awaiting::awaited(ctx, conn)?,
        })
    }

    /// The restrictions in force.
    fn restricted_by(
        &self,
        ctx: &Context,
        conn: &mut Conn,
        retained: &RetainedRow,
    ) -> Result<BTreeSet<String>> {
        self.restricted.among(ctx, conn, retained)
    }

    /// The requests of access and portability that wait for their answer: of the same person, by what their cases share
    /// and by the rows that were found.
    fn awaited_by(&self, ctx: &Context, conn: &mut Conn, retained: &RetainedRow) -> Result<BTreeSet<String>> {
        let mut by = self.awaited.among(ctx, conn, retained)?;
        by.extend(awaiting::open_access_of(conn, CaseId(retained.case_id))?);
        Ok(by)
    }
}

/// A list as staff see it.
#[derive(Clone, Debug)]
pub struct ListView {
    /// Its id.
    pub id: PurgeId,
    /// Where it stands.
    pub state: ListState,
    /// What an action on it must name.
    pub version: i64,
    /// When it was first proposed.
    pub proposed_at: DateTime<Utc>,
    /// The local day on which all in it could go.
    pub proposed_on: NaiveDate,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom, for who may see staff; nobody when the settings ask for no approval.
    pub decided_by: Option<StaffId>,
    /// Their name.
    pub decided_by_name: Option<String>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// When its job ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Lines by state.
    pub counts: BTreeMap<LineState, usize>,
    /// Rows that it is about, but for those of lines taken out.
    pub rows: i64,
    /// Rows that are gone.
    pub purged: i64,
    /// Its lines.
    pub lines: Vec<LineView>,
}

/// A line as staff see it.
#[derive(Clone, Debug)]
pub struct LineView {
    /// Its id: that of the retained rows.
    pub id: Uuid,
    /// The case's reference; none when its file has been disposed of.
    pub case: Option<String>,
    /// The system.
    pub system: String,
    /// The table.
    pub table: String,
    /// `retained` or `reduced`.
    pub kind: String,
    /// The law.
    pub ground: String,
    /// The last day.
    pub until: NaiveDate,
    /// How many rows.
    pub rows: i64,
    /// Where it stands.
    pub state: LineState,
    /// Rows that are gone.
    pub purged: Option<i64>,
    /// Why it stopped: a code, or the system's words without values.
    pub failure: Option<String>,
    /// Why it was taken out.
    pub reason: Option<String>,
    /// Cases whose restriction in force keeps them, while they are not gone.
    pub restricted_by: Vec<String>,
    /// Requests of access and portability whose answer they wait for, while they are not gone.
    pub awaited_by: Vec<String>,
}

/// The latest lists, the newest first.
///
/// # Errors
/// When the actor may not see cases, or the database fails.
pub fn list(ctx: &Context, actor: &Actor) -> Result<Vec<ListView>> {
    may_read(actor)?;
    let mut conn = ctx.store.get()?;
    let keeping = Keeping::read(ctx, &mut conn)?;
    purges::list(&mut conn, SHOWN)?
        .iter()
        .map(|purge| view(ctx, &mut conn, purge, &keeping))
        .collect()
}

/// One list.
///
/// # Errors
/// When there is none, the actor may not see cases, or the database fails.
pub fn show(ctx: &Context, actor: &Actor, id: PurgeId) -> Result<ListView> {
    may_read(actor)?;
    let mut conn = ctx.store.get()?;
    let purge = purges::find(&mut conn, id)?;
    let keeping = Keeping::read(ctx, &mut conn)?;
    view(ctx, &mut conn, &purge, &keeping)
}

/// How many lists wait for a decision, or for somebody to look why they stopped.
///
/// # Errors
/// When the database fails.
pub fn waiting(ctx: &Context) -> Result<i64> {
    Ok(purges::count_waiting(&mut *ctx.store.get()?)?)
}

fn may_read(actor: &Actor) -> Result<()> {
    if actor.may(Permission::ReadCases) {
        Ok(())
    } else {
        Err(Error::Forbidden("role"))
    }
}

fn view(ctx: &Context, conn: &mut Conn, purge: &Purge, keeping: &Keeping) -> Result<ListView> {
    let mut lines = Vec::new();
    for line in purges::list_lines(conn, purge.id)? {
        let (restricted_by, awaited_by) = match line.state {
            LineState::Done | LineState::TakenOut => Default::default(),
            _ => (
                keeping.restricted_by(ctx, conn, &line.retained)?,
                keeping.awaited_by(ctx, conn, &line.retained)?,
            ),
        };
        lines.push(LineView {
            id: line.retained.id,
            case: line.reference,
            system: line.retained.system,
            table: line.retained.tbl,
            kind: line.retained.kind,
            ground: line.retained.ground,
            until: line.retained.keep_until,
            rows: line.retained.rows,
            state: line.state,
            purged: line.purged,
            failure: line.failure,
            reason: open_reason(ctx, purge.id, line.reason_sealed.as_deref())?,
            restricted_by: restricted_by.into_iter().collect(),
            awaited_by: awaited_by.into_iter().collect(),
        });
    }
    let mut counts = BTreeMap::new();
    for line in &lines {
        *counts.entry(line.state).or_default() += 1;
    }
    let decided_by_name = match purge.decided_by {
        Some(id) => Some(staff::find(conn, id)?.member.email),
        None => None,
    };
    Ok(ListView {
        id: purge.id,
        state: purge.state,
        version: purge.version,
        proposed_at: purge.proposed_at,
        proposed_on: purge.proposed_on,
        decided_at: purge.decided_at,
        decided_by: purge.decided_by,
        decided_by_name,
        reason: open_reason(ctx, purge.id, purge.reason_sealed.as_deref())?,
        finished_at: purge.finished_at,
        counts,
        rows: lines
            .iter()
            .filter(|line| line.state != LineState::TakenOut)
            .map(|line| line.rows)
            .sum(),
        purged: lines.iter().filter_map(|line| line.purged).sum(),
        lines,
    })
}

/// The key of what staff write about a list: it concerns many cases, so it is sealed with none of theirs. Made before
/// the transaction that uses it.
fn reason_key(ctx: &Context, id: PurgeId) -> Result<CaseKey> {
    match keys::find(ctx, id.0) {
        Err(Error::Gone(_)) => keys::make(ctx, id.0),
        found => found,
    }
}

fn open_reason(ctx: &Context, id: PurgeId, sealed: Option<&[u8]>) -> Result<Option<String>> {
    let Some(sealed) = sealed else { return Ok(None) };
    Ok(Some(keys::find(ctx, id.0)?.open(REASON, sealed)?))
}
