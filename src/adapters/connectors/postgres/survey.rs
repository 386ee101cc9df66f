//! From a person's own rows to all that hang on them, parents first, in one view of the database.

use std::collections::{BTreeMap, BTreeSet};

use postgres::types::ToSql;
use postgres::{Client, IsolationLevel, Row, Transaction};

use crate::domain::data_map::{Parent, System as Mapped, Table};
use crate::domain::erasure::{Survey, SurveyRequest, SurveyedRow, TableSurvey};
use crate::domain::matching::RowKey;

use super::catalogue::{Catalogue, Column, Relation, among_keys, arrays, row_key, unnested};
use super::error::Failure;

/// Keys bound to one statement.
const KEYS: usize = 1000;
/// Rows fetched at a time.
const PAGE: i32 = 1000;

type Rows = BTreeMap<RowKey, SurveyedRow>;

/// The digest of the row `t`: SHA-256 of its text form, which the connection's settings make the same everywhere.
/// What bars a retained row from other use is no part of the record, and is left out.
pub(super) fn digest(relation: &Relation, table: &Table) -> String {
    let bar = table.erase.retain().and_then(|rule| rule.bar.as_ref());
    let row = bar.map_or_else(
        || "(t.*)".to_owned(),
        |bar| {
            let record = relation.columns.iter().filter(|column| column.name != bar.column);
            let columns: Vec<String> = record.map(Column::sql).collect();
            format!("ROW({})", columns.join(", "))
        },
    );
    format!("encode(sha256(convert_to({row}::text, 'UTF8')), 'hex')")
}

/// All rows of the person, as the request asks.
pub(super) fn survey(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    request: &SurveyRequest,
) -> Result<Survey, Failure> {
    let order = parents_first(map)?;
    let mut found = walk(client, catalogue, map, request, &order)?;
    let nothing = BTreeSet::new();
    let tables = map
        .tables
        .iter()
        .map(|table| {
            let asked = request.columns.get(&table.name).unwrap_or(&nothing);
            let rows = found.remove(table.name.as_str()).unwrap_or_default();
            let mut rows: Vec<SurveyedRow> = rows.into_values().collect();
            for row in &mut rows {
                row.values.retain(|column, _| asked.contains(column));
            }
            TableSurvey {
                table: table.name.clone(),
                rows,
            }
        })
        .collect();
    Ok(Survey {
        system: map.id.clone(),
        tables,
    })
}

