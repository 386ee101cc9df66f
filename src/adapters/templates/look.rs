//! How the organisation presents itself on pages and in mails.

use serde::{Deserialize, Serialize};

use crate::adapters::texts::Texts;

/// The organisation's face: who is responsible, how to reach them, and their colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationLook {
    /// The name customers know, such as `Nordhamn`.
    pub name: String,
    /// The registered name of the controller.
    pub legal_name: String,
    /// The corporate number, as written: `556036-0793`; empty where the profile does not give it.
    pub organisation_number: String,
    /// Where a person writes about their data.
    pub email: String,
    /// The telephone number, where there is one.
    pub phone: Option<String>,
    /// The data protection officer's address, where one is appointed (Art. 37).
    pub dpo: Option<String>,
    /// The organisation's colour as `#rrggbb`.
    pub colour: String,
    /// The address of this service, without a trailing slash.
    pub public_url: String,
}

impl OrganisationLook {
    /// The registered name, with the corporate number where that is known.
    #[must_use]
    pub fn registered(&self, t: &Texts) -> String {
        let number = self.organisation_number.trim();
        if number.is_empty() {
            return self.legal_name.clone();
        }
        format!(
            "{}, {}",
            self.legal_name,
            t.one("organisation-number", "number", number)
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::adapters::templates::samples;
    use crate::adapters::texts::Texts;
    use crate::domain::language::Language;

    #[test]
    fn a_number_that_is_not_known_leaves_no_trace() {
        let mut look = samples::look();
        let t = Texts::new(Language::En);
        assert!(look.registered(&t).ends_with(&look.organisation_number));
        look.organisation_number = " ".to_owned();
        assert_eq!(look.registered(&t), look.legal_name);
    }
}
