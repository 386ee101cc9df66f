//! Whole erasures in one system: found, planned as the map says, carried out.

use std::collections::BTreeMap;

use dataratt::domain::data_map::DataMap;
use dataratt::domain::erasure::{Draft, Operation, Refusals};
use dataratt::domain::matching::PersonKeys;
use dataratt::domain::retention::FiscalYears;
use dataratt::services::ports::System;

use super::place::{only, survey};

/// The plan for whoever has any of these keys, in the map's only system.
pub fn planned(system: &dyn System, map: &DataMap, keys: &PersonKeys) -> Draft {
    let mut roots = BTreeMap::new();
    for table in &only(map).tables {
        let found = system.find(table, keys, 9).unwrap().into_iter();
        let keys: Vec<_> = found
            .filter(|row| row.natural_person)
            .map(|row| row.key)
            .collect();
        if !keys.is_empty() {
            roots.insert(table.name.clone(), keys);
        }
    }
    let surveys = [(survey(system, map, roots.clone()), roots)];
    Draft::make(map, &FiscalYears::default(), &surveys, &Refusals::default()).unwrap()
}

/// Carries it out, each step twice: what is done already is no error.
pub fn carry_out(system: &dyn System, plan: &Draft) {
    for table in plan.systems.iter().flat_map(|part| &part.tables) {
        let rows: Vec<_> = table.rows.iter().map(|row| row.key.clone()).collect();
        match &table.operation {
            Operation::Erase => {
                assert_eq!(
                    system.delete(&table.table, &rows).unwrap(),
                    rows.len() as u64,
                    "{}",
                    table.table
                );
                assert_eq!(system.delete(&table.table, &rows).unwrap(), 0);
            }
            Operation::Reduce { keep } => {
                system.reduce(&table.table, keep, &rows).unwrap();
                assert_eq!(
                    system.unreduced(&table.table, keep, &rows).unwrap(),
                    0,
                    "{}",
                    table.table
                );
                system.reduce(&table.table, keep, &rows).unwrap();
            }
            Operation::Keep { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}
