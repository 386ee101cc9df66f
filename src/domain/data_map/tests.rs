//! The map's small languages, what it asks of a table, and the order in which tables are emptied.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn condition(toml: &str) -> Result<Condition, toml::de::Error> {
    toml::from_str(toml)
}

fn row(pairs: &[(&str, &str)]) -> Row {
    pairs
        .iter()
        .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
        .collect()
}

#[rstest]
#[case("any_of = ['a', 'b']", Some("a"), true)]
#[case("any_of = ['a', 'b']", Some("c"), false)]
#[case("any_of = ['a', 'b']", Some("A"), false)]
#[case("any_of = ['a', 'b']", None, false)]
#[case("any_of = []", Some("a"), false)]
#[case("none_of = ['a', 'b']", Some("a"), false)]
#[case("none_of = ['a', 'b']", Some("c"), true)]
#[case("none_of = ['a', 'b']", None, true)]
#[case("none_of = []", Some("a"), true)]
#[case("present = true", Some("a"), true)]
#[case("present = true", Some(""), false)]
#[case("present = true", None, false)]
fn a_condition_looks_at_one_column(#[case] test: &str, #[case] value: Option<&str>, #[case] holds: bool) {
    let condition = condition(&format!("field = 'f'\n{test}")).unwrap();
    let mut row = row(&[("other", "a")]);
    row.extend(value.map(|value| ("f".to_owned(), value.to_owned())));
    assert_eq!(condition.holds(&row), holds);
}

#[rstest]
#[case("field = 'f'")]
#[case("field = 'f'\npresent = false")]
#[case("field = 'f'\nany_of = ['a']\nnone_of = ['b']")]
#[case("field = 'f'\nany_of = ['a']\npresent = true")]
fn a_condition_with_no_test_or_two_is_refused(#[case] toml: &str) {
    let message = condition(toml).unwrap_err().message().to_owned();
    assert!(message.starts_with("expected field with one of"), "{message}");
}

proptest! {
    #[test]
    fn any_of_and_none_of_never_agree(list in prop::collection::vec("[a-c]{0,2}", 0..4), value in prop::option::of("[a-c]{0,2}")) {
        let value = value.as_deref();
        prop_assert_ne!(Matches::AnyOf(list.clone()).holds(value), Matches::NoneOf(list).holds(value));
    }

    #[test]
    fn no_table_is_emptied_after_one_that_it_points_at(above in prop::collection::vec(prop::option::of(0..8_usize), 8)) {
        // A table may point only at tables with a smaller number, so there is no ring; the file lists them upwards.
        let above: Vec<Option<usize>> = above.iter().enumerate().map(|(table, at)| at.filter(|at| *at < table)).collect();
        let system = system(&above.iter().enumerate().map(|(table, at)| (table, at.iter().copied().collect())).collect::<Vec<_>>());
        let order: Vec<&str> = system.erasure_order().unwrap().iter().map(|table| table.name.as_str()).collect();
        prop_assert_eq!(order.len(), above.len());
        let place = |table: usize| order.iter().position(|name| *name == format!("t{table}")).unwrap();
        for (table, at) in above.iter().enumerate() {
            if let Some(at) = at {
                prop_assert!(place(table) < place(*at));
            }
        }
    }
}

/// A system of tables `t0`, `t1` … that point at the given others: at the first as parent, at the rest besides.
fn system(tables: &[(usize, Vec<usize>)]) -> System {
    let mut toml = "id = 's'\nname = { sv = 'S', en = 'S' }\nconnector = 'postgres'\n".to_owned();
    for (table, above) in tables {
        toml += &format!(
            "[[tables]]\nname = 't{table}'\ncategory = 'c'\norigin = 'provided'\nerase = 'delete'\n"
        );
        if let Some((parent, others)) = above.split_first() {
            let others: Vec<String> = others.iter().map(|other| format!("'t{other}'")).collect();
            toml += &format!("parent = {{ table = 't{parent}', on = {{ above_id = 'id' }} }}\n");
            toml += &format!("references = [{}]\n", others.join(", "));
        }
    }
    toml::from_str(&toml).unwrap()
}

