//! What holds for any rows that a person may have.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::domain::case::{RefusalGround, RefusedItem};

/// A person's rows in both systems: customers, invoices, ledger entries and contacts that hang together.
fn any_surveys() -> impl Strategy<Value = Vec<Survey>> {
    let children = || prop::collection::vec(any::<Index>(), 0..6);
    (
        1usize..3,
        children(),
        children(),
        children(),
        children(),
        2019..=2027,
    )
        .prop_map(|(customers, services, invoices, vouchers, activities, year)| {
            let date = format!("{year}-05-05");
            let ids = |first: usize, count: usize| (first..first + count).map(|id| id.to_string()).collect();
            let owners: Vec<String> = ids(1, customers);
            let invoice_ids: Vec<String> = ids(200, invoices.len());
            let hanging = |first: usize, on: &[Index], parents: &[String], values: &[(&str, &str)]| {
                let rows = on.iter().enumerate().filter(|_| !parents.is_empty());
                rows.map(|(place, index)| {
                    row(
                        &(first + place).to_string(),
                        Some(index.get::<String>(parents).as_str()),
                        values,
                    )
                })
                .collect::<Vec<_>>()
            };
            let status = [("label", "x.example"), ("kind", "web"), ("status", "active")];
            vec![
                survey(
                    "billing",
                    &[
                        ("customers", owners.iter().map(|id| row(id, None, &[])).collect()),
                        ("services", hanging(100, &services, &owners, &status)),
                        ("invoices", hanging(200, &invoices, &owners, &[])),
                        (
                            "ledger",
                            hanging(300, &vouchers, &invoice_ids, &[("voucher_date", &date)]),
                        ),
                    ],
                ),
                survey(
                    "crm",
                    &[
                        ("people", vec![row("1", None, &[])]),
                        ("activities", hanging(400, &activities, &["1".to_owned()], &[])),
                    ],
                ),
            ]
        })
}

fn all_rows(survey: &Survey) -> impl Iterator<Item = (&str, &SurveyedRow)> {
    survey
        .tables
        .iter()
        .flat_map(|t| t.rows.iter().map(|row| (t.table.as_str(), row)))
}

/// The fate of every row, by table and key.
fn operations(plan: &SystemPlan) -> BTreeMap<(&str, &RowKey), &Operation> {
    let tables = plan.tables.iter();
    tables
        .flat_map(|t| {
            t.rows
                .iter()
                .map(|row| ((t.table.as_str(), &row.key), &t.operation))
        })
        .collect()
}

/// The survey as it is when exactly the rows to erase are gone.
fn carried_out(plan: &SystemPlan, before: &Survey) -> Survey {
    let fates = operations(plan);
    let mut after = before.clone();
    for table in &mut after.tables {
        let name = table.table.clone();
        table
            .rows
            .retain(|row| *fates[&(name.as_str(), &row.key)] != Operation::Erase);
    }
    after
}

fn systems(surveys: &[Survey]) -> Vec<(SystemPlan, Survey)> {
    let plan = made(surveys).unwrap();
    plan.systems.into_iter().zip(surveys.iter().cloned()).collect()
}

