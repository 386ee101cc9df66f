//! The connector against real databases.

mod check;
mod collect;
mod faults;
mod find;
mod names;
mod normal;
mod rectify;
mod reduce;
mod survey;
mod write;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use ::postgres::{Client, NoTls};

use super::{server, system};
use crate::adapters::cluster::{Cluster, ClusterOptions};
use crate::adapters::connectors::sql::SqlSystem;
use crate::domain::data_map::{DataMap, System as Mapped, Table};
use crate::domain::erasure::{Survey, SurveyRequest, SurveyedRow};
use crate::domain::matching::{PersonKeys, RowKey};

/// One server for all tests that run at a time; it ends with the last of them.
struct Running {
    cluster: Cluster,
    _directory: tempfile::TempDir,
}

fn running() -> Arc<Running> {
    static SHARED: Mutex<Weak<Running>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    if let Some(running) = shared.upgrade() {
        return running;
    }
    let directory = tempfile::Builder::new().prefix("dr-").tempdir_in("/tmp").unwrap();
    let cluster = Cluster::start(directory.path(), ClusterOptions { testing: true }).unwrap();
    let running = Arc::new(Running {
        cluster,
        _directory: directory,
    });
    *shared = Arc::downgrade(&running);
    running
}

fn connected(map: Mapped, url: &str) -> SqlSystem {
    let server = server(&map, url).unwrap();
    system(Arc::new(map), server, None)
}

/// A database of a test's own.
struct Place {
    database: String,
    client: Mutex<Client>,
    running: Arc<Running>,
}

impl Place {
    fn new(sql: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let running = running();
        let database = format!("host{}", COUNT.fetch_add(1, Ordering::SeqCst));
        Client::connect(&running.cluster.owner_url("postgres"), NoTls)
            .unwrap()
            .batch_execute(&format!("CREATE DATABASE {database}"))
            .unwrap();
        let client = Client::connect(&running.cluster.owner_url(&database), NoTls).unwrap();
        let place = Self {
            database,
            client: Mutex::new(client),
            running,
        };
        place.run(sql);
        place
    }

    fn run(&self, sql: &str) {
        self.client.lock().unwrap().batch_execute(sql).unwrap();
    }

    /// The only value of a query, as text; `-` for NULL.
    fn value(&self, query: &str) -> String {
        let text = format!("SELECT (x.*)::text FROM ({query}) AS x");
        let row = self.client.lock().unwrap().query_one(&text, &[]).unwrap();
        row.get(0)
    }

    fn count(&self, from: &str) -> i64 {
        let text = format!("SELECT count(*) FROM {from}");
        self.client.lock().unwrap().query_one(&text, &[]).unwrap().get(0)
    }

    fn url(&self, role: &str) -> String {
        self.running.cluster.role_url(role, &self.database)
    }

    fn system(&self, map: &Mapped) -> SqlSystem {
        connected(map.clone(), &self.running.cluster.owner_url(&self.database))
    }
}

/// The system `host` with these tables, as a profile writes them.
fn mapped(tables: &str) -> Mapped {
    #[derive(serde::Deserialize)]
    struct Profile {
        systems: DataMap,
    }
    let text = format!(
        "[[systems]]\nid = \"host\"\nname = {{ sv = \"S\", en = \"S\" }}\nconnector = \"postgres\"\n{tables}"
    );
    let map = toml::from_str::<Profile>(&text).unwrap().systems;
    map.system("host").unwrap().clone()
}

/// A table of a profile, with `rest` added.
fn table(name: &str, rest: &str) -> String {
    format!(
        "[[systems.tables]]\nname = {name:?}\ncategory = \"c\"\norigin = \"provided\"\nerase = \"delete\"\n{rest}\n"
    )
}

fn key(values: &[&str]) -> RowKey {
    RowKey(values.iter().map(|value| (*value).to_owned()).collect())
}

fn ids<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<RowKey> {
    values
        .into_iter()
        .map(|value| RowKey(vec![value.to_string()]))
        .collect()
}

fn roots(table: &str, keys: Vec<RowKey>) -> BTreeMap<String, Vec<RowKey>> {
    BTreeMap::from([(table.to_owned(), keys)])
}

/// A request for all columns that planning needs.
fn request(map: &Mapped, roots: BTreeMap<String, Vec<RowKey>>) -> SurveyRequest {
    SurveyRequest::new(map, &[], roots)
}

fn keys_of(survey: &Survey, table: &str) -> Vec<String> {
    survey.rows(table).iter().map(|row| row.key.0.join("/")).collect()
}

fn row<'a>(survey: &'a Survey, table: &str, values: &[&str]) -> &'a SurveyedRow {
    let wanted = key(values);
    survey.rows(table).iter().find(|row| row.key == wanted).unwrap()
}

fn first(map: &Mapped) -> &Table {
    map.tables.first().unwrap()
}

fn by_email(email: &str) -> PersonKeys {
    PersonKeys {
        email: Some(email.to_owned()),
        ..PersonKeys::default()
    }
}
