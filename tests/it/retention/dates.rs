//! The last days that plans of the sample host show, and what is written down of them at the end.

use dataratt::adapters::sample::{NastyCase, SampleSystem};
use dataratt::domain::purge::RetainedKeys;
use dataratt::domain::staff::Role;
use dataratt::services::execution::RETAINED;
use dataratt::services::{keys, planning};
use dataratt::store::retained;

use super::{erased, person};
use crate::support::world::World;

/// Table, operation, ground and last day of what stays, with the number of rows.
fn stays(world: &World, case: NastyCase) -> Vec<String> {
    let planned = world.planned(&person(world, case), &world.staff(Role::Agent));
    let (_, file) = planning::newest(world, &mut world.store.get().unwrap(), &planned)
        .unwrap()
        .unwrap();
    let mut lines = std::collections::BTreeMap::new();
    for table in file.plan.systems.iter().flat_map(|part| &part.tables) {
        for row in &table.rows {
            if let Some(until) = row.until {
                let ground = table.ground().unwrap();
                let line = format!("{} {} {ground} {until}", table.table, table.operation.name());
                *lines.entry(line).or_insert(0) += 1;
            }
        }
    }
    lines
        .into_iter()
        .map(|(line, rows)| format!("{line}: {rows}"))
        .collect()
}

/// Customer since October 2022, an invoice a year, in calendar years.
#[test]
fn a_credit_note_over_new_year_keeps_its_invoice_and_the_customer_behind_it() {
    insta::assert_snapshot!(stays(&World::of("poise"), NastyCase::CreditedOverNewYear).join("\n"), @r"
    customers reduce bookkeeping 2033-12-31: 1
    invoices retain bookkeeping 2029-12-31: 1
    invoices retain bookkeeping 2030-12-31: 1
    invoices retain bookkeeping 2031-12-31: 1
    invoices retain bookkeeping 2032-12-31: 1
    invoices retain bookkeeping 2033-12-31: 3
    ledger_entries retain bookkeeping 2029-12-31: 5
    ledger_entries retain bookkeeping 2030-12-31: 5
    ledger_entries retain bookkeeping 2031-12-31: 5
    ledger_entries retain bookkeeping 2032-12-31: 8
    ledger_entries retain bookkeeping 2033-12-31: 8
    payments retain bookkeeping 2029-12-31: 1
    payments retain bookkeeping 2030-12-31: 1
    payments retain bookkeeping 2031-12-31: 1
    payments retain bookkeeping 2032-12-31: 1
    payments retain bookkeeping 2033-12-31: 1
    ");
}

#[test]
fn a_sale_in_the_one_stop_shop_is_kept_ten_years_and_its_books_by_broken_years() {
    insta::assert_snapshot!(stays(&World::of("admax"), NastyCase::OneStopShopSale).join("\n"), @r"
    customers reduce one_stop_shop 2036-12-31: 1
    invoices retain one_stop_shop 2032-12-31: 1
    invoices retain one_stop_shop 2033-12-31: 1
    invoices retain one_stop_shop 2034-12-31: 1
    invoices retain one_stop_shop 2035-12-31: 1
    invoices retain one_stop_shop 2036-12-31: 1
    ledger_entries retain bookkeeping 2029-12-31: 5
    ledger_entries retain bookkeeping 2030-12-31: 5
    ledger_entries retain bookkeeping 2032-12-31: 5
    ledger_entries retain bookkeeping 2033-12-31: 5
    ledger_entries retain bookkeeping 2034-12-31: 5
    payments retain bookkeeping 2029-12-31: 1
    payments retain bookkeeping 2030-12-31: 1
    payments retain bookkeeping 2032-12-31: 1
    payments retain bookkeeping 2033-12-31: 1
    payments retain bookkeeping 2034-12-31: 1
    ");
}

#[test]
fn what_is_kept_is_written_down_with_keys_and_checksums_alone_and_payments_are_barred() {
    let world = World::new();
    let person = person(&world, NastyCase::CreditedOverNewYear);
    let case = erased(&world, &person);
    let mut conn = world.store.get().unwrap();
    let kept = retained::list(&mut conn, case.id).unwrap();
    assert!(
        kept.iter()
            .any(|row| row.kind == "reduced" && row.tbl == "customers")
    );
    for row in &kept {
        assert_ne!(row.key_id, case.id.0, "it must outlive the case's own key");
        let key = keys::find(&world, row.key_id).unwrap();
        let keys: RetainedKeys = key.open(RETAINED, &row.sealed).unwrap();
        assert_eq!(i64::try_from(keys.rows.len()).unwrap(), row.rows);
        assert!(keys.rows.iter().all(|row| row.digest.len() == 64));
    }
    // A reduced row goes with the last of what refers to it.
    let last = |kind: &str| {
        kept.iter()
            .filter(|row| row.kind == kind)
            .map(|row| row.keep_until)
            .max()
    };
    assert_eq!(last("reduced"), last("retained"));
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let barred = "SELECT count(*) FILTER (WHERE p.barred), count(*) FROM payments p \
         JOIN customers c ON c.id = p.customer_id WHERE c.customer_no = $1";
    let row = billing.query_one(barred, &[&person.customer_number]).unwrap();
    assert_eq!(row.get::<_, i64>(0), row.get::<_, i64>(1));
    let others = "SELECT count(*) FROM payments WHERE barred";
    let all: i64 = billing.query_one(others, &[]).unwrap().get(0);
    assert_eq!(all, row.get::<_, i64>(0), "a payment of somebody else is barred");
}
