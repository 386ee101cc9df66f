//! What a rectification changes: single values, each only where the one that was seen still stands.

use crate::domain::data_map::Table;
use crate::domain::grant::Correction;

use super::Host;
use super::error::Failure;
use super::server::Mode;
use super::statement::{Bound, Statement};
use super::write::{assignments, updating, writable};

/// More than a person has rows in a table; beyond, something else is meant.
const MOST: usize = 5000;

/// Sets the values in one transaction; says how many stand in the way, in which case none is set.
pub(super) fn rectify(
    host: &mut Host<'_>,
    table: &Table,
    corrections: &[Correction],
) -> Result<u64, Failure> {
    let sql = host.sql;
    let (relation, key) = writable(host.catalogue, table)?;
    few(corrections)?;
    let mut session = host.connection.begin(Mode::Change)?;
    let mut other = 0;
    for wanted in corrections {
        let column = relation.column(&wanted.column)?;
        let mut change = |bound: &mut Bound| {
            let new = wanted.new.as_deref();
            let assigned = assignments(sql, bound, [(column, new)])?;
            let old = sql.shows(bound, column, wanted.old.as_deref());
            Ok((
                assigned,
                Some(format!("{old} OR {}", sql.holds(bound, column, new)?)),
            ))
        };
        let row = std::slice::from_ref(&wanted.key);
        let set = session.execute(&updating(sql, relation, &key, row, &mut change)?)?;
        other += 1_u64.saturating_sub(set);
    }
    if other == 0 {
        session.commit()?;
    }
    Ok(other)
}

/// How many values are not what they were set to; a row that is gone counts.
pub(super) fn unrectified(
    host: &mut Host<'_>,
    table: &Table,
    corrections: &[Correction],
) -> Result<u64, Failure> {
    let sql = host.sql;
    let (relation, key) = writable(host.catalogue, table)?;
    few(corrections)?;
    let mut session = host.connection.begin(Mode::View)?;
    let mut missing = 0;
    for wanted in corrections {
        let column = relation.column(&wanted.column)?;
        let mut bound = Bound::default();
        let text = format!(
            "SELECT {} FROM {} AS t WHERE {} AND {}",
            sql.count(),
            relation.sql,
            sql.among(&mut bound, "t", &key, std::slice::from_ref(&wanted.key))?,
            sql.holds(&mut bound, column, wanted.new.as_deref())?
        );
        let right: u64 = session
            .query(&Statement::new(text, bound))?
            .iter()
            .map(|row| row.number(0))
            .sum::<Result<_, _>>()?;
        missing += 1_u64.saturating_sub(right);
    }
    session.commit()?;
    Ok(missing)
}

fn few(corrections: &[Correction]) -> Result<(), Failure> {
    if corrections.len() > MOST {
        return Err(Failure::refused("more values to correct than a person has"));
    }
    Ok(())
}
