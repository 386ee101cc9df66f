//! What the ledger keeps of a row that goes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::calendar::stockholm_date;
use crate::domain::erasure::SystemPlan;
use crate::domain::ids::CaseId;
use crate::domain::matching::{Match, PersonKeys, RowKey};
use crate::domain::purge::RetainedKey;
use crate::domain::replay::{self, Cause};
use crate::domain::sealing::Purpose;
use crate::services::{Context, Result};
use crate::store::Conn;
use crate::store::replays::{self, Entry};

/// A row that is gone, as the ledger keeps it.
#[derive(Clone, Debug)]
pub struct Gone {
    table: String,
    cause: Cause,
    row_digest: [u8; 32],
    proofs: Vec<[u8; 32]>,
}

/// The person's own rows of one system's part of a plan, with the identifiers that they were found by; but for those that
/// stay because that part is refused.
#[must_use]
pub fn of_roots(ctx: &Context, part: &SystemPlan, matches: &[Match]) -> Vec<Gone> {
    let secret = ctx.keys.for_purpose(Purpose::Replay);
    let held: BTreeMap<(&str, &RowKey), &PersonKeys> = matches
        .iter()
        .filter(|found| found.row.system == part.system)
        .map(|found| ((found.row.table.as_str(), &found.row.key), &found.row.keys))
        .collect();
    let rows = part.roots.iter();
    let refused = |table: &str| {
        part.tables
            .iter()
            .any(|one| one.table == table && one.is_refused())
    };
    rows.filter(|(table, _)| !refused(table))
        .flat_map(|(table, keys)| keys.iter().map(move |key| (table, key)))
        .map(|(table, key)| Gone {
            table: table.clone(),
            cause: Cause::Erased,
            row_digest: replay::row_digest(&secret, &part.system, table, key),
            proofs: held
                .get(&(table.as_str(), key))
                .map(|keys| replay::proofs_of(&secret, keys))
                .unwrap_or_default(),
        })
        .collect()
}

/// Rows that were kept by law and are purged.
#[must_use]
pub fn of_purged(ctx: &Context, system: &str, table: &str, rows: &[RetainedKey]) -> Vec<Gone> {
    let secret = ctx.keys.for_purpose(Purpose::Replay);
    rows.iter()
        .map(|row| Gone {
            table: table.to_owned(),
            cause: Cause::Purged,
            row_digest: replay::row_digest(&secret, system, table, &row.key),
            proofs: vec![replay::proof_of_contents(&secret, &row.digest)],
        })
        .collect()
}

/// Keeps what is gone from a system for as long as a backup may hold it; nothing where there are no backups.
///
/// # Errors
/// When the database fails.
pub fn keep(ctx: &Context, conn: &mut Conn, case: CaseId, system: &str, gone: &[Gone]) -> Result<()> {
    let now = ctx.now();
    let Some(expires_on) = expires_on(ctx, system, now) else {
        return Ok(());
    };
    let entries: Vec<Entry> = gone
        .iter()
        .map(|gone| Entry {
            id: ctx.new_id(),
            case,
            system: system.to_owned(),
            table: gone.table.clone(),
            cause: gone.cause,
            row_digest: gone.row_digest.to_vec(),
            proofs: gone.proofs.iter().map(|proof| proof.to_vec()).collect(),
            gone_at: now,
            expires_on,
        })
        .collect();
    Ok(replays::keep(conn, &entries)?)
}

/// Keeps what a case erased in a system for as long as a backup that was made until `at` may hold it.
///
/// # Errors
/// When the database fails.
pub(super) fn renew(
    ctx: &Context,
    conn: &mut Conn,
    case: CaseId,
    system: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    if let Some(expires_on) = expires_on(ctx, system, at) {
        replays::renew(conn, case, system, at, expires_on)?;
    }
    Ok(())
}

fn expires_on(ctx: &Context, system: &str, gone_at: DateTime<Utc>) -> Option<NaiveDate> {
    let mapped = ctx.organisation.map.system(system)?;
    replay::expires_on(stockholm_date(gone_at), mapped.backups_expire_after_days)
}

/// Forgets what no backup holds any more.
///
/// # Errors
/// When the database fails.
pub fn forget_expired(ctx: &Context) -> Result<usize> {
    let today = stockholm_date(ctx.now());
    Ok(replays::delete_expired(&mut *ctx.store.get()?, today)?)
}
