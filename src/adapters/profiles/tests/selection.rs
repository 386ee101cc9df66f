//! The legal selection, held against the shipped profiles and against changed ones.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rstest::rstest;

use super::profile;
use crate::domain::access::*;
use crate::domain::case::RefusalGround;
use crate::domain::data_map::Origin;
use crate::domain::grant::RefusedItem;
use crate::domain::matching::RowKey;
use crate::domain::organisation::{LegalBasis, Organisation};
use crate::domain::recipient::{TellOutcome, Told, WhyImpossible, WhyNotTold};
use LegalBasis::{Consent, Contract, LegalObligation, LegitimateInterests};

fn admax() -> Organisation {
    profile("admax")
}

fn shown(chosen: &[Chosen]) -> String {
    let line = |chosen: &Chosen| {
        let fate = match &chosen.fate {
            Fate::Included => "out".to_owned(),
            Fate::Counted => "counted".to_owned(),
            Fate::LeftOut { why } => format!("left out: {}", why.name()),
            Fate::Withheld { ground, .. } => format!("withheld: {}", ground.name()),
        };
        format!("{}.{} {fate}\n", chosen.system, chosen.table)
    };
    chosen.iter().map(line).collect()
}

fn refused(item: &str) -> RefusedItem {
    RefusedItem {
        item: item.into(),
        ground: RefusalGround::RightsOfOthers,
        reason: "Andras uppgifter.".into(),
    }
}

#[test]
fn access_is_everything_but_what_customers_store_with_us() {
    let chosen = for_access(&admax(), &[]);
    for one in &chosen {
        let hosted = ["sites", "customer_databases", "mailboxes", "messages"].contains(&one.table.as_str())
            || one.system == "disk";
        assert_eq!(one.fate == Fate::Counted, hosted, "{one:?}");
        assert_eq!(one.fate == Fate::Included, !hosted, "{one:?}");
    }
    assert!(chosen.len() > 20);
}

