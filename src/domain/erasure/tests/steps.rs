//! The order of the work.

use super::*;

#[test]
fn accounts_freeze_first_and_each_system_is_verified_last() {
    let roots = Roots::from([("customers".to_owned(), vec![key("1")])]);
    let crm = survey(
        "crm",
        &[
            ("people", vec![row("40", None, &[])]),
            (
                "activities",
                vec![row("41", Some("40"), &[]), row("42", Some("40"), &[])],
            ),
        ],
    );
    let plan = planned(
        &map(),
        &years(),
        &[(billing(), roots), (crm, Roots::new())],
        &Refusals::default(),
    )
    .unwrap();
    let lines: Vec<String> = plan
        .steps()
        .iter()
        .map(|s| {
            format!(
                "{} {} {}.{} {}",
                s.ordinal,
                s.kind.name(),
                s.system,
                s.table,
                s.planned
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    1 freeze billing. 1
    2 freeze crm. 0
    3 delete billing.services 2
    4 delete billing.invoices 1
    5 reduce billing.invoices 1
    6 reduce billing.customers 1
    7 verify billing. 6
    8 delete crm.activities 2
    9 delete crm.people 1
    10 verify crm. 3
    ");
}

#[test]
fn kinds_have_names_that_lead_back() {
    for kind in [
        StepKind::Freeze,
        StepKind::Delete,
        StepKind::Reduce,
        StepKind::Verify,
    ] {
        assert_eq!(StepKind::from_name(kind.name()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
    assert_eq!(StepKind::from_name("purge"), None);
}
