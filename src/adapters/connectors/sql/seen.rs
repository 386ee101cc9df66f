//! The whole schema of a database, for a draft of its map.

use std::collections::BTreeSet;

use crate::domain::data_map::draft::{Holds, SeenColumn, SeenReference, SeenTable};

use super::Host;
use super::catalogue::{Column, Family, Relation};
use super::error::Failure;
use super::server::Mode;

/// All tables of the database, by name.
pub(super) fn tables(host: &mut Host<'_>) -> Result<Vec<SeenTable>, Failure> {
    let sql = host.sql;
    let mut session = host.connection.begin(Mode::View)?;
    let names = sql.beside(&mut *session, host.catalogue)?;
    let names: Vec<&str> = names.iter().map(|(name, ..)| name.as_str()).collect();
    let relations = sql.relations(&mut *session, &names)?;
    let references = sql.references(&mut *session, &relations.iter().collect::<Vec<_>>())?;
    session.commit()?;
    let name_of = |id: &str| {
        let relation = relations.iter().find(|relation| relation.id == id);
        relation.map(|relation| relation.name.clone())
    };
    let refers = |relation: &Relation| -> Vec<SeenReference> {
        let own = references
            .iter()
            .filter(|reference| reference.from == relation.id);
        own.filter_map(|reference| {
            let pairs = reference
                .columns
                .iter()
                .cloned()
                .zip(reference.to_columns.iter().cloned());
            Some(SeenReference {
                to: name_of(&reference.to)?,
                on: pairs.collect(),
            })
        })
        .collect()
    };
    let mut tables: Vec<SeenTable> = relations
        .iter()
        .map(|relation| SeenTable {
            name: relation.name.clone(),
            columns: relation.columns.iter().map(column).collect(),
            unique: relation
                .unique
                .iter()
                .filter(|key| has_values(relation, key))
                .cloned()
                .collect(),
            refers: refers(relation),
        })
        .collect();
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(tables)
}

fn has_values(relation: &Relation, key: &BTreeSet<String>) -> bool {
    let mut columns = key.iter().map(|name| relation.column(name));
    columns.all(|column| column.is_ok_and(|column| column.not_null))
}

fn column(column: &Column) -> SeenColumn {
    SeenColumn {
        name: column.name.clone(),
        holds: match column.family {
            Family::Text => Holds::Text,
            Family::Number => Holds::Number,
            Family::Date => Holds::Date,
            _ => Holds::Other,
        },
    }
}
