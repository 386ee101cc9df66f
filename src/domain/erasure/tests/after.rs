//! Drift before the erasure, and deviations after it, case by case.

use rstest::rstest;

use super::*;

fn billing_plan() -> SystemPlan {
    made(&[billing()]).unwrap().systems.remove(0)
}

/// The survey with one row of a table changed, gone or new.
#[derive(Clone, Copy)]
enum Change {
    New,
    Gone,
    Other,
}

fn changed(mut survey: Survey, table: &str, id: &str, change: Change) -> Survey {
    if !survey.tables.iter().any(|t| t.table == table) {
        survey.tables.push(TableSurvey {
            table: table.into(),
            rows: vec![],
        });
    }
    let found = survey.tables.iter_mut().find(|t| t.table == table).unwrap();
    match change {
        Change::New => found.rows.push(row(id, None, &[])),
        Change::Gone => found.rows.retain(|row| row.key != key(id)),
        Change::Other => {
            let row = found.rows.iter_mut().find(|row| row.key == key(id)).unwrap();
            row.digest = "another".into();
        }
    }
    survey
}

#[rstest]
#[case::new_row_of_a_kind_that_goes("services", "12", Change::New, "appeared 12")]
#[case::new_row_of_a_kind_that_partly_stays("invoices", "22", Change::New, "outdated")]
#[case::new_account("customers", "2", Change::New, "outdated")]
#[case::new_retained_row("ledger", "31", Change::New, "outdated")]
#[case::new_kind("oss_sales", "60", Change::New, "outdated")]
#[case::unknown_kind("wishes", "70", Change::New, "outdated")]
#[case::doomed_row_changed("services", "10", Change::Other, "nothing")]
#[case::doomed_row_gone("services", "10", Change::Gone, "nothing")]
#[case::retained_row_changed("ledger", "30", Change::Other, "outdated")]
#[case::retained_row_gone("ledger", "30", Change::Gone, "outdated")]
#[case::reduced_row_changed("customers", "1", Change::Other, "nothing")]
#[case::reduced_row_gone("invoices", "20", Change::Gone, "outdated")]
fn drift_is_small_or_needs_a_new_plan(
    #[case] table: &str,
    #[case] id: &str,
    #[case] change: Change,
    #[case] expected: &str,
) {
    let shown = match drift(&billing_plan(), &changed(billing(), table, id, change)) {
        Drift::Outdated {
            table: where_it_shows,
        } => {
            assert_eq!(where_it_shows, table);
            "outdated".to_owned()
        }
        Drift::Appeared(rows) if rows.is_empty() => "nothing".to_owned(),
        Drift::Appeared(rows) => {
            assert_eq!(rows.keys().collect::<Vec<_>>(), [table]);
            format!(
                "appeared {}",
                rows[table].iter().map(|key| key.0.join("/")).collect::<String>()
            )
        }
    };
    assert_eq!(shown, expected);
}

#[test]
fn a_table_that_is_not_there_at_all_is_missing_its_retained_rows() {
    let nothing = survey("billing", &[]);
    assert!(matches!(drift(&billing_plan(), &nothing), Drift::Outdated { .. }));
}

/// What is left when the plan was carried out to the letter.
fn erased() -> Survey {
    survey(
        "billing",
        &[
            ("customers", vec![row("1", None, &[])]),
            ("services", vec![]),
            ("invoices", vec![row("20", None, &[])]),
            ("ledger", vec![ledger("30", "20", "2025-03-14")]),
        ],
    )
}

fn shown(deviations: &[Deviation]) -> Vec<String> {
    let line = |deviation: &Deviation| match deviation {
        Deviation::StillThere { table, rows } => format!("still there: {rows} {table}"),
        Deviation::RetainedChanged { table, rows } => format!("changed: {rows} {table}"),
        Deviation::ReducedMissing { table, rows } => format!("missing: {rows} {table}"),
        Deviation::KeptMissing { table, rows } => format!("gone: {rows} {table}"),
    };
    deviations.iter().map(line).collect()
}

#[test]
fn a_plan_carried_out_has_no_deviation() {
    assert_eq!(compare(&billing_plan(), &erased()), []);
}

#[rstest]
#[case::survivor("services", "10", Change::New, "still there: 1 services")]
#[case::latecomer("invoices", "22", Change::New, "still there: 1 invoices")]
#[case::new_retained("ledger", "31", Change::New, "still there: 1 ledger")]
#[case::unknown_table("wishes", "70", Change::New, "still there: 1 wishes")]
#[case::retained_changed("ledger", "30", Change::Other, "changed: 1 ledger")]
#[case::retained_gone("ledger", "30", Change::Gone, "changed: 1 ledger")]
#[case::reduced_gone("customers", "1", Change::Gone, "missing: 1 customers")]
fn every_deviation_is_named(
    #[case] table: &str,
    #[case] id: &str,
    #[case] change: Change,
    #[case] expected: &str,
) {
    let after = changed(erased(), table, id, change);
    assert_eq!(shown(&compare(&billing_plan(), &after)), [expected]);
}

#[test]
fn reduced_rows_may_look_different_afterwards() {
    let after = changed(erased(), "customers", "1", Change::Other);
    assert_eq!(compare(&billing_plan(), &after), []);
}

#[test]
fn deviations_are_counted_by_table() {
    assert_eq!(
        shown(&compare(&billing_plan(), &billing())),
        ["still there: 2 services", "still there: 1 invoices"]
    );
    assert_eq!(
        shown(&compare(&billing_plan(), &survey("billing", &[]))),
        ["changed: 1 ledger", "missing: 1 invoices", "missing: 1 customers"]
    );
}

/// A person in the CRM whose objection is kept.
fn objecting() -> Survey {
    survey(
        "crm",
        &[
            ("activities", vec![row("45", None, &[])]),
            ("objections", vec![row("50", None, &[])]),
        ],
    )
}

#[rstest]
#[case::there(Change::Other, &[])]
#[case::gone(Change::Gone, &["gone: 1 objections"])]
fn a_row_kept_for_a_reason_may_change_but_not_vanish(#[case] change: Change, #[case] expected: &[&str]) {
    let plan = made(&[objecting()]).unwrap().systems.remove(0);
    let after = changed(
        survey("crm", &[("objections", vec![row("50", None, &[])])]),
        "objections",
        "50",
        change,
    );
    assert_eq!(shown(&compare(&plan, &after)), expected);
}

#[rstest]
#[case::there(Change::Other, false)]
#[case::gone(Change::Gone, true)]
fn a_row_kept_for_a_reason_that_is_gone_before_needs_a_new_plan(
    #[case] change: Change,
    #[case] outdated: bool,
) {
    let plan = made(&[objecting()]).unwrap().systems.remove(0);
    let now = changed(objecting(), "objections", "50", change);
    assert_eq!(matches!(drift(&plan, &now), Drift::Outdated { .. }), outdated);
}
