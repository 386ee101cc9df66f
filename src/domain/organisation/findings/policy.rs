//! Contradictions and gaps between a host's published policy and what the profile says about it.

use super::{Finding, FindingCode as Code};
use crate::domain::data_map::Matches;
use crate::domain::organisation::{LegalBasis, Organisation, Policy, Statement};
use crate::domain::recipient::{Recipient, RecipientKind, RecipientRole};
use crate::domain::right::Right;

pub(super) fn findings(organisation: &Organisation) -> Vec<Finding> {
    let mut found = statements(organisation);
    found.extend(authority(organisation));
    found.extend(rights(organisation));
    for term in &organisation.policy.outdated_terms {
        found.push(Finding::warning(
            Code::OutdatedName,
            "policy.outdated_terms",
            &[&term.term, &term.now],
        ));
    }
    for purpose in organisation
        .purposes
        .iter()
        .filter(|purpose| purpose.legal_bases.len() > 1)
    {
        let key = format!("purposes.{}.legal_bases", purpose.id);
        found.push(Finding::warning(Code::SeveralLegalBases, key, &[&purpose.id]));
    }
    for recipient in &organisation.recipients {
        found.extend(country(organisation, recipient));
        found.extend(registries(recipient));
        found.extend(names(recipient));
        found.extend(promise(organisation, recipient));
    }
    found
}

/// Claims that contradict each other, the law or the list of recipients.
fn statements(organisation: &Organisation) -> Vec<Finding> {
    let claims = |statement| organisation.policy.claims(statement);
    let lists_crm = organisation
        .recipients
        .iter()
        .any(|recipient| recipient.kind == RecipientKind::Crm);
    let agreements = claims(Statement::AgreementsWithAll) && claims(Statement::AgreementsWithSelected);
    [
        (
            claims(Statement::CrmErased) && !lists_crm,
            Code::CrmSupplierMissing,
        ),
        (agreements, Code::AgreementsContradict),
        (claims(Statement::ConsentByUse), Code::ConsentByUse),
    ]
    .into_iter()
    .filter(|(applies, _)| *applies)
    .map(|(_, code)| Finding::warning(code, "policy.says", &[]))
    .collect()
}

fn authority(organisation: &Organisation) -> Option<Finding> {
    let named = organisation.policy.authority.as_deref()?;
    let name = &organisation.authority.name;
    let same = name.sv.contains(named) || name.en.contains(named);
    (!same).then(|| Finding::warning(Code::AuthorityRenamed, "policy.authority", &[named, &name.sv]))
}

/// Rights that Art. 13(2)(b)-(d) makes a policy tell of, and that this one does not.
fn rights(organisation: &Organisation) -> Option<Finding> {
    let policy = &organisation.policy;
    if *policy == Policy::default() {
        return Some(Finding::warning(Code::PolicyUnknown, "policy", &[]));
    }
    let by_consent = organisation
        .purposes
        .iter()
        .any(|purpose| purpose.legal_bases.contains(&LegalBasis::Consent));
    let mut missing: Vec<&str> = Right::ALL
        .into_iter()
        .filter(|right| *right != Right::ConsentWithdrawal || by_consent)
        // Of automated decisions, (f) makes it tell in words of its own.
        .filter(|right| *right != Right::HumanReview)
        .filter(|right| !policy.rights_named.contains(right))
        .map(Right::name)
        .collect();
    if !policy.names_complaint {
        missing.push("complaint");
    }
    (!missing.is_empty()).then(|| Finding::warning(Code::RightsNotNamed, "policy.rights_named", &missing))
}

fn country(organisation: &Organisation, recipient: &Recipient) -> Vec<Finding> {
    let key = |field: &str| format!("recipients.{}.{field}", recipient.id);
    let says_none = organisation.policy.claims(Statement::NoSharingOutsideEu);
    let mut found = Vec::new();
    match recipient.country {
        None if says_none => {
            found.push(Finding::warning(
                Code::CountryMissing,
                key("country"),
                &[&recipient.name],
            ));
        }
        Some(country) if !country.is_eea() => {
            let about = [recipient.name.as_str(), country.code()];
            if says_none {
                found.push(Finding::warning(Code::SharedOutsideEea, key("country"), &about));
            }
            if recipient.safeguard.is_none() {
                found.push(Finding::warning(
                    Code::TransferWithoutSafeguard,
                    key("safeguard"),
                    &about,
                ));
            }
        }
        _ => {}
    }
    found
}

/// A reseller that is listed for certain top-level domains, while nobody says who runs those.
fn registries(recipient: &Recipient) -> Option<Finding> {
    let silent = recipient.kind == RecipientKind::Registrar && recipient.registries.is_empty();
    let uses = recipient
        .used_when
        .iter()
        .filter(|_| silent)
        .flat_map(|uses| &uses.0);
    let domains: Vec<&str> = uses
        .filter_map(|used| match &used.condition.as_ref()?.matches {
            Matches::AnyOf(list) => Some(list),
            Matches::NoneOf(_) | Matches::Present => None,
        })
        .flatten()
        .map(String::as_str)
        .collect();
    let about: Vec<&str> = std::iter::once(recipient.name.as_str())
        .chain(domains.iter().copied())
        .collect();
    let key = format!("recipients.{}.registries", recipient.id);
    (!domains.is_empty()).then(|| Finding::warning(Code::RegistryUnknown, key, &about))
}

fn names(recipient: &Recipient) -> Vec<Finding> {
    let mut found = Vec::new();
    let key = format!("recipients.{}.name", recipient.id);
    let name = recipient.name.as_str();
    if let Some(own) = &recipient.own_name {
        let outdated = recipient.former_names.iter().any(|former| former == name);
        let code = if outdated {
            Code::OutdatedName
        } else {
            Code::NamedOtherwise
        };
        if own.name != name
            || own
                .country
                .is_some_and(|country| recipient.country != Some(country))
        {
            found.push(Finding::warning(code, key.clone(), &[name, &own.name]));
        }
    }
    if let Some(stem) = &recipient.same_name_as {
        found.push(Finding::warning(Code::SameNameAsController, key, &[name, stem]));
    }
    found
}

fn promise(organisation: &Organisation, recipient: &Recipient) -> Option<Finding> {
    let promised = organisation.policy.claims(Statement::RecipientsAreSubcontractors)
        && recipient.role == RecipientRole::IndependentController;
    let key = format!("recipients.{}.role", recipient.id);
    promised.then(|| Finding::warning(Code::ControllerAsSubcontractor, key, &[&recipient.name]))
}
