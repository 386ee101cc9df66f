//! Permissions, by which trees are frozen and restricted, and retained files barred from other use.

use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;

use crate::domain::data_map::{System as Mapped, Table};
use crate::domain::grant::Correction;
use crate::domain::matching::RowKey;
use crate::services::ports::AccountBefore;

use super::error::Failure;
use super::place::Place;
use super::remove::{mode, set_mode};

/// The only column that can be set: permissions, such as `0700`.
pub(super) const MODE: &str = "mode";

/// The permissions that the freeze sets, and where it sets them among the roots.
fn frozen(
    map: &Mapped,
    roots: &BTreeMap<String, Vec<RowKey>>,
) -> Result<Option<(String, Vec<Place>)>, Failure> {
    let Some(freeze) = &map.freeze else {
        return Ok(None);
    };
    let mode = freeze.set.get(MODE);
    let mode = mode.ok_or_else(|| Failure::Unknown(format!("{}.{MODE}", freeze.table)))?;
    let own = roots.get(&freeze.table).into_iter().flatten();
    Ok(Some((
        mode.clone(),
        own.map(Place::of_key).collect::<Result<_, _>>()?,
    )))
}

pub(super) fn freeze(
    root: BorrowedFd<'_>,
    map: &Mapped,
    roots: &BTreeMap<String, Vec<RowKey>>,
) -> Result<u64, Failure> {
    let Some((mode, places)) = frozen(map, roots)? else {
        return Ok(0);
    };
    let mut frozen = 0;
    for place in &places {
        frozen += u64::from(set_mode(root, place, &mode)?);
    }
    Ok(frozen)
}

pub(super) fn accounts(
    root: BorrowedFd<'_>,
    map: &Mapped,
    roots: &BTreeMap<String, Vec<RowKey>>,
) -> Result<Vec<AccountBefore>, Failure> {
    let Some((_, places)) = frozen(map, roots)? else {
        return Ok(vec![]);
    };
    let mut accounts = Vec::new();
    for place in &places {
        if let Some(mode) = mode(root, place)? {
            let values = BTreeMap::from([(MODE.to_owned(), Some(mode))]);
            let key = place.key(false);
            accounts.push(AccountBefore { key, values });
        }
    }
    Ok(accounts)
}

/// Gives back what a freeze took; where somebody changed it since, it is left as it is.
pub(super) fn thaw(root: BorrowedFd<'_>, map: &Mapped, accounts: &[AccountBefore]) -> Result<u64, Failure> {
    let Some((frozen, _)) = frozen(map, &BTreeMap::new())? else {
        return Ok(0);
    };
    let mut thawed = 0;
    for account in accounts {
        let place = Place::of_key(&account.key)?;
        let before = account.values.get(MODE).and_then(Option::as_deref);
        let still = mode(root, &place)?.is_some_and(|now| same(&now, &frozen));
        if let Some(before) = before.filter(|_| still) {
            thawed += u64::from(set_mode(root, &place, before)?);
        }
    }
    Ok(thawed)
}

/// The permissions that bar a retained file, if the map names some.
fn barring(table: &Table) -> Option<&str> {
    let bar = table.erase.retain()?.bar.as_ref()?;
    Some(&bar.set)
}

pub(super) fn bar(root: BorrowedFd<'_>, table: &Table, rows: &[RowKey]) -> Result<u64, Failure> {
    let Some(set) = barring(table) else { return Ok(0) };
    let mut barred = 0;
    for row in rows {
        let place = Place::of_key(row)?;
        if mode(root, &place)?.is_some_and(|now| !same(&now, set)) {
            barred += u64::from(set_mode(root, &place, set)?);
        }
    }
    Ok(barred)
}

pub(super) fn unbarred(root: BorrowedFd<'_>, table: &Table, rows: &[RowKey]) -> Result<u64, Failure> {
    let Some(set) = barring(table) else { return Ok(0) };
    let mut unbarred = 0;
    for row in rows {
        let now = mode(root, &Place::of_key(row)?)?;
        unbarred += u64::from(now.is_some_and(|now| !same(&now, set)));
    }
    Ok(unbarred)
}

/// Sets permissions, all or none: says how many are neither what they were nor what they are to be.
pub(super) fn set(root: BorrowedFd<'_>, table: &str, corrections: &[Correction]) -> Result<u64, Failure> {
    let mut due = Vec::new();
    let mut others = 0;
    for one in corrections {
        let (place, now) = standing(root, table, one)?;
        if is(now.as_deref(), one.new.as_deref()) {
            continue;
        }
        if is(now.as_deref(), one.old.as_deref()) {
            due.push((place, one.new.as_deref()));
        } else {
            others += 1;
        }
    }
    if others > 0 {
        return Ok(others);
    }
    for (place, new) in due {
        let new = new.ok_or_else(|| Failure::refused("permissions cannot be without a value"))?;
        set_mode(root, &place, new)?;
    }
    Ok(0)
}

/// How many permissions are not what they were set to.
pub(super) fn unset(root: BorrowedFd<'_>, table: &str, corrections: &[Correction]) -> Result<u64, Failure> {
    let mut unset = 0;
    for one in corrections {
        let (_, now) = standing(root, table, one)?;
        unset += u64::from(!is(now.as_deref(), one.new.as_deref()));
    }
    Ok(unset)
}

fn standing(
    root: BorrowedFd<'_>,
    table: &str,
    correction: &Correction,
) -> Result<(Place, Option<String>), Failure> {
    if correction.column != MODE {
        return Err(Failure::Unknown(format!("{table}.{}", correction.column)));
    }
    let place = Place::of_key(&correction.key)?;
    let now = mode(root, &place)?;
    Ok((place, now))
}

fn is(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => same(one, other),
        (one, other) => one == other,
    }
}

/// However many zeros they begin with.
fn same(one: &str, other: &str) -> bool {
    one.trim_start_matches('0') == other.trim_start_matches('0')
}
