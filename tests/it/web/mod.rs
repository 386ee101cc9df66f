//! The connector for services over HTTP, against servers in this process.

mod maps;
mod nasty;
mod service;
mod whole;

use std::sync::Arc;

use dataratt::adapters::connectors::Connected;
use dataratt::domain::data_map::{DataMap, System as Mapped};
use dataratt::domain::matching::{KeyKind, PersonKeys};
use dataratt::services::ports::{System, SystemError, Systems};
use serde::Deserialize;

use service::{KEY, Service};

const MAP: &str = r#"
id = "mailer"
name = { sv = "Utskickstjänsten", en = "The mail-out service" }
connector = "http"
url = "URL"
backups_expire_after_days = 7
freeze = { table = "contacts", set = { blocked = "true" } }
[http]
headers = { Authorization = "env:MAILER_KEY" }
allow_addresses = ["127.0.0.0/8"]
timeout_seconds = 2
max_bytes = 100000
max_pages = 5
[[tables]]
name = "contacts"
person = { email = "email" }
category = "marketing"
origin = "observed"
erase = "delete"
rectify = { email = "email" }
restrict = { set = { blocked = "true" } }
[tables.http]
columns = { email = "/profile/email" }
find = [{ path = "/contacts?email={email}", rows = "/data", next = "/next", next_parameter = "after", total = "/total" }]
read = { path = "/contacts/{id}", rows = "/data" }
change = { method = "PATCH", path = "/contacts/{id}" }
erase = { method = "DELETE", path = "/contacts/{id}", job = { id = "/job/id", path = "/jobs/{job}", state = "/state", done = ["done"], failed = ["failed"], every_seconds = 0, within_seconds = 5 } }
[[tables]]
name = "events"
parent = { table = "contacts", on = { contact = "id" } }
category = "marketing"
origin = "observed"
erase = "delete"
[tables.http]
list = { path = "/contacts/{contact}/events" }
read = { path = "/events/{id}", rows = "/data" }
erase = { method = "DELETE", path = "/events/{id}" }
"#;

/// The system of the map at an address.
fn mapped(url: &str) -> Mapped {
    let map = MAP.replace("URL", url);
    Mapped::deserialize(toml::Deserializer::parse(&map).unwrap()).unwrap()
}

fn connected(mapped: &Mapped) -> Result<Arc<dyn System>, SystemError> {
    let map = DataMap {
        systems: vec![mapped.clone()],
    };
    Connected::new(&map, |name| (name == "MAILER_KEY").then(|| KEY.to_owned())).get("mailer")
}

fn of(service: &Service) -> (Mapped, Arc<dyn System>) {
    let mapped = mapped(&service.base);
    let system = connected(&mapped).unwrap();
    (mapped, system)
}

fn email(address: &str) -> PersonKeys {
    let mut keys = PersonKeys::default();
    keys.set(KeyKind::Email, Some(address.to_owned()));
    keys
}
