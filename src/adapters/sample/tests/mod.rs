//! The sample host against a real server.

mod using;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use postgres::{Client, NoTls};

use super::*;
use crate::adapters::cluster::{Cluster, ClusterOptions};

fn profile() -> SampleProfile {
    SampleProfile::at(NaiveDate::from_ymd_opt(2026, 11, 21).unwrap())
}

/// A server with a sample of its own, for a test that changes it.
struct Host {
    cluster: Cluster,
    dir: tempfile::TempDir,
}

impl Host {
    fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("dr-").tempdir_in("/tmp").unwrap();
        let cluster = Cluster::start(dir.path(), ClusterOptions { testing: true }).unwrap();
        Self { cluster, dir }
    }

    fn load(people: u64, seed: u64) -> Self {
        let host = Self::start();
        load(&host.server(), people, seed, &profile()).unwrap();
        host
    }

    fn server(&self) -> SampleServer<'_> {
        SampleServer::Embedded(&self.cluster)
    }

    fn client(&self, system: SampleSystem) -> Client {
        Client::connect(&self.cluster.owner_url(system.database()), NoTls).unwrap()
    }

    fn strings(&self, system: SampleSystem, query: &str) -> Vec<String> {
        self.client(system)
            .query(query, &[])
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    fn count(&self, system: SampleSystem, query: &str) -> i64 {
        self.client(system).query_one(query, &[]).unwrap().get(0)
    }

    /// Those that hold people's data.
    fn tables(&self, system: SampleSystem) -> Vec<String> {
        self.strings(
            system,
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' \
             AND table_name <> 'dataratt_marker' ORDER BY 1",
        )
    }

    /// A sum over every row of every table.
    fn sums(&self) -> BTreeMap<String, String> {
        let mut sums = BTreeMap::new();
        for system in SampleSystem::ALL {
            for table in self.tables(system) {
                let query = format!("SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} t");
                sums.insert(table.clone(), self.strings(system, &query).remove(0));
            }
        }
        sums
    }
}

use SampleSystem::{Billing, Crm, Hosting};

#[test]
fn the_same_seed_gives_the_same_rows_and_another_seed_others() {
    let host = Host::start();
    let sums = |seed| {
        load(&host.server(), 120, seed, &profile()).unwrap();
        host.sums()
    };
    let first = sums(7);
    assert_eq!(first.len(), 23);
    assert_eq!(first, sums(7));
    let other = sums(8);
    for (table, sum) in &first {
        assert_ne!(sum, &other[table], "{table}");
    }
}

#[test]
fn the_default_sample_is_complete_and_consistent() {
    let host = Host::load(2_000, 1);
    assert_eq!(host.count(Billing, "SELECT count(*) FROM customers"), 2_000);
    the_ledger_balances(&host);
    the_first_people_have_everything(&host);
    only_published_personal_numbers_occur(&host);
    every_reference_and_key_has_an_index(&host);
    ids_go_on_after_the_loaded_ones(&host);
}

fn the_ledger_balances(host: &Host) {
    let unbalanced =
        "SELECT count(*) FROM (SELECT invoice_id FROM ledger_entries GROUP BY invoice_id, voucher_no
                      HAVING sum(debit) <> sum(credit) OR sum(debit) = 0) AS wrong";
    assert_eq!(host.count(Billing, unbalanced), 0);
    let without = "SELECT count(*) FROM invoices WHERE NOT EXISTS (SELECT FROM ledger_entries WHERE invoice_id = invoices.id)";
    assert_eq!(host.count(Billing, without), 0);
    let settled = "SELECT count(*) FROM invoices LEFT JOIN payments ON payments.invoice_id = invoices.id
                   WHERE invoices.paid_on IS DISTINCT FROM payments.paid_on";
    assert_eq!(host.count(Billing, settled), 0);
    let years = host.strings(
        Billing,
        "SELECT DISTINCT fiscal_year FROM ledger_entries ORDER BY 1",
    );
    let expected: Vec<_> = profile()
        .fiscal_years
        .iter()
        .map(|year| year.label.clone())
        .collect();
    assert_eq!(years, expected, "nine fiscal years");
    let methods = host.strings(Billing, "SELECT DISTINCT method FROM payments ORDER BY 1");
    assert_eq!(methods, ["invoice_credit", "paypal", "payson", "transfer"]);
}

