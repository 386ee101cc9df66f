//! Both key stores keep the same promises.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;

use dataratt::adapters::keys::{DatabaseKeys, DirectoryKeys};
use dataratt::services::ports::KeyStore;
use uuid::Uuid;

use crate::support::database::{Database, empty_database};

/// A store, and what must live as long as it.
struct Place {
    directory: tempfile::TempDir,
    database: Option<Database>,
}

impl Place {
    fn directory() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            database: None,
        }
    }

    fn database() -> Self {
        Self {
            database: Some(empty_database()),
            ..Self::directory()
        }
    }

    fn open(&self) -> Box<dyn KeyStore> {
        match &self.database {
            Some(database) => Box::new(DatabaseKeys::open(&database.owner_url()).unwrap()),
            None => Box::new(DirectoryKeys::open(self.directory.path().join("deep/keys")).unwrap()),
        }
    }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n << 64 | n)
}

fn listed(store: &dyn KeyStore) -> Vec<Uuid> {
    let mut ids = Vec::new();
    store.list(&mut |id| ids.push(id)).unwrap();
    ids.sort();
    ids
}

#[rstest::rstest]
#[case(Place::directory())]
#[case(Place::database())]
fn a_key_is_kept_exchanged_and_destroyed(#[case] place: Place) {
    let store = place.open();
    assert_eq!(store.get(id(1)).unwrap(), None);
    store.put(id(1), b"one").unwrap();
    store.put(id(2), b"two").unwrap();
    assert!(store.replace(id(1), b"another").unwrap());
    let again = place.open();
    assert_eq!(again.get(id(1)).unwrap().unwrap(), b"another");
    assert_eq!(listed(&*again), [id(1), id(2)]);
    again.destroy(id(1)).unwrap();
    again.destroy(id(1)).unwrap();
    assert_eq!(store.get(id(1)).unwrap(), None);
    assert_eq!(listed(&*store), [id(2)]);
}

#[rstest::rstest]
#[case(Place::directory())]
#[case(Place::database())]
fn an_exchange_brings_no_destroyed_key_back(#[case] place: Place) {
    let store = place.open();
    assert!(!store.replace(id(1), b"never kept").unwrap());
    for n in 0..50 {
        store.put(id(n), b"key").unwrap();
        let (one, other) = (place.open(), place.open());
        thread::scope(|scope| {
            scope.spawn(|| one.replace(id(n), b"exchanged").unwrap());
            scope.spawn(|| other.destroy(id(n)).unwrap());
        });
        assert_eq!(store.get(id(n)).unwrap(), None);
    }
    assert_eq!(listed(&*store), Vec::<Uuid>::new());
}

#[rstest::rstest]
#[case(Place::directory())]
#[case(Place::database())]
fn instances_that_start_and_write_at_once_lose_nothing(#[case] place: Place) {
    thread::scope(|scope| {
        for thread in 0..8_u128 {
            let place = &place;
            scope.spawn(move || {
                let store = place.open();
                for n in 0..20 {
                    let id = id(thread * 20 + n);
                    store.put(id, id.as_bytes()).unwrap();
                }
            });
        }
    });
    let store = place.open();
    let ids = listed(&*store);
    assert_eq!(ids.len(), 160);
    for id in ids {
        assert_eq!(store.get(id).unwrap().unwrap(), id.as_bytes());
    }
}

/// All files under `folder`.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[test]
fn nobody_else_can_read_the_files_of_keys() {
    let place = Place::directory();
    place.open().put(id(300), b"key").unwrap();
    let root = place.directory.path().join("deep/keys");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let found = files(&root);
    assert_eq!(found.len(), 1);
    assert_eq!(mode(&found[0]), 0o600);
    assert_eq!(mode(found[0].parent().unwrap()), 0o700);
    assert_eq!(mode(&root), 0o700);
}

#[test]
fn what_a_killed_process_left_half_is_listed_and_destroyed() {
    let place = Place::directory();
    let store = place.open();
    // Ids that end alike lie in one folder.
    let (whole, half) = (id(1), id(257));
    store.put(whole, b"key").unwrap();
    let path = files(place.directory.path()).remove(0);
    fs::write(path.with_file_name(format!("{half}.new")), b"ha").unwrap();
    fs::write(path.with_extension("new"), b"half an exchange").unwrap();
    assert_eq!(store.get(half).unwrap(), None);
    assert_eq!(listed(&*store), [whole, half]);
    assert!(store.replace(whole, b"exchanged").unwrap());
    store.destroy(whole).unwrap();
    store.destroy(half).unwrap();
    assert_eq!(files(place.directory.path()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_lost_connection_is_made_anew() {
    let place = Place::database();
    let store = place.open();
    store.put(id(1), b"key").unwrap();
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'dataratt-keys' \
               AND datname = current_database()";
    assert_eq!(place.database.as_ref().unwrap().count(end), 1);
    assert_eq!(store.get(id(1)).unwrap().unwrap(), b"key");
}

#[test]
fn an_address_that_cannot_be_used_is_not_quoted() {
    let error = DatabaseKeys::open("postgresql://keys:s3cret@[").err().unwrap();
    assert!(!error.to_string().contains("s3cret"), "{error}");
}
