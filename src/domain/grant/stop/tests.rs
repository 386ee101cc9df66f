//! What may be stopped, and what may be refused.

use proptest::prelude::*;
use proptest::sample::select;
use rstest::rstest;

use super::*;

const MAP: &str = r#"
systems = [{ id = "crm", name = { sv = "K", en = "C" }, connector = "postgres", url = "env:C", tables = [
    { name = "people", person = { email = "email" }, category = "sales", origin = "provided", erase = "delete", purposes = [
        { id = "offers", purpose = "p", title = { sv = "E", en = "O" }, basis = "legitimate_interests", marketing = true, stop = { set = { offers = "false" } } },
        { id = "profiling", purpose = "p", title = { sv = "P", en = "P" }, basis = "legitimate_interests", stop = { set = { profiled = "no" } } },
    ] },
    { name = "newsletter", person = { email = "email" }, category = "m", origin = "provided", erase = "delete", purposes = [
        { id = "newsletter", purpose = "p", title = { sv = "N", en = "N" }, basis = "consent", marketing = true, stop = { set = { subscribed = "false" } } },
    ] },
    { name = "guests", person = { email = "email" }, category = "m", origin = "provided", erase = "delete", purposes = [
        { id = "newsletter", purpose = "p", title = { sv = "N", en = "N" }, basis = "consent", marketing = true, stop = "delete" },
        { id = "lottery", purpose = "p", title = { sv = "L", en = "L" }, basis = "consent" },
    ] },
    { name = "hotlines", person = { email = "email" }, category = "m", origin = "provided", erase = "delete", service = { label = "n" }, purposes = [
        { id = "hotline", purpose = "p", title = { sv = "H", en = "H" }, basis = "consent", stop = "delete" },
    ] },
] }]
"#;

fn map() -> DataMap {
    #[derive(Deserialize)]
    struct Part {
        systems: DataMap,
    }
    toml::from_str::<Part>(MAP).unwrap().systems
}

