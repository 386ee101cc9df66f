//! From a person's own rows to all that hang on them, parents first, in one view of the database.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use crate::domain::data_map::{Parent, System as Mapped, Table};
use crate::domain::erasure::{Survey, SurveyRequest, SurveyedRow, TableSurvey};
use crate::domain::matching::RowKey;

use super::Host;
use super::catalogue::{Catalogue, Column, Relation, row_key};
use super::condition::fulfils;
use super::error::Failure;
use super::server::{Dialect, Mode, Row, Session};
use super::statement::{Bound, Statement};

/// Keys bound to one statement.
const KEYS: usize = 1000;
/// Rows fetched at a time.
const PAGE: usize = 1000;

type Rows = BTreeMap<RowKey, SurveyedRow>;

/// The digest of the row `t`. What bars a retained row from other use is no part of the record, and is left out.
pub(super) fn digest(sql: &dyn Dialect, relation: &Relation, table: &Table) -> String {
    let bar = table.erase.retain().and_then(|rule| rule.bar.as_ref());
    let Some(bar) = bar else {
        return sql.digest(relation, None);
    };
    let record = relation.columns.iter().filter(|column| column.name != bar.column);
    sql.digest(relation, Some(&record.collect::<Vec<_>>()))
}

/// All rows of the person, as the request asks.
pub(super) fn survey(host: &mut Host<'_>, request: &SurveyRequest) -> Result<Survey, Failure> {
    let map = host.map;
    let order = parents_first(map)?;
    let mut found = walk(host, request, &order)?;
    let tables = map
        .tables
        .iter()
        .map(|table| TableSurvey {
            table: table.name.clone(),
            rows: found
                .remove(table.name.as_str())
                .unwrap_or_default()
                .into_values()
                .collect(),
        })
        .collect();
    Ok(Survey {
        system: map.id.clone(),
        tables,
    })
}

/// The keys of the rows of `table` that are among `roots` or hang on them.
pub(super) fn reached(
    host: &mut Host<'_>,
    table: &Table,
    roots: &BTreeMap<String, Vec<RowKey>>,
) -> Result<Vec<RowKey>, Failure> {
    let map = host.map;
    let mut way = BTreeSet::from([table.name.as_str()]);
    let mut here = table;
    while let Some(parent) = &here.parent {
        here = map
            .table(&parent.table)
            .ok_or_else(|| Failure::unknown(&parent.table))?;
        if !way.insert(&here.name) {
            break;
        }
    }
    let order: Vec<&Table> = parents_first(map)?
        .into_iter()
        .filter(|table| way.contains(table.name.as_str()))
        .collect();
    let request = SurveyRequest {
        roots: roots
            .iter()
            .filter(|(name, _)| way.contains(name.as_str()))
            .map(|(name, keys)| (name.clone(), keys.clone()))
            .collect(),
        columns: BTreeMap::new(),
    };
    let mut found = walk(host, &request, &order)?;
    let rows = found.remove(table.name.as_str()).unwrap_or_default();
    Ok(rows.into_keys().collect())
}

fn parents_first(map: &Mapped) -> Result<Vec<&Table>, Failure> {
    let mut order = map
        .erasure_order()
        .map_err(|ring| Failure::refused(ring.to_string()))?;
    order.reverse();
    Ok(order)
}

fn walk<'m>(
    host: &mut Host<'_>,
    request: &SurveyRequest,
    order: &[&'m Table],
) -> Result<BTreeMap<&'m str, Rows>, Failure> {
    if let Some(name) = request.roots.keys().find(|name| host.map.table(name).is_none()) {
        return Err(Failure::unknown(name));
    }
    let visits: Vec<Visit> = order
        .iter()
        .map(|table| Visit::new(host, request, table))
        .collect::<Result<_, _>>()?;
    let mut session = host.connection.begin(Mode::View)?;
    let mut found: BTreeMap<&str, Rows> = BTreeMap::new();
    for visit in visits {
        let mut rows = Rows::new();
        if let Some(roots) = request.roots.get(&visit.table.name) {
            visit.roots(&mut *session, roots, &mut rows)?;
        }
        if let Some(parent) = &visit.table.parent {
            let above: Vec<RowKey> = found
                .get(parent.table.as_str())
                .into_iter()
                .flat_map(|rows| rows.keys().cloned())
                .collect();
            visit.hanging(&mut *session, parent, &above, &mut rows)?;
        }
        found.insert(&visit.table.name, rows);
    }
    session.commit()?;
    Ok(found)
}

/// A table with the columns that are read of it.
struct Visit<'c, 'm> {
    sql: &'static dyn Dialect,
    catalogue: &'c Catalogue,
    map: &'c Mapped,
    table: &'m Table,
    relation: &'c Relation,
    key: Vec<&'c Column>,
    columns: Vec<&'c Column>,
}