fn the_first_people_have_everything(host: &Host) {
    let people = list_people(&host.cluster.owner_url("sample_billing"), Some(24), false).unwrap();
    let emails: HashSet<_> = people.iter().filter_map(|person| person.email.clone()).collect();
    assert_eq!(emails.len(), 24);
    for (person, place) in people.iter().zip(1..) {
        assert_eq!(person.customer_number, (1_000_000 + place).to_string());
        let email = person.email.as_deref().unwrap();
        assert!(
            email
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b".@".contains(&byte)),
            "{email}"
        );
        assert!(email.ends_with("@mail.example"));
        for kind in ["domain", "mail", "web"] {
            assert!(person.services.contains(&kind.to_owned()), "{email}: {kind}");
        }
    }
    let whole = "SELECT count(DISTINCT a.id) FROM accounts a JOIN domains d ON d.account_id = a.id AND d.tld IN ('se', 'com')
                 JOIN sites s ON s.domain_id = d.id JOIN mailboxes m ON m.domain_id = d.id
                 WHERE a.customer_no <= '1000024'";
    assert_eq!(host.count(Hosting, whole), 24);
    let paid = "SELECT count(DISTINCT c.id) FROM customers c JOIN invoices i ON i.customer_id = c.id
                JOIN payments p ON p.invoice_id = i.id WHERE c.id <= 24 AND c.kind = 'private'";
    assert_eq!(host.count(Billing, paid), 24);
    let zones = "SELECT DISTINCT tld FROM domains WHERE account_id <= 24 ORDER BY 1";
    assert_eq!(
        host.strings(Hosting, zones),
        ["bo", "com", "dk", "eu", "fi", "no", "nu", "org", "se"]
    );
    for query in [
        "SELECT count(DISTINCT customer_no) FROM people WHERE customer_no <= '1000024' AND deal_id IS NOT NULL",
        "SELECT count(*) FROM newsletter WHERE email LIKE '%@mail.example'",
        "SELECT count(DISTINCT customer_no) FROM call_recordings WHERE customer_no <= '1000024'",
        "SELECT count(DISTINCT customer_no) FROM chats WHERE customer_no <= '1000024'",
        "SELECT count(DISTINCT customer_no) / 8 FROM tickets WHERE customer_no <= '1000024'",
    ] {
        assert!(host.count(Crm, query) >= 3, "{query}");
    }
    let paypal =
        "SELECT count(DISTINCT customer_id) FROM payments WHERE customer_id <= 24 AND method = 'paypal'";
    assert!(host.count(Billing, paypal) >= 8);
    assert!(
        host.count(
            Hosting,
            "SELECT count(*) FROM accounts WHERE id <= 24 AND tenant_id IS NOT NULL"
        ) >= 8
    );
}

/// Looks at every run of ten or twelve digits in every text, with and without a separator.
fn only_published_personal_numbers_occur(host: &Host) {
    let mut found = BTreeSet::new();
    for system in SampleSystem::ALL {
        for table in host.tables(system) {
            for text in host.strings(system, &format!("SELECT t::text FROM {table} t")) {
                let joined = text.replace(['-', '+'], "");
                for run in joined
                    .split(|letter: char| !letter.is_ascii_digit())
                    .filter(|run| valid_number(run))
                {
                    found.insert(run.to_owned());
                }
            }
        }
    }
    let mut allowed: BTreeSet<String> = PUBLISHED_PERSONAL_NUMBERS
        .iter()
        .map(|&number| number.to_owned())
        .collect();
    assert!(allowed.is_subset(&found), "the search finds those that are there");
    allowed.extend(
        PUBLISHED_PERSONAL_NUMBERS
            .iter()
            .map(|number| number[2..].to_owned()),
    );
    assert!(found.is_subset(&allowed), "{:?}", found.difference(&allowed));
}

