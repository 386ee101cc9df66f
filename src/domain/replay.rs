//! Recognising what a restored backup brought back. A row is the one that was erased only when its key and something
//! that it holds agree: after a restore, numbers of rows that are gone are given to others.

use chrono::{Days, NaiveDate};

use super::matching::{KeyKind, PersonKeys, RowKey};
use super::sealing::SecretKey;

/// Why a row is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It was found as the person's, and erased with all that hung on it.
    Erased,
    /// It was kept by law, and its time had passed.
    Purged,
}

impl Cause {
    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::Purged => "purged",
        }
    }

    /// The cause of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Erased, Self::Purged]
            .into_iter()
            .find(|cause| cause.name() == name)
    }
}

/// What a row with the key of an erased one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The same: it came back.
    Same,
    /// It holds nothing that would tell whose it is: what an erasure leaves of a row that must stay.
    Reduced,
    /// It holds something else, or nothing was kept by which it could be told, as of a directory that bears the name of
    /// another row. Nobody erases it without having looked.
    Unclear,
}

/// The first day on which no backup holds any more what was erased on `gone_on`; none when there are no backups.
#[must_use]
pub fn expires_on(gone_on: NaiveDate, backups_expire_after_days: Option<u32>) -> Option<NaiveDate> {
    let days = u64::from(backups_expire_after_days?) + 1;
    Some(
        gone_on
            .checked_add_days(Days::new(days))
            .unwrap_or(NaiveDate::MAX),
    )
}

/// What the ledger knows a row by.
#[must_use]
pub fn row_digest(secret: &SecretKey, system: &str, table: &str, key: &RowKey) -> [u8; 32] {
    let mut parts: Vec<&[u8]> = vec![b"row", system.as_bytes(), table.as_bytes()];
    parts.extend(key.0.iter().map(String::as_bytes));
    secret.digest(&parts)
}

/// What proves that a row is the one that was erased: each identifier that it holds.
#[must_use]
pub fn proofs_of(secret: &SecretKey, keys: &PersonKeys) -> Vec<[u8; 32]> {
    keys.iter()
        .map(|(kind, value)| {
            let value = match kind {
                // Systems keep it with its century and without.
                KeyKind::PersonalNumber => value.get(value.len().saturating_sub(10)..).unwrap_or(value),
                _ => value,
            };
            secret.digest(&[b"person", kind.name().as_bytes(), value.as_bytes()])
        })
        .collect()
}

/// What proves that a row is the one that was purged: the checksum that it had.
#[must_use]
pub fn proof_of_contents(secret: &SecretKey, checksum: &str) -> [u8; 32] {
    secret.digest(&[b"contents", checksum.as_bytes()])
}

/// What a row is whose key is in the ledger, by what was kept of it and what it holds now.
#[must_use]
pub fn found<K: AsRef<[u8]>>(kept: &[K], now: &[[u8; 32]]) -> Found {
    if kept.is_empty() {
        Found::Unclear
    } else if now.is_empty() {
        Found::Reduced
    } else if now
        .iter()
        .any(|proof| kept.iter().any(|kept| kept.as_ref() == proof))
    {
        Found::Same
    } else {
        Found::Unclear
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn secret() -> SecretKey {
        SecretKey::new([7; 32])
    }

    fn keys(customer: &str, personal: &str, email: &str) -> PersonKeys {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        PersonKeys {
            customer_number: some(customer),
            personal_number: some(personal),
            email: some(email),
            phone: None,
        }
    }

    #[rstest]
    #[case::as_it_was(keys("K1", "199001012384", "a@b.example"), Found::Same)]
    #[case::another_address_since(keys("K1", "", "new@b.example"), Found::Same)]
    #[case::without_its_century(keys("", "9001012384", ""), Found::Same)]
    #[case::the_number_given_to_another(keys("K2", "198507099805", "c@d.example"), Found::Unclear)]
    #[case::what_an_erasure_leaves(keys("", "", ""), Found::Reduced)]
    fn a_key_alone_proves_nothing(#[case] now: PersonKeys, #[case] expected: Found) {
        let kept = proofs_of(&secret(), &keys("K1", "199001012384", "a@b.example"));
        assert_eq!(found(&kept, &proofs_of(&secret(), &now)), expected);
    }

    #[test]
    fn a_value_of_one_kind_proves_nothing_of_another() {
        let kept = proofs_of(&secret(), &keys("123", "", ""));
        let phone = PersonKeys {
            phone: Some("123".to_owned()),
            ..PersonKeys::default()
        };
        assert_eq!(found(&kept, &proofs_of(&secret(), &phone)), Found::Unclear);
    }

    #[test]
    fn rows_of_other_tables_and_keys_are_others() {
        let key = |parts: &[&str]| RowKey(parts.iter().map(|part| (*part).to_owned()).collect());
        let digests = [
            row_digest(&secret(), "billing", "customers", &key(&["1", "2"])),
            row_digest(&secret(), "billing", "customers", &key(&["12"])),
            row_digest(&secret(), "billing", "customers", &key(&["2", "1"])),
            row_digest(&secret(), "billing", "invoices", &key(&["1", "2"])),
            row_digest(&secret(), "crm", "customers", &key(&["1", "2"])),
            row_digest(
                &SecretKey::new([8; 32]),
                "billing",
                "customers",
                &key(&["1", "2"]),
            ),
        ];
        for (at, digest) in digests.iter().enumerate() {
            assert!(!digests.iter().skip(at + 1).any(|other| other == digest));
        }
    }

    #[rstest]
    #[case("2026-11-22", Some(35), Some("2026-12-28"))]
    #[case("2026-11-22", Some(0), Some("2026-11-23"))]
    #[case("2026-11-22", None, None)]
    fn it_is_kept_for_as_long_as_backups_are(
        #[case] gone: &str,
        #[case] days: Option<u32>,
        #[case] until: Option<&str>,
    ) {
        let until = until.map(|day| day.parse().unwrap());
        assert_eq!(expires_on(gone.parse().unwrap(), days), until);
    }

    #[test]
    fn names_lead_back() {
        for cause in [Cause::Erased, Cause::Purged] {
            assert_eq!(Cause::from_name(cause.name()), Some(cause));
        }
        assert_eq!(Cause::from_name("lost"), None);
    }
}
