//! A sample host of a test's own. It is loaded once; what a test only reads is read by all tests, and a system is copied
//! for a test when that test first writes into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use chrono::NaiveDate;
use dataratt::adapters::connectors::Connected;
use dataratt::adapters::sample::{
    self, CONNECTOR_ROLE, SampleFile, SamplePerson, SampleProfile, SampleServer, SampleSystem,
};
use dataratt::domain::data_map::DataMap;
use dataratt::domain::matching::RowKey;
use dataratt::services::ports::{System, SystemError, Systems};
use postgres::{Client, NoTls};
use tempfile::TempDir;

use super::database::{self, Database, Remover};
use super::hooked::{Hook, Hooked};

/// People of the sample host in tests: the ordinary ones, the nasty cases and a few more.
const PEOPLE: u64 = 60;

/// Where connectors find the host's files.
const FILES: &str = "FILES_DIRECTORY";

/// A sample host that nobody else changes.
pub struct Host(Arc<Copies>);

/// What of a host has been copied for it; removed with it.
struct Copies {
    /// By variable.
    databases: BTreeMap<&'static str, OnceLock<Arc<Database>>>,
    files: OnceLock<TempDir>,
}

/// A sample host that nobody else changes.
pub fn host() -> Host {
    let variables = SampleSystem::ALL.map(SampleSystem::variable);
    Host(Arc::new(Copies {
        databases: variables.map(|name| (name, OnceLock::new())).into(),
        files: OnceLock::new(),
    }))
}

/// The files of the host as they were loaded, in a directory that goes with this process.
struct LoadedFiles {
    listed: Vec<SampleFile>,
    directory: PathBuf,
    _remover: Remover,
}

fn loaded_files() -> &'static LoadedFiles {
    static LOADED: OnceLock<LoadedFiles> = OnceLock::new();
    LOADED.get_or_init(|| {
        loaded();
        let server = SampleServer::Embedded(database::cluster());
        let listed = sample::list_files(&server).expect("the sample host has files");
        let directory = tempfile::tempdir().unwrap().keep();
        let remover = Remover::of(&directory);
        LoadedFiles {
            directory: written(&directory, &listed),
            listed,
            _remover: remover,
        }
    })
}

fn written(directory: &Path, files: &[SampleFile]) -> PathBuf {
    let directory = directory.join("srv");
    sample::write_files(&directory, files).expect("the sample host's files are written");
    directory
}

/// The addresses of the host as it was loaded, by variable.
fn loaded() -> &'static BTreeMap<&'static str, String> {
    static LOADED: OnceLock<BTreeMap<&'static str, String>> = OnceLock::new();
    LOADED.get_or_init(|| {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let server = SampleServer::Embedded(database::cluster());
        sample::load(&server, PEOPLE, 1, &SampleProfile::at(today)).expect("the sample host loads");
        // Of what has connections, no copy can be made.
        let url = |system: SampleSystem| database::shared_copy_of(system.database()).role_url(CONNECTOR_ROLE);
        SampleSystem::ALL
            .map(|system| (system.variable(), url(system)))
            .into()
    })
}

impl Copies {
    fn address(&self, variable: &str) -> Option<String> {
        match variable {
            FILES => Some(self.files().display().to_string()),
            _ => self.of(variable).map(|copy| copy.role_url(CONNECTOR_ROLE)),
        }
    }

    fn files(&self) -> PathBuf {
        let made = self.files.get_or_init(|| {
            let directory = tempfile::tempdir().unwrap();
            written(directory.path(), &loaded_files().listed);
            directory
        });
        made.path().join("srv")
    }

    fn of(&self, variable: &str) -> Option<&Database> {
        let (name, copy) = self.databases.get_key_value(variable)?;
        let system = SampleSystem::ALL
            .into_iter()
            .find(|system| system.variable() == *name)?;
        let made = copy.get_or_init(|| {
            loaded();
            Arc::new(database::copy_of(system.database()))
        });
        Some(made)
    }

    fn is_made(&self, variable: &str) -> bool {
        let database = self.databases.get(variable);
        database.is_some_and(|copy| copy.get().is_some()) || variable == FILES && self.files.get().is_some()
    }
}

impl Host {
    /// One of its databases, for changing it too.
    pub fn database(&self, system: SampleSystem) -> &Database {
        self.0.of(system.variable()).expect("every system has its copy")
    }

    /// A copy of one of its databases as it is now. Nobody may be connected to that.
    pub fn back_up(&self, system: SampleSystem) -> Database {
        database::copy_of(self.database(system).name())
    }

