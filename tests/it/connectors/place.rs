//! A database of a test's own on either server, and a map of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use dataratt::adapters::connectors::Connected;
use dataratt::domain::data_map::{DataMap, System as Mapped};
use dataratt::domain::erasure::{Survey, SurveyRequest};
use dataratt::domain::matching::{PersonKeys, RowKey};
use dataratt::services::ports::{System, Systems};

use crate::support::database::{self, Database};
use crate::support::mariadb::{Client, Schema};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Postgres,
    Mariadb,
}

/// A database of a test's own.
pub enum Place {
    Postgres(Database),
    Mariadb(Schema),
}

/// Keeps a transaction open.
#[expect(dead_code, reason = "what counts is that it is there")]
pub enum Holding {
    Postgres(Box<postgres::Client>),
    Mariadb(Client),
}

/// A role of a test's own.
pub struct Role {
    name: String,
    /// Its address.
    pub url: String,
}

impl Role {
    /// Keeps it out, or lets it in again.
    pub fn lock(&self, place: &Place, out: bool) {
        let name = &self.name;
        match place {
            Place::Postgres(_) => place.run(&format!(
                "ALTER ROLE {name} {}",
                if out { "NOLOGIN" } else { "LOGIN" }
            )),
            Place::Mariadb(_) => {
                let password = if out { "changed" } else { "hush" };
                place.run(&format!("ALTER USER {name}@'%' IDENTIFIED BY '{password}'"));
            }
        }
    }
}

/// All rows of all tables, as texts.
pub type Contents = BTreeMap<String, BTreeSet<String>>;

impl Place {
    /// With these statements run in it.
    pub fn new(on: On, statements: &str) -> Self {
        let place = match on {
            On::Postgres => Self::Postgres(database::empty_database()),
            On::Mariadb => Self::Mariadb(Schema::new()),
        };
        place.run(statements);
        place
    }

    #[track_caller]
    pub fn run(&self, statements: &str) {
        match self {
            Self::Postgres(database) => database.owner().batch_execute(statements).unwrap(),
            Self::Mariadb(schema) => schema.owner().run(statements),
        }
    }

    /// The rows of a query, every value as text; `-` for none.
    #[track_caller]
    pub fn rows(&self, query: &str) -> Vec<String> {
        match self {
            Self::Mariadb(schema) => schema.owner().rows(query),
            Self::Postgres(database) => {
                let mut rows = Vec::new();
                for message in database.owner().simple_query(query).unwrap() {
                    if let postgres::SimpleQueryMessage::Row(row) = message {
                        let cells = (0..row.len()).map(|at| row.get(at).unwrap_or("-"));
                        rows.push(cells.collect::<Vec<_>>().join("|"));
                    }
                }
                rows
            }
        }
    }

    /// A transaction that has run a statement, until it is dropped.
    pub fn holding(&self, statement: &str) -> Holding {
        match self {
            Self::Postgres(database) => {
                let mut client = database.owner();
                client.batch_execute(&format!("BEGIN; {statement}")).unwrap();
                Holding::Postgres(Box::new(client))
            }
            Self::Mariadb(schema) => {
                let mut client = schema.owner();
                client.run(&format!("BEGIN; {statement}"));
                Holding::Mariadb(client)
            }
        }
    }

    /// Ends all other connections to it, and waits until they are gone.
    pub fn cut(&self) {
        match self {
            Self::Postgres(_) => {
                self.rows(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()",
                );
            }
            Self::Mariadb(schema) => {
                let mut owner = schema.owner();
                let others =
                    "FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()";
                for id in owner.rows(&format!("SELECT ID {others}")) {
                    owner.try_run(&format!("KILL {id}"));
                }
                let gone = format!("SELECT COUNT(*) {others}");
                let until = Instant::now() + Duration::from_secs(5);
                while owner.rows(&gone) != ["0"] && Instant::now() < until {
                    std::thread::yield_now();
                }
            }
        }
    }

    /// A new role that may do this with a table, and nothing else.
    pub fn role(&self, privileges: &str, table: &str) -> Role {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("role_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        match self {
            Self::Postgres(database) => {
                self.run(&format!(
                    "CREATE ROLE {name} LOGIN; GRANT {privileges} ON {table} TO {name}"
                ));
                let url = database.role_url(&name);
                Role { name, url }
            }
            Self::Mariadb(schema) => {
                self.run(&format!(
                    "CREATE USER {name}@'%' IDENTIFIED BY 'hush'; GRANT {privileges} ON {table} TO {name}@'%'"
                ));
                let url = schema.role_url(&format!("{name}:hush"));
                Role { name, url }
            }
        }
    }

