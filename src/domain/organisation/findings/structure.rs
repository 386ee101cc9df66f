//! References within a profile that lead nowhere, and rules that leave data uncovered.

use std::collections::BTreeSet;

use super::{Finding, FindingCode as Code};
use crate::domain::data_map::{ConnectorKind, EraseRule, PurposeUse, RetentionGround, System, Table};
use crate::domain::organisation::Organisation;
use crate::domain::recipient::{Channel, IdentifierKind, Recipient};

pub(super) fn findings(organisation: &Organisation) -> Vec<Finding> {
    let mut found = duplicates(organisation);
    found.extend(categories(organisation));
    found.extend(unmapped_marketing(organisation));
    for system in &organisation.map.systems {
        found.extend(system_findings(organisation, system));
    }
    for recipient in &organisation.recipients {
        found.extend(recipient_findings(organisation, recipient));
        found.extend(route(recipient));
    }
    found
}

fn duplicates(organisation: &Organisation) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut check = |list: &str, ids: Vec<&str>| {
        let mut seen = BTreeSet::new();
        for id in ids.into_iter().filter(|id| !seen.insert(*id)) {
            found.push(Finding::error(Code::DuplicateId, format!("{list}.{id}"), &[id]));
        }
    };
    check(
        "purposes",
        organisation
            .purposes
            .iter()
            .map(|purpose| purpose.id.as_str())
            .collect(),
    );
    check(
        "categories",
        organisation
            .categories
            .iter()
            .map(|category| category.id.as_str())
            .collect(),
    );
    check(
        "retention",
        organisation
            .retention
            .iter()
            .map(|rule| rule.id.as_str())
            .collect(),
    );
    check(
        "recipients",
        organisation
            .recipients
            .iter()
            .map(|recipient| recipient.id.as_str())
            .collect(),
    );
    check(
        "systems",
        organisation
            .map
            .systems
            .iter()
            .map(|system| system.id.as_str())
            .collect(),
    );
    for system in &organisation.map.systems {
        let tables = system.tables.iter().map(|table| table.name.as_str()).collect();
        check(&format!("systems.{}.tables", system.id), tables);
    }
    found
}

fn categories(organisation: &Organisation) -> Vec<Finding> {
    let mut found = Vec::new();
    for category in &organisation.categories {
        let key = |field: &str| format!("categories.{}.{field}", category.id);
        if category.purposes.is_empty() {
            found.push(Finding::error(
                Code::CategoryWithoutPurpose,
                key("purposes"),
                &[&category.id],
            ));
        }
        for purpose in category
            .purposes
            .iter()
            .filter(|id| organisation.purpose(id).is_none())
        {
            found.push(Finding::error(Code::UnknownPurpose, key("purposes"), &[purpose]));
        }
        match &category.retention {
            None => {
                found.push(Finding::error(
                    Code::CategoryWithoutRetention,
                    key("retention"),
                    &[&category.id],
                ));
            }
            Some(rule) if organisation.retention_rule(rule).is_none() => {
                found.push(Finding::error(
                    Code::UnknownRetentionRule,
                    key("retention"),
                    &[rule],
                ));
            }
            Some(_) => {}
        }
    }
    found
}

fn system_findings(organisation: &Organisation, system: &System) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(freeze) = system
        .freeze
        .as_ref()
        .filter(|freeze| system.table(&freeze.table).is_none())
    {
        let key = format!("systems.{}.freeze.table", system.id);
        found.push(Finding::error(Code::UnknownTable, key, &[&freeze.table]));
    }
    for table in &system.tables {
        found.extend(table_findings(organisation, system, table));
    }
    if let Err(ring) = system.erasure_order() {
        let tables: Vec<&str> = ring.tables.iter().map(String::as_str).collect();
        found.push(Finding::error(
            Code::TablesInRing,
            format!("systems.{}.tables", system.id),
            &tables,
        ));
    }
    found
}

