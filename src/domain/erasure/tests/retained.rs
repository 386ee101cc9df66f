//! How long rows stay: by several dates, by the one-stop shop, and by what refers to them.

use rstest::rstest;

use super::*;

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
    let plan = planned(&map, years, &[(found, Roots::new())], &Refusals::default()).unwrap();
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
        planned(&map, &years(), &[(found, Roots::new())], &Refusals::default()),
        Err(PlanError::FiscalYearMissing {
            system: "books".into(),
            table: "invoices".into(),
            date: "2029-05-31".parse().unwrap()
        })
    );
}
