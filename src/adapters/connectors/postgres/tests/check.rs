//! What a check finds.

use rstest::rstest;

use super::*;
use crate::domain::data_map::looks_personal;
use crate::domain::organisation::Severity;
use crate::services::ports::{System, SystemFinding};

fn check(sql: &str, map: &Mapped) -> Vec<SystemFinding> {
    Place::new(sql).system(map).check().unwrap()
}

fn seen(findings: &[SystemFinding]) -> Vec<(Severity, &str, &str)> {
    findings
        .iter()
        .map(|f| (f.severity, f.code, f.name.as_str()))
        .collect()
}

const GOOD: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, no text UNIQUE NOT NULL, mail text, tel text, pnr text);
    CREATE INDEX ON customers (lower(btrim(mail, E' \\t\\r\\n')));
    CREATE INDEX ON customers (btrim(no, E' \\t\\r\\n'));
    CREATE INDEX ON customers (regexp_replace(tel, '[^0-9]', '', 'g'));
    CREATE INDEX ON customers (\"right\"(regexp_replace(pnr, '[^0-9]', '', 'g'), 10));
    CREATE TABLE invoices (id int PRIMARY KEY, customer int REFERENCES customers, day date);
    CREATE INDEX ON invoices (customer);
    CREATE TABLE products (id int PRIMARY KEY, name text);";

fn good() -> Mapped {
    mapped(
        &(table(
            "customers",
            r#"person = { email = "mail", customer_number = "no", phone = "tel", personal_number = "pnr" }"#,
        )
        .replace("\"delete\"", "{ delete = true, else_reduce_to = [\"no\"] }")
            + &table(
                "invoices",
                "parent = { table = \"customers\", on = { customer = \"id\" } }",
            )
            .replace(
                "\"delete\"",
                "{ retain = \"bookkeeping\", fiscal_date = \"day\" }",
            )),
    )
}

#[test]
fn a_map_and_a_database_that_fit_have_no_findings() {
    assert_eq!(check(GOOD, &good()), []);
}

#[rstest]
#[case(
    "ALTER TABLE invoices RENAME TO bills",
    Severity::Error,
    "unknown_table",
    "invoices",
    "map"
)]
#[case(
    "ALTER TABLE customers RENAME mail TO epost_adr",
    Severity::Error,
    "unknown_column",
    "customers.mail",
    "map"
)]
#[case(
    "DROP INDEX customers_lower_idx",
    Severity::Warning,
    "missing_index",
    "customers.mail",
    "lower(btrim"
)]
#[case(
    "DROP INDEX customers_btrim_idx",
    Severity::Warning,
    "missing_index",
    "customers.no",
    "(btrim"
)]
#[case(
    "DROP INDEX customers_right_idx",
    Severity::Warning,
    "missing_index",
    "customers.pnr",
    "right"
)]
#[case(
    "DROP INDEX invoices_customer_idx",
    Severity::Warning,
    "missing_index",
    "invoices.customer",
    "(\"customer\")"
)]
#[case(
    "ALTER TABLE invoices DROP CONSTRAINT invoices_pkey",
    Severity::Error,
    "key_not_unique",
    "invoices",
    "unique"
)]
#[case(
    "ALTER TABLE invoices ALTER day TYPE timestamp",
    Severity::Error,
    "fiscal_date_type",
    "invoices.day",
    "date"
)]
#[case(
    "ALTER TABLE invoices ALTER day TYPE text",
    Severity::Warning,
    "fiscal_date_type",
    "invoices.day",
    "date"
)]
#[case(
    "ALTER TABLE customers ALTER tel SET NOT NULL",
    Severity::Warning,
    "reduce_not_null",
    "customers.tel",
    "NULL"
)]
#[case(
    "ALTER TABLE customers ALTER tel SET NOT NULL, ADD UNIQUE (tel)",
    Severity::Error,
    "reduce_not_unique",
    "customers.tel",
    "NULL"
)]
#[case(
    "ALTER TABLE customers ADD spot point NOT NULL",
    Severity::Error,
    "reduce_impossible",
    "customers.spot",
    "NULL"
)]
#[case(
    "CREATE TABLE logs (customer int REFERENCES customers)",
    Severity::Warning,
    "unmapped_reference",
    "logs",
    "fail"
)]
#[case(
    "CREATE TABLE logs (customer int REFERENCES customers ON DELETE CASCADE)",
    Severity::Warning,
    "unmapped_reference",
    "logs",
    "unseen"
)]
#[case(
    "CREATE TABLE leads (id int, contact_email text)",
    Severity::Warning,
    "unmapped_personal_table",
    "leads",
    "contact_email"
)]
#[case(
    "CREATE SCHEMA s; CREATE TABLE s.leads (\"Telefon\" text)",
    Severity::Warning,
    "unmapped_personal_table",
    "s.leads",
    "Telefon"
)]
fn one_thing_wrong_is_one_finding(
    #[case] change: &str,
    #[case] severity: Severity,
    #[case] code: &str,
    #[case] name: &str,
    #[case] remedy: &str,
) {
    let findings = check(&format!("{GOOD} {change}"), &good());
    let ours: Vec<&SystemFinding> = findings.iter().filter(|f| f.code == code).collect();
    assert_eq!(ours.len(), 1, "{findings:?}");
    assert_eq!((ours[0].severity, ours[0].name.as_str()), (severity, name));
    assert!(ours[0].remedy.contains(remedy), "{}", ours[0].remedy);
    let spare = |code: &str| matches!(code, "unmapped_personal_table" | "unmapped_reference");
    assert!(
        findings.iter().all(|f| f.code == code || spare(f.code)),
        "{findings:?}"
    );
}

