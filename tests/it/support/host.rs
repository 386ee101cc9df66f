//! A sample host of a test's own: loaded once, copied for each test.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use chrono::NaiveDate;
use dataratt::adapters::connectors::Connected;
use dataratt::adapters::sample::{
    self, CONNECTOR_ROLE, SamplePerson, SampleProfile, SampleServer, SampleSystem,
};
use dataratt::domain::data_map::DataMap;

use super::database::{self, Database};

/// People of the sample host in tests: the ordinary ones, the nasty cases and a few more.
const PEOPLE: u64 = 60;

/// The databases of a sample host, removed with it.
pub struct Host(BTreeMap<&'static str, Database>);

/// A sample host that nobody else touches.
pub fn host() -> Host {
    static LOADED: OnceLock<()> = OnceLock::new();
    LOADED.get_or_init(|| {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let server = SampleServer::Embedded(database::cluster());
        sample::load(&server, PEOPLE, 1, &SampleProfile::at(today)).expect("the sample host loads");
    });
    Host(
        SampleSystem::ALL
            .into_iter()
            .map(|s| (s.variable(), database::copy_of(s.database())))
            .collect(),
    )
}

impl Host {
    /// One of its databases.
    pub fn database(&self, system: SampleSystem) -> &Database {
        &self.0[system.variable()]
    }

    /// A copy of one of its databases as it is now. Nobody may be connected to that.
    pub fn back_up(&self, system: SampleSystem) -> Database {
        database::copy_of(self.database(system).name())
    }

    /// Puts a copy in the place of one of its databases.
    pub fn restore(&mut self, system: SampleSystem, backup: Database) {
        self.0.insert(system.variable(), backup);
    }

    /// Its systems as a map connects them.
    pub fn connected(&self, map: &DataMap) -> Connected {
        let urls = self.urls();
        Connected::new(map, move |name| urls.get(name).cloned())
    }

    /// The addresses for connectors, by variable.
    pub fn urls(&self) -> BTreeMap<String, String> {
        self.0
            .iter()
            .map(|(name, database)| ((*name).to_owned(), database.role_url(CONNECTOR_ROLE)))
            .collect()
    }

    /// Its people, those with live services first.
    pub fn people(&self) -> Vec<SamplePerson> {
        let url = self.database(SampleSystem::Billing).role_url(CONNECTOR_ROLE);
        sample::list_people(&url, None, false).expect("the sample host answers")
    }
}
