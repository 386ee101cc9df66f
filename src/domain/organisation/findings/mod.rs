//! What does not hold together in a profile, or between it and the host's own policy.

mod files;
mod http;
mod manual;
mod policy;
mod structure;

use serde::Serialize;

use super::Organisation;

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether the service may start with it.
    pub severity: Severity,
    /// Where in the profile, such as `recipients.mailchimp.country`.
    pub key: String,
    /// What is wrong.
    pub code: FindingCode,
    /// What it is about: names and values for a message, never a person's.
    pub about: Vec<String>,
}

impl Finding {
    fn error(code: FindingCode, key: String, about: &[&str]) -> Self {
        Self::new(Severity::Error, code, key, about)
    }

    fn warning(code: FindingCode, key: impl Into<String>, about: &[&str]) -> Self {
        Self::new(Severity::Warning, code, key.into(), about)
    }

    fn new(severity: Severity, code: FindingCode, key: String, about: &[&str]) -> Self {
        Self {
            severity,
            key,
            code,
            about: about.iter().map(|&word| word.to_owned()).collect(),
        }
    }
}

/// Whether a finding stops the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The profile contradicts itself: nothing may run on it.
    Error,
    /// The host should look at it; the service runs.
    Warning,
    /// Good to know.
    Note,
}

/// What is wrong. In `about`: what each variant says it names, in that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// Two entries have the same id: the id.
    DuplicateId,
    /// A category serves no purpose (Art. 5(1)(b)).
    CategoryWithoutPurpose,
    /// A category follows no retention rule (Art. 5(1)(e)).
    CategoryWithoutRetention,
    /// No purpose has the id that is named: the id.
    UnknownPurpose,
    /// No category has the id that is named: the id.
    UnknownCategory,
    /// No retention rule has the id that is named: the id.
    UnknownRetentionRule,
    /// A table is retained on a ground that no retention rule explains: the ground.
    GroundWithoutRule,
    /// No table has the name that is meant: the name.
    UnknownTable,
    /// Nothing leads from a person to the table: it has neither person columns nor a parent.
    TableOutOfReach,
    /// A table of files has no path: the table.
    PathMissing,
    /// Two tables of files lead to the same ones: the tables.
    PathsOverlap,
    /// A table says what a system of its kind cannot do: the key, the kind.
    NotForConnector,
    /// A table over HTTP lacks a call that its rules need: the table, the call.
    CallMissing,
    /// A system that staff see to by hand says nowhere how: the system.
    InstructionsMissing,
    /// Values come from a table that the map does not name in an earlier system: `system.table`.
    SourceUnknown,
    /// A path names what is neither a kind of key nor, with `from`, a column of the table there: the names.
    ValueUnknown,
    /// Tables point at each other in a ring, so that none can be emptied first: their names.
    TablesInRing,
    /// A recipient is known by something that none of its tables holds: the identifier.
    IdentifierNotInTable,
    /// A recipient has no route, or an e-mail route without an address.
    RecipientWithoutRoute,
    /// The policy says that nothing leaves the EU, a recipient is outside the EEA: name, country. (X1)
    SharedOutsideEea,
    /// The policy says that nothing leaves the EU, a recipient has no country to check: name. (X2)
    CountryMissing,
    /// A reseller stands in for the registries of top-level domains that are not named: name, the domains. (X3)
    RegistryUnknown,
    /// A recipient calls itself something else than the policy does: name, own name. (X4)
    NamedOtherwise,
    /// The policy erases a CRM, but lists no supplier of one. (X5)
    CrmSupplierMissing,
    /// The policy says both that all and that selected recipients have agreements. (X6)
    AgreementsContradict,
    /// The policy takes use of the services for consent, which it is not (Art. 4(11), 7). (X7)
    ConsentByUse,
    /// The policy names another authority than the profile: its name, the profile's. (X8)
    AuthorityRenamed,
    /// The policy promises erasure by a recipient that decides by itself: name. (X9)
    ControllerAsSubcontractor,
    /// Nothing is said of the policy, so it is held against nothing.
    PolicyUnknown,
    /// The policy does not tell of rights that it must (Art. 13(2)(b)-(d)): the rights, `complaint`. (X10)
    RightsNotNamed,
    /// A name or word of the policy is out of date: it, and what it is now. (X11)
    OutdatedName,
    /// A recipient bears the name of another host: name, that host's profile. (X12)
    SameNameAsController,
    /// A purpose has several legal bases: no right that hangs on the basis is decided by machine: the purpose.
    SeveralLegalBases,
    /// Something that people may end rests on neither consent nor legitimate interests: its id.
    UseOnOtherBasis,
    /// Something that people may end rests on what its purpose does not name: its id, the purpose.
    BasisNotOfPurpose,
    /// Marketing has no way to be stopped but by hand (Art. 21(3)): its id, or the purpose that no table says it serves.
    MarketingWithoutStop,
    /// A recipient outside the EEA has no transfer tool on record (Art. 46): name, country.
    TransferWithoutSafeguard,
}

impl FindingCode {
    /// Number of the contradiction between a policy and itself, for the codes that are one.
    #[must_use]
    pub const fn contradiction(self) -> Option<u8> {
        Some(match self {
            Self::SharedOutsideEea => 1,
            Self::CountryMissing => 2,
            Self::RegistryUnknown => 3,
            Self::NamedOtherwise => 4,
            Self::CrmSupplierMissing => 5,
            Self::AgreementsContradict => 6,
            Self::ConsentByUse => 7,
            Self::AuthorityRenamed => 8,
            Self::ControllerAsSubcontractor => 9,
            Self::RightsNotNamed => 10,
            Self::OutdatedName => 11,
            Self::SameNameAsController => 12,
            _ => return None,
        })
    }
}

/// Everything that `organisation` should be looked over for, errors first, otherwise in the order of the profile.
#[must_use]
pub fn findings(organisation: &Organisation) -> Vec<Finding> {
    let mut found = structure::findings(organisation);
    found.extend(files::findings(organisation));
    found.extend(manual::findings(organisation));
    found.extend(http::findings(organisation));
    found.extend(policy::findings(organisation));
    found.sort_by_key(|finding| finding.severity);
    found
}