/// The keys of the rows of `table` that are among `roots` or hang on them.
pub(super) fn reached(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    table: &Table,
    roots: &BTreeMap<String, Vec<RowKey>>,
) -> Result<Vec<RowKey>, Failure> {
    let mut way = BTreeSet::from([table.name.as_str()]);
    let mut here = table;
    while let Some(parent) = &here.parent {
        here = map
            .table(&parent.table)
            .ok_or_else(|| Failure::unknown(&parent.table))?;
        way.insert(&here.name);
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
    let mut found = walk(client, catalogue, map, &request, &order)?;
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

fn walk<'a>(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &'a Mapped,
    request: &SurveyRequest,
    order: &[&'a Table],
) -> Result<BTreeMap<&'a str, Rows>, Failure> {
    if let Some(name) = request.roots.keys().find(|name| map.table(name).is_none()) {
        return Err(Failure::unknown(name));
    }
    let visits: Vec<Visit> = order
        .iter()
        .map(|table| Visit::new(catalogue, map, request, table))
        .collect::<Result<_, _>>()?;
    let mut transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()?;
    let mut found: BTreeMap<&str, Rows> = BTreeMap::new();
    for visit in visits {
        let mut rows = Rows::new();
        if let Some(roots) = request.roots.get(&visit.table.name) {
            visit.roots(&mut transaction, roots, &mut rows)?;
        }
        if let Some(parent) = &visit.table.parent {
            let above = found.get(parent.table.as_str());
            visit.hanging(&mut transaction, parent, above, &mut rows)?;
        }
        found.insert(&visit.table.name, rows);
    }
    transaction.commit()?;
    Ok(found)
}

/// A table with the columns that are read of it.
struct Visit<'c, 'm> {
    table: &'m Table,
    relation: &'c Relation,
    key: Vec<&'c Column>,
    columns: Vec<&'c Column>,
}

impl<'c, 'm> Visit<'c, 'm> {
    /// Reads the columns asked for, and those that the tables below hang on.
    fn new(
        catalogue: &'c Catalogue,
        map: &Mapped,
        request: &SurveyRequest,
        table: &'m Table,
    ) -> Result<Self, Failure> {
        let relation = catalogue.relation(&table.name)?;
        let asked = request.columns.get(&table.name).into_iter().flatten();
        let below = map
            .children_of(&table.name)
            .filter_map(|child| child.parent.as_ref())
            .flat_map(|parent| parent.on.values());
        let names: BTreeSet<&String> = asked.chain(below).collect();
        Ok(Self {
            table,
            relation,
            key: relation.columns_of(&table.key)?,
            columns: relation.columns_of(names)?,
        })
    }

    fn selected(&self) -> String {
        let columns: Vec<String> = self.key.iter().chain(&self.columns).map(|c| c.text()).collect();
        format!("{}, {}", columns.join(", "), digest(self.relation, self.table))
    }

    fn roots(
        &self,
        transaction: &mut Transaction<'_>,
        roots: &[RowKey],
        rows: &mut Rows,
    ) -> Result<(), Failure> {
        let statement = format!(
            "SELECT 0::bigint, {} FROM {} AS t WHERE {}",
            self.selected(),
            self.relation.sql,
            among_keys(&self.key)
        );
        for batch in roots.chunks(KEYS) {
            let bound = arrays(batch.iter().map(|key| key.0.as_slice()), self.key.len())?;
            pages(transaction, &statement, &bound, |row| {
                let row = self.surveyed(row, None)?;
                rows.insert(row.key.clone(), row);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn hanging(
        &self,
        transaction: &mut Transaction<'_>,
        parent: &Parent,
        above: Option<&Rows>,
        rows: &mut Rows,
    ) -> Result<(), Failure> {
        let here = self.relation.columns_of(parent.on.keys())?;
        let links = links(parent, above);
        let conditions: Vec<String> = here
            .iter()
            .enumerate()
            .map(|(at, column)| format!("{} = p.v{at}", column.sql()))
            .collect();
        let values: Vec<String> = (0..here.len()).map(|at| format!("v{at}")).collect();
        let statement = format!(
            "SELECT p.place, {} FROM {} WITH ORDINALITY AS p({}, place) JOIN {} AS t ON {}",
            self.selected(),
            unnested(&here),
            values.join(", "),
            self.relation.sql,
            conditions.join(" AND ")
        );
        for batch in links.chunks(KEYS) {
            let bound = arrays(batch.iter().map(|(values, _)| values.as_slice()), here.len())?;
            pages(transaction, &statement, &bound, |row| {
                let place: i64 = row.try_get(0)?;
                let at = usize::try_from(place - 1).ok();
                let owner = at.and_then(|at| batch.get(at)).map(|(_, key)| key.clone());
                let row = self.surveyed(row, owner)?;
                // A row that was found itself hangs on its parent all the same.
                let known = rows.entry(row.key.clone()).or_insert_with(|| row.clone());
                known.parent = known.parent.take().or(row.parent);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn surveyed(&self, row: &Row, parent: Option<RowKey>) -> Result<SurveyedRow, Failure> {
        let key = row_key(row, 1, self.key.len(), self.relation)?;
        let from = 1 + self.key.len();
        let mut values = BTreeMap::new();
        for (at, column) in self.columns.iter().enumerate() {
            let value: Option<String> = row.try_get(from + at)?;
            values.extend(value.map(|value| (column.name.clone(), value)));
        }
        Ok(SurveyedRow {
            key,
            parent,
            values,
            digest: row.try_get(from + self.columns.len())?,
        })
    }
}

/// What children hang on: each set of values once, with the row that has them. Nothing hangs on a missing value.
fn links(parent: &Parent, above: Option<&Rows>) -> Vec<(Vec<String>, RowKey)> {
    let mut links: BTreeMap<Vec<String>, RowKey> = BTreeMap::new();
    for row in above.into_iter().flat_map(Rows::values) {
        let values: Option<Vec<String>> = parent
            .on
            .values()
            .map(|column| row.values.get(column).cloned())
            .collect();
        if let Some(values) = values {
            links.entry(values).or_insert_with(|| row.key.clone());
        }
    }
    links.into_iter().collect()
}

/// Runs a statement and takes its rows a page at a time.
fn pages(
    transaction: &mut Transaction<'_>,
    statement: &str,
    bound: &[Vec<&str>],
    mut take: impl FnMut(&Row) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|array| array as _).collect();
    let portal = transaction.bind(statement, &params)?;
    loop {
        let page = transaction.query_portal(&portal, PAGE)?;
        if page.is_empty() {
            return Ok(());
        }
        page.iter().try_for_each(&mut take)?;
    }
}