#[rstest]
#[case::as_in_the_file_when_nothing_points(&[(0, vec![]), (1, vec![])], &["t0", "t1"])]
#[case::child_first(&[(0, vec![]), (1, vec![0])], &["t1", "t0"])]
#[case::grandchild_first(&[(0, vec![]), (1, vec![0]), (2, vec![1])], &["t2", "t1", "t0"])]
#[case::other_references_count(&[(0, vec![]), (1, vec![0]), (2, vec![0, 1])], &["t2", "t1", "t0"])]
fn children_are_emptied_before_parents(#[case] tables: &[(usize, Vec<usize>)], #[case] expected: &[&str]) {
    let system = system(tables);
    let order: Vec<&str> = system
        .erasure_order()
        .unwrap()
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(order, expected);
}

#[rstest]
#[case::of_itself(&[(0, vec![0])], &["t0"])]
#[case::of_two(&[(0, vec![1]), (1, vec![0])], &["t0", "t1"])]
#[case::with_one_hanging_on(&[(0, vec![1]), (1, vec![0]), (2, vec![0])], &["t0", "t1"])]
#[case::by_a_reference(&[(0, vec![]), (1, vec![0, 2]), (2, vec![0, 1])], &["t0", "t1", "t2"])]
fn a_ring_is_an_answer_not_an_endless_loop(#[case] tables: &[(usize, Vec<usize>)], #[case] ring: &[&str]) {
    let cycle = system(tables).erasure_order().unwrap_err();
    assert_eq!(
        (cycle.system.as_str(), cycle.tables.as_slice()),
        ("s", &ring.iter().map(ToString::to_string).collect::<Vec<_>>()[..])
    );
}

fn erase(rule: &str) -> EraseRule {
    #[derive(Deserialize)]
    struct Holder {
        erase: EraseRule,
    }
    toml::from_str::<Holder>(&format!("erase = {rule}"))
        .unwrap()
        .erase
}

fn retained(ground: RetentionGround, dates: &[&str]) -> EraseRule {
    EraseRule::Retain(RetainRule {
        ground,
        fiscal_dates: dates.iter().map(ToString::to_string).collect(),
        oss_when: None,
        keeps: vec![],
        bar: None,
    })
}

#[test]
fn a_retained_table_says_what_lengthens_its_time_what_it_keeps_and_what_bars_it() {
    let rule = erase(
        "{ retain = 'bookkeeping', fiscal_date = ['voucher_date', 'paid_until'], \
           oss_when = { field = 'oss', any_of = ['true'] }, \
           keeps = [{ table = 'invoices', on = { credit_of = 'id' } }], \
           bar = { column = 'barred', set = 'true' } }",
    );
    let rule = rule.retain().unwrap();
    assert_eq!(rule.fiscal_dates, ["voucher_date", "paid_until"]);
    assert_eq!(rule.oss_when.as_ref().unwrap().field, "oss");
    assert_eq!(rule.keeps[0].table, "invoices");
    assert_eq!(
        rule.bar,
        Some(Bar {
            column: "barred".to_owned(),
            set: "true".to_owned()
        })
    );
    assert_eq!(
        rule.grounds().collect::<Vec<_>>(),
        [RetentionGround::Bookkeeping, RetentionGround::OneStopShop]
    );
}

#[rstest]
#[case::no_ground("{ fiscal_date = 'day' }")]
#[case::no_date("{ retain = 'bookkeeping' }")]
#[case::no_date_in_the_list("{ retain = 'bookkeeping', fiscal_date = [] }")]
#[case::both("{ delete = true, retain = 'bookkeeping', fiscal_date = 'day' }")]
#[case::a_bar_on_what_goes("{ delete = true, bar = { column = 'b', set = 't' } }")]
#[case::a_bar_on_what_is_kept("{ keep = 'x', bar = { column = 'b', set = 't' } }")]
#[case::nothing("{ delete = false }")]
fn a_rule_that_says_two_things_or_half_a_thing_is_refused(#[case] rule: &str) {
    #[derive(Debug, Deserialize)]
    struct Holder {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        erase: EraseRule,
    }
    let error = toml::from_str::<Holder>(&format!("erase = {rule}")).unwrap_err();
    assert!(error.message().contains("fiscal_date = column"), "{error}");
}

