//! Recipients: the companies and authorities that a person's data goes to, each an entry of the biträdesregister.

#[cfg(test)]
mod tests;
mod told;
mod used_when;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::contact::Email;
use super::country::Country;
use super::language::{Language, Text};
use super::notice::FollowUp;

pub use told::{Identifier, TellOutcome, Told, UsageFacts, WhyImpossible, WhyNotTold, who_is_told};
pub use used_when::{Use, UsedWhen};

/// One recipient as the profile describes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Stable name, unique in the profile.
    pub id: String,
    /// The name as the host's policy gives it.
    pub name: String,
    /// Names it has left behind; when `name` is one of them the policy is outdated.
    #[serde(default)]
    pub former_names: Vec<String>,
    /// What it calls itself today, when that is not `name`.
    pub own_name: Option<OwnName>,
    /// Stem of the profile whose controller bears the same name, when it is not said whether they are one company.
    pub same_name_as: Option<String>,
    /// Where it is, as the policy says; absent when the policy is silent.
    pub country: Option<Country>,
    /// The transfer tool for a recipient outside the EEA (Art. 46), such as standard contractual clauses.
    pub safeguard: Option<Text>,
    /// What kind of supplier it is.
    pub kind: RecipientKind,
    /// What it is in law towards the host; decides what a notice may demand.
    pub role: RecipientRole,
    /// Where the agreement with it is found.
    pub agreement: Option<String>,
    /// When the entry is to be looked over again.
    pub review_on: Option<NaiveDate>,
    /// Id of a purpose of the profile.
    pub purpose: String,
    /// The heading of the policy under which it stands.
    pub group: RecipientGroup,
    /// Ids of the categories it gets.
    #[serde(default)]
    pub categories: Vec<String>,
    /// What is shared with it, and why.
    pub shared: Text,
    /// Which data of a person shows that theirs went there; absent when everybody's does.
    #[serde(default)]
    pub used_when: Option<UsedWhen>,
    /// All that a notice to it may hold, in its own terms.
    #[serde(default)]
    pub identifiers: Vec<IdentifierKind>,
    /// Registries that stand behind a reseller of domain names, when it is said which.
    #[serde(default)]
    pub registries: Vec<String>,
    /// How it is reached; absent when it is `impossible` to tell it anything.
    pub contact: Option<RecipientContact>,
    /// Days from the notice until its answer is due; no answer is awaited when absent.
    pub answer_within_days: Option<u16>,
    /// What follows when it does not answer.
    #[serde(default)]
    pub follow_up: FollowUp,
    /// Address of who answers for the agreement with it, who is told when it stays silent.
    pub owner: Option<Email>,
    /// Set when no notice can ever name the person to it (Art. 19: "impossible").
    pub impossible: Option<NoRoute>,
}

impl Recipient {
    /// `Some(false)` for a transfer to a third country, `None` when the country is not known.
    #[must_use]
    pub fn is_in_eea(&self) -> Option<bool> {
        self.country.map(Country::is_eea)
    }

    /// The address its notices go to, when they go by e-mail; `other`: the one for when the first takes no mail.
    #[must_use]
    pub fn address(&self, other: bool) -> Option<&str> {
        let contact = self
            .contact
            .as_ref()
            .filter(|contact| contact.channel == Channel::Email)?;
        if other {
            return contact.other_email.as_ref().map(Email::as_str);
        }
        contact.email.as_deref()
    }
}

/// What a recipient calls itself today.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnName {
    /// The legal name.
    pub name: String,
    /// Where that legal person is, when it is not where the policy says.
    pub country: Option<Country>,
}

/// What a recipient is in law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientRole {
    /// Personuppgiftsbiträde: a notice is an instruction (Art. 28(3)(a)).
    Processor,
    /// Underbiträde, where the host is itself the processor: the instruction is passed on.
    SubProcessor,
    /// Självständigt ansvarig: a notice is information (Art. 19), and it decides by itself.
    IndependentController,
    /// Gemensamt ansvarig (Art. 26).
    JointController,
}

