//! What happens to the rows of a host's systems: triggers note every deletion and every change, whoever makes them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use dataratt::adapters::sample::SampleSystem;
use dataratt::domain::data_map::{DataMap, PurposeUse, Stop};
use dataratt::domain::erasure::Plan;
use postgres::{Client, NoTls};
use serde_json::Value;

use super::disk::Disk;

const NOTE: &str = "\
CREATE SCHEMA watch;
CREATE TABLE watch.notes (id bigserial PRIMARY KEY, tbl text NOT NULL, op text NOT NULL, old jsonb NOT NULL);
CREATE FUNCTION watch.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - '{STOPS}'::text[] IS NOT DISTINCT FROM to_jsonb(NEW) - '{STOPS}'::text[] THEN
        RETURN NULL;
    END IF;
    INSERT INTO watch.notes (tbl, op, old) VALUES (TG_TABLE_NAME, TG_OP, to_jsonb(OLD));
    RETURN NULL;
END
$$;";

/// A row of a system: system, table, key.
type RowName = (String, String, Vec<String>);

/// The triggers, and every row as it was when they were set.
pub struct Watch {
    systems: Vec<(String, String)>,
    map: DataMap,
    before: BTreeMap<RowName, String>,
    disk: Disk,
}

impl Watch {
    /// Watches the systems of `map`; `url` gives the address of their owner, `files` is the directory of the host's.
    pub fn over(map: &DataMap, files: PathBuf, url: impl Fn(SampleSystem) -> String) -> Self {
        let systems: Vec<(String, String)> = SampleSystem::ALL
            .into_iter()
            .map(|system| (system.database().replace("sample_", ""), url(system)))
            .collect();
        let mut watch = Self {
            systems,
            map: map.clone(),
            before: BTreeMap::new(),
            disk: Disk::at(files),
        };
        for (_, url) in &watch.systems {
            let mut client = Client::connect(url, NoTls).unwrap();
            client
                .batch_execute(&NOTE.replace("{STOPS}", &format!("{{{}}}", stops(map).join(","))))
                .unwrap();
            for table in tables(&mut client) {
                let sql = format!(
                    "CREATE TRIGGER watch AFTER UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION watch.note()"
                );
                client.batch_execute(&sql).unwrap();
            }
        }
        watch.before = watch.rows();
        watch
    }

    /// Every row there is now, as text.
    fn rows(&self) -> BTreeMap<RowName, String> {
        let mut all = BTreeMap::new();
        for (system, url) in &self.systems {
            let mut client = Client::connect(url, NoTls).unwrap();
            for table in tables(&mut client) {
                let sql = format!(
                    "SELECT array(SELECT r ->> k FROM unnest($1::text[]) k), (r - $2::text[])::text \
                     FROM {table} t, LATERAL to_jsonb(t) r"
                );
                let key = self.key(system, &table);
                for row in client.query(&sql, &[&key, &stops(&self.map)]).unwrap() {
                    all.insert((system.clone(), table.clone(), row.get(0)), row.get(1));
                }
            }
        }
        all
    }

    /// The columns that name a row of a table.
    fn key(&self, system: &str, table: &str) -> Vec<String> {
        let mapped = self.map.table(system, table);
        mapped.map_or_else(|| vec!["id".to_owned()], |table| table.key.clone())
    }

    /// Each change noted so far, in order: whether it was a deletion, and of what.
    fn notes(&self) -> Vec<(bool, RowName)> {
        let mut all = Vec::new();
        for (system, url) in &self.systems {
            let mut client = Client::connect(url, NoTls).unwrap();
            let sql = "SELECT tbl, op = 'DELETE', old FROM watch.notes ORDER BY id";
            for row in client.query(sql, &[]).unwrap() {
                let (table, deleted, old): (String, bool, Value) = (row.get(0), row.get(1), row.get(2));
                let text = |column: &String| {
                    old[column]
                        .as_str()
                        .map_or_else(|| old[column].to_string(), str::to_owned)
                };
                let key = self.key(system, &table).iter().map(text).collect();
                all.push((deleted, (system.clone(), table, key)));
            }
        }
        all
    }

    fn is_database(&self, system: &str) -> bool {
        self.systems.iter().any(|(known, _)| known == system)
    }

    fn planned(&self, plans: &[Plan]) -> Planned {
        let mut erased = planned(plans, "erase");
        let files = erased.extract_if(.., |(system, ..)| !self.is_database(system));
        Planned {
            files: files.map(|(_, _, key)| key.concat()).collect(),
            erased,
            reduced: planned(plans, "reduce"),
            retained: planned(plans, "retain"),
        }
    }

    /// How many rows have been deleted so far.
    pub fn deleted(&self) -> usize {
        self.notes().iter().filter(|(deleted, _)| *deleted).count()
    }

    /// The column that bars a row of that table from other use.
    fn bar(&self, (system, table, _): &RowName) -> Option<&str> {
        let rule = self.map.table(system, table)?.erase.retain()?;
        rule.bar.as_ref().map(|bar| bar.column.as_str())
    }