#[rstest]
#[case("'delete'", EraseRule::Delete)]
#[case("{ delete = true }", EraseRule::Delete)]
#[case("{ delete = true, else_reduce_to = ['id'] }", EraseRule::DeleteOrReduce { keep: vec!["id".to_owned()] })]
#[case(
    "{ retain = 'bookkeeping', fiscal_date = 'day' }",
    retained(RetentionGround::Bookkeeping, &["day"])
)]
#[case(
    "{ fields = { name = 'null', mail = { replace = 'email' } } }",
    EraseRule::Fields(Fields::from([
        ("mail".to_owned(), FieldRule::Replace(Pseudonym::Email)),
        ("name".to_owned(), FieldRule::Null),
    ]))
)]
#[case("{ keep = 'suppression' }", EraseRule::Keep { reason: "suppression".to_owned() })]
fn every_form_of_an_erase_rule_is_read(#[case] rule: &str, #[case] expected: EraseRule) {
    assert_eq!(erase(rule), expected);
}

#[test]
fn a_ground_is_written_as_it_is_read() {
    for ground in RetentionGround::ALL {
        let rule = erase(&format!(
            "{{ retain = '{}', fiscal_date = 'day' }}",
            ground.name()
        ));
        assert_eq!(rule, retained(ground, &["day"]));
    }
}

const SHOP: &str = "
    id = 'shop'
    name = { sv = 'Butik', en = 'Shop' }
    connector = 'postgres'
    freeze = { table = 'buyers', set = { locked = 'yes' } }
    [[tables]]
    name = 'buyers'
    key = ['region', 'number']
    person = { email = 'mail', phone = 'tel' }
    only_when = { field = 'kind', any_of = ['private'] }
    category = 'contact'
    origin = 'provided'
    erase = { delete = true, else_reduce_to = ['number', 'label'] }
    review = ['remarks']
    [[tables]]
    name = 'licences'
    parent = { table = 'buyers', on = { buyer = 'number', buyer_region = 'region' } }
    category = 'services'
    origin = 'observed'
    erase = { retain = 'bookkeeping', fiscal_date = ['sold_on', 'runs_until'], keeps = [{ table = 'buyers', on = { paid_by = 'payer_no' } }], bar = { column = 'barred', set = 'yes' } }
    identifiers = { order_id = 'order_no' }
    service = { label = 'title', kind = 'sort', active_when = { field = 'ended_on', none_of = ['x'] } }
";

#[rstest]
#[case("buyers", &["kind", "label", "locked", "mail", "number", "payer_no", "region", "remarks", "tel"])]
#[case("licences", &["barred", "buyer", "buyer_region", "ended_on", "id", "order_no", "paid_by", "runs_until", "sold_on", "sort", "title"])]
fn every_column_the_map_names_is_needed(#[case] table: &str, #[case] columns: &[&str]) {
    let system: System = toml::from_str(SHOP).unwrap();
    let needed = system.columns_needed(system.table(table).unwrap());
    assert_eq!(needed.into_iter().collect::<Vec<_>>(), columns);
}

#[test]
fn a_map_answers_by_name_and_by_kinship() {
    let map = DataMap {
        systems: vec![toml::from_str(SHOP).unwrap()],
    };
    let system = map.system("shop").unwrap();
    let children: Vec<&str> = system
        .children_of("buyers")
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(children, ["licences"]);
    assert_eq!(system.children_of("licences").count(), 0);
    assert_eq!(map.table("shop", "licences").unwrap().key, ["id"]);
    assert!(map.table("shop", "sellers").is_none() && map.table("other", "buyers").is_none());
    let names: Vec<String> = map
        .tables()
        .map(|(system, table)| table.full_name(system))
        .collect();
    assert_eq!(names, ["shop.buyers", "shop.licences"]);
    assert!(!system.table("buyers").unwrap().person.is_empty());
    assert!(system.table("licences").unwrap().person.is_empty());
}