#[test]
fn portability_at_a_host_that_names_several_bases() {
    insta::assert_snapshot!(shown(&for_portability(&admax(), &BTreeSet::new(), &[])), @r"
    billing.customers out
    billing.contacts out
    billing.orders out
    billing.services out
    billing.invoices left out: basis
    billing.payments left out: basis
    billing.ledger_entries left out: basis
    hosting.accounts out
    hosting.domains out
    hosting.dns_records out
    hosting.sites counted
    hosting.customer_databases counted
    hosting.mailboxes counted
    hosting.messages counted
    hosting.certificates out
    hosting.logins left out: not_chosen
    crm.people left out: inferred
    crm.activities left out: not_chosen
    crm.newsletter left out: not_chosen
    crm.tickets left out: not_chosen
    crm.ticket_messages left out: not_chosen
    crm.call_recordings out
    crm.chats left out: not_chosen
    disk.site_files counted
    disk.mail_files counted
    ");
}

#[test]
fn staff_judge_what_rests_on_several_bases_and_nothing_else() {
    let ids: Vec<String> = undecided(&admax()).into_iter().map(|one| one.category).collect();
    assert_eq!(ids, ["usage", "support", "sales", "marketing"]);
    let include = BTreeSet::from(["usage".to_owned(), "accounting".to_owned(), "hosted".to_owned()]);
    let chosen = for_portability(&admax(), &include, &[]);
    let fate = |table: &str| chosen.iter().find(|c| c.table == table).unwrap().fate.clone();
    assert_eq!(fate("logins"), Fate::Included);
    assert_eq!(
        fate("invoices"),
        Fate::LeftOut {
            why: WhyLeftOut::Basis
        }
    );
    assert_eq!(fate("mailboxes"), Fate::Counted);
}

#[rstest]
#[case(vec![vec![Contract]], "included")]
#[case(vec![vec![Consent]], "included")]
#[case(vec![vec![LegalObligation], vec![Contract]], "included")]
#[case(vec![vec![LegalObligation]], "basis")]
#[case(vec![vec![LegitimateInterests]], "basis")]
#[case(vec![vec![LegitimateInterests, LegalObligation]], "basis")]
#[case(vec![vec![LegitimateInterests, Consent]], "not_chosen")]
#[case(vec![vec![Contract, Consent]], "not_chosen")]
#[case(vec![vec![LegalObligation], vec![Contract, LegalObligation]], "not_chosen")]
#[case(vec![], "not_chosen")]
fn the_basis_decides_only_where_it_is_one(#[case] bases: Vec<Vec<LegalBasis>>, #[case] then: &str) {
    let mut organisation = admax();
    let purpose = organisation.purposes[0].clone();
    organisation.purposes = bases
        .into_iter()
        .enumerate()
        .map(|(at, bases)| {
            let mut purpose = purpose.clone();
            purpose.id = format!("p{at}");
            purpose.legal_bases = bases;
            purpose
        })
        .collect();
    let ids: Vec<String> = organisation.purposes.iter().map(|p| p.id.clone()).collect();
    let mut domains = organisation.category("domains").unwrap().clone();
    domains.purposes = ids;
    organisation.categories = vec![domains];
    let chosen = for_portability(&organisation, &BTreeSet::new(), &[]);
    let fate = &chosen.iter().find(|c| c.table == "domains").unwrap().fate;
    let name = match fate {
        Fate::Included => "included",
        Fate::LeftOut { why } => why.name(),
        other => panic!("{other:?}"),
    };
    assert_eq!(name, then);
}

#[test]
fn what_we_concluded_is_never_portable() {
    let mut organisation = admax();
    let table = &mut organisation.map.systems[1].tables[1];
    assert_eq!(table.name, "domains");
    table.origin = Origin::Inferred;
    let chosen = for_portability(&organisation, &BTreeSet::from(["domains".to_owned()]), &[]);
    let fate = &chosen.iter().find(|c| c.table == "domains").unwrap().fate;
    assert_eq!(
        fate,
        &Fate::LeftOut {
            why: WhyLeftOut::Inferred
        }
    );
}

#[rstest]
#[case("crm.tickets", &["tickets"])]
#[case("support", &["tickets", "ticket_messages", "chats"])]
fn what_is_refused_is_withheld_and_nothing_else(#[case] item: &str, #[case] tables: &[&str]) {
    for chosen in [
        for_access(&admax(), &[refused(item)]),
        for_portability(&admax(), &BTreeSet::new(), &[refused(item)]),
    ] {
        let withheld = chosen
            .iter()
            .filter(|one| matches!(one.fate, Fate::Withheld { .. }))
            .map(|one| one.table.as_str());
        assert_eq!(withheld.collect::<Vec<_>>(), tables);
    }
}

#[test]
fn an_item_that_withholds_nothing_is_named() {
    let items = [refused("support"), refused("crm.tickets"), refused("tickets")];
    assert_eq!(unknown_item(&admax(), &items[..2]), None);
    assert_eq!(unknown_item(&admax(), &items), Some("tickets"));
}

#[test]
fn a_system_is_read_only_where_something_of_it_goes_out() {
    let key = RowKey(vec!["1".into()]);
    let mut collection = Collection {
        roots: [("crm", "people"), ("billing", "customers")]
            .map(|(system, table)| {
                (
                    system.to_owned(),
                    BTreeMap::from([(table.to_owned(), vec![key.clone()])]),
                )
            })
            .into(),
        tables: for_access(&admax(), &[refused("accounting")]),
        ..Collection::default()
    };
    let billing = collection.request("billing").unwrap();
    assert!(billing.tables.contains(&("orders".to_owned(), Reading::Rows)));
    assert!(!billing.tables.iter().any(|(table, _)| table == "invoices"));
    assert_eq!(collection.request("hosting"), None);
    collection.tables.retain(|chosen| chosen.system != "crm");
    assert_eq!(collection.request("crm"), None);
}

#[test]
fn recipients_are_those_that_use_shows_and_those_that_were_told_before() {
    let told = |recipient: &str, outcome: TellOutcome| Told {
        recipient: recipient.into(),
        outcome,
    };
    let used = [
        told("a", TellOutcome::Email { identifiers: vec![] }),
        told(
            "b",
            TellOutcome::Impossible {
                why: WhyImpossible::NoIdentifier,
            },
        ),
        told(
            "c",
            TellOutcome::NotTold {
                why: WhyNotTold::NoUse,
            },
        ),
    ];
    let informed = |day: &str| Informed {
        on: day.parse().unwrap(),
        kind: "erasure".into(),
        outcome: None,
    };
    let notices = vec![
        ("d".to_owned(), informed("2026-02-01")),
        ("a".to_owned(), informed("2026-03-01")),
        ("a".to_owned(), informed("2026-01-01")),
    ];
    let all = actual_recipients(&used, notices);
    let names: Vec<_> = all.iter().map(|one| one.recipient.as_str()).collect();
    assert_eq!(names, ["a", "b", "d"]);
    assert_eq!(all[0].informed, [informed("2026-01-01"), informed("2026-03-01")]);
}

proptest! {
    /// Whatever staff include, only what is undecided is decided by it.
    #[test]
    fn staff_choose_among_the_undecided_alone(picked in proptest::sample::subsequence(
        vec!["contact", "services", "domains", "hosted", "usage", "support", "sales", "marketing", "calls", "accounting"], 0..10)) {
        let organisation = admax();
        let include: BTreeSet<String> = picked.into_iter().map(str::to_owned).collect();
        let open: BTreeSet<String> = undecided(&organisation).into_iter().map(|one| one.category).collect();
        let bare = for_portability(&organisation, &BTreeSet::new(), &[]);
        let with = for_portability(&organisation, &include, &[]);
        for (before, after) in bare.iter().zip(&with) {
            let category = &organisation.map.table(&after.system, &after.table).unwrap().category;
            if before.fate != after.fate {
                prop_assert!(open.contains(category) && include.contains(category));
            }
        }
    }
}
