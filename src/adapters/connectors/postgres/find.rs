//! A table's rows that carry one of a person's keys.

use std::collections::BTreeMap;

use postgres::types::ToSql;
use postgres::{Client, Row};

use crate::domain::data_map::{PersonColumns, Table};
use crate::domain::matching::{FoundRow, KeyKind, PersonKeys, RowKey};

use super::catalogue::{Catalogue, Column, Relation, beyond, row_key};
use super::error::Failure;
use super::normal;

/// Rows fetched at a time.
const PAGE: i32 = 500;

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
    client: &mut Client,
    catalogue: &Catalogue,
    system: &str,
    table: &Table,
    keys: &PersonKeys,
    limit: usize,
) -> Result<Vec<FoundRow>, Failure> {
    let look = Look::new(catalogue, table)?;
    let mut conditions = Vec::new();
    let mut bound = Vec::new();
    for (kind, column) in &look.person {
        if let Some(value) = keys.get(*kind).filter(|value| !value.contains('\0')) {
            bound.push(normal::forms_of(*kind, value));
            conditions.push(normal::condition(*kind, column, bound.len()));
        }
    }
    let mut found = Vec::new();
    if conditions.is_empty() || limit == 0 {
        return Ok(found);
    }
    let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|forms| forms as _).collect();
    let mut transaction = client.build_transaction().read_only(true).start()?;
    let portal = transaction.bind(&look.statement(&conditions), &params)?;
    loop {
        let page = transaction.query_portal(&portal, PAGE)?;
        if page.is_empty() {
            return Ok(found);
        }
        for row in &page {
            let row = look.found(system, row, keys)?;
            if keys.agreeing(&row.keys).is_empty() {
                continue;
            }
            found.push(row);
            if found.len() == limit {
                return Ok(found);
            }
        }
    }
}

/// Rows of a table in the order of their keys, beyond `after`.
pub(super) fn page(
    client: &mut Client,
    catalogue: &Catalogue,
    system: &str,
    table: &Table,
    after: Option<&RowKey>,
    limit: usize,
) -> Result<Vec<FoundRow>, Failure> {
    let look = Look::new(catalogue, table)?;
    let after = after.map_or(&[][..], |after| after.0.as_slice());
    let condition = match after.len() {
        0 => "true".to_owned(),
        width if width == look.key.len() => beyond(&look.key, 0),
        _ => return Err(Failure::odd_key()),
    };
    let params: Vec<&(dyn ToSql + Sync)> = after.iter().map(|value| value as _).collect();
    let statement = format!("{} LIMIT {limit}", look.statement(&[condition]));
    let rows = client.query(&statement, &params)?;
    let nobody = PersonKeys::default();
    rows.iter().map(|row| look.found(system, row, &nobody)).collect()
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

    fn statement(&self, conditions: &[String]) -> String {
        let person = self.person.iter().map(|(_, column)| *column);
        let selected: Vec<String> = self
            .key
            .iter()
            .copied()
            .chain(person)
            .chain(self.kind)
            .map(Column::text)
            .collect();
        let order: Vec<String> = self.key.iter().map(|column| column.sql()).collect();
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
            let stored: Option<String> = row.try_get(at)?;
            let value = stored.and_then(|stored| normal::normalised(*kind, &stored, asked.get(*kind)));
            match kind {
                KeyKind::CustomerNumber => keys.customer_number = value,
                KeyKind::PersonalNumber => keys.personal_number = value,
                KeyKind::Email => keys.email = value,
                KeyKind::Phone => keys.phone = value,
            }
            at += 1;
        }
        let kind: Option<String> = match self.kind {
            Some(_) => row.try_get(at)?,
            None => None,
        };
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
