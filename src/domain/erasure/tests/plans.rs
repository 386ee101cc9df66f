//! What becomes of each row.

use rstest::rstest;

use super::*;

#[test]
fn what_a_retained_row_hangs_on_is_reduced_up_to_the_register() {
    insta::assert_snapshot!(fates(&made(&[billing()]).unwrap()).join("\n"), @r"
    billing.services 10 erase
    billing.services 11 erase
    billing.ledger 30 retain 2032-12-31
    billing.invoices 21 erase
    billing.invoices 20 reduce 2032-12-31
    billing.customers 1 reduce 2032-12-31
    ");
}

#[test]
fn without_anything_retained_all_goes() {
    let mut all = billing();
    all.tables.retain(|table| table.table != "ledger");
    let plan = made(&[all]).unwrap();
    assert_eq!(
        (plan.count("erase"), plan.count("reduce"), plan.count("retain")),
        (5, 0, 0)
    );
}

#[test]
fn a_customer_is_reduced_only_for_their_own_retained_rows() {
    let two = survey(
        "billing",
        &[
            ("customers", vec![row("1", None, &[]), row("2", None, &[])]),
            (
                "invoices",
                vec![row("20", Some("1"), &[]), row("21", Some("2"), &[])],
            ),
            ("ledger", vec![ledger("30", "20", "2025-03-14")]),
        ],
    );
    let plan = made(&[two]).unwrap();
    let lines = fates(&plan);
    assert!(lines.contains(&"billing.customers 1 reduce 2032-12-31".to_owned()));
    assert!(lines.contains(&"billing.customers 2 erase".to_owned()));
    let reduce = |table: &TablePlan| match &table.operation {
        Operation::Reduce { keep } => Some(keep.clone()),
        _ => None,
    };
    let kept: Vec<Vec<String>> = plan.systems[0].tables.iter().filter_map(reduce).collect();
    assert_eq!(kept, [vec!["id", "number"], vec!["id", "name"]]);
}

#[rstest]
#[case::bookkeeping("ledger", "voucher_date", "2025-03-14", "2032-12-31")]
#[case::first_day("ledger", "voucher_date", "2019-01-01", "2026-12-31")]
#[case::last_day("ledger", "voucher_date", "2027-12-31", "2034-12-31")]
#[case::one_stop_shop_is_longer("oss_sales", "sold_on", "2025-03-14", "2035-12-31")]
fn retained_rows_have_their_last_day(
    #[case] table: &str,
    #[case] column: &str,
    #[case] date: &str,
    #[case] until: &str,
) {
    let plan = made(&[survey(
        "billing",
        &[(table, vec![row("30", None, &[(column, date)])])],
    )])
    .unwrap();
    assert_eq!(fates(&plan), [format!("billing.{table} 30 retain {until}")]);
}

#[rstest]
#[case::none(&[])]
#[case::empty(&[("voucher_date", "")])]
#[case::no_date(&[("voucher_date", "2025-13-01")])]
#[case::another_column(&[("due_on", "2025-03-14")])]
fn a_retained_row_without_a_date_leaves_no_plan(#[case] values: &[(&str, &str)]) {
    let error = made(&[survey("billing", &[("ledger", vec![row("30", None, values)])])]);
    assert_eq!(
        error,
        Err(PlanError::FiscalDateMissing {
            system: "billing".into(),
            table: "ledger".into()
        })
    );
}

#[rstest]
#[case("2018-12-31")]
#[case("2028-01-01")]
fn a_date_in_no_fiscal_year_leaves_no_plan(#[case] date: &str) {
    let error = made(&[survey("billing", &[("ledger", vec![ledger("30", "20", date)])])]);
    assert_eq!(
        error,
        Err(PlanError::FiscalYearMissing {
            system: "billing".into(),
            table: "ledger".into(),
            date: date.parse().unwrap()
        })
    );
}

#[test]
fn a_kept_row_stays_with_its_reason() {
    let plan = made(&[survey("crm", &[("objections", vec![row("50", None, &[])])])]).unwrap();
    let keep = Operation::Keep {
        reason: "suppression".into(),
    };
    assert_eq!(plan.systems[0].tables[0].operation, keep);
    assert_eq!(plan.count("keep"), 1);
}

fn crm(objection_of: &str) -> Survey {
    survey(
        "crm",
        &[
            ("people", vec![row("40", None, &[])]),
            ("objections", vec![row("50", Some(objection_of), &[])]),
        ],
    )
}

#[test]
fn a_row_that_must_go_and_that_a_kept_row_refers_to_leaves_no_plan() {
    let error = PlanError::ReferredTo {
        system: "crm".into(),
        table: "people".into(),
    };
    assert_eq!(made(&[crm("40")]), Err(error));
    // Only the person's own rows are asked about.
    assert_eq!(
        fates(&made(&[crm("41")]).unwrap()),
        ["crm.objections 50 keep", "crm.people 40 erase"]
    );
}

#[rstest]
#[case::system("mail", "messages")]
#[case::table("crm", "invoices")]
fn what_the_map_does_not_know_is_never_passed_over(#[case] system: &str, #[case] table: &str) {
    let error = made(&[billing(), survey(system, &[(table, vec![row("1", None, &[])])])]);
    assert_eq!(
        error,
        Err(PlanError::MapMismatch {
            system: system.into()
        })
    );
}

#[test]
fn one_system_is_not_planned_twice() {
    let error = made(&[billing(), billing()]);
    assert_eq!(
        error,
        Err(PlanError::MapMismatch {
            system: "billing".into()
        })
    );
}

#[test]
fn tables_in_a_ring_leave_no_plan() {
    let mut ring = map();
    for system in &mut ring.systems {
        let parent = system.tables.iter().find_map(|table| table.parent.clone());
        for table in system.tables.iter_mut().filter(|table| table.parent.is_none()) {
            table.parent = parent.clone().map(|parent| crate::domain::data_map::Parent {
                table: table.name.clone(),
                ..parent
            });
        }
    }
    let made = planned(
        &ring,
        &years(),
        &[(billing(), Roots::new())],
        &Refusals::default(),
    );
    assert_eq!(
        made,
        Err(PlanError::MapMismatch {
            system: "billing".into()
        })
    );
}

#[test]
fn services_that_run_end_and_others_do_not_count() {
    let domains = survey(
        "crm",
        &[(
            "domains",
            vec![
                row("1", None, &[("name", "a.example")]),
                row("2", None, &[("name", "a.example")]),
            ],
        )],
    );
    let service = |kind: &str, label: &str| EndingService {
        kind: kind.into(),
        label: label.into(),
    };
    let plan = made(&[billing(), domains]).unwrap();
    assert_eq!(
        plan.services,
        [service("domains", "a.example"), service("web", "exempel.example")]
    );
}

#[test]
fn nothing_held_is_an_empty_plan() {
    let plan = made(&[survey("crm", &[("people", vec![])]), survey("billing", &[])]).unwrap();
    assert_eq!((&plan.systems, &plan.services), (&vec![], &vec![]));
    assert_eq!(plan.steps(), []);
}

#[test]
fn systems_stand_in_the_order_of_the_map() {
    let crm = || survey("crm", &[("people", vec![row("40", None, &[])])]);
    let there = made(&[billing(), crm()]).unwrap();
    let back = made(&[crm(), billing()]).unwrap();
    assert_eq!(there, back);
    assert_eq!(there.hash(), back.hash());
}

#[test]
fn the_order_of_the_persons_own_rows_does_not_change_the_hash() {
    let with_roots = |ids: [&str; 2]| {
        let roots = Roots::from([("customers".to_owned(), ids.map(key).to_vec())]);
        planned(&map(), &years(), &[(billing(), roots)], &Refusals::default())
            .unwrap()
            .hash()
    };
    assert_eq!(with_roots(["1", "2"]), with_roots(["2", "1"]));
    assert_ne!(with_roots(["1", "2"]), with_roots(["1", "3"]));
}

#[test]
fn a_plan_survives_being_written_down() {
    let plan = made(&[billing()]).unwrap();
    let read: Plan = serde_json::from_value(serde_json::to_value(&plan).unwrap()).unwrap();
    assert_eq!(read.hash(), plan.hash());
    assert!(plan.hash().len() == 64 && plan.hash().bytes().all(|b| b.is_ascii_hexdigit()));
}