fn names(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn ids(uses: Result<Vec<&PurposeUse>, NotStoppable>) -> Result<Vec<String>, NotStoppable> {
    uses.map(|uses| uses.into_iter().map(|one| one.id.clone()).collect())
}

#[rstest]
#[case::marketing_whatever_it_rests_on(true, &[], Ok(names(&["offers", "newsletter"])))]
#[case::and_what_is_named(true, &["profiling"], Ok(names(&["offers", "profiling", "newsletter"])))]
#[case::only_what_is_named(false, &["profiling"], Ok(names(&["profiling"])))]
#[case::nothing(false, &[], Err(NotStoppable::Nothing))]
#[case::unknown(false, &["dreams"], Err(NotStoppable::Unknown))]
#[case::consent_is_withdrawn_instead(false, &["lottery"], Err(NotStoppable::OtherBasis))]
fn an_objection_stops(
    #[case] marketing: bool,
    #[case] named: &[&str],
    #[case] stops: Result<Vec<String>, NotStoppable>,
) {
    assert_eq!(ids(objected(&map(), marketing, &names(named))), stops);
}

#[rstest]
#[case::one(&["newsletter"], Ok(names(&["newsletter"])))]
#[case::all(&[], Ok(names(&["newsletter", "lottery", "hotline"])))]
#[case::interests_are_objected_to_instead(&["offers"], Err(NotStoppable::OtherBasis))]
#[case::unknown(&["dreams"], Err(NotStoppable::Unknown))]
fn a_withdrawal_stops(#[case] named: &[&str], #[case] stops: Result<Vec<String>, NotStoppable>) {
    assert_eq!(ids(withdrawn(&map(), &names(named))), stops);
}

#[test]
fn a_table_is_stopped_once_and_rows_that_go_take_their_columns_with_them() {
    let (both, by_hand) = places(&map(), &names(&["offers", "profiling"]));
    let set = [("offers", "false"), ("profiled", "no")];
    let set = set.map(|(column, value)| (column.to_owned(), value.to_owned()));
    assert_eq!(both.len(), 1);
    assert_eq!(both[0].stop, Stop::Set(set.into()));
    assert!(!by_hand);
    let (guests, by_hand) = places(&map(), &names(&["newsletter", "lottery"]));
    let stops: Vec<_> = guests
        .iter()
        .map(|place| (place.table.as_str(), &place.stop))
        .collect();
    assert_eq!(stops[1], ("guests", &Stop::Delete));
    assert!(by_hand, "the lottery has no way to stop");
    let round: Vec<Place> = serde_json::from_value(serde_json::to_value(&guests).unwrap()).unwrap();
    assert_eq!(round, guests);
}

#[rstest]
#[case::marketing(Right::Objection, Wish { marketing: true, ..Wish::default() }, true)]
#[case::something_else_too(Right::Objection, Wish { marketing: true, other: true, ..Wish::default() }, false)]
#[case::unsaid(Right::Objection, Wish::default(), false)]
#[case::confirmed(Right::ConsentWithdrawal, Wish { purposes: names(&["newsletter"]), confirmed: true, ..Wish::default() }, true)]
#[case::not_confirmed(Right::ConsentWithdrawal, Wish { purposes: names(&["newsletter"]), ..Wish::default() }, false)]
#[case::none_named(Right::ConsentWithdrawal, Wish { confirmed: true, ..Wish::default() }, false)]
#[case::unknown(Right::ConsentWithdrawal, Wish { purposes: names(&["dreams"]), confirmed: true, ..Wish::default() }, false)]
#[case::by_hand(Right::ConsentWithdrawal, Wish { purposes: names(&["lottery"]), confirmed: true, ..Wish::default() }, false)]
#[case::a_service_hangs_on_it(Right::ConsentWithdrawal, Wish { purposes: names(&["hotline"]), confirmed: true, ..Wish::default() }, false)]
#[case::another_right(Right::Erasure, Wish { marketing: true, confirmed: true, ..Wish::default() }, false)]
fn nobody_is_needed(#[case] right: Right, #[case] wish: Wish, #[case] nobody: bool) {
    assert_eq!(needs_nobody(&map(), right, &wish), nobody);
}

#[test]
fn what_is_left_of_a_table_that_serves_nothing_else_may_be_erased() {
    assert!(without_basis(&map(), &names(&["newsletter"])));
    assert!(
        !without_basis(&map(), &names(&["offers"])),
        "profiling goes on in that table"
    );
    assert!(without_basis(&map(), &names(&["offers", "profiling"])));
    assert!(!without_basis(&map(), &names(&["lottery"])));
    assert!(!without_basis(&map(), &names(&["hotline"])), "its rows are gone");
}

proptest! {
    #[test]
    fn marketing_is_never_weighed(ground in select(RefusalGround::ALL), other: bool) {
        let may = matches!(
            ground,
            RefusalGround::ManifestlyUnfounded | RefusalGround::Excessive | RefusalGround::WeAreProcessor
        );
        let wish = Wish { marketing: true, other, ..Wish::default() };
        prop_assert_eq!(may_refuse(Right::Objection, Some(&wish), ground), may);
        prop_assert_eq!(may_refuse(Right::Objection, None, ground), may);
        prop_assert_eq!(may_refuse(Right::ConsentWithdrawal, Some(&wish), ground), may);
        for item in [ALL_MARKETING, "offers", "newsletter"] {
            prop_assert_eq!(may_refuse_part(&map(), Right::Objection, item, ground), may);
        }
    }

    #[test]
    fn other_processing_may_be_weighed(ground in select(RefusalGround::ALL)) {
        let wish = Wish { other: true, ..Wish::default() };
        prop_assert!(may_refuse(Right::Objection, Some(&wish), ground));
        prop_assert!(may_refuse_part(&map(), Right::Objection, "profiling", ground));
        prop_assert!(may_refuse(Right::Erasure, None, ground));
    }
}
