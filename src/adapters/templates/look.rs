//! How the organisation presents itself on pages and in mails.

use serde::{Deserialize, Serialize};

/// The organisation's face: who is responsible, how to reach them, and their colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationLook {
    /// The name customers know, such as `Nordhamn`.
    pub name: String,
    /// The registered name of the controller.
    pub legal_name: String,
    /// The corporate number, as written: `556036-0793`.
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
