//! The sample host through its connectors: a shipped map held against it, and people erased from it.

use std::collections::BTreeSet;

use ::postgres::{Client, NoTls};
use chrono::NaiveDate;

use super::super::*;
use crate::adapters::cluster::{Cluster, ClusterOptions};
use crate::adapters::profiles;
use crate::adapters::sample::{self, SampleProfile, SampleServer};
use crate::domain::erasure::{Draft, Known, Operation, Plan, Refusals, SurveyRequest, assess, compare};
use crate::domain::matching::{FoundRow, PersonKeys, RowKey};
use crate::domain::organisation::{Organisation, Severity};
use crate::domain::retention::FiscalYears;

struct Host {
    organisation: Organisation,
    connected: Connected,
    cluster: Cluster,
    _directory: tempfile::TempDir,
}

fn host() -> Host {
    let directory = tempfile::Builder::new().prefix("dr-").tempdir_in("/tmp").unwrap();
    let cluster = Cluster::start(directory.path(), ClusterOptions { testing: true }).unwrap();
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    sample::load(
        &SampleServer::Embedded(&cluster),
        60,
        7,
        &SampleProfile::at(today),
    )
    .unwrap();
    let files = sample::list_files(&SampleServer::Embedded(&cluster)).unwrap();
    sample::write_files(&directory.path().join(sample::FILES_DIRECTORY), &files).unwrap();
    sample::write_environment(&SampleServer::Embedded(&cluster), directory.path()).unwrap();
    let organisation = profiles::load("admax").unwrap();
    let connected = Connected::new(&organisation.map, addresses(directory.path().to_owned()));
    Host {
        organisation,
        connected,
        cluster,
        _directory: directory,
    }
}

type Roots = BTreeMap<String, BTreeMap<String, Vec<RowKey>>>;

impl Host {
    fn map(&self) -> &DataMap {
        &self.organisation.map
    }

    fn found(&self, keys: &PersonKeys) -> Vec<FoundRow> {
        let mut rows = Vec::new();
        for (system, table) in self.map().tables().filter(|(_, table)| table.is_searchable()) {
            rows.extend(
                self.connected
                    .get(&system.id)
                    .unwrap()
                    .find(table, keys, 100)
                    .unwrap(),
            );
        }
        rows
    }

    /// Rows with the customer number, by system and table.
    fn roots(&self, customer_number: &str) -> Roots {
        let keys = PersonKeys {
            customer_number: Some(customer_number.to_owned()),
            ..PersonKeys::default()
        };
        let mut roots = Roots::new();
        for row in self.found(&keys) {
            let tables = roots.entry(row.system).or_default();
            tables.entry(row.table).or_default().push(row.key);
        }
        roots
    }

    fn plan(&self, roots: &Roots) -> Plan {
        let years = FiscalYears::default().with_calendar_years_otherwise(true);
        let surveys: Vec<_> = roots
            .iter()
            .map(|(id, roots)| {
                let request = SurveyRequest::new(self.map().system(id).unwrap(), &[], roots.clone());
                let survey = self.connected.get(id).unwrap().survey(&request).unwrap();
                (survey, roots.clone())
            })
            .collect();
        let draft = Draft::make(self.map(), &years, &surveys, &Refusals::default()).unwrap();
        draft.on(assess(Known::default(), None, None).unwrap())
    }

    /// Carries the plan out; says how many rows went and how many were reduced.
    fn execute(&self, plan: &Plan) -> (u64, u64) {
        let (mut gone, mut reduced) = (0, 0);
        for part in &plan.systems {
            let system = self.connected.get(&part.system).unwrap();
            system.freeze(&part.roots).unwrap();
            for table in &part.tables {
                let keys: Vec<RowKey> = table.rows.iter().map(|row| row.key.clone()).collect();
                match &table.operation {
                    Operation::Erase => gone += system.delete(&table.table, &keys).unwrap(),
                    Operation::Reduce { keep } => {
                        reduced += system.reduce(&table.table, keep, &keys).unwrap();
                        assert_eq!(system.unreduced(&table.table, keep, &keys).unwrap(), 0);
                    }
                    Operation::Retain { .. } | Operation::Keep { .. } | Operation::Refuse { .. } => {}
                }
            }
        }
        (gone, reduced)
    }

    fn names(&self, query: &str) -> Vec<String> {
        let mut client = Client::connect(&self.cluster.owner_url("sample_billing"), NoTls).unwrap();
        client
            .query(query, &[])
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    }
}

#[test]
fn a_shipped_map_fits_the_sample_host() {
    let host = host();
    for system in &host.map().systems {
        let findings = host.connected.get(&system.id).unwrap().check().unwrap();
        let errors: Vec<_> = findings
            .iter()
            .filter(|f| f.severity == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", system.id);
        for warning in &findings {
            println!(
                "{} {} {} {}",
                system.id, warning.name, warning.code, warning.remedy
            );
        }
    }
}

#[test]
fn people_are_erased_as_planned_and_nothing_of_others_is_touched() {
    let host = host();
    let customers =
        host.names("SELECT customer_no FROM customers WHERE kind = 'private' ORDER BY id LIMIT 12");
    let (theirs, others): (Vec<_>, Vec<_>) = customers.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let plans = |people: &[(usize, &String)]| -> Vec<Plan> {
        people
            .iter()
            .map(|(_, number)| host.plan(&host.roots(number)))
            .collect()
    };
    let untouched = plans(&others);
    let mut outcomes = BTreeSet::new();
    for (_, number) in &theirs {
        let roots = host.roots(number);
        let plan = host.plan(&roots);
        let (gone, reduced) = host.execute(&plan);
        let planned = (plan.count("erase"), plan.count("reduce"));
        assert_eq!((gone as usize, reduced as usize), planned, "customer {number}");
        assert_eq!(host.execute(&plan), (0, reduced), "a second time");
        for part in &plan.systems {
            let system = host.map().system(&part.system).unwrap();
            let request = SurveyRequest::new(system, &[], part.roots.clone());
            let after = host
                .connected
                .get(&part.system)
                .unwrap()
                .survey(&request)
                .unwrap();
            assert_eq!(compare(part, &after), [], "customer {number} in {}", part.system);
        }
        outcomes.insert((gone > 0, reduced > 0));
    }
    assert!(
        outcomes.contains(&(true, true)),
        "somebody with invoices: {outcomes:?}"
    );
    assert_eq!(plans(&others), untouched);
}
