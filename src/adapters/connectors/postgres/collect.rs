//! All rows of a person, table by table, a page at a time. Which rows they are is one statement for each table, from
//! the person's own rows down, so that no more than a page is ever held.

use std::ops::ControlFlow;

use postgres::types::ToSql;
use postgres::{Client, IsolationLevel, Row, Transaction};

use crate::domain::access::{CollectRequest, CollectedColumn, CollectedRow, ColumnKind, Reading};
use crate::domain::data_map::{System as Mapped, Table};
use crate::domain::matching::RowKey;
use crate::services::ports::RowSink;

use super::catalogue::{Catalogue, Column, Relation};
use super::error::Failure;

/// Rows fetched at a time: free text and files make rows large.
const PAGE: i32 = 100;

/// Gives the rows to `sink`, in one view of the database.
pub(super) fn collect(
    client: &mut Client,
    catalogue: &Catalogue,
    map: &Mapped,
    request: &CollectRequest,
    sink: &mut dyn RowSink,
) -> Result<ControlFlow<()>, Failure> {
    // A ring of parents would be a statement without end.
    map.erasure_order()
        .map_err(|ring| Failure::refused(ring.to_string()))?;
    let mut transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()?;
    for (name, reading) in &request.tables {
        let table = map.table(name).ok_or_else(|| Failure::unknown(name))?;
        let reader = Reader {
            catalogue,
            map,
            request,
            table,
            relation: catalogue.relation(name)?,
        };
        let flow = match reading {
            Reading::Count => sink.count(name, reader.count(&mut transaction)?),
            Reading::Rows => reader.rows(&mut transaction, sink)?,
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    transaction.commit()?;
    Ok(ControlFlow::Continue(()))
}

/// A statement's bound arrays of texts.
#[derive(Default)]
struct Bound(Vec<Vec<String>>);

struct Reader<'a> {
    catalogue: &'a Catalogue,
    map: &'a Mapped,
    request: &'a CollectRequest,
    table: &'a Table,
    relation: &'a Relation,
}

impl Reader<'_> {
    fn count(&self, transaction: &mut Transaction<'_>) -> Result<u64, Failure> {
        let mut bound = Bound::default();
        let Some(condition) = self.condition(&mut bound)? else {
            return Ok(0);
        };
        let statement = format!(
            "SELECT count(*) FROM {} AS t WHERE {condition}",
            self.relation.sql
        );
        let count: i64 = transaction.query_one(&statement, &bound.params())?.try_get(0)?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    fn rows(
        &self,
        transaction: &mut Transaction<'_>,
        sink: &mut dyn RowSink,
    ) -> Result<ControlFlow<()>, Failure> {
        let columns: Vec<CollectedColumn> = self.relation.columns.iter().map(described).collect();
        let flow = sink.table(&self.table.name, &columns);
        let mut bound = Bound::default();
        let Some(condition) = self.condition(&mut bound)?.filter(|_| flow.is_continue()) else {
            return Ok(flow);
        };
        let selected: Vec<String> = self.relation.columns.iter().map(told).collect();
        let key = self.relation.columns_of(&self.table.key)?;
        let order: Vec<String> = key.iter().map(|column| column.sql()).collect();
        let statement = format!(
            "SELECT {} FROM {} AS t WHERE {condition} ORDER BY {}",
            selected.join(", "),
            self.relation.sql,
            order.join(", ")
        );
        let portal = transaction.bind(&statement, &bound.params())?;
        loop {
            let page = transaction.query_portal(&portal, PAGE)?;
            if page.is_empty() {
                return Ok(ControlFlow::Continue(()));
            }
            let rows: Result<Vec<CollectedRow>, Failure> = page.iter().map(values).collect();
            if sink.rows(rows?).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    /// Which rows `t` of the table are the person's; nothing when none can be.
    fn condition(&self, bound: &mut Bound) -> Result<Option<String>, Failure> {
        self.condition_of(self.table, bound)
    }

    fn condition_of(&self, table: &Table, bound: &mut Bound) -> Result<Option<String>, Failure> {
        let relation = self.catalogue.relation(&table.name)?;
        let own = match self
            .request
            .roots
            .get(&table.name)
            .filter(|rows| !rows.is_empty())
        {
            Some(rows) => Some(bound.among(&relation.columns_of(&table.key)?, rows)?),
            None => None,
        };
        let hanging = self.hanging(table, relation, bound)?;
        Ok(match (own, hanging) {
            (Some(own), Some(hanging)) => Some(format!("({own} OR {hanging})")),
            (own, hanging) => own.or(hanging),
        })
    }

    /// The condition that a row hangs on a row of the parent table that is the person's.
    fn hanging(
        &self,
        table: &Table,
        relation: &Relation,
        bound: &mut Bound,
    ) -> Result<Option<String>, Failure> {
        let Some(parent) = &table.parent else {
            return Ok(None);
        };
        let above = self
            .map
            .table(&parent.table)
            .ok_or_else(|| Failure::unknown(&parent.table))?;
        let Some(condition) = self.condition_of(above, bound)? else {
            return Ok(None);
        };
        let (here, there) = (
            relation.columns_of(parent.on.keys())?,
            self.catalogue
                .relation(&above.name)?
                .columns_of(parent.on.values())?,
        );
        let links: Vec<String> = here.iter().map(|column| column.sql()).collect();
        let linked: Vec<String> = here
            .iter()
            .zip(&there)
            .map(|(here, there)| same_type(here, there))
            .collect();
        let relation = &self.catalogue.relation(&above.name)?.sql;
        Ok(Some(format!(
            "({}) IN (SELECT {} FROM {relation} AS t WHERE {condition})",
            links.join(", "),
            linked.join(", ")
        )))
    }
}

impl Bound {
    /// The condition that the row `t` is among these.
    fn among(&mut self, key: &[&Column], rows: &[RowKey]) -> Result<String, Failure> {
        let mut arrays = vec![Vec::with_capacity(rows.len()); key.len()];
        for row in rows {
            if row.0.len() != key.len() {
                return Err(Failure::refused(
                    "a key with more or fewer values than the map has columns",
                ));
            }
            for (array, value) in arrays.iter_mut().zip(&row.0) {
                array.push(value.clone());
            }
        }
        let from = self.0.len();
        self.0.extend(arrays);
        let (mut columns, mut casts) = (Vec::new(), Vec::new());
        for (at, column) in key.iter().enumerate() {
            columns.push(column.sql());
            casts.push(format!("${}::text[]::{}[]", from + at + 1, column.cast));
        }
        Ok(format!(
            "({}) IN (SELECT * FROM unnest({}))",
            columns.join(", "),
            casts.join(", ")
        ))
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.0.iter().map(|array| array as _).collect()
    }
}

/// The column above as a value of the type of the column here.
fn same_type(here: &Column, there: &Column) -> String {
    if here.cast == there.cast {
        there.sql()
    } else {
        format!("{}::{}", there.text(), here.cast)
    }
}

fn described(column: &Column) -> CollectedColumn {
    let kind = match (column.category.as_str(), column.base.as_str()) {
        (_, "bytea") => ColumnKind::Binary,
        ("N", base) if base != "money" && !base.starts_with("reg") => ColumnKind::Number,
        ("B" | "A", _) | (_, "json" | "jsonb") => ColumnKind::Json,
        _ => ColumnKind::Text,
    };
    CollectedColumn {
        name: column.name.clone(),
        kind,
    }
}

/// The value as text that others can read: times and dates as ISO 8601, addresses without a mask of their own, documents and lists as JSON, bytes as base64.
fn told(column: &Column) -> String {
    let value = column.sql();
    match (described(column).kind, column.category.as_str()) {
        (ColumnKind::Binary, _) => format!("translate(encode({value}, 'base64'), E'\\n', '')"),
        (ColumnKind::Number | ColumnKind::Json, _) => format!("to_json({value})::text"),
        (ColumnKind::Text, "D" | "I") => format!("to_json({value}) #>> '{{}}'"),
        (ColumnKind::Text, _) => format!("{value}::text"),
    }
}

fn values(row: &Row) -> Result<CollectedRow, Failure> {
    (0..row.len()).map(|at| Ok(row.try_get(at)?)).collect()
}
