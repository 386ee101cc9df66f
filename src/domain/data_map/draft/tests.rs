//! Drafts of small schemas, read back as a map.

use super::*;
use crate::domain::data_map::{DataMap, EraseRule, System};

fn table(name: &str, columns: &[&str], refers: &[(&str, &str, &str)]) -> SeenTable {
    let columns = columns.iter().map(|column| {
        let (name, holds) = match column.split_once(':') {
            Some((name, "date")) => (name, Holds::Date),
            Some((name, _)) => (name, Holds::Other),
            None if column.ends_with("id") => (*column, Holds::Number),
            None => (*column, Holds::Text),
        };
        let name = name.to_owned();
        SeenColumn { name, holds }
    });
    let columns: Vec<SeenColumn> = columns.collect();
    let unique = columns
        .iter()
        .filter(|column| column.name == "id")
        .map(|column| BTreeSet::from([column.name.clone()]));
    SeenTable {
        name: name.to_owned(),
        unique: unique.collect(),
        refers: refers
            .iter()
            .map(|(here, to, there)| SeenReference {
                to: (*to).to_owned(),
                on: vec![((*here).to_owned(), (*there).to_owned())],
            })
            .collect(),
        columns,
    }
}

fn drafted(tables: &[SeenTable]) -> (String, System) {
    #[derive(serde::Deserialize)]
    struct Profile {
        systems: DataMap,
    }
    let system = Drafted {
        id: "billing",
        connector: ConnectorKind::Postgres,
    };
    let text = draft(&system, tables);
    let read: Profile = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    (text, read.systems.systems.into_iter().next().unwrap())
}

/// A billing schema with a ring between customers and contacts.
fn billing() -> Vec<SeenTable> {
    let of_customers = [("customer_id", "customers", "id")];
    vec![
        table("countries", &["id", "code"], &[]),
        table("contacts", &["id", "customer_id", "name", "email"], &of_customers),
        table(
            "customers",
            &["id", "customer_no", "name", "email", "zip", "contact_id"],
            &[("contact_id", "contacts", "id")],
        ),
        table(
            "invoices",
            &["id", "customer_id", "voucher_date:date"],
            &of_customers,
        ),
        table(
            "invoice_lines",
            &["id", "invoice_id"],
            &[("invoice_id", "invoices", "id")],
        ),
        table("services", &["id", "customer_id", "domain \"x\""], &of_customers),
        table("mails", &["address"], &[]),
    ]
}

#[test]
fn a_billing_schema_is_drafted_from_its_accounts_outwards() {
    let (text, system) = drafted(&billing());
    let names: Vec<&str> = system.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(
        names,
        ["contacts", "customers", "invoices", "invoice_lines", "services"]
    );
    system.erasure_order().unwrap();
    let parent = |name: &str| {
        system
            .table(name)
            .unwrap()
            .parent
            .as_ref()
            .map(|parent| parent.table.as_str())
    };
    assert_eq!(
        ["customers", "contacts", "invoice_lines"].map(parent),
        [None, Some("customers"), Some("invoices")]
    );
    let customers = system.table("customers").unwrap();
    assert!(customers.register);
    assert_eq!(customers.person.customer_number.as_deref(), Some("customer_no"));
    assert!(
        matches!(&customers.erase, EraseRule::DeleteOrReduce { keep } if keep.contains(&"name".to_owned()))
    );
    assert_eq!(
        system
            .table("invoices")
            .unwrap()
            .erase
            .retain()
            .unwrap()
            .fiscal_dates,
        ["voucher_date"]
    );
    assert!(
        text.contains("nothing in them looks personal: \"countries\""),
        "{text}"
    );
    assert!(
        text.contains("no unique key tells their rows apart: \"mails\""),
        "{text}"
    );
}

#[test]
fn where_no_constraint_says_so_the_names_of_columns_do() {
    let (text, system) = drafted(&[
        table("users", &["id", "email"], &[]),
        table("posts", &["id", "user_id", "body"], &[]),
    ]);
    let posts = system.table("posts").unwrap();
    assert_eq!(posts.parent.as_ref().unwrap().table, "users");
    assert_eq!(posts.review, ["body"]);
    assert!(text.contains("# No constraint says so"), "{text}");
}

#[test]
fn names_of_any_kind_are_written_so_that_they_can_be_read() {
    let odd = "ku\"nd\\er\u{1}'";
    let (_, system) = drafted(&[table(odd, &["id", "e mail, epost"], &[])]);
    assert_eq!(system.tables[0].name, odd);
    assert_eq!(system.tables[0].person.email.as_deref(), Some("e mail, epost"));
}
