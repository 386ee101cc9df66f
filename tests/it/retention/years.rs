//! The clock driven over the years: nothing goes before its day, all of it after, whatever the fiscal years.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate, TimeZone, Utc};
use dataratt::adapters::sample::{NastyCase, SampleSystem};
use dataratt::domain::retention::{FiscalYear, FiscalYears, erasable_from};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{approve, books, erased, person, proposed, show};
use crate::support::fixtures::rounds;
use crate::support::world::World;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Fiscal years from before the first invoice until after the last, each of two to eighteen months.
fn years(months: &[u32]) -> FiscalYears {
    let mut start = day(2016, 1, 1);
    let mut listed = Vec::new();
    for length in months.iter().cycle() {
        let next = start + chrono::Months::new(*length);
        listed.push(FiscalYear {
            start,
            end: next - Days::new(1),
        });
        start = next;
        if start.year() > 2028 {
            break;
        }
    }
    FiscalYears::new(listed).unwrap()
}

/// The rows that are left of a person's invoices, with the day from which each may go by its own date alone.
fn invoices(world: &World, number: &str, known: &FiscalYears) -> BTreeMap<i64, NaiveDate> {
    let mut billing = world.host.database(SampleSystem::Billing).owner();
    let sql = "SELECT i.id, i.voucher_date, i.oss FROM invoices i JOIN customers c ON c.id = i.customer_id WHERE customer_no = $1";
    let found = billing.query(sql, &[&number]).unwrap();
    found
        .iter()
        .map(|row| {
            let date: NaiveDate = row.get(1);
            let by_books = dataratt::domain::retention::keep_until(known.containing(date).unwrap());
            let until = if row.get(2) {
                by_books.max(day(date.year() + 10, 12, 31))
            } else {
                by_books
            };
            (row.get(0), erasable_from(until))
        })
        .collect()
}

fn plays_out(case: NastyCase, months: &[u32], looks: &[u64]) -> Result<(), TestCaseError> {
    let known = years(months);
    let mut world = World::new();
    let mut organisation = (*world.organisation).clone();
    organisation.fiscal_years = known.clone();
    world.ctx.organisation = Arc::new(organisation);
    let person = person(&world, case);
    let number = person.customer_number.clone();
    erased(&world, &person);
    let all = invoices(&world, &number, &known);
    let mut today = day(2027, 1, 1);
    for step in looks {
        today = today + Days::new(*step);
        // Just before midnight in Stockholm, in winter: the day is still the same.
        world
            .clock
            .set(Utc.from_utc_datetime(&today.and_hms_opt(22, 30, 0).unwrap()));
        if let Some(list) = proposed(&world) {
            approve(&world, list);
            world.work();
            prop_assert_eq!(show(&world, list).state.name(), "done");
        }
        let left = invoices(&world, &number, &known);
        for (id, from) in &all {
            prop_assert!(
                left.contains_key(id) || *from <= today,
                "invoice {} went on {}, before {}",
                id,
                today,
                from
            );
        }
        // What is left although its own day has come is kept by what refers to it, until that goes.
        let overdue = world.database.count(&format!(
            "SELECT count(*) FROM retained_rows WHERE purged_at IS NULL AND keep_until < '{today}'"
        ));
        prop_assert_eq!(overdue, 0, "something stayed on {}", today);
    }
    world
        .clock
        .set(Utc.from_utc_datetime(&day(2042, 1, 1).and_hms_opt(0, 0, 0).unwrap()));
    if let Some(list) = proposed(&world) {
        approve(&world, list);
        world.work();
    }
    prop_assert_eq!(books(&world, &number), 0);
    Ok(())
}

#[test]
fn nothing_goes_before_its_day_and_all_of_it_after() {
    let config = Config {
        cases: rounds(4, 100),
        failure_persistence: None,
        max_shrink_iters: 8,
        ..Config::default()
    };
    let cases = prop::sample::select(vec![
        NastyCase::CreditedOverNewYear,
        NastyCase::OneStopShopSale,
        NastyCase::ClosedAccount,
    ]);
    let strategy = (
        cases,
        prop::collection::vec(2u32..=18, 1..5),
        prop::collection::vec(1u64..700, 4..10),
    );
    TestRunner::new(config)
        .run(&strategy, |(case, months, looks)| {
            plays_out(case, &months, &looks)
        })
        .unwrap();
}