    /// Puts a copy in the place of one of its databases, for who connects from now on.
    pub fn restore(&mut self, system: SampleSystem, backup: Database) {
        let mut databases = self.0.databases.clone();
        databases.insert(system.variable(), OnceLock::from(Arc::new(backup)));
        self.0 = Arc::new(Copies {
            databases,
            files: OnceLock::new(),
        });
    }

    /// The directory of its files, for changing them too.
    pub fn files(&self) -> PathBuf {
        self.0.files()
    }

    /// Its systems as a map connects them.
    pub fn connected(&self, map: &DataMap) -> impl Systems + use<> {
        let copies = Arc::clone(&self.0);
        let url = move |name: &str| copies.address(name);
        let variable = |url: &str| url.strip_prefix("env:").unwrap_or_default().to_owned();
        let variables = map.systems.iter().map(|system| {
            (
                system.id.clone(),
                variable(system.url.as_deref().unwrap_or_default()),
            )
        });
        CopiedOnWrite(Arc::new(Parts {
            variables: variables.collect(),
            shared: shared(map),
            own: Connected::new(map, url),
            copies: Arc::clone(&self.0),
        }))
    }

    /// Its people, those with live services first.
    pub fn people(&self) -> Vec<SamplePerson> {
        let billing = SampleSystem::Billing;
        let url = match self.0.is_made(billing.variable()) {
            true => self.database(billing).role_url(CONNECTOR_ROLE),
            false => loaded()[billing.variable()].clone(),
        };
        sample::list_people(&url, None, false).expect("the sample host answers")
    }
}

/// The host as it was loaded, connected as a map says: one for all tests with that map.
fn shared(map: &DataMap) -> Arc<Connected> {
    static KNOWN: Mutex<Vec<(DataMap, Arc<Connected>)>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap();
    if let Some((_, connected)) = known.iter().find(|(one, _)| one == map) {
        return Arc::clone(connected);
    }
    let connected = Arc::new(Connected::new(map, |name| match name {
        FILES => Some(loaded_files().directory.display().to_string()),
        name => loaded().get(name).cloned(),
    }));
    known.push((map.clone(), Arc::clone(&connected)));
    connected
}

/// Systems that are everybody's until they are written into.
struct CopiedOnWrite(Arc<Parts>);

struct Parts {
    /// By system.
    variables: BTreeMap<String, String>,
    shared: Arc<Connected>,
    own: Connected,
    copies: Arc<Copies>,
}

impl Systems for CopiedOnWrite {
    fn get(&self, id: &str) -> Result<Arc<dyn System>, SystemError> {
        self.0.shared.get(id)?;
        Ok(Arc::new(Hooked(Part {
            parts: Arc::clone(&self.0),
            id: id.to_owned(),
        })))
    }
}

struct Part {
    parts: Arc<Parts>,
    id: String,
}

impl Hook for Part {
    fn call<T>(
        &self,
        writes: bool,
        work: impl FnOnce(&dyn System) -> Result<T, SystemError>,
    ) -> Result<T, SystemError> {
        let parts = &self.parts;
        let own = writes || parts.copies.is_made(&parts.variables[&self.id]);
        let systems = if own { &parts.own } else { &*parts.shared };
        work(&*systems.get(&self.id)?)
    }
}

#[test]
fn what_a_test_writes_is_read_by_itself_alone() {
    let (mine, other) = (host(), host());
    let people = other.people();
    let map = dataratt::adapters::profiles::load("admax").unwrap().map;
    let url = &loaded()[SampleSystem::Crm.variable()];
    let mut client = Client::connect(url, NoTls).unwrap();
    let row = client
        .query_one("SELECT min(id)::text FROM newsletter", &[])
        .unwrap();
    let key = [RowKey(vec![row.get(0)])];
    let system = mine.connected(&map).get("crm").unwrap();
    let there = || system.digests("newsletter", &key).unwrap().len();
    assert_eq!(there(), 1);
    assert!(
        !mine.0.is_made(SampleSystem::Crm.variable()),
        "reading has copied"
    );
    assert_eq!(system.delete("newsletter", &key).unwrap(), 1);
    assert_eq!(there(), 0);
    assert_eq!(
        client
            .query("SELECT FROM newsletter WHERE id::text = $1", &[&key[0].0[0]])
            .unwrap()
            .len(),
        1
    );
    mine.database(SampleSystem::Billing)
        .owner()
        .batch_execute("UPDATE customers SET email = 'changed@kund.example'")
        .unwrap();
    let changed = |person: &SamplePerson| person.email.as_deref() == Some("changed@kund.example");
    assert!(mine.people().iter().all(changed));
    assert_eq!(other.people(), people);
}
