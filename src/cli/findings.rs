//! What a finding about a profile means, in words for who runs the service.

use crate::domain::organisation::{Finding, FindingCode as Code};

/// What is wrong, and what to do about it.
#[must_use]
pub fn explain(finding: &Finding) -> String {
    let about = finding.about.join(", ");
    let (wrong, remedy) = words(finding.code);
    let number = finding
        .code
        .contradiction()
        .map(|x| format!(" [X{x}]"))
        .unwrap_or_default();
    if about.is_empty() {
        format!("{wrong}{number}: {remedy}")
    } else {
        format!("{wrong} ({about}){number}: {remedy}")
    }
}

#[expect(clippy::too_many_lines, reason = "a table: two sentences a code")]
const fn words(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::DuplicateId => ("the id is used twice", "give each entry an id of its own"),
        Code::CategoryWithoutPurpose => (
            "the category has no purpose",
            "name the purposes it serves, or stop collecting it (Art. 5(1)(b))",
        ),
        Code::CategoryWithoutRetention => (
            "the category has no retention rule",
            "name one under [[retention]] (Art. 5(1)(e))",
        ),
        Code::UnknownPurpose => (
            "there is no such purpose",
            "add it under [[purposes]] or correct the id",
        ),
        Code::UnknownCategory => (
            "there is no such category",
            "add it under [[categories]] or correct the id",
        ),
        Code::UnknownRetentionRule => (
            "there is no such retention rule",
            "add it under [[retention]] or correct the id",
        ),
        Code::GroundWithoutRule => (
            "a table is retained on a ground that no rule explains",
            "add the ground with its statute under [[retention]]",
        ),
        Code::UnknownTable => (
            "there is no such table in the map",
            "correct the name, or add the table to its system",
        ),
        Code::TableOutOfReach => (
            "nobody can be found in the table",
            "give it person columns or a parent that leads to some",
        ),
        Code::PathMissing => (
            "a table of files says not where they lie",
            "give it a path such as \"{customer_number}/{date}\"",
        ),
        Code::PathsOverlap => (
            "two tables lead to the same files",
            "let each file belong to one table: what is in a directory goes with it",
        ),
        Code::NotForConnector => (
            "a system of this kind cannot do that",
            "take the key out of the table; docs/data-map.md says what each kind can do",
        ),
        Code::CallMissing => (
            "a table over HTTP lacks a call that its rules need",
            "describe the call under the table's http; docs/data-map.md has an example",
        ),
        Code::InstructionsMissing => (
            "staff see to this system by hand, and nothing says how",
            "give it by_hand = { instructions = { sv = \"…\", en = \"…\" }, within_days = 7 }",
        ),
        Code::SourceUnknown => (
            "the table that gives the values is in no earlier system of the map",
            "correct the name, or move that system up in the profile",
        ),
        Code::ValueUnknown => (
            "these values are no kind of key",
            "write customer_number, personal_number, email or phone, or name under from the table with such columns",
        ),
        Code::TablesInRing => (
            "the tables refer to each other in a ring",
            "take one parent or reference out",
        ),
        Code::IdentifierNotInTable => (
            "the table holds no such identifier",
            "name its column under identifiers, or drop it from the recipient",
        ),
        Code::RecipientWithoutRoute => (
            "nobody can be told there",
            "give the recipient a contact, or say why it is impossible",
        ),
        Code::SharedOutsideEea => (
            "the policy says that nothing is shared outside the EU, and this recipient is outside the EEA",
            "correct the policy, or stop sharing",
        ),
        Code::CountryMissing => (
            "the policy says that nothing is shared outside the EU, and this recipient has no country",
            "find out where it is and name the country",
        ),
        Code::RegistryUnknown => (
            "a reseller registers these top-level domains, and the registry behind is not named",
            "name the registries",
        ),
        Code::NamedOtherwise => (
            "the recipient calls itself something else",
            "name the legal person that is meant",
        ),
        Code::CrmSupplierMissing => (
            "the policy promises erasure in the CRM, and no CRM supplier is listed",
            "list it, or say that the CRM is in-house",
        ),
        Code::AgreementsContradict => (
            "the policy speaks of agreements with all suppliers and with selected ones",
            "settle which is true",
        ),
        Code::ConsentByUse => (
            "the policy takes the use of the service as consent",
            "do not record that as consent; ask (Art. 4(11), 7)",
        ),
        Code::AuthorityRenamed => (
            "the policy names an authority that has been renamed",
            "name Integritetsskyddsmyndigheten (IMY)",
        ),
        Code::ControllerAsSubcontractor => (
            "an independent controller is listed as a subcontractor",
            "do not promise erasure there; it decides for itself (Art. 19)",
        ),
        Code::PolicyUnknown => (
            "nothing is said of the published policy, so it is not held against the rest",
            "describe it under [policy]",
        ),
        Code::RightsNotNamed => (
            "the policy leaves rights out",
            "name them, and the right to complain (Art. 13(2)(b), (d))",
        ),
        Code::OutdatedName => (
            "the name is outdated",
            "use the name of today, and keep the old one under former_names",
        ),
        Code::SameNameAsController => (
            "the recipient bears the name of another host that uses this service",
            "find out whether they are one company",
        ),
        Code::SeveralLegalBases => (
            "the purpose rests on several legal bases",
            "record the basis for each processing item; portability and objection depend on it (Art. 20, 21)",
        ),
        Code::UseOnOtherBasis => (
            "people can end only what rests on consent or on legitimate interests",
            "correct the basis, or take it out of purposes",
        ),
        Code::BasisNotOfPurpose => (
            "the purpose does not name this basis",
            "name it under legal_bases, or correct the table's",
        ),
        Code::MarketingWithoutStop => (
            "nothing in the map says how this marketing is stopped",
            "give the table that serves it purposes with a stop, or it is stopped by hand (Art. 21(3))",
        ),
        Code::TransferWithoutSafeguard => (
            "a transfer outside the EEA names no safeguard",
            "name the transfer tool (Art. 46)",
        ),
    }
}