fn table_findings(organisation: &Organisation, system: &System, table: &Table) -> Vec<Finding> {
    let mut found = Vec::new();
    let key = |field: &str| format!("systems.{}.tables.{}.{field}", system.id, table.name);
    if organisation.category(&table.category).is_none() {
        found.push(Finding::error(
            Code::UnknownCategory,
            key("category"),
            &[&table.category],
        ));
    }
    if let Some(parent) = table
        .parent
        .as_ref()
        .filter(|parent| system.table(&parent.table).is_none())
    {
        found.push(Finding::error(
            Code::UnknownTable,
            key("parent"),
            &[&parent.table],
        ));
    }
    for name in table
        .references
        .iter()
        .filter(|name| system.table(name).is_none())
    {
        found.push(Finding::error(Code::UnknownTable, key("references"), &[name]));
    }
    let has_way = table.parent.is_some() || table.from.is_some() || system.connector == ConnectorKind::Manual;
    if !table.is_searchable() && !has_way {
        found.push(Finding::error(
            Code::TableOutOfReach,
            key("person"),
            &[&table.name],
        ));
    }
    if let EraseRule::Retain(rule) = &table.erase {
        let ruled = |ground: &RetentionGround| organisation.retention_for(*ground).is_some();
        for ground in rule.grounds().filter(|ground| !ruled(ground)) {
            found.push(Finding::error(
                Code::GroundWithoutRule,
                key("erase"),
                &[ground.name()],
            ));
        }
        // What a retained row keeps must be able to stay.
        let stays = |name: &str| {
            let kept = system.table(name);
            kept.is_some_and(|kept| !matches!(kept.erase, EraseRule::Delete))
        };
        for link in rule.keeps.iter().filter(|link| !stays(&link.table)) {
            found.push(Finding::error(
                Code::UnknownTable,
                key("erase.keeps"),
                &[&link.table],
            ));
        }
    }
    for one in &table.purposes {
        found.extend(use_findings(organisation, one, &key("purposes")));
    }
    found
}

fn use_findings(organisation: &Organisation, one: &PurposeUse, key: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    match organisation.purpose(&one.purpose) {
        None => found.push(Finding::error(
            Code::UnknownPurpose,
            key.to_owned(),
            &[&one.purpose],
        )),
        Some(purpose) if !purpose.legal_bases.contains(&one.basis) => {
            found.push(Finding::warning(
                Code::BasisNotOfPurpose,
                key,
                &[&one.id, &one.purpose],
            ));
        }
        Some(_) => {}
    }
    if !one.is_consent() && !one.is_interest() {
        found.push(Finding::error(Code::UseOnOtherBasis, key.to_owned(), &[&one.id]));
    }
    if one.marketing && one.stop.is_none() {
        found.push(Finding::warning(Code::MarketingWithoutStop, key, &[&one.id]));
    }
    found
}

/// Marketing that the profile names and no table of the map says it serves.
fn unmapped_marketing(organisation: &Organisation) -> impl Iterator<Item = Finding> {
    let marketing = organisation.purposes.iter().filter(|purpose| purpose.marketing);
    let served = |id: &str| organisation.map.uses().any(|(_, _, one)| one.purpose == id);
    marketing
        .filter(move |purpose| !served(&purpose.id))
        .map(|purpose| {
            let key = format!("purposes.{}", purpose.id);
            Finding::warning(Code::MarketingWithoutStop, key, &[&purpose.id])
        })
}

fn recipient_findings(organisation: &Organisation, recipient: &Recipient) -> Vec<Finding> {
    let mut found = Vec::new();
    let key = |field: &str| format!("recipients.{}.{field}", recipient.id);
    if organisation.purpose(&recipient.purpose).is_none() {
        found.push(Finding::error(
            Code::UnknownPurpose,
            key("purpose"),
            &[&recipient.purpose],
        ));
    }
    for category in recipient
        .categories
        .iter()
        .filter(|id| organisation.category(id).is_none())
    {
        found.push(Finding::error(
            Code::UnknownCategory,
            key("categories"),
            &[category],
        ));
    }
    let mut tables = Vec::new();
    for used in recipient.used_when.iter().flat_map(|uses| &uses.0) {
        match organisation.map.table(&used.system, &used.table) {
            Some(table) => tables.push(table),
            None => {
                let name = format!("{}.{}", used.system, used.table);
                found.push(Finding::error(Code::UnknownTable, key("used_when"), &[&name]));
            }
        }
    }
    let known = |kind: &IdentifierKind| {
        matches!(kind, IdentifierKind::CustomerNumber | IdentifierKind::Email)
            || tables.iter().any(|table| table.identifiers.contains_key(kind))
    };
    for kind in recipient.identifiers.iter().filter(|kind| !known(kind)) {
        found.push(Finding::error(
            Code::IdentifierNotInTable,
            key("identifiers"),
            &[kind.name()],
        ));
    }
    found
}

fn route(recipient: &Recipient) -> Option<Finding> {
    let reachable = recipient
        .contact
        .as_ref()
        .is_some_and(|contact| match contact.channel {
            Channel::Email => contact.email.as_ref().is_some_and(|email| email.contains('@')),
            Channel::Api | Channel::Portal | Channel::Manual => true,
        });
    let complete = recipient.impossible.is_some() || (reachable && !recipient.identifiers.is_empty());
    let key = format!("recipients.{}.contact", recipient.id);
    (!complete).then(|| Finding::error(Code::RecipientWithoutRoute, key, &[&recipient.name]))
}