#[test]
fn the_remedy_for_a_missing_index_is_one() {
    let place = Place::new(GOOD);
    place.run("DROP INDEX customers_lower_idx, customers_btrim_idx, customers_right_idx, customers_regexp_replace_idx");
    place.run("DROP INDEX invoices_customer_idx");
    let system = place.system(&good());
    let findings = system.check().unwrap();
    assert_eq!(findings.len(), 5, "{findings:?}");
    for finding in findings {
        place.run(&finding.remedy);
    }
    assert_eq!(system.check().unwrap(), []);
}

#[test]
fn missing_privileges() {
    let place = Place::new(GOOD);
    let role = format!("clerk_{}", place.database);
    place.run(&format!(
        "CREATE ROLE {role} LOGIN; GRANT SELECT (id, mail) ON customers TO {role}"
    ));
    let system = connected(good(), &place.url(&role));
    let missing = || -> Vec<String> {
        let findings = system.check().unwrap().into_iter();
        let missing = findings.filter(|finding| finding.code == "missing_privilege");
        missing
            .map(|finding| finding.remedy.replace(" TO the role of this connection", ""))
            .collect()
    };
    assert_eq!(
        missing(),
        [
            "GRANT SELECT ON \"public\".\"customers\"",
            "GRANT DELETE ON \"public\".\"customers\"",
            "GRANT UPDATE ON \"public\".\"customers\"",
            "GRANT SELECT ON \"public\".\"invoices\"",
        ]
    );
    place.run(&format!(
        "GRANT SELECT ON customers, invoices TO {role}; GRANT DELETE ON customers TO {role}"
    ));
    place.run(&format!("GRANT UPDATE (mail, tel, pnr) ON customers TO {role}"));
    assert_eq!(missing(), [""; 0]);
    place.run("REVOKE USAGE ON SCHEMA public FROM PUBLIC");
    assert!(!system.check().unwrap().is_empty());
}

#[test]
fn foreign_keys_between_mapped_tables_that_the_order_breaks() {
    let tables = "
        CREATE TABLE accounts (id int PRIMARY KEY);
        CREATE TABLE domains (id int PRIMARY KEY, account int REFERENCES accounts);
        CREATE TABLE sites (id int PRIMARY KEY, account int REFERENCES accounts,
                            domain int NOT NULL REFERENCES domains);
        CREATE INDEX ON domains (account); CREATE INDEX ON sites (account)";
    let child = |name: &str| {
        table(
            name,
            "parent = { table = \"accounts\", on = { account = \"id\" } }",
        )
    };
    let wrong = mapped(&(table("accounts", "") + &child("domains") + &child("sites")));
    let right = mapped(&(table("accounts", "") + &child("sites") + &child("domains")));
    assert_eq!(
        seen(&check(tables, &wrong)),
        [(Severity::Error, "erasure_order", "sites")]
    );
    assert_eq!(seen(&check(tables, &right)), []);
    let loose = tables.replace("NOT NULL", "");
    assert_eq!(
        seen(&check(&loose, &wrong)),
        [],
        "what can be emptied stops nothing"
    );
    let told = table(
        "sites",
        "parent = { table = \"accounts\", on = { account = \"id\" } }\nreferences = [\"domains\"]",
    );
    let told = mapped(&(table("accounts", "") + &child("domains") + &told));
    assert_eq!(seen(&check(tables, &told)), []);
    let retained = mapped(
        &(child("sites").replace("\"delete\"", "{ keep = \"reason\" }")
            + &child("domains")
            + &table("accounts", "")),
    );
    assert_eq!(
        seen(&check(tables, &retained)),
        [(Severity::Warning, "retained_reference", "sites")]
    );
    let cascading = tables.replace("REFERENCES domains", "REFERENCES domains ON DELETE SET NULL");
    assert_eq!(
        seen(&check(&cascading, &retained)),
        [(Severity::Error, "retained_reference", "sites")]
    );
    assert_eq!(seen(&check(&cascading, &wrong)), []);
}

#[test]
fn errors_come_first() {
    let findings = check(
        "CREATE TABLE people (mail_address text)",
        &mapped(&table("customers", "")),
    );
    assert_eq!(
        seen(&findings),
        [
            (Severity::Error, "unknown_table", "customers"),
            (Severity::Warning, "unmapped_personal_table", "people"),
        ]
    );
}

#[test]
fn views_are_for_reading() {
    let sql =
        "CREATE TABLE them (id int PRIMARY KEY, mail text); CREATE VIEW people AS SELECT id, mail FROM them";
    let map = mapped(&table("people", "person = { email = \"mail\" }"));
    assert_eq!(
        seen(&check(sql, &map)),
        [(Severity::Error, "key_not_unique", "people")]
    );
    let kept = mapped(&table("people", "").replace("\"delete\"", "{ keep = \"reason\" }"));
    assert_eq!(seen(&check(sql, &kept)), []);
}

#[rstest]
#[case("leads", "Email", true)]
#[case("leads", "postadress", true)]
#[case("leads", "mobilnummer", true)]
#[case("leads", "birth_date", true)]
#[case("customers", "name", true)]
#[case("kunder", "namn", true)]
#[case("products", "name", false)]
#[case("products", "price", false)]
#[case("tlds", "registry", false)]
fn names_that_look_personal(#[case] table: &str, #[case] column: &str, #[case] personal: bool) {
    assert_eq!(looks_personal(table, column), personal);
}
