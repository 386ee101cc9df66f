//! Whose rows these are, by example.

mod properties;

use super::*;

fn keys(customer: Option<&str>, number: Option<&str>, email: Option<&str>) -> PersonKeys {
    PersonKeys {
        customer_number: customer.map(Into::into),
        personal_number: number.map(Into::into),
        email: email.map(Into::into),
        phone: None,
    }
}

fn row(id: &str, register: bool, keys: PersonKeys) -> FoundRow {
    FoundRow {
        system: "billing".into(),
        table: if register { "customers" } else { "people" }.into(),
        key: RowKey(vec![id.into()]),
        keys,
        register,
        kind: None,
        natural_person: true,
    }
}

const NUMBER: &str = "200001012384";

#[test]
fn one_account_by_its_address() {
    let typed = keys(None, None, Some("a@x.example"));
    let rows = [row("1", true, keys(Some("K1"), None, Some("a@x.example")))];
    assert_eq!(account(&typed, &rows, None), Account::One(rows[0].clone()));
}

#[test]
fn two_accounts_with_one_address_are_for_staff_to_tell_apart() {
    let typed = keys(None, None, Some("a@x.example"));
    let rows = [
        row("1", true, keys(Some("K1"), None, Some("a@x.example"))),
        row("2", true, keys(Some("K2"), None, Some("a@x.example"))),
    ];
    assert_eq!(account(&typed, &rows, None), Account::Several(rows.to_vec()));
    assert_eq!(
        account(&typed, &rows, Some(&RowKey(vec!["2".into()]))),
        Account::One(rows[1].clone())
    );
    assert_eq!(
        account(&typed, &rows, Some(&RowKey(vec!["3".into()]))),
        Account::Several(rows.to_vec())
    );
}

#[test]
fn a_customer_number_tells_two_accounts_apart() {
    let typed = keys(Some("K2"), None, Some("a@x.example"));
    let rows = [
        row("1", true, keys(Some("K1"), None, Some("a@x.example"))),
        row("2", true, keys(Some("K2"), None, Some("a@x.example"))),
    ];
    assert_eq!(account(&typed, &rows, None), Account::One(rows[1].clone()));
}

#[test]
fn a_typed_strong_key_that_the_account_contradicts_finds_nobody() {
    let typed = keys(None, Some(NUMBER), Some("a@x.example"));
    let rows = [row(
        "1",
        true,
        keys(Some("K1"), Some("200001012392"), Some("a@x.example")),
    )];
    assert_eq!(account(&typed, &rows, None), Account::None);
}

#[test]
fn a_company_is_nobody() {
    let typed = keys(None, None, Some("info@x.example"));
    let company = FoundRow {
        natural_person: false,
        ..row("1", true, typed.clone())
    };
    assert_eq!(
        account(&typed, std::slice::from_ref(&company), None),
        Account::None
    );
    let matches = classify(&typed, &Account::None, vec![company], &[]);
    assert_eq!(matches[0].standing, Standing::NotAPerson);
}

#[test]
fn a_row_of_another_customer_number_is_another_persons_even_with_the_same_address() {
    let subject = keys(Some("K1"), None, Some("a@x.example"));
    let own = Account::One(row("1", true, subject.clone()));
    let rows = vec![
        row("10", false, keys(Some("K1"), None, Some("old@x.example"))),
        row("11", false, keys(Some("K2"), None, Some("a@x.example"))),
        row("12", false, keys(None, None, Some("a@x.example"))),
    ];
    let standings = |shared: &[String]| -> Vec<Standing> {
        classify(&subject, &own, rows.clone(), shared)
            .into_iter()
            .map(|m| m.standing)
            .collect()
    };
    assert_eq!(
        standings(&[]),
        [Standing::Theirs, Standing::AnotherPerson, Standing::Theirs]
    );
    let shared = ["a@x.example".to_owned()];
    assert_eq!(
        standings(&shared),
        [Standing::Theirs, Standing::AnotherPerson, Standing::Shared]
    );
}

#[test]
fn without_an_account_the_typed_address_finds_the_newsletter() {
    let typed = keys(None, None, Some("a@x.example"));
    let rows = vec![row("7", false, typed.clone())];
    let matches = classify(&subject(&typed, &Account::None), &Account::None, rows, &[]);
    assert_eq!(
        (matches[0].standing, matches[0].by.as_slice()),
        (Standing::Theirs, [KeyKind::Email].as_slice())
    );
}

#[test]
fn debug_shows_no_value() {
    let shown = format!("{:?}", keys(Some("K1"), Some(NUMBER), Some("a@x.example")));
    assert_eq!(shown, "{CustomerNumber, PersonalNumber, Email}");
}

fn standing_of(subject: &PersonKeys, account: &Account, row: FoundRow, shared: &[String]) -> Standing {
    classify(subject, account, vec![row], shared)[0].standing
}

#[test]
fn a_row_that_agrees_on_nothing_is_left_to_staff() {
    let subject = keys(Some("K1"), None, Some("a@x.example"));
    let own = Account::One(row("1", true, subject.clone()));
    let stray = row("10", false, keys(None, None, Some("b@x.example")));
    assert_eq!(standing_of(&subject, &own, stray, &[]), Standing::Shared);
}

#[test]
fn the_same_row_number_in_another_system_is_another_account() {
    let subject = keys(None, Some(NUMBER), Some("a@x.example"));
    let own = row("1", true, subject.clone());
    let namesake = FoundRow {
        system: "hosting".into(),
        ..own.clone()
    };
    let account = Account::One(own.clone());
    assert_eq!(standing_of(&subject, &account, own, &[]), Standing::Theirs);
    assert_eq!(
        standing_of(&subject, &account, namesake, &[]),
        Standing::AnotherPerson
    );
}

#[test]
fn a_choice_that_fits_two_rows_is_none() {
    let typed = keys(None, None, Some("a@x.example"));
    let rows = ["billing", "hosting"].map(|system| FoundRow {
        system: system.into(),
        ..row("1", true, typed.clone())
    });
    let chosen = RowKey(vec!["1".into()]);
    assert_eq!(
        account(&typed, &rows, Some(&chosen)),
        Account::Several(rows.to_vec())
    );
}

/// The address changed hands: who has it now is not the customer whose rows still bear it.
#[test]
fn a_customers_row_is_not_somebodys_for_the_address_alone() {
    let typed = keys(None, Some(NUMBER), Some("a@x.example"));
    let before = [row(
        "1",
        true,
        keys(Some("K1"), Some("200001012392"), Some("a@x.example")),
    )];
    let account = account(&typed, &before, None);
    assert_eq!(account, Account::None);
    let ticket = row("10", false, keys(Some("K1"), None, Some("a@x.example")));
    let lead = row("11", false, keys(None, None, Some("a@x.example")));
    assert_eq!(standing_of(&typed, &account, ticket, &[]), Standing::Shared);
    assert_eq!(standing_of(&typed, &account, lead, &[]), Standing::Theirs);
}

#[test]
fn a_telephone_that_accounts_share_tells_nobody_apart() {
    let phone = || Some("+46700000000".to_owned());
    let subject = PersonKeys {
        phone: phone(),
        ..keys(Some("K1"), None, None)
    };
    let own = Account::One(row("1", true, subject.clone()));
    let call = row(
        "10",
        false,
        PersonKeys {
            phone: phone(),
            ..keys(None, None, None)
        },
    );
    assert_eq!(standing_of(&subject, &own, call.clone(), &[]), Standing::Theirs);
    assert_eq!(
        standing_of(&subject, &own, call, &[phone().unwrap()]),
        Standing::Shared
    );
}