fn valid_number(run: &str) -> bool {
    let ten = match run.len() {
        10 => run,
        12 if run.starts_with("18") || run.starts_with("19") || run.starts_with("20") => &run[2..],
        _ => return false,
    };
    let digits: Vec<u32> = ten.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(at, digit)| {
            if at % 2 == 0 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                *digit
            }
        })
        .sum();
    let day = (digits[4] * 10 + digits[5]) % 60;
    (1..=12).contains(&(digits[2] * 10 + digits[3])) && (1..=31).contains(&day) && sum.is_multiple_of(10)
}

#[test]
fn the_search_for_numbers_knows_one() {
    assert!(valid_number("200001012384") && valid_number("0001012384") && valid_number("7010632391"));
    assert!(!valid_number("200001012385") && !valid_number("0013012384") && !valid_number("12345"));
}

fn every_reference_and_key_has_an_index(host: &Host) {
    for system in SampleSystem::ALL {
        let missing = host.strings(
            system,
            "SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE contype = 'f' AND NOT EXISTS (
                 SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1])",
        );
        assert!(missing.is_empty(), "{missing:?}");
    }
}

fn ids_go_on_after_the_loaded_ones(host: &Host) {
    let insert = "INSERT INTO customers (customer_no, kind, name, created_on) VALUES ('x', 'private', 'Y', '2026-01-01') RETURNING id";
    assert_eq!(host.count(Billing, insert), 2_001);
}

#[test]
fn the_nasty_cases_are_as_described() {
    let host = Host::load(60, 3);
    for case in NastyCase::ALL {
        let Some(number) = case.customer_number() else {
            continue;
        };
        let found = host.strings(
            Billing,
            &format!("SELECT name || '|' || email FROM customers WHERE customer_no = '{number}'"),
        );
        assert_eq!(found, [format!("{}|{}", case.name(), case.email())]);
    }
}

#[test]
fn the_nasty_cases_differ_where_they_should() {
    let host = Host::load(60, 3);
    let of = |case: NastyCase| {
        format!(
            "(SELECT id FROM customers WHERE customer_no = '{}')",
            case.customer_number().unwrap()
        )
    };
    let closed = format!(
        "SELECT count(*) FROM services s JOIN customers c ON c.id = s.customer_id
         WHERE c.id = {} AND s.status = 'ended' AND s.ended_on = c.closed_on",
        of(NastyCase::ClosedAccount)
    );
    assert!(host.count(Billing, &closed) >= 3);
    assert_eq!(
        host.strings(
            Hosting,
            "SELECT status FROM accounts WHERE customer_no = '9000008'"
        ),
        ["closed"]
    );
    let unpaid = format!(
        "SELECT count(*) FROM invoices WHERE customer_id = {} AND paid_on IS NULL AND due_on < '2026-11-21'",
        of(NastyCase::UnpaidInvoice)
    );
    assert_eq!(host.count(Billing, &unpaid), 1);
    let hosted = "SELECT count(*) FROM mailboxes m JOIN domains d ON d.id = m.domain_id JOIN accounts a ON a.id = m.account_id
                  AND d.account_id = a.id WHERE a.customer_no = '9000010' AND m.address = a.email AND a.email LIKE '%@' || d.name";
    assert_eq!(host.count(Hosting, hosted), 1);
    let stranger = NastyCase::NewsletterOnly.email();
    assert_eq!(
        host.count(
            Crm,
            &format!("SELECT count(*) FROM newsletter WHERE email = '{stranger}'")
        ),
        1
    );
    assert_eq!(
        host.count(
            Billing,
            &format!("SELECT count(*) FROM customers WHERE email = '{stranger}'")
        ),
        0
    );
    let contact = format!(
        "SELECT email FROM contacts WHERE customer_id = {}",
        of(NastyCase::ContactCompany)
    );
    assert_eq!(
        host.strings(Billing, &contact),
        [NastyCase::ContactPerson.email()]
    );
}
