//! A table's rows that carry one of a person's keys.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::domain::data_map::{PersonColumns, Table};
use crate::domain::matching::{FoundRow, KeyKind, PersonKeys, RowKey};

use super::catalogue::{Catalogue, Column, Relation, row_key};
use super::error::Failure;
use super::server::{Dialect, Mode, Row};
use super::statement::{Bound, Statement};
use super::{Host, normal};

/// Rows fetched at a time.
const PAGE: usize = 500;

/// What is read of a table to find a person in it.
struct Look<'a> {
    table: &'a Table,
    relation: &'a Relation,
    key: Vec<&'a Column>,
    person: Vec<(KeyKind, &'a Column)>,
    kind: Option<&'a Column>,
}

/// The columns by which a person is found, by kind of key.
pub(super) fn person_columns(person: &PersonColumns) -> impl Iterator<Item = (KeyKind, &str)> {
    [
        (KeyKind::CustomerNumber, &person.customer_number),
        (KeyKind::PersonalNumber, &person.personal_number),
        (KeyKind::Email, &person.email),
        (KeyKind::Phone, &person.phone),
    ]
    .into_iter()
    .filter_map(|(kind, column)| column.as_deref().map(|column| (kind, column)))
}

/// The statement finds candidates; whether a row carries a key is decided by the normalised values.
pub(super) fn rows(
    host: &mut Host<'_>,
    table: &Table,
    keys: &PersonKeys,
    limit: usize,
) -> Result<Vec<FoundRow>, Failure> {
    let sql = host.sql;
    let look = Look::new(host.catalogue, table)?;
    let (mut conditions, mut bound) = (Vec::new(), Bound::default());
    for (kind, column) in &look.person {
        if let Some(value) = keys.get(*kind).filter(|value| !value.contains('\0')) {
            conditions.push(sql.may_mean(&mut bound, *kind, column, normal::forms_of(*kind, value)));
        }
    }
    let mut found = Vec::new();
    if conditions.is_empty() || limit == 0 {
        return Ok(found);
    }
    let statement = Statement::new(look.statement(sql, &conditions), bound);
    let mut session = host.connection.begin(Mode::View)?;
    let whole = session.pages(&statement, PAGE, &mut |page| {
        for row in &page {
            let row = look.found(&host.map.id, row, keys)?;
            if !keys.agreeing(&row.keys).is_empty() {
                found.push(row);
            }
            if found.len() == limit {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if whole.is_continue() {
        session.commit()?;
    }
    Ok(found)
}

/// Rows of a table in the order of their keys, beyond `after`.
pub(super) fn page(
    host: &mut Host<'_>,
    table: &Table,
    after: Option<&RowKey>,
    limit: usize,
) -> Result<Vec<FoundRow>, Failure> {
    let look = Look::new(host.catalogue, table)?;
    let mut bound = Bound::default();
    let condition = match after {
        None => "1 = 1".to_owned(),
        Some(after) => host.sql.beyond(&mut bound, &look.key, after)?,
    };
    let text = format!("{} LIMIT {limit}", look.statement(host.sql, &[condition]));
    let mut session = host.connection.begin(Mode::View)?;
    let rows = session.query(&Statement::new(text, bound))?;
    session.commit()?;
    let nobody = PersonKeys::default();
    rows.iter()
        .map(|row| look.found(&host.map.id, row, &nobody))
        .collect()
}

impl<'a> Look<'a> {
    fn new(catalogue: &'a Catalogue, table: &'a Table) -> Result<Self, Failure> {
        let relation = catalogue.relation(&table.name)?;
        let person = person_columns(&table.person)
            .map(|(kind, column)| Ok((kind, relation.column(column)?)))
            .collect::<Result<_, Failure>>()?;
        let kind = table
            .only_when
            .as_ref()
            .map(|condition| relation.column(&condition.field))
            .transpose()?;
        Ok(Self {
            table,
            relation,
            key: relation.columns_of(&table.key)?,
            person,
            kind,
        })
    }

    fn statement(&self, sql: &dyn Dialect, conditions: &[String]) -> String {
        let person = self.person.iter().map(|(_, column)| *column);
        let selected: Vec<String> = self
            .key
            .iter()
            .copied()
            .chain(person)
            .chain(self.kind)
            .map(|column| sql.text("t", column))
            .collect();
        let order: Vec<String> = self.key.iter().map(|column| sql.column("t", column)).collect();
        format!(
            "SELECT {} FROM {} AS t WHERE {} ORDER BY {}",
            selected.join(", "),
            self.relation.sql,
            conditions.join(" OR "),
            order.join(", ")
        )
    }

    fn found(&self, system: &str, row: &Row, asked: &PersonKeys) -> Result<FoundRow, Failure> {
        let mut keys = PersonKeys::default();
        let mut at = self.key.len();
        for (kind, _) in &self.person {
            let stored = row.maybe(at);
            let value = stored.and_then(|stored| normal::normalised(*kind, stored, asked.get(*kind)));
            match kind {
                KeyKind::CustomerNumber => keys.customer_number = value,
                KeyKind::PersonalNumber => keys.personal_number = value,
                KeyKind::Email => keys.email = value,
                KeyKind::Phone => keys.phone = value,
            }
            at += 1;
        }
        let kind = self.kind.and_then(|_| row.maybe(at)).map(ToOwned::to_owned);
        let natural_person = self.table.only_when.as_ref().is_none_or(|condition| {
            let value = kind.clone().map(|kind| (condition.field.clone(), kind));
            condition.holds(&value.into_iter().collect::<BTreeMap<_, _>>())
        });
        Ok(FoundRow {
            system: system.to_owned(),
            table: self.table.name.clone(),
            key: row_key(row, 0, self.key.len(), self.relation)?,
            keys,
            register: self.table.register,
            kind,
            natural_person,
        })
    }
}
