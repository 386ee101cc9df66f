//! Rows of a table that refer to rows of the same table: in which order they can go.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::matching::RowKey;

use super::Host;
use super::catalogue::{Column, ForeignKey, Relation, row_key};
use super::error::Failure;
use super::server::{Dialect, Mode};
use super::statement::{Bound, Statement};
use super::write::{BATCH, assignments, updating};

/// Rows that go in one transaction.
pub(super) struct Batch<'a> {
    pub(super) rows: Vec<RowKey>,
    /// Columns to empty before: a server that looks at each row by itself would not let them go in another order.
    loosened: Vec<&'a Column>,
}

impl Batch<'_> {
    /// What is done before the rows are deleted, in the same transaction.
    pub(super) fn before(
        &self,
        sql: &dyn Dialect,
        relation: &Relation,
        key: &[&Column],
    ) -> Result<Option<Statement>, Failure> {
        if self.loosened.is_empty() {
            return Ok(None);
        }
        let mut change = |bound: &mut Bound| {
            let values = self.loosened.iter().map(|column| (*column, None));
            Ok((assignments(sql, bound, values)?, None))
        };
        updating(sql, relation, key, &self.rows, &mut change).map(Some)
    }
}

/// The rows in batches: those that others refer to after those others. Rows that refer to each other in a ring go in one.
pub(super) fn batches<'a>(
    host: &mut Host<'_>,
    relation: &'a Relation,
    key: &[&Column],
    rows: &[RowKey],
    references: Vec<ForeignKey>,
) -> Result<Vec<Batch<'a>>, Failure> {
    let own = references
        .into_iter()
        .filter(|reference| reference.from == reference.to);
    let own: Vec<ForeignKey> = own.collect();
    let plain = |rows: &[RowKey]| Batch {
        rows: rows.to_vec(),
        loosened: vec![],
    };
    if own.is_empty() {
        return Ok(rows.chunks(BATCH).map(plain).collect());
    }
    let (levels, ring) = peeled(rows, &edges(host, relation, key, &own, rows)?);
    if !host.sql.checks_each_row() {
        let ordered: Vec<RowKey> = levels.into_iter().flatten().collect();
        let rings = (!ring.is_empty()).then_some(ring.as_slice());
        return Ok(ordered.chunks(BATCH).chain(rings).map(plain).collect());
    }
    let loosened = loosened(relation, &own)?;
    if loosened.is_empty() {
        let levels = levels.iter().flat_map(|level| level.chunks(BATCH));
        let rings = (!ring.is_empty()).then_some(ring.as_slice());
        return Ok(levels.chain(rings).map(plain).collect());
    }
    let ordered: Vec<RowKey> = levels.into_iter().flatten().collect();
    let rings = (!ring.is_empty()).then_some(ring.as_slice());
    Ok(ordered
        .chunks(BATCH)
        .chain(rings)
        .map(|rows| Batch {
            rows: rows.to_vec(),
            loosened: loosened.clone(),
        })
        .collect())
}

/// A column of each constraint that may be empty; none at all when one has no such column.
fn loosened<'a>(relation: &'a Relation, own: &[ForeignKey]) -> Result<Vec<&'a Column>, Failure> {
    let mut loosened: Vec<&Column> = Vec::new();
    for reference in own {
        let columns = relation.columns_of(&reference.columns)?;
        match columns.into_iter().find(|column| !column.not_null) {
            Some(column) if loosened.iter().all(|known| known.name != column.name) => loosened.push(column),
            Some(_) => {}
            None => return Ok(vec![]),
        }
    }
    Ok(loosened)
}