impl<'c, 'm> Visit<'c, 'm> {
    fn new(host: &Host<'c>, request: &SurveyRequest, table: &'m Table) -> Result<Self, Failure> {
        let relation = host.catalogue.relation(&table.name)?;
        let asked = request.columns.get(&table.name).into_iter().flatten();
        Ok(Self {
            sql: host.sql,
            catalogue: host.catalogue,
            map: host.map,
            table,
            relation,
            key: relation.columns_of(&table.key)?,
            columns: relation.columns_of(asked)?,
        })
    }

    fn selected(&self) -> Vec<String> {
        let columns = self.key.iter().chain(&self.columns);
        let mut selected: Vec<String> = columns.map(|column| self.sql.text("t", column)).collect();
        selected.push(digest(self.sql, self.relation, self.table));
        selected
    }

    fn roots(&self, session: &mut dyn Session, roots: &[RowKey], rows: &mut Rows) -> Result<(), Failure> {
        for batch in roots.chunks(KEYS) {
            let mut bound = Bound::default();
            let text = format!(
                "SELECT {} FROM {} AS t WHERE {}",
                self.selected().join(", "),
                self.relation.sql,
                self.sql.among(&mut bound, "t", &self.key, batch)?
            );
            each(session, &Statement::new(text, bound), |row| {
                let row = self.surveyed(row, 0, None)?;
                rows.insert(row.key.clone(), row);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The rows that hang on these rows of the parent's.
    fn hanging(
        &self,
        session: &mut dyn Session,
        parent: &Parent,
        above: &[RowKey],
        rows: &mut Rows,
    ) -> Result<(), Failure> {
        let mapped = self.map.table(&parent.table);
        let mapped = mapped.ok_or_else(|| Failure::unknown(&parent.table))?;
        let theirs = self.catalogue.relation(&parent.table)?;
        let their_key = theirs.columns_of(&mapped.key)?;
        let on = self.links(parent, theirs)?;
        let mut selected: Vec<String> = their_key
            .iter()
            .map(|column| self.sql.text("p", column))
            .collect();
        selected.extend(self.selected());
        for batch in above.chunks(KEYS) {
            let mut bound = Bound::default();
            let mut text = format!(
                "SELECT {} FROM {} AS p JOIN {} AS t ON {on} WHERE {}",
                selected.join(", "),
                theirs.sql,
                self.relation.sql,
                self.sql.among(&mut bound, "p", &their_key, batch)?
            );
            if let Some(condition) = &parent.when {
                text.push_str(" AND ");
                text.push_str(&fulfils(self.sql, &mut bound, self.relation, condition)?);
            }
            each(session, &Statement::new(text, bound), |row| {
                let owner = row_key(row, 0, their_key.len(), theirs)?;
                let row = self.surveyed(row, their_key.len(), Some(owner))?;
                // A row that was found itself hangs on its parent all the same; of several the first counts.
                let known = rows.entry(row.key.clone()).or_insert_with(|| row.clone());
                known.parent = known.parent.take().into_iter().chain(row.parent).min();
                Ok(())
            })?;
        }
        Ok(())
    }

    fn links(&self, parent: &Parent, theirs: &Relation) -> Result<String, Failure> {
        let mut on = Vec::with_capacity(parent.on.len());
        for (here, there) in &parent.on {
            let (here, there) = (self.relation.column(here)?, theirs.column(there)?);
            on.push(format!(
                "{} = {}",
                self.sql.column("t", here),
                self.sql.linked(here, "p", there)
            ));
        }
        Ok(on.join(" AND "))
    }

    fn surveyed(&self, row: &Row, from: usize, parent: Option<RowKey>) -> Result<SurveyedRow, Failure> {
        let key = row_key(row, from, self.key.len(), self.relation)?;
        let from = from + self.key.len();
        let values = self.columns.iter().enumerate().filter_map(|(at, column)| {
            let value = row.maybe(from + at)?;
            Some((column.name.clone(), value.to_owned()))
        });
        Ok(SurveyedRow {
            key,
            parent,
            values: values.collect(),
            digest: row.text(from + self.columns.len())?.to_owned(),
        })
    }
}

/// Runs a statement and takes its rows, a page at a time.
fn each(
    session: &mut dyn Session,
    statement: &Statement,
    mut take: impl FnMut(&Row) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let whole = session.pages(statement, PAGE, &mut |page| {
        page.iter().try_for_each(&mut take)?;
        Ok(ControlFlow::Continue(()))
    });
    whole.map(|_| ())
}
