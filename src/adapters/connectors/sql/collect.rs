//! All rows of a person, table by table, a page at a time. Which rows they are is one statement for each table, from
//! the person's own rows down, so that no more than a page is ever held.

use std::ops::ControlFlow;

use crate::domain::access::{CollectRequest, CollectedColumn, Reading};
use crate::domain::data_map::{System as Mapped, Table};
use crate::services::ports::RowSink;

use super::Host;
use super::catalogue::{Catalogue, Column, Relation};
use super::condition::fulfils;
use super::error::Failure;
use super::server::{Dialect, Mode, Session};
use super::statement::{Bound, Statement};

/// Rows fetched at a time: free text and files make rows large.
const PAGE: usize = 100;

/// Gives the rows to `sink`, in one view of the database.
pub(super) fn collect(
    host: &mut Host<'_>,
    request: &CollectRequest,
    sink: &mut dyn RowSink,
) -> Result<ControlFlow<()>, Failure> {
    let map = host.map;
    // A ring of parents would be a statement without end.
    map.erasure_order()
        .map_err(|ring| Failure::refused(ring.to_string()))?;
    let mut session = host.connection.begin(Mode::View)?;
    session.unhurried()?;
    for (name, reading) in &request.tables {
        let table = map.table(name).ok_or_else(|| Failure::unknown(name))?;
        let reader = Reader {
            sql: host.sql,
            catalogue: host.catalogue,
            map,
            request,
            table,
            relation: host.catalogue.relation(name)?,
        };
        let flow = match reading {
            Reading::Count => sink.count(name, reader.count(&mut *session)?),
            Reading::Rows => reader.rows(&mut *session, sink)?,
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    session.commit()?;
    Ok(ControlFlow::Continue(()))
}

struct Reader<'a> {
    sql: &'static dyn Dialect,
    catalogue: &'a Catalogue,
    map: &'a Mapped,
    request: &'a CollectRequest,
    table: &'a Table,
    relation: &'a Relation,
}

impl Reader<'_> {
    fn count(&self, session: &mut dyn Session) -> Result<u64, Failure> {
        let mut bound = Bound::default();
        let Some(condition) = self.condition(&mut bound)? else {
            return Ok(0);
        };
        let (count, from) = (self.sql.count(), &self.relation.sql);
        let text = format!("SELECT {count} FROM {from} AS t WHERE {condition}");
        let rows = session.query(&Statement::new(text, bound))?;
        rows.iter().map(|row| row.number(0)).sum()
    }

    fn rows(&self, session: &mut dyn Session, sink: &mut dyn RowSink) -> Result<ControlFlow<()>, Failure> {
        let columns = self.relation.columns.iter();
        let columns: Vec<CollectedColumn> = columns.map(|column| described(self.sql, column)).collect();
        let flow = sink.table(&self.table.name, &columns);
        let mut bound = Bound::default();
        let Some(condition) = self.condition(&mut bound)?.filter(|_| flow.is_continue()) else {
            return Ok(flow);
        };
        let selected = self.relation.columns.iter().map(|column| self.sql.told(column));
        let key = self.relation.columns_of(&self.table.key)?;
        let order: Vec<String> = key.iter().map(|column| self.sql.column("t", column)).collect();
        let text = format!(
            "SELECT {} FROM {} AS t WHERE {condition} ORDER BY {}",
            selected.collect::<Vec<_>>().join(", "),
            self.relation.sql,
            order.join(", ")
        );
        session.pages(&Statement::new(text, bound), PAGE, &mut |page| {
            Ok(sink.rows(page.into_iter().map(|row| row.0).collect()))
        })
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
            Some(rows) => {
                let key = relation.columns_of(&table.key)?;
                Some(self.sql.among(bound, "t", &key, rows)?)
            }
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
        let links: Vec<String> = here.iter().map(|column| self.sql.column("t", column)).collect();
        let linked: Vec<String> = here
            .iter()
            .zip(&there)
            .map(|(here, there)| self.sql.linked(here, "t", there))
            .collect();
        let theirs = &self.catalogue.relation(&above.name)?.sql;
        let mut hanging = format!(
            "({}) IN (SELECT {} FROM {theirs} AS t WHERE {condition})",
            links.join(", "),
            linked.join(", ")
        );
        if let Some(condition) = &parent.when {
            let told = fulfils(self.sql, bound, relation, condition)?;
            hanging = format!("({hanging} AND {told})");
        }
        Ok(Some(hanging))
    }
}

fn described(sql: &dyn Dialect, column: &Column) -> CollectedColumn {
    CollectedColumn {
        name: column.name.clone(),
        kind: sql.kind(column),
    }
}
