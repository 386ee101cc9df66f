//! The cases that trip up a search for a person, each under a number of its own.

use super::people::{Contact, Domain, Kind, Person};
use chrono::{Days, NaiveDate};

/// A case that a tool for data-subject requests must not get wrong. Customer numbers from 9000001 are theirs alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NastyCase {
    /// Bears the same name as `SameNameB`; nothing else is shared.
    SameNameA,
    /// Bears the same name as `SameNameA`.
    SameNameB,
    /// Shares the e-mail address of `SameEmailB`: two people, two accounts.
    SameEmailA,
    /// Shares the e-mail address of `SameEmailA`.
    SameEmailB,
    /// `å`, `ä` and `ö` in name and address.
    SwedishLetters,
    /// An address with a plus tag.
    PlusAddress,
    /// An address written with capitals.
    UpperCase,
    /// In the newsletter and nowhere else: no customer.
    NewsletterOnly,
    /// Left: every service ended, the account closed, the accounting remains.
    ClosedAccount,
    /// Owes an invoice that is overdue.
    UnpaidInvoice,
    /// The address on file is a mailbox in a domain that the host itself serves for this person.
    HostedAddress,
    /// A private customer who is also the contact person of a company.
    ContactPerson,
    /// The company whose contact person is a customer too.
    ContactCompany,
    /// A consumer in Germany, whose sales are declared in the one-stop shop and documented for ten years.
    OneStopShopSale,
    /// An invoice of the last December that a credit note of January corrects, in another year.
    CreditedOverNewYear,
}

impl NastyCase {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::SameNameA,
        Self::SameNameB,
        Self::SameEmailA,
        Self::SameEmailB,
        Self::SwedishLetters,
        Self::PlusAddress,
        Self::UpperCase,
        Self::NewsletterOnly,
        Self::ClosedAccount,
        Self::UnpaidInvoice,
        Self::HostedAddress,
        Self::ContactPerson,
        Self::ContactCompany,
        Self::OneStopShopSale,
        Self::CreditedOverNewYear,
    ];

    /// The customer number, except of who is no customer.
    #[must_use]
    pub const fn customer_number(self) -> Option<&'static str> {
        match self {
            Self::SameNameA => Some("9000001"),
            Self::SameNameB => Some("9000002"),
            Self::SameEmailA => Some("9000003"),
            Self::SameEmailB => Some("9000004"),
            Self::SwedishLetters => Some("9000005"),
            Self::PlusAddress => Some("9000006"),
            Self::UpperCase => Some("9000007"),
            Self::NewsletterOnly => None,
            Self::ClosedAccount => Some("9000008"),
            Self::UnpaidInvoice => Some("9000009"),
            Self::HostedAddress => Some("9000010"),
            Self::ContactPerson => Some("9000011"),
            Self::ContactCompany => Some("9000012"),
            Self::OneStopShopSale => Some("9000013"),
            Self::CreditedOverNewYear => Some("9000014"),
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameNameA | Self::SameNameB => "Anna Johansson",
            Self::SameEmailA => "Karin Ek",
            Self::SameEmailB => "Olof Ek",
            Self::SwedishLetters => "Åke Öström-Järv",
            Self::PlusAddress => "Eva Dahl",
            Self::UpperCase => "Sven Holm",
            Self::NewsletterOnly => "Lisbet Läsare",
            Self::ClosedAccount => "Bertil Avslutad",
            Self::UnpaidInvoice => "Rut Skyldig",
            Self::HostedAddress => "Gunnar Lindqvist",
            Self::ContactPerson => "Maria Nyman",
            Self::ContactCompany => "Nymans Påhittade Plåt AB",
            Self::OneStopShopSale => "Greta Beispiel",
            Self::CreditedOverNewYear => "Nils Krediterad",
        }
    }

    /// The address as it is written in the host's systems.
    #[must_use]
    pub const fn email(self) -> &'static str {
        match self {
            Self::SameNameA => "anna.johansson@mail.example",
            Self::SameNameB => "anna.j.skara@post.example",
            Self::SameEmailA | Self::SameEmailB => "familjen.ek@hushall.example",
            Self::SwedishLetters => "åke.öström-järv@brevlåda.example",
            Self::PlusAddress => "eva.dahl+webb@mail.example",
            Self::UpperCase => "Sven.HOLM@Post.Example",
            Self::NewsletterOnly => "lisbet@lasare.example",
            Self::ClosedAccount => "bertil.avslutad@mail.example",
            Self::UnpaidInvoice => "rut.skyldig@brev.example",
            Self::HostedAddress => "gunnar@lindqvist-hemma.example",
            Self::ContactPerson => "maria.nyman@nymansplat.example",
            Self::ContactCompany => "info@nymansplat.example",
            Self::OneStopShopSale => "greta.beispiel@post.example",
            Self::CreditedOverNewYear => "nils.krediterad@mail.example",
        }
    }

    /// Changes an ordinary customer into this case.
    pub(super) fn apply(self, person: &mut Person, today: NaiveDate) {
        let Some(number) = self.customer_number() else {
            return;
        };
        number.clone_into(&mut person.customer_no);
        person.login = format!("u{number}");
        self.name().clone_into(&mut person.name);
        self.email().clone_into(&mut person.email);
        person.nasty = Some(self);
        // Their fifth invoice is forty days old, so overdue if it is unpaid.
        person.created_on = today - Days::new(4 * 365 + 40);
        for domain in &mut person.domains {
            domain.registered_on = person.created_on;
        }
        person.kind = if self == Self::ContactCompany {
            Kind::Company
        } else {
            Kind::Private
        };
        if self == Self::ClosedAccount {
            person.closed_on = Some(today - Days::new(120));
        }
        if self == Self::HostedAddress {
            person.domains = vec![Domain {
                name: "lindqvist-hemma.example".to_owned(),
                tld: "example".to_owned(),
                registered_on: person.created_on,
            }];
        }
        if self == Self::OneStopShopSale {
            (person.postal_code, person.city) = ("10115", "Berlin");
        }
        if self == Self::ContactCompany {
            person.contacts = vec![Contact {
                name: Self::ContactPerson.name().to_owned(),
                email: Self::ContactPerson.email().to_owned(),
                role: "ekonomi",
            }];
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn customer_numbers_are_distinct_and_all_but_one_have_one() {
        let numbers: HashSet<_> = NastyCase::ALL
            .into_iter()
            .filter_map(NastyCase::customer_number)
            .collect();
        assert_eq!(numbers.len(), NastyCase::ALL.len() - 1);
        assert!(
            numbers
                .iter()
                .all(|number| number.starts_with('9') && number.len() == 7)
        );
    }
}