impl RecipientRole {
    /// The name in the profile, in the API and as key of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Processor => "processor",
            Self::SubProcessor => "sub_processor",
            Self::IndependentController => "independent_controller",
            Self::JointController => "joint_controller",
        }
    }
}

/// The kinds of supplier that hosts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientKind {
    /// Runs a top-level domain.
    Registry,
    /// Registers domain names with registries on the host's behalf.
    Registrar,
    /// Licences for office programs and mail.
    OfficeLicence,
    /// Firewalls.
    Firewall,
    /// Servers that the host's services run on.
    Hosting,
    /// Invoices with credit, or buys them.
    Credit,
    /// Accounting as a service.
    Accounting,
    /// Payments by card, bank or wallet.
    Payment,
    /// Customer relations.
    Crm,
    /// Newsletters.
    Newsletter,
    /// Web analysis and advertising.
    Analytics,
    /// Telephony and call recording.
    Telephony,
    /// Chat with customers.
    Chat,
    /// Certificates for sites.
    CertificateAuthority,
}

/// The headings under which a register lists recipients, in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientGroup {
    /// Marketing and analysis.
    MarketingAndAnalysis,
    /// Delivering what was ordered.
    DeliverServices,
    /// Getting paid.
    TakePayment,
    /// All others.
    Other,
}

/// How a recipient is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientContact {
    /// The route.
    pub channel: Channel,
    /// Its address for notices.
    pub email: Option<String>,
    /// Another address of its, for when the first does not take mail.
    pub other_email: Option<Email>,
    /// Its telephone number, for when no mail helps.
    pub phone: Option<String>,
    /// The language it is written to in.
    #[serde(default)]
    pub language: Language,
    /// File with its OpenPGP key; notices are encrypted to it.
    pub pgp_key: Option<String>,
    /// What staff do by hand, for the routes that are not e-mail.
    pub instructions: Option<Text>,
}

/// The route to a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A mail with a link and a code.
    Email,
    /// Its own interface for machines.
    Api,
    /// Its own web pages.
    Portal,
    /// A task for staff.
    Manual,
}

/// Why a recipient can never be told about one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoRoute {
    /// It holds nothing that we could name the person by (Art. 11(2)).
    NoIdentifier,
}

/// Kinds of identifier by which a recipient knows a person, an order or a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// A domain name.
    DomainName,
    /// A registry's or registrar's contact handle.
    RegistrantHandle,
    /// The host's customer number.
    CustomerNumber,
    /// Account with an upstream host.
    AccountId,
    /// Tenant of an office licence.
    TenantId,
    /// Serial number of a device.
    DeviceSerial,
    /// Number of an invoice.
    InvoiceNumber,
    /// A payment's reference.
    TransactionId,
    /// Deal or person in a customer-relations system.
    DealId,
    /// The person's e-mail address.
    Email,
    /// Member of a mailing list.
    MemberId,
    /// A recorded call.
    CallId,
    /// Telephone number.
    Phone,
    /// A chat.
    ChatId,
    /// An order, such as a certificate's.
    OrderId,
}

impl IdentifierKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::DomainName,
        Self::RegistrantHandle,
        Self::CustomerNumber,
        Self::AccountId,
        Self::TenantId,
        Self::DeviceSerial,
        Self::InvoiceNumber,
        Self::TransactionId,
        Self::DealId,
        Self::Email,
        Self::MemberId,
        Self::CallId,
        Self::Phone,
        Self::ChatId,
        Self::OrderId,
    ];

    /// The name in profiles and in the API, and the key of its text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DomainName => "domain_name",
            Self::RegistrantHandle => "registrant_handle",
            Self::CustomerNumber => "customer_number",
            Self::AccountId => "account_id",
            Self::TenantId => "tenant_id",
            Self::DeviceSerial => "device_serial",
            Self::InvoiceNumber => "invoice_number",
            Self::TransactionId => "transaction_id",
            Self::DealId => "deal_id",
            Self::Email => "email",
            Self::MemberId => "member_id",
            Self::CallId => "call_id",
            Self::Phone => "phone",
            Self::ChatId => "chat_id",
            Self::OrderId => "order_id",
        }
    }
}
