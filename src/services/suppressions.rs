//! The ledger of addresses that marketing must leave alone: kept with an objection, asked by machines, and held against
//! the systems at intervals, for rows that came back with an import.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Context, Error, Result};
use crate::domain::contact::{Email, Phone};
use crate::domain::data_map::PurposeUse;
use crate::domain::grant::Stopping;
use crate::domain::grant::stop::{ALL_MARKETING, Address};
use crate::domain::matching::{KeyKind, RowKey};
use crate::domain::sealing::Purpose;
use crate::domain::staff::{Actor, Permission};
use crate::services::ports::ServedRow;
use crate::store::cases::StoredCase;
use crate::store::suppressions::{self, Suppression};
use crate::store::{Conn, audit};

/// Addresses that one call may ask about.
pub const MOST_ASKED: usize = 1000;
/// Rows read of a table at a time.
const PAGE: usize = 500;

/// Keeps the entries of what stops, in the transaction that begins to stop it.
///
/// # Errors
/// When the database fails.
pub fn keep(ctx: &Context, conn: &mut Conn, case: &StoredCase, stopping: &Stopping) -> Result<()> {
    let since = case.state_since;
    let mut entries = Vec::new();
    for address in &stopping.addresses {
        for purpose in stopping.suppressed() {
            entries.push(Suppression {
                kind: address.kind.name().to_owned(),
                digest: digest(ctx, address),
                purpose: purpose.to_owned(),
                since,
                case_id: case.id.0,
                reference: case.reference.to_string(),
            });
        }
    }
    Ok(suppressions::keep(conn, &entries)?)
}

/// What the ledger knows an address by.
fn digest(ctx: &Context, address: &Address) -> Vec<u8> {
    let secret = ctx.keys.for_purpose(Purpose::Suppression);
    let parts: [&[u8]; 2] = [address.kind.name().as_bytes(), address.value.as_bytes()];
    secret.digest(&parts).to_vec()
}

/// What the ledger says of one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The purposes that leave it alone, and since when; `*` for all direct marketing.
    pub purposes: Vec<(String, DateTime<Utc>)>,
}

/// What the ledger says of each of these, in their order.
///
/// # Errors
/// When the database fails.
pub fn standings(ctx: &Context, conn: &mut Conn, addresses: &[Address]) -> Result<Vec<Standing>> {
    let digests: Vec<Vec<u8>> = addresses.iter().map(|address| digest(ctx, address)).collect();
    let mut by_digest: BTreeMap<Vec<u8>, Standing> = BTreeMap::new();
    for entry in suppressions::list(conn, &digests)? {
        let standing = by_digest.entry(entry.digest).or_default();
        standing.purposes.push((entry.purpose, entry.since));
    }
    let standing = |digest: &Vec<u8>| by_digest.get(digest).cloned().unwrap_or_default();
    Ok(digests.iter().map(standing).collect())
}

/// What machines and staff ask before they send or import: which of these addresses are to be left alone. What is no
/// address is known to nobody, and answers like one that nobody objected for.
///
/// # Errors
/// When the actor may not, too much is asked at once, or the database fails.
pub fn check(ctx: &Context, actor: &Actor, emails: &[String], phones: &[String]) -> Result<Vec<Standing>> {
    if !actor.may(Permission::CheckSuppressions) {
        return Err(Error::Forbidden("role"));
    }
    if emails.len() + phones.len() > MOST_ASKED {
        return Err(Error::field("emails", "too_long"));
    }
    let address = |kind: KeyKind, value: Option<String>, typed: &String| Address {
        kind,
        value: value.unwrap_or_else(|| typed.clone()),
    };
    let emails = emails.iter().map(|typed| {
        let email = Email::parse(typed).ok().map(|email| email.as_str().to_owned());
        address(KeyKind::Email, email, typed)
    });
    let phones = phones.iter().map(|typed| {
        let phone = Phone::parse(typed).ok().map(Into::into);
        address(KeyKind::Phone, phone, typed)
    });
    let asked: Vec<Address> = emails.chain(phones).collect();
    standings(ctx, &mut *ctx.store.get()?, &asked)
}

/// Stops again what came back: rows of the systems that serve a purpose although the ledger says that it must leave
/// their address alone. What the person agreed to after that stands. A system that fails keeps the others from nothing.
///
/// # Errors
/// When the service's own database fails.
pub fn stop_again(ctx: &Context) -> Result<usize> {
    if !suppressions::any(&mut *ctx.store.get()?)? {
        return Ok(0);
    }
    let mut stopped = 0;
    for (system, table, one) in ctx.organisation.map.uses() {
        if one.stop.is_none() || (table.person.email.is_none() && table.person.phone.is_none()) {
            continue;
        }
        match stop_in_table(ctx, &system.id, &table.name, one) {
            Ok(rows) => stopped += rows,
            Err(Error::System(error)) => {
                tracing::warn!(system = %system.id, table = %table.name, code = error.code(), "a suppression could not be held");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(stopped)
}

fn stop_in_table(ctx: &Context, system: &str, table: &str, one: &PurposeUse) -> Result<usize> {
    let Some(stop) = &one.stop else { return Ok(0) };
    let connected = ctx.systems.get(system)?;
    let mut after: Option<RowKey> = None;
    let mut stopped = 0;
    loop {
        let page = connected.served(table, one, after.as_ref(), PAGE)?;
        let Some(last) = page.last() else {
            return Ok(stopped);
        };
        after = Some(last.key.clone());
        let is_last = page.len() < PAGE;
        let rows = suppressed(ctx, one, &page)?;
        if !rows.is_empty() {
            let count = rows.len();
            let roots = BTreeMap::from([(table.to_owned(), rows)]);
            connected.stop(table, stop, &roots)?;
            record(ctx, system, table, one, count)?;
            stopped += count;
        }
        if is_last {
            return Ok(stopped);
        }
    }
}

/// Those of the rows that the purpose must leave alone.
fn suppressed(ctx: &Context, one: &PurposeUse, page: &[ServedRow]) -> Result<Vec<RowKey>> {
    let addresses: Vec<(usize, Address)> = page
        .iter()
        .enumerate()
        .flat_map(|(at, row)| {
            Address::among(&row.keys)
                .into_iter()
                .map(move |address| (at, address))
        })
        .collect();
    let plain: Vec<Address> = addresses.iter().map(|(_, address)| address.clone()).collect();
    let standings = standings(ctx, &mut *ctx.store.get()?, &plain)?;
    let mut rows: Vec<RowKey> = Vec::new();
    for ((at, _), standing) in addresses.iter().zip(standings) {
        let Some(row) = page.get(*at) else { continue };
        let holds = |(purpose, since): &(String, DateTime<Utc>)| {
            let meant = purpose == &one.id || (one.marketing && purpose == ALL_MARKETING);
            meant && row.given_at.is_none_or(|given| given <= *since)
        };
        if standing.purposes.iter().any(holds) && !rows.contains(&row.key) {
            rows.push(row.key.clone());
        }
    }
    Ok(rows)
}

/// In the trail of the service: whose rows they are is not ours to know.
fn record(ctx: &Context, system: &str, table: &str, one: &PurposeUse, rows: usize) -> Result<()> {
    let detail = json!({ "system": system, "table": table, "purpose": one.id, "rows": rows });
    ctx.store.transaction(|conn| {
        Ok(ctx.record(
            conn,
            audit::SERVICE_STREAM,
            &Actor::System,
            "suppressed_again",
            detail.clone(),
        )?)
    })
}