    /// The address for who may do everything.
    pub fn url(&self) -> String {
        match self {
            Self::Postgres(database) => database.owner_url(),
            Self::Mariadb(schema) => schema.url(),
        }
    }

    /// Everything that is in it.
    pub fn contents(&self) -> Contents {
        let tables = match self {
            Self::Postgres(_) => {
                "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
                 WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('information_schema', 'pg_catalog')"
            }
            Self::Mariadb(_) => {
                "SELECT CONCAT('`', REPLACE(table_name, '`', '``'), '`') FROM information_schema.tables
                 WHERE table_type = 'BASE TABLE' AND table_schema = DATABASE()"
            }
        };
        let tables = self.rows(tables).into_iter();
        tables
            .map(|table| {
                let rows = self.rows(&format!("SELECT * FROM {table}"));
                let shown: BTreeSet<String> = rows.iter().cloned().collect();
                assert_eq!(rows.len(), shown.len(), "rows of {table} can be told apart");
                (table.replace(['"', '`'], "").replace("public.", ""), shown)
            })
            .collect()
    }

    /// The system as the map connects it.
    pub fn system(&self, map: &DataMap) -> Arc<dyn System> {
        let url = self.url();
        let connected = Connected::new(map, move |_| Some(url.clone()));
        connected.get("host").unwrap()
    }

    /// A map of its tables, as a profile writes them.
    pub fn map(&self, tables: &str) -> DataMap {
        let connector = match self {
            Self::Postgres(_) => "postgres",
            Self::Mariadb(_) => "mysql",
        };
        mapped(&format!("connector = \"{connector}\"\n{tables}"))
    }
}

/// The map with one system, `host`.
pub fn mapped(rest: &str) -> DataMap {
    #[derive(serde::Deserialize)]
    struct Profile {
        systems: DataMap,
    }
    let text = format!(
        "[[systems]]\nid = \"host\"\nname = {{ sv = \"S\", en = \"S\" }}\nurl = \"env:HOST\"\n{rest}"
    );
    toml::from_str::<Profile>(&text).unwrap().systems
}

/// A table of a profile, with `rest` added.
pub fn table(name: &str, rest: &str) -> String {
    let erase = if rest.contains("erase =") {
        ""
    } else {
        "erase = \"delete\"\n"
    };
    format!("[[systems.tables]]\nname = {name:?}\ncategory = \"c\"\norigin = \"provided\"\n{erase}{rest}\n")
}

/// The only system of a map.
pub fn only(map: &DataMap) -> &Mapped {
    &map.systems[0]
}

pub fn key(values: &[&str]) -> RowKey {
    RowKey(values.iter().map(|value| (*value).to_owned()).collect())
}

pub fn ids<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<RowKey> {
    values
        .into_iter()
        .map(|value| RowKey(vec![value.to_string()]))
        .collect()
}

pub fn roots(table: &str, keys: Vec<RowKey>) -> BTreeMap<String, Vec<RowKey>> {
    BTreeMap::from([(table.to_owned(), keys)])
}

pub fn by_email(email: &str) -> PersonKeys {
    PersonKeys {
        email: Some(email.to_owned()),
        ..PersonKeys::default()
    }
}

/// What hangs on these rows.
pub fn survey(system: &dyn System, map: &DataMap, roots: BTreeMap<String, Vec<RowKey>>) -> Survey {
    system.survey(&SurveyRequest::new(only(map), &[], roots)).unwrap()
}

/// The keys of a table's rows, in order.
pub fn keys_of(survey: &Survey, table: &str) -> Vec<String> {
    survey.rows(table).iter().map(|row| row.key.0.join("/")).collect()
}

/// Erases all that was surveyed, as the map orders it.
pub fn erase(system: &dyn System, map: &DataMap, survey: &Survey) {
    for table in only(map).erasure_order().unwrap() {
        let rows: Vec<RowKey> = survey
            .rows(&table.name)
            .iter()
            .map(|row| row.key.clone())
            .collect();
        let gone = system.delete(&table.name, &rows);
        assert_eq!(gone.unwrap(), rows.len() as u64, "{}", table.name);
    }
}
