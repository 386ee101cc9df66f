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
    let made = Plan::make(&ring, &years(), &[(billing(), Roots::new())]);
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
    assert_eq!(
        plan,
        Plan {
            systems: vec![],
            services: vec![]
        }
    );
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
        Plan::make(&map(), &years(), &[(billing(), roots)])
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

/// Books with all that lengthens the time: a flag for sales in the one-stop shop, credit notes, payments, and
/// agreements over several years.
const BOOKS: &str = r#"
[[systems]]
id = "books"
name = { sv = "Bokföring", en = "Books" }
connector = "postgres"
url = "env:BOOKS"

[[systems.tables]]
name = "customers"
person = { email = "email" }
category = "contact"
origin = "provided"
erase = { delete = true, else_reduce_to = ["id", "name"] }

[[systems.tables]]
name = "invoices"
parent = { table = "customers", on = { customer_id = "id" } }
category = "accounting"
origin = "observed"
erase = { retain = "bookkeeping", fiscal_date = ["voucher_date", "paid_until"], oss_when = { field = "oss", any_of = ["true"] }, keeps = [{ table = "invoices", on = { credit_of = "id" } }] }

[[systems.tables]]
name = "payments"
parent = { table = "customers", on = { customer_id = "id" } }
category = "accounting"
origin = "observed"
erase = { retain = "bookkeeping", fiscal_date = "paid_on", keeps = [{ table = "invoices", on = { invoice_id = "id" } }] }
"#;

/// What becomes of invoices and payments of customer 1; each with its id and values.
fn books(
    years: &FiscalYears,
    invoices: &[(&str, &[(&str, &str)])],
    payments: &[(&str, &[(&str, &str)])],
) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct File {
        systems: DataMap,
    }
    let map = toml::from_str::<File>(BOOKS).unwrap().systems;
    let rows = |of: &[(&str, &[(&str, &str)])]| {
        of.iter()
            .map(|(id, values)| {
                let mut found = row(id, Some("1"), values);
                found.values.insert("id".into(), (*id).to_owned());
                found
            })
            .collect::<Vec<_>>()
    };
    let found = survey(
        "books",
        &[
            ("customers", vec![row("1", None, &[])]),
            ("invoices", rows(invoices)),
            ("payments", rows(payments)),
        ],
    );
    let plan = Plan::make(&map, years, &[(found, Roots::new())]).unwrap();
    let (lines, tables) = (fates(&plan), &plan.systems[0].tables);
    let grounds = tables.iter().flat_map(|table| {
        table
            .rows
            .iter()
            .map(|row| row.ground.as_deref().or(table.ground()))
    });
    lines
        .into_iter()
        .zip(grounds)
        .map(|(line, ground)| format!("{line} {}", ground.unwrap_or("-")).replace("books.", ""))
        .collect()
}

#[test]
fn b11_a_credit_note_keeps_the_invoice_that_it_corrects() {
    let lines = books(
        &years(),
        &[
            ("10", &[("voucher_date", "2025-12-20")]),
            ("11", &[("voucher_date", "2026-01-10"), ("credit_of", "10")]),
            ("12", &[("voucher_date", "2025-12-20")]),
        ],
        &[],
    );
    assert_eq!(
        lines,
        [
            "invoices 10 retain 2033-12-31 bookkeeping",
            "invoices 11 retain 2033-12-31 bookkeeping",
            "invoices 12 retain 2032-12-31 bookkeeping",
            "customers 1 reduce 2033-12-31 bookkeeping",
        ]
    );
}

#[test]
fn b12_a_sale_in_the_one_stop_shop_is_kept_ten_years_and_an_ordinary_one_beside_it_is_not() {
    let lines = books(
        &years(),
        &[
            ("10", &[("voucher_date", "2025-03-14"), ("oss", "true")]),
            ("11", &[("voucher_date", "2025-03-14"), ("oss", "false")]),
            ("12", &[("voucher_date", "2025-03-14")]),
        ],
        &[],
    );
    assert_eq!(
        lines,
        [
            "invoices 11 retain 2032-12-31 bookkeeping",
            "invoices 12 retain 2032-12-31 bookkeeping",
            "invoices 10 retain 2035-12-31 one_stop_shop",
            "customers 1 reduce 2035-12-31 one_stop_shop",
        ]
    );
}

