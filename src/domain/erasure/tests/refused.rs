//! What of an erasure is refused: which tables stay, what stays for their sake, and what goes all the same.

use rstest::rstest;

use super::*;
use crate::domain::case::{RefusalGround, RefusedItem};

fn item(item: &str) -> RefusedItem {
    RefusedItem {
        item: item.to_owned(),
        ground: RefusalGround::LegalClaims,
        reason: "A dispute about an invoice.".to_owned(),
    }
}

fn crm() -> Survey {
    survey(
        "crm",
        &[
            ("people", vec![row("40", None, &[])]),
            ("activities", vec![row("41", Some("40"), &[])]),
            ("domains", vec![row("50", None, &[("name", "a.example")])]),
        ],
    )
}

fn refusing(items: Vec<RefusedItem>) -> Result<Plan, PlanError> {
    let refusals = Refusals::of(&map(), items).unwrap();
    let surveys = [(billing(), Roots::new()), (crm(), Roots::new())];
    planned(&map(), &years(), &surveys, &refusals)
}

#[test]
fn a_refused_category_stays_and_what_it_refers_to_is_reduced_for_it() {
    let plan = refusing(vec![item("contract")]).unwrap();
    insta::assert_snapshot!(fates(&plan).join("\n"), @r"
    billing.services 10 refuse
    billing.services 11 refuse
    billing.ledger 30 retain 2032-12-31
    billing.invoices 21 erase
    billing.invoices 20 reduce 2032-12-31
    billing.customers 1 reduce
    crm.activities 41 erase
    crm.domains 50 refuse
    crm.people 40 erase
    ");
    assert_eq!(plan.services, [], "a service that is refused goes on");
    assert_eq!(plan.refused, [item("contract")]);
}

#[test]
fn a_refused_table_keeps_the_others_of_its_category_going() {
    let plan = refusing(vec![item("crm.domains")]).unwrap();
    let services: Vec<&str> = plan.services.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(services, ["exempel.example"]);
    assert_eq!((plan.count("refuse"), plan.count("erase")), (1, 5));
}

#[test]
fn what_a_refused_row_hangs_on_must_be_refused_too() {
    assert_eq!(
        refusing(vec![item("support")]),
        Err(PlanError::ReferredTo {
            system: "crm".into(),
            table: "people".into()
        })
    );
    let plan = refusing(vec![item("support"), item("crm.people")]).unwrap();
    assert_eq!(plan.count("refuse"), 2);
}

#[test]
fn the_ground_and_the_reasons_are_part_of_what_is_approved() {
    let plan = refusing(vec![item("crm.domains")]).unwrap();
    let another_reason = RefusedItem {
        reason: "Another one.".into(),
        ..item("crm.domains")
    };
    let another_ground = RefusedItem {
        ground: RefusalGround::LegalObligation,
        ..item("crm.domains")
    };
    for other in [another_reason, another_ground] {
        assert_ne!(refusing(vec![other]).unwrap().hash(), plan.hash());
    }
}

#[rstest]
#[case::unknown(item("crm.peoples"), RefusalError::UnknownItem)]
#[case::unknown_category(item("hobbies"), RefusalError::UnknownItem)]
#[case::by_law(item("billing.ledger"), RefusalError::KeptAnyway)]
#[case::by_the_map(item("marketing"), RefusalError::KeptAnyway)]
#[case::no_reason(RefusedItem { reason: " \n".into(), ..item("contract") }, RefusalError::NoReason)]
#[case::another_right(RefusedItem { ground: RefusalGround::AccuracyNotShown, ..item("contract") }, RefusalError::WrongGround)]
#[case::the_whole(RefusedItem { ground: RefusalGround::Excessive, ..item("contract") }, RefusalError::WrongGround)]
fn what_makes_no_sense_is_not_refused(#[case] item: RefusedItem, #[case] expected: RefusalError) {
    assert_eq!(Refusals::of(&map(), vec![item]), Err(expected));
}

#[test]
fn a_table_is_refused_once() {
    let twice = vec![item("contract"), item("crm.domains")];
    assert_eq!(Refusals::of(&map(), twice), Err(RefusalError::Twice));
}

#[test]
fn the_grounds_of_a_refusal_in_part_are_those_of_the_article() {
    let fitting: Vec<&str> = RefusalGround::ALL
        .iter()
        .filter(|ground| ground.refuses_erasure_in_part())
        .map(|ground| ground.name())
        .collect();
    assert_eq!(
        fitting,
        [
            "legal_obligation_17_3_b",
            "legal_claims_17_3_e",
            "freedom_of_expression_17_3_a",
            "public_health_17_3_c",
            "archiving_research_17_3_d",
            "no_erasure_ground_17_1",
            "we_are_processor",
        ]
    );
}

#[test]
fn what_is_refused_comes_and_goes_without_making_the_plan_outdated() {
    let plan = refusing(vec![item("contract")]).unwrap();
    let part = plan.systems.iter().find(|part| part.system == "billing").unwrap();
    let mut later = billing();
    let services = later
        .tables
        .iter_mut()
        .find(|table| table.table == "services")
        .unwrap();
    services.rows.remove(0);
    services.rows.push(row(
        "12",
        Some("1"),
        &[("label", "new.example"), ("kind", "web"), ("status", "active")],
    ));
    assert_eq!(drift(part, &later), Drift::Appeared(BTreeMap::new()));
    assert!(!plan.misses_service(map().system("billing").unwrap(), &later));
    let erased = survey(
        "billing",
        &[
            ("customers", vec![row("1", None, &[])]),
            ("services", later.rows("services").to_vec()),
            ("invoices", vec![row("20", Some("1"), &[])]),
            ("ledger", vec![ledger("30", "20", "2025-03-14")]),
        ],
    );
    assert_eq!(compare(part, &erased), []);
}

#[test]
fn a_refused_table_without_rows_is_in_the_plan_for_what_comes() {
    let mut found = crm();
    found.tables.retain(|table| table.table != "domains");
    let refusals = Refusals::of(&map(), vec![item("crm.domains")]).unwrap();
    let plan = planned(&map(), &years(), &[(found, Roots::new())], &refusals).unwrap();
    assert_eq!(drift(&plan.systems[0], &crm()), Drift::Appeared(BTreeMap::new()));
}

#[rstest]
#[case::running(&[("label", "new.example"), ("kind", "web"), ("status", "active")], true)]
#[case::known(&[("label", "exempel.example"), ("kind", "web"), ("status", "active")], false)]
#[case::ended(&[("label", "new.example"), ("kind", "web"), ("status", "ended")], false)]
fn a_service_that_began_since_is_one_that_nobody_confirmed(
    #[case] values: &[(&str, &str)],
    #[case] missed: bool,
) {
    let plan = made(&[billing()]).unwrap();
    let mut later = billing();
    let services = later
        .tables
        .iter_mut()
        .find(|table| table.table == "services")
        .unwrap();
    services.rows.push(row("12", Some("1"), values));
    assert_eq!(
        plan.misses_service(map().system("billing").unwrap(), &later),
        missed
    );
}

#[test]
fn an_account_that_is_refused_is_not_stopped() {
    let mut map = map();
    map.systems[0].freeze = Some(
        serde_json::from_value(serde_json::json!({ "table": "customers", "set": { "state": "frozen" } }))
            .unwrap(),
    );
    let billing_system = map.system("billing").unwrap();
    for (refused, keeps) in [("contact", true), ("billing.services", false)] {
        let crm_too = vec![item(refused)];
        let refusals = Refusals::of(&map, crm_too).unwrap();
        let plan = planned(&map, &years(), &[(billing(), Roots::new())], &refusals).unwrap();
        assert_eq!(plan.systems[0].keeps_account(billing_system), keeps, "{refused}");
    }
}
