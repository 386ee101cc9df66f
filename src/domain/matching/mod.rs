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
    /// All kinds, strong ones first.
    pub const ALL: [Self; 4] = [
        Self::CustomerNumber,
        Self::PersonalNumber,
        Self::Email,
        Self::Phone,
    ];

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

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

    /// Sets the value of one kind.
    pub fn set(&mut self, kind: KeyKind, value: Option<String>) {
        match kind {
            KeyKind::CustomerNumber => self.customer_number = value,
            KeyKind::PersonalNumber => self.personal_number = value,
            KeyKind::Email => self.email = value,
            KeyKind::Phone => self.phone = value,
        }
    }

    /// All kinds that have a value, strong ones first.
    pub fn iter(&self) -> impl Iterator<Item = (KeyKind, &str)> {
        KeyKind::ALL
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
    /// Found by too little, as by an address that several accounts share or that may have changed hands: left
    /// alone until staff say whose it is.
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
    /// The table, as `system.table`, whose rows led to it, when no key of the person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
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
/// rows that agree with it stay. `chosen` is a staff member's choice among several; one that fits none or more
/// than one of them counts for nothing.
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
    if let Some(key) = chosen {
        let mut meant = candidates.iter().filter(|row| &row.key == key);
        if let (Some(row), None) = (meant.next(), meant.next()) {
            return Account::One((*row).clone());
        }
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
/// `shared_addresses`: e-mail addresses and telephone numbers that more than one account uses.
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
            Match {
                row,
                standing,
                by,
                through: None,
            }
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
            Account::One(one)
                if (&one.system, &one.table, &one.key) == (&row.system, &row.table, &row.key) =>
            {
                Standing::Theirs
            }
            Account::One(_) => Standing::AnotherPerson,
            Account::None | Account::Several(_) => Standing::Shared,
        };
    }
    let strong = |kind: &KeyKind| matches!(kind, KeyKind::CustomerNumber | KeyKind::PersonalNumber);
    if by.iter().any(strong) {
        return Standing::Theirs;
    }
    let shared = [&row.keys.email, &row.keys.phone]
        .into_iter()
        .flatten()
        .any(|address| shared_addresses.contains(address));
    // A customer's row that only an address leads to: addresses change hands.
    let customers = row.keys.customer_number.is_some();
    if by.is_empty() || shared || customers || matches!(account, Account::Several(_)) {
        return Standing::Shared;
    }
    Standing::Theirs
}

#[cfg(test)]
mod tests;
