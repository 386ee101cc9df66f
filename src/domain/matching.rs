//! Whose rows these are: from what a person typed to the rows that are theirs, and no other's.
//!
//! Erasing the wrong person is the worst that can happen, so a row that any strong key contradicts
//! is somebody else's, and a choice between several accounts is left to staff.

use serde::{Deserialize, Serialize};

/// The key of a row: the values of its key columns, as text, in the order of the map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowKey(pub Vec<String>);

/// A kind of key by which a person is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The host's own number for the customer. Strong.
    CustomerNumber,
    /// Personnummer or samordningsnummer. Strong.
    PersonalNumber,
    /// E-mail address. Weak: addresses are shared and change hands.
    Email,
    /// Telephone number. Weak.
    Phone,
}

impl KeyKind {
    /// The name in the API and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerNumber => "customer_number",
            Self::PersonalNumber => "personal_number",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// The identifying values of a person or of a row, each in its normalised form.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonKeys {
    /// The host's own number for the customer.
    pub customer_number: Option<String>,
    /// Twelve digits.
    pub personal_number: Option<String>,
    /// Normalised e-mail address.
    pub email: Option<String>,
    /// E.164.
    pub phone: Option<String>,
}

impl std::fmt::Debug for PersonKeys {
    /// Which keys there are, never their values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(|(kind, _)| kind)).finish()
    }
}

impl PersonKeys {
    /// The value of one kind.
    #[must_use]
    pub fn get(&self, kind: KeyKind) -> Option<&str> {
        match kind {
            KeyKind::CustomerNumber => self.customer_number.as_deref(),
            KeyKind::PersonalNumber => self.personal_number.as_deref(),
            KeyKind::Email => self.email.as_deref(),
            KeyKind::Phone => self.phone.as_deref(),
        }
    }

    /// All kinds that have a value, strong ones first.
    pub fn iter(&self) -> impl Iterator<Item = (KeyKind, &str)> {
        [
            KeyKind::CustomerNumber,
            KeyKind::PersonalNumber,
            KeyKind::Email,
            KeyKind::Phone,
        ]
        .into_iter()
        .filter_map(|kind| self.get(kind).map(|value| (kind, value)))
    }

    /// The kinds on which both have the same value.
    #[must_use]
    pub fn agreeing(&self, other: &Self) -> Vec<KeyKind> {
        self.iter()
            .filter(|(kind, value)| other.get(*kind) == Some(*value))
            .map(|(kind, _)| kind)
            .collect()
    }

    /// Whether a strong key has a value in both, and not the same one.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        [KeyKind::CustomerNumber, KeyKind::PersonalNumber]
            .into_iter()
            .any(|kind| matches!((self.get(kind), other.get(kind)), (Some(a), Some(b)) if a != b))
    }
}

/// A row that a system found by one of the person's keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRow {
    /// The system's id.
    pub system: String,
    /// The table.
    pub table: String,
    /// The row.
    pub key: RowKey,
    /// The identifying values that the row holds.
    pub keys: PersonKeys,
    /// Whether the row is an account in the customer register.
    pub register: bool,
    /// What the row is, when the map tells, such as `private` or `company`.
    pub kind: Option<String>,
    /// Whether the map says that such a row belongs to a natural person.
    pub natural_person: bool,
}

/// What a found row is to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Theirs.
    Theirs,
    /// Found by an address that several accounts share: left alone until staff say whose it is.
    Shared,
    /// Somebody else's: a strong key says so.
    AnotherPerson,
    /// A company's account, not a person's.
    NotAPerson,
}

/// A found row with what it is to the person, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The row.
    pub row: FoundRow,
    /// What it is.
    pub standing: Standing,
    /// The keys that agree.
    pub by: Vec<KeyKind>,
}

/// The account, or accounts, that a person's typed keys lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// None: the person is not in the customer register.
    None,
    /// Exactly one.
    One(FoundRow),
    /// Several fit; staff must choose.
    Several(Vec<FoundRow>),
}

/// Finds the account among the register's rows.
///
/// A row that contradicts a typed strong key is out; when one strong key is typed and agrees, only
/// rows that agree with it stay. `chosen` is a staff member's choice among several.
#[must_use]
pub fn account(typed: &PersonKeys, register_rows: &[FoundRow], chosen: Option<&RowKey>) -> Account {
    let fitting: Vec<&FoundRow> = register_rows
        .iter()
        .filter(|row| row.register && row.natural_person && !typed.contradicts(&row.keys))
        .filter(|row| !typed.agreeing(&row.keys).is_empty())
        .collect();
    let strongly: Vec<&FoundRow> = fitting
        .iter()
        .copied()
        .filter(|row| {
            typed
                .agreeing(&row.keys)
                .iter()
                .any(|k| matches!(k, KeyKind::CustomerNumber | KeyKind::PersonalNumber))
        })
        .collect();
    let candidates = if strongly.is_empty() { fitting } else { strongly };
    if let Some(row) = chosen.and_then(|key| candidates.iter().find(|row| &row.key == key)) {
        return Account::One((*row).clone());
    }
    match candidates.as_slice() {
        [] => Account::None,
        [one] => Account::One((*one).clone()),
        several => Account::Several(several.iter().map(|row| (*row).clone()).collect()),
    }
}

/// The keys by which the rest of the systems are searched: those of the account, or what was typed
/// when there is none.
#[must_use]
pub fn subject(typed: &PersonKeys, account: &Account) -> PersonKeys {
    match account {
        Account::One(row) => row.keys.clone(),
        Account::None | Account::Several(_) => typed.clone(),
    }
}

/// Says of each found row what it is to the person with the keys `subject`.
///
/// `shared_addresses`: e-mail addresses that more than one account uses.
#[must_use]
pub fn classify(
    subject: &PersonKeys,
    account: &Account,
    rows: Vec<FoundRow>,
    shared_addresses: &[String],
) -> Vec<Match> {
    rows.into_iter()
        .map(|row| {
            let by = subject.agreeing(&row.keys);
            let standing = standing(subject, account, &row, &by, shared_addresses);
            Match { row, standing, by }
        })
        .collect()
}

fn standing(
    subject: &PersonKeys,
    account: &Account,
    row: &FoundRow,
    by: &[KeyKind],
    shared_addresses: &[String],
) -> Standing {
    if !row.natural_person {
        return Standing::NotAPerson;
    }
    if subject.contradicts(&row.keys) {
        return Standing::AnotherPerson;
    }
    if row.register {
        return match account {
            Account::One(one) if one.key == row.key && one.table == row.table => Standing::Theirs,
            Account::One(_) => Standing::AnotherPerson,
            Account::None | Account::Several(_) => Standing::Shared,
        };
    }
    let weakly = by
        .iter()
        .all(|kind| matches!(kind, KeyKind::Email | KeyKind::Phone));
    let address_is_shared = row
        .keys
        .email
        .as_ref()
        .is_some_and(|email| shared_addresses.contains(email));
    if weakly && (address_is_shared || matches!(account, Account::Several(_))) {
        return Standing::Shared;
    }
    Standing::Theirs
}

#[cfg(test)]
mod tests {
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
}
