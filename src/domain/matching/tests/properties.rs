//! What holds for any person and any rows: nobody else's row is ever theirs.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::domain::contact::{Email, Phone};
use crate::domain::personal_number::PersonalNumber;

/// Few values, so that rows and people often agree.
fn any_keys() -> impl Strategy<Value = PersonKeys> {
    let one_of = |values: [&str; 2]| proptest::option::of(select(values.map(str::to_owned).to_vec()));
    (
        one_of(["K1", "K2"]),
        one_of([NUMBER, "200001012392"]),
        one_of(["a@x.example", "b@x.example"]),
        one_of(["+46700000000", "+46700000001"]),
    )
        .prop_map(|(customer_number, personal_number, email, phone)| PersonKeys {
            customer_number,
            personal_number,
            email,
            phone,
        })
}

fn any_row() -> impl Strategy<Value = FoundRow> {
    (
        select(vec!["billing", "hosting"]),
        0u8..4,
        any_keys(),
        any::<bool>(),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(system, id, keys, register, natural_person)| FoundRow {
            system: system.into(),
            natural_person,
            ..row(&id.to_string(), register, keys)
        })
}

/// Each row once, as systems hold them.
fn any_rows() -> impl Strategy<Value = Vec<FoundRow>> {
    prop::collection::vec(any_row(), 0..8).prop_map(|mut rows| {
        let mut seen = std::collections::BTreeSet::new();
        rows.retain(|row| seen.insert((row.system.clone(), row.table.clone(), row.key.clone())));
        rows
    })
}

fn any_choice() -> impl Strategy<Value = Option<RowKey>> {
    proptest::option::of((0u8..5).prop_map(|id| RowKey(vec![id.to_string()])))
}

fn any_shared() -> impl Strategy<Value = Vec<String>> {
    let addresses = ["a@x.example", "b@x.example", "+46700000000"]
        .map(str::to_owned)
        .to_vec();
    subsequence(addresses, 0..=3)
}

/// As the services do it: the account first, then every row.
fn judged(
    typed: &PersonKeys,
    rows: &[FoundRow],
    choice: Option<&RowKey>,
    shared: &[String],
) -> (Account, PersonKeys, Vec<Match>) {
    let found = account(typed, rows, choice);
    let subject = subject(typed, &found);
    let matches = classify(&subject, &found, rows.to_vec(), shared);
    (found, subject, matches)
}

fn standings(matches: &[Match]) -> Vec<Standing> {
    matches.iter().map(|found| found.standing).collect()
}

proptest! {
    #[test]
    fn nobody_elses_row_is_theirs(
        typed in any_keys(), rows in any_rows(), choice in any_choice(), shared in any_shared(),
    ) {
        let (found, subject, matches) = judged(&typed, &rows, choice.as_ref(), &shared);
        for row in matches.iter().filter(|found| found.standing == Standing::Theirs) {
            prop_assert!(row.row.natural_person);
            prop_assert!(!subject.contradicts(&row.row.keys));
            prop_assert!(!row.by.is_empty());
            prop_assert!(!typed.contradicts(&subject));
            if row.row.register {
                let same = |one: &FoundRow| {
                    (&one.system, &one.table, &one.key) == (&row.row.system, &row.row.table, &row.row.key)
                };
                prop_assert!(matches!(&found, Account::One(one) if same(one)));
            }
        }
        let theirs = matches.iter().filter(|found| found.standing == Standing::Theirs && found.row.register);
        let mut named: Vec<_> = theirs.map(|m| (&m.row.system, &m.row.table, &m.row.key)).collect();
        named.dedup();
        prop_assert!(named.len() <= 1, "one account at most");
    }

    #[test]
    fn a_company_or_a_contradicted_row_is_never_theirs(
        subject in any_keys(), row in any_row(), own in any_row(), shared in any_shared(),
    ) {
        for account in [Account::None, Account::One(own.clone()), Account::Several(vec![own.clone()])] {
            let standing = standing_of(&subject, &account, row.clone(), &shared);
            if !row.natural_person {
                prop_assert_eq!(standing, Standing::NotAPerson);
            } else if subject.contradicts(&row.keys) {
                prop_assert_eq!(standing, Standing::AnotherPerson);
            }
        }
    }

    #[test]
    fn the_account_is_one_of_those_that_fit(typed in any_keys(), rows in any_rows(), choice in any_choice()) {
        let fits = |row: &FoundRow| {
            rows.contains(row)
                && row.register
                && row.natural_person
                && !typed.contradicts(&row.keys)
                && !typed.agreeing(&row.keys).is_empty()
        };
        let open = account(&typed, &rows, None);
        match (account(&typed, &rows, choice.as_ref()), &open) {
            (Account::One(chosen), Account::Several(offered)) => {
                prop_assert!(offered.contains(&chosen));
                prop_assert_eq!(Some(&chosen.key), choice.as_ref());
                prop_assert!(fits(&chosen));
            }
            // A choice among fewer than two changes nothing, nor does one of what was not offered.
            (other, _) => {
                prop_assert_eq!(&other, &open);
                match &other {
                    Account::None => prop_assert!(!rows.iter().any(fits)),
                    Account::One(one) => prop_assert!(fits(one)),
                    Account::Several(several) => prop_assert!(several.len() > 1 && several.iter().all(fits)),
                }
            }
        }
    }

    #[test]
    fn sharing_an_address_never_makes_a_row_theirs(
        typed in any_keys(), rows in any_rows(), shared in any_shared(),
    ) {
        let (_, _, with) = judged(&typed, &rows, None, &shared);
        let (_, _, without) = judged(&typed, &rows, None, &[]);
        for (with, without) in standings(&with).into_iter().zip(standings(&without)) {
            prop_assert!(with == without || (with, without) == (Standing::Shared, Standing::Theirs));
        }
    }

    #[test]
    fn how_it_was_typed_does_not_matter(
        rows in any_rows(), shared in any_shared(),
        email in select(vec!["a@x.example", " A@X.Example ", "a@X.EXAMPLE"]),
        number in select(vec!["200001012384", "20000101-2384", "000101-2384", "0001012384"]),
        phone in select(vec!["+46700000000", "070-000 00 00", "0046 70 000 00 00"]),
    ) {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let typed = PersonKeys {
            customer_number: None,
            personal_number: Some(PersonalNumber::parse(number, today).unwrap().as_str().to_owned()),
            email: Some(Email::parse(email).unwrap().as_str().to_owned()),
            phone: Some(Phone::parse(phone).unwrap().as_str().to_owned()),
        };
        let plain = PersonKeys {
            phone: Some("+46700000000".into()),
            ..keys(None, Some(NUMBER), Some("a@x.example"))
        };
        prop_assert_eq!(judged(&typed, &rows, None, &shared), judged(&plain, &rows, None, &shared));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(typed in any_keys(), rows in any_rows(), shared in any_shared()) {
        let reversed: Vec<FoundRow> = rows.iter().rev().cloned().collect();
        let (_, _, mut there) = judged(&typed, &rows, None, &shared);
        let (_, _, back) = judged(&typed, &reversed, None, &shared);
        there.reverse();
        prop_assert_eq!(standings(&there), standings(&back));
    }
}
