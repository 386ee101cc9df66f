//! Plans, their steps, and what later surveys show against them.

mod after;
mod plans;
mod properties;
mod refused;
mod retained;
mod steps;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::*;
use crate::domain::data_map::DataMap;
use crate::domain::matching::RowKey;
use crate::domain::retention::FiscalYears;

type Roots = BTreeMap<String, Vec<RowKey>>;

/// A small host: a register with what is retained, and a system where everything goes.
const MAP: &str = r#"
[[systems]]
id = "billing"
name = { sv = "Fakturor", en = "Billing" }
connector = "postgres"
url = "env:BILLING"

[[systems.tables]]
name = "customers"
register = true
person = { email = "email" }
category = "contact"
origin = "provided"
erase = { delete = true, else_reduce_to = ["id", "name"] }

[[systems.tables]]
name = "services"
parent = { table = "customers", on = { customer_id = "id" } }
category = "contract"
origin = "provided"
erase = "delete"
service = { label = "label", kind = "kind", active_when = { field = "status", any_of = ["active"] } }

[[systems.tables]]
name = "invoices"
parent = { table = "customers", on = { customer_id = "id" } }
category = "accounting"
origin = "provided"
erase = { delete = true, else_reduce_to = ["id", "number"] }

[[systems.tables]]
name = "ledger"
parent = { table = "invoices", on = { invoice_id = "id" } }
category = "accounting"
origin = "observed"
erase = { retain = "bookkeeping", fiscal_date = "voucher_date" }

[[systems.tables]]
name = "oss_sales"
category = "accounting"
origin = "observed"
person = { email = "email" }
erase = { retain = "one_stop_shop", fiscal_date = "sold_on" }

[[systems]]
id = "crm"
name = { sv = "Kundvård", en = "CRM" }
connector = "postgres"
url = "env:CRM"

[[systems.tables]]
name = "people"
person = { email = "email" }
category = "contact"
origin = "provided"
erase = "delete"

[[systems.tables]]
name = "activities"
parent = { table = "people", on = { person_id = "id" } }
category = "support"
origin = "observed"
erase = "delete"

[[systems.tables]]
name = "objections"
parent = { table = "people", on = { person_id = "id" } }
category = "marketing"
origin = "provided"
erase = { keep = "suppression" }

[[systems.tables]]
name = "domains"
person = { email = "email" }
category = "contract"
origin = "provided"
erase = "delete"
service = { label = "name" }
"#;

fn map() -> DataMap {
    #[derive(serde::Deserialize)]
    struct File {
        systems: DataMap,
    }
    toml::from_str::<File>(MAP).unwrap().systems
}

/// Calendar years from 2019 to 2027.
fn years() -> FiscalYears {
    let years: Vec<_> = (2019..=2027)
        .map(|year| serde_json::json!({ "start": format!("{year}-01-01"), "end": format!("{year}-12-31") }))
        .collect();
    serde_json::from_value(years.into()).unwrap()
}

fn key(id: &str) -> RowKey {
    RowKey(vec![id.to_owned()])
}

fn row(id: &str, parent: Option<&str>, values: &[(&str, &str)]) -> SurveyedRow {
    SurveyedRow {
        key: key(id),
        parent: parent.map(key),
        values: values
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        digest: format!("digest of {id}"),
    }
}

fn survey(system: &str, tables: &[(&str, Vec<SurveyedRow>)]) -> Survey {
    let tables = tables.iter().map(|(table, rows)| TableSurvey {
        table: (*table).to_owned(),
        rows: rows.clone(),
    });
    Survey {
        system: system.to_owned(),
        tables: tables.collect(),
    }
}

fn made(surveys: &[Survey]) -> Result<Plan, PlanError> {
    let with_roots: Vec<(Survey, Roots)> = surveys.iter().map(|s| (s.clone(), Roots::new())).collect();
    planned(&map(), &years(), &with_roots, &Refusals::default())
}

/// The plan on the ground that is judged.
fn planned(
    map: &DataMap,
    years: &FiscalYears,
    surveys: &[(Survey, Roots)],
    refusals: &Refusals,
) -> Result<Plan, PlanError> {
    let draft = Draft::make(map, years, surveys, refusals)?;
    let known = Known {
        services_run: !draft.services.is_empty(),
        ..Known::default()
    };
    let basis = assess(known, None, None).expect("that data is no longer needed needs no reason");
    Ok(draft.on(basis))
}

fn ledger(id: &str, invoice: &str, date: &str) -> SurveyedRow {
    row(id, Some(invoice), &[("voucher_date", date)])
}

/// A customer with two services, a paid invoice in the ledger and one that never got there.
fn billing() -> Survey {
    survey(
        "billing",
        &[
            ("customers", vec![row("1", None, &[])]),
            (
                "services",
                vec![
                    row(
                        "10",
                        Some("1"),
                        &[
                            ("label", "exempel.example"),
                            ("kind", "web"),
                            ("status", "active"),
                        ],
                    ),
                    row(
                        "11",
                        Some("1"),
                        &[("label", "old.example"), ("kind", "web"), ("status", "ended")],
                    ),
                ],
            ),
            (
                "invoices",
                vec![row("20", Some("1"), &[]), row("21", Some("1"), &[])],
            ),
            ("ledger", vec![ledger("30", "20", "2025-03-14")]),
        ],
    )
}

/// One line a row: `system.table key operation [until]`.
fn fates(plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for system in &plan.systems {
        for table in &system.tables {
            for row in &table.rows {
                let until = row
                    .until
                    .map(|date: NaiveDate| format!(" {date}"))
                    .unwrap_or_default();
                let (table, operation) = (&table.table, table.operation.name());
                lines.push(format!(
                    "{}.{table} {} {operation}{until}",
                    system.system,
                    row.key.0.join("/")
                ));
            }
        }
    }
    lines
}