    /// Fails unless every row that these plans erase was deleted exactly once, every row they reduce was changed
    /// exactly once, retained rows were changed at most once and in what bars them alone, accounts were frozen at most
    /// once, and every other row is what it was.
    #[track_caller]
    pub fn check(&self, plans: &[Plan]) {
        let planned = self.planned(plans);
        self.nothing_unplanned(&planned);
        self.all_planned(&planned);
        self.others_stay(&planned);
    }

    /// As [`Self::check`], when some of the plans may not have been carried out to the end.
    #[track_caller]
    pub fn check_at_most(&self, plans: &[Plan]) {
        let planned = self.planned(plans);
        self.nothing_unplanned(&planned);
        self.others_stay(&planned);
    }

    /// As [`Self::check`], going by the triggers alone: without a look at every row.
    #[track_caller]
    pub fn check_noted(&self, plans: &[Plan]) {
        let planned = self.planned(plans);
        self.nothing_unplanned(&planned);
        self.all_planned(&planned);
    }

    #[track_caller]
    fn all_planned(&self, planned: &Planned) {
        self.disk.check(&planned.files, true);
        let notes = self.notes().into_iter();
        let deleted: BTreeSet<RowName> = notes
            .filter_map(|(deleted, name)| deleted.then_some(name))
            .collect();
        for name in &planned.erased {
            assert!(deleted.contains(name), "not deleted: {name:?}");
        }
    }

    #[track_caller]
    fn nothing_unplanned(&self, planned: &Planned) {
        self.disk.check(&planned.files, false);
        let freezes: BTreeSet<(String, String)> = self
            .map
            .systems
            .iter()
            .filter_map(|system| Some((system.id.clone(), system.freeze.as_ref()?.table.clone())))
            .collect();
        let (mut deletions, mut changes) = (BTreeMap::new(), BTreeMap::new());
        for (deleted, name) in self.notes() {
            let counts = if deleted { &mut deletions } else { &mut changes };
            *counts.entry(name).or_insert(0_u32) += 1;
        }
        for (name, times) in &deletions {
            assert!(
                planned.erased.contains(name),
                "deleted outside every plan: {name:?}"
            );
            assert_eq!(*times, 1, "deleted twice: {name:?}");
        }
        for (name, times) in &changes {
            let frozen = freezes.contains(&(name.0.clone(), name.1.clone()));
            let barred = self.bar(name).is_some() && planned.retained.contains(name);
            let may = planned.reduced.contains(name) || barred || frozen && planned.erased.contains(name);
            assert!(may, "changed outside every plan: {name:?}");
            assert_eq!(*times, 1, "changed twice: {name:?}");
        }
    }

    #[track_caller]
    fn others_stay(&self, planned: &Planned) {
        let after = self.rows();
        for (name, row) in &self.before {
            let now = after.get(name);
            if now == Some(row) || planned.erased.contains(name) || planned.reduced.contains(name) {
                continue;
            }
            let bar = self.bar(name).filter(|_| planned.retained.contains(name));
            let without = |row: &String| {
                let mut row: Value = serde_json::from_str(row).unwrap();
                if let (Some(bar), Value::Object(columns)) = (bar, &mut row) {
                    columns.remove(bar);
                }
                row
            };
            assert_eq!(now.map(without), Some(without(row)), "not as it was: {name:?}");
        }
        let new: Vec<_> = after
            .keys()
            .filter(|name| !self.before.contains_key(*name))
            .collect();
        assert!(new.is_empty(), "rows that nobody put there: {new:?}");
    }
}

/// The rows that plans are about, by what they do to them, and the files that they erase.
struct Planned {
    files: BTreeSet<String>,
    erased: BTreeSet<RowName>,
    reduced: BTreeSet<RowName>,
    retained: BTreeSet<RowName>,
}

/// The columns that say whether a purpose is stopped: what an objection changes is no erasure's.
fn stops(map: &DataMap) -> Vec<String> {
    let set = |one: &PurposeUse| match &one.stop {
        Some(Stop::Set(set)) => set.keys().cloned().collect(),
        _ => vec![],
    };
    map.uses().flat_map(|(_, _, one)| set(one)).collect()
}

fn planned(plans: &[Plan], operation: &str) -> BTreeSet<RowName> {
    let mut names = BTreeSet::new();
    for part in plans.iter().flat_map(|plan| &plan.systems) {
        for table in &part.tables {
            if table.operation.name() == operation {
                let name = |key: &Vec<String>| (part.system.clone(), table.table.clone(), key.clone());
                names.extend(table.rows.iter().map(|row| name(&row.key.0)));
            }
        }
    }
    names
}

fn tables(client: &mut Client) -> Vec<String> {
    // The marker by which a restore is noticed is the service's own, and nobody's data.
    let sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'dataratt_marker' ORDER BY 1";
    let rows = client.query(sql, &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