/// Which of the rows refers to which, by any of the constraints.
fn edges(
    host: &mut Host<'_>,
    relation: &Relation,
    key: &[&Column],
    own: &[ForeignKey],
    rows: &[RowKey],
) -> Result<Vec<(RowKey, RowKey)>, Failure> {
    let sql = host.sql;
    let mut edges = Vec::new();
    let mut session = host.connection.begin(Mode::View)?;
    for reference in own {
        let on: Vec<String> = relation
            .columns_of(&reference.columns)?
            .into_iter()
            .zip(relation.columns_of(&reference.to_columns)?)
            .map(|(here, there)| format!("{} = {}", sql.column("t", here), sql.column("p", there)))
            .collect();
        let selected: Vec<String> = ["t", "p"]
            .into_iter()
            .flat_map(|alias| key.iter().map(move |column| sql.text(alias, column)))
            .collect();
        for batch in rows.chunks(BATCH) {
            let mut bound = Bound::default();
            let text = format!(
                "SELECT {} FROM {table} AS t JOIN {table} AS p ON {} WHERE {}",
                selected.join(", "),
                on.join(" AND "),
                sql.among(&mut bound, "t", key, batch)?,
                table = relation.sql,
            );
            for row in session.query(&Statement::new(text, bound))? {
                let from = row_key(&row, 0, key.len(), relation)?;
                edges.push((from, row_key(&row, key.len(), key.len(), relation)?));
            }
        }
    }
    session.commit()?;
    Ok(edges)
}

/// The rows in levels, each of rows to which only earlier ones refer, and the rest: rings, and what they refer to.
fn peeled(rows: &[RowKey], edges: &[(RowKey, RowKey)]) -> (Vec<Vec<RowKey>>, Vec<RowKey>) {
    let mut left: BTreeSet<&RowKey> = rows.iter().collect();
    let mut referred: BTreeMap<&RowKey, usize> = BTreeMap::new();
    let mut from: BTreeMap<&RowKey, Vec<&RowKey>> = BTreeMap::new();
    let among =
        |edge: &&(RowKey, RowKey)| edge.0 != edge.1 && left.contains(&edge.0) && left.contains(&edge.1);
    for (child, parent) in edges.iter().filter(among) {
        *referred.entry(parent).or_default() += 1;
        from.entry(child).or_default().push(parent);
    }
    let mut levels = Vec::new();
    let mut free: Vec<&RowKey> = left
        .iter()
        .copied()
        .filter(|row| !referred.contains_key(row))
        .collect();
    while !free.is_empty() {
        let mut next = Vec::new();
        for row in &free {
            left.remove(row);
            for parent in from.get(row).into_iter().flatten() {
                let count = referred.entry(parent).or_default();
                *count = count.saturating_sub(1);
                if *count == 0 {
                    next.push(*parent);
                }
            }
        }
        levels.push(free.into_iter().cloned().collect());
        free = next;
    }
    (levels, left.into_iter().cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u8) -> RowKey {
        RowKey(vec![id.to_string()])
    }

    fn names(rows: &[RowKey]) -> String {
        let ids: Vec<&str> = rows.iter().flat_map(|row| &row.0).map(String::as_str).collect();
        ids.join(" ")
    }

    fn told(rows: &[u8], edges: &[(u8, u8)]) -> (Vec<String>, String) {
        let rows: Vec<RowKey> = rows.iter().map(|id| row(*id)).collect();
        let edges: Vec<(RowKey, RowKey)> = edges.iter().map(|(a, b)| (row(*a), row(*b))).collect();
        let (levels, ring) = peeled(&rows, &edges);
        (levels.iter().map(|level| names(level)).collect(), names(&ring))
    }

    #[test]
    fn who_refers_goes_before_whom_it_refers_to() {
        let (levels, ring) = told(&[1, 2, 3, 4], &[(2, 1), (3, 2), (4, 1), (3, 3), (3, 9)]);
        assert_eq!(
            (levels, ring.as_str()),
            (vec!["3 4".into(), "2".into(), "1".into()], "")
        );
    }

    #[test]
    fn a_ring_is_left_with_all_that_it_refers_to() {
        let (levels, ring) = told(&[1, 2, 3, 4], &[(1, 2), (2, 1), (2, 3), (4, 1)]);
        assert_eq!((levels, ring.as_str()), (vec!["4".to_owned()], "1 2 3"));
        assert_eq!(told(&[], &[]), (vec![], String::new()));
    }
}