/// What is paid in advance for three years: the later of the invoice's and the last day's fiscal year.
#[rstest]
#[case::invoice_alone(&[("voucher_date", "2024-06-01")], "2031-12-31")]
#[case::b13_with_the_agreement(&[("voucher_date", "2024-06-01"), ("paid_until", "2027-05-31")], "2034-12-31")]
#[case::books_later_than_oss(&[("voucher_date", "2019-06-01"), ("paid_until", "2027-05-31"), ("oss", "true")], "2034-12-31")]
#[case::oss_later_than_books(&[("voucher_date", "2025-06-01"), ("paid_until", "2027-05-31"), ("oss", "true")], "2035-12-31")]
fn b13_an_agreement_over_several_years_is_kept_by_the_last(
    #[case] values: &[(&str, &str)],
    #[case] until: &str,
) {
    let lines = books(&years(), &[("10", values)], &[]);
    assert!(
        lines[0].starts_with(&format!("invoices 10 retain {until}")),
        "{lines:?}"
    );
}

#[test]
fn what_is_kept_is_kept_by_what_refers_to_it_through_any_number_of_links() {
    let lines = books(
        &years(),
        &[
            ("10", &[("voucher_date", "2023-12-20")]),
            ("11", &[("voucher_date", "2024-01-10"), ("credit_of", "10")]),
            ("12", &[("voucher_date", "2024-02-01"), ("credit_of", "11")]),
        ],
        &[("20", &[("paid_on", "2026-01-02"), ("invoice_id", "12")])],
    );
    assert_eq!(
        lines,
        [
            "payments 20 retain 2033-12-31 bookkeeping",
            "invoices 10 retain 2033-12-31 bookkeeping",
            "invoices 11 retain 2033-12-31 bookkeeping",
            "invoices 12 retain 2033-12-31 bookkeeping",
            "customers 1 reduce 2033-12-31 bookkeeping",
        ]
    );
}

#[test]
fn rows_that_refer_to_each_other_end_the_search_too() {
    let lines = books(
        &years(),
        &[
            ("10", &[("voucher_date", "2024-05-01"), ("credit_of", "11")]),
            ("11", &[("voucher_date", "2026-05-01"), ("credit_of", "10")]),
        ],
        &[],
    );
    assert!(lines.iter().all(|line| line.contains("2033-12-31")), "{lines:?}");
}

/// A broken year: the purge is later than any calendar year would say.
#[test]
fn the_real_fiscal_year_decides() {
    let broken: FiscalYears =
        serde_json::from_value(serde_json::json!([{ "start": "2025-07-01", "end": "2026-06-30" }])).unwrap();
    let lines = books(&broken, &[("10", &[("voucher_date", "2025-08-15")])], &[]);
    assert_eq!(lines[0], "invoices 10 retain 2033-12-31 bookkeeping");
}

#[test]
fn a_later_date_in_no_fiscal_year_leaves_no_plan_either() {
    #[derive(serde::Deserialize)]
    struct File {
        systems: DataMap,
    }
    let map = toml::from_str::<File>(BOOKS).unwrap().systems;
    let values = [("voucher_date", "2025-06-01"), ("paid_until", "2029-05-31")];
    let found = survey("books", &[("invoices", vec![row("10", Some("1"), &values)])]);
    assert_eq!(
        Plan::make(&map, &years(), &[(found, Roots::new())]),
        Err(PlanError::FiscalYearMissing {
            system: "books".into(),
            table: "invoices".into(),
            date: "2029-05-31".parse().unwrap()
        })
    );
}
