//! From a person's rows in one system to theirs in others: files by names of domains and mailboxes, contacts by the
//! number that another system knows them by.

use std::collections::{BTreeMap, BTreeSet};

use super::planning::{self, Surveyed};
use super::searching::FIND_LIMIT;
use super::{Context, Result};
use crate::domain::data_map::{Row, System, Table};
use crate::domain::erasure::Survey;
use crate::domain::matching::{Match, RowKey, Standing};

/// Rows to which values of the surveyed rows lead, and the surveys with those of the systems that lead further.
///
/// They are the person's because the rows that lead there are. Systems are taken in the order of the map, so that one
/// that was reached can lead to a later one.
///
/// # Errors
/// When a system fails.
pub fn follow(ctx: &Context, mut surveys: Vec<Surveyed>) -> Result<(Vec<Match>, Vec<Surveyed>)> {
    let map = &ctx.organisation.map;
    let mut found = Vec::new();
    for system in &map.systems {
        let mut roots: BTreeMap<String, Vec<RowKey>> = BTreeMap::new();
        for table in system.tables.iter().filter(|table| table.from.is_some()) {
            for one in reached(ctx, system, table, &surveys)? {
                let keys = roots.entry(table.name.clone()).or_default();
                keys.push(one.row.key.clone());
                found.push(one);
            }
        }
        if leads_on(ctx, system) && !roots.is_empty() {
            surveys.retain(|(survey, before)| {
                if survey.system == system.id {
                    merge(&mut roots, before);
                }
                survey.system != system.id
            });
            surveys.extend(planning::survey(
                ctx,
                &BTreeMap::from([(system.id.clone(), roots)]),
            )?);
        }
    }
    Ok((found, surveys))
}

/// What leads from the person's rows in some systems to a table of another.
///
/// # Errors
/// When the system fails.
fn reached(ctx: &Context, system: &System, table: &Table, surveys: &[Surveyed]) -> Result<Vec<Match>> {
    let Some(from) = &table.from else {
        return Ok(vec![]);
    };
    let names = table.values_named();
    let source = surveys.iter().find(|(survey, _)| survey.system == from.system);
    let values = source
        .map(|(survey, _)| values(survey, &from.table, &names))
        .unwrap_or_default();
    if values.is_empty() {
        return Ok(vec![]);
    }
    let values: Vec<Row> = values.into_iter().collect();
    let rows = ctx.systems.get(&system.id)?.linked(table, &values, FIND_LIMIT)?;
    let through = format!("{}.{}", from.system, from.table);
    let found = rows.into_iter().map(|row| Match {
        row,
        standing: Standing::Theirs,
        by: vec![],
        through: Some(through.clone()),
    });
    Ok(found.collect())
}

/// Each set of values once.
fn values(survey: &Survey, table: &str, names: &BTreeSet<&str>) -> BTreeSet<Row> {
    let named = |row: &Row| {
        let named = row.iter().filter(|(name, _)| names.contains(name.as_str()));
        named.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    survey.rows(table).iter().map(|row| named(&row.values)).collect()
}

fn merge(into: &mut BTreeMap<String, Vec<RowKey>>, more: &BTreeMap<String, Vec<RowKey>>) {
    for (table, keys) in more {
        let known = into.entry(table.clone()).or_default();
        let new: Vec<RowKey> = keys.iter().filter(|key| !known.contains(key)).cloned().collect();
        known.extend(new);
    }
}

/// The person's own rows, as far as they may lead to other systems.
#[must_use]
pub fn sources(
    ctx: &Context,
    mut roots: BTreeMap<String, BTreeMap<String, Vec<RowKey>>>,
) -> BTreeMap<String, BTreeMap<String, Vec<RowKey>>> {
    let map = &ctx.organisation.map;
    roots.retain(|id, _| map.system(id).is_some_and(|system| leads_on(ctx, system)));
    roots
}

fn leads_on(ctx: &Context, system: &System) -> bool {
    let fed = |table: &Table| {
        ctx.organisation
            .map
            .fed_by(&system.id, &table.name)
            .next()
            .is_some()
    };
    system.tables.iter().any(fed)
}