/// One of the rows, whichever `index` says.
fn row_at<'a>(survey: &'a mut Survey, index: Index) -> (String, &'a mut SurveyedRow) {
    let mut rows: Vec<(String, &'a mut SurveyedRow)> = Vec::new();
    for table in &mut survey.tables {
        let name = table.table.clone();
        rows.extend(table.rows.iter_mut().map(|row| (name.clone(), row)));
    }
    let place = index.index(rows.len());
    rows.swap_remove(place)
}

proptest! {
    #[test]
    fn every_row_has_exactly_one_fate(surveys in any_surveys()) {
        for (plan, survey) in systems(&surveys) {
            let planned: usize = plan.tables.iter().map(|table| table.rows.len()).sum();
            let fates = operations(&plan);
            prop_assert_eq!(planned, fates.len());
            let held: BTreeSet<_> = all_rows(&survey).map(|(table, row)| (table, &row.key)).collect();
            prop_assert_eq!(fates.keys().copied().collect::<BTreeSet<_>>(), held);
        }
    }

    #[test]
    fn nothing_that_stays_hangs_on_what_goes_and_nothing_stays_for_nothing(surveys in any_surveys()) {
        let map = map();
        for (plan, survey) in systems(&surveys) {
            let fates = operations(&plan);
            let stays = |at: &(&str, &RowKey)| *fates[at] != Operation::Erase;
            let parent = |table: &str| map.table(&survey.system, table)?.parent.as_ref();
            let mut needed = BTreeSet::new();
            for (table, row) in all_rows(&survey).filter(|(table, row)| stays(&(table, &row.key))) {
                if let (Some(on), Some(key)) = (parent(table), &row.parent) {
                    prop_assert!(stays(&(on.table.as_str(), key)));
                    needed.insert((on.table.clone(), key.clone()));
                }
            }
            for ((table, key), operation) in &fates {
                let reduced = matches!(operation, Operation::Reduce { .. });
                prop_assert_eq!(reduced, needed.contains(&((*table).to_owned(), (*key).clone())));
            }
        }
    }

    #[test]
    fn the_order_of_rows_and_tables_does_not_change_the_plan(surveys in any_surveys()) {
        let mut turned = surveys.clone();
        for survey in &mut turned {
            survey.tables.reverse();
            survey.tables.iter_mut().for_each(|table| table.rows.reverse());
        }
        turned.reverse();
        let (one, other) = (made(&surveys).unwrap(), made(&turned).unwrap());
        prop_assert_eq!(one.hash(), other.hash());
        prop_assert_eq!(one, other);
    }

    #[test]
    fn any_change_changes_the_hash(surveys in any_surveys(), system: Index, table: Index, row: Index, what in 0u8..9) {
        let plan = made(&surveys).unwrap();
        let mut changed = plan.clone();
        let system = system.index(changed.systems.len());
        let system = &mut changed.systems[system];
        let place = table.index(system.tables.len());
        let table = &mut system.tables[place];
        let row_place = row.index(table.rows.len());
        let row = &mut table.rows[row_place];
        match what {
            0 => row.key = key("another"),
            1 => row.digest.push('x'),
            2 => row.until = Some(row.until.map_or(NaiveDate::MAX, |date| date.succ_opt().unwrap())),
            3 => table.operation = Operation::Keep { reason: "another".into() },
            4 => table.table.push('x'),
            5 => { table.rows.remove(row_place); }
            6 => table.operation = Operation::Refuse { ground: RefusalGround::LegalClaims },
            7 => changed.basis = assess(Known::default(), Some(ErasureGround::Unlawful), Some("A list.".into())).unwrap(),
            _ => changed.refused.push(RefusedItem {
                item: "support".into(),
                ground: RefusalGround::LegalClaims,
                reason: "A dispute.".into(),
            }),
        }
        prop_assert_ne!(plan.hash(), changed.hash());
    }

    #[test]
    fn steps_are_numbered_frozen_first_verified_last_and_children_before_parents(surveys in any_surveys()) {
        let (plan, map) = (made(&surveys).unwrap(), map());
        let steps = plan.steps();
        let ordinals: Vec<i32> = steps.iter().map(|step| step.ordinal).collect();
        prop_assert_eq!(ordinals, (1..).take(steps.len()).collect::<Vec<i32>>());
        let freezes = steps.iter().take_while(|step| step.kind == StepKind::Freeze).count();
        prop_assert_eq!(freezes, plan.systems.len());
        prop_assert!(steps.iter().skip(freezes).all(|step| step.kind != StepKind::Freeze));
        for system in &plan.systems {
            let own: Vec<&Step> = steps.iter().filter(|step| step.system == system.system).collect();
            let verified: Vec<usize> = own.iter().enumerate()
                .filter(|(_, step)| step.kind == StepKind::Verify).map(|(place, _)| place).collect();
            prop_assert_eq!(verified, vec![own.len() - 1]);
            let last = |table: &str| own.iter().rposition(|step| step.table == table);
            let first = |table: &str| own.iter().position(|step| step.table == table);
            for table in &map.system(&system.system).unwrap().tables {
                let parent = table.parent.as_ref().and_then(|parent| first(&parent.table));
                if let (Some(child), Some(parent)) = (last(&table.name), parent) {
                    prop_assert!(child < parent);
                }
            }
        }
        let erased: i64 = steps.iter().filter(|step| step.kind == StepKind::Delete).map(|step| step.planned).sum();
        prop_assert_eq!(erased, i64::try_from(plan.count("erase")).unwrap());
    }

    #[test]
    fn what_was_surveyed_has_not_drifted_and_what_was_carried_out_does_not_deviate(surveys in any_surveys()) {
        for (plan, survey) in systems(&surveys) {
            prop_assert_eq!(drift(&plan, &survey), Drift::Appeared(BTreeMap::new()));
            let after = carried_out(&plan, &survey);
            prop_assert_eq!(compare(&plan, &after), vec![]);
            // Half-way, and when all is done, there is no drift either: every step can be repeated.
            prop_assert_eq!(drift(&plan, &after), Drift::Appeared(BTreeMap::new()));
        }
    }

    #[test]
    fn a_new_row_is_never_overlooked(surveys in any_surveys(), place: Index) {
        for (plan, survey) in systems(&surveys) {
            let fates = operations(&plan);
            let table = place.get(&survey.tables).table.clone();
            let with_new = |mut survey: Survey| {
                let found = survey.tables.iter_mut().find(|t| t.table == table).unwrap();
                found.rows.push(row("new", None, &[]));
                survey
            };
            let mut same = fates.iter().filter(|((t, _), _)| *t == table).map(|(_, op)| op).peekable();
            let all_go = same.peek().is_some() && same.all(|op| **op == Operation::Erase);
            let expected = if all_go {
                Drift::Appeared(BTreeMap::from([(table.clone(), vec![key("new")])]))
            } else {
                Drift::Outdated { table: table.clone() }
            };
            prop_assert_eq!(drift(&plan, &with_new(survey.clone())), expected);
            let deviations = compare(&plan, &with_new(carried_out(&plan, &survey)));
            prop_assert_eq!(deviations, vec![Deviation::StillThere { table, rows: 1 }]);
        }
    }

    #[test]
    fn a_retained_row_cannot_change_unseen(surveys in any_surveys(), place: Index) {
        for (plan, survey) in systems(&surveys) {
            let fates = operations(&plan);
            let mut after = carried_out(&plan, &survey);
            if all_rows(&after).next().is_none() {
                continue;
            }
            let (table, row) = row_at(&mut after, place);
            let retained = matches!(fates[&(table.as_str(), &row.key)], Operation::Retain { .. });
            row.digest.push('x');
            let (name, deviation) = (table.clone(), Deviation::RetainedChanged { table, rows: 1 });
            let expected = if retained { vec![deviation] } else { vec![] };
            prop_assert_eq!(compare(&plan, &after), expected);
            prop_assert_eq!(drift(&plan, &after) == Drift::Outdated { table: name }, retained);
        }
    }
}
