//! Real directories: whose files are found, what removing leaves, and what nobody gets out by.

mod collect;
mod hostile;
mod trees;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;

/// A host's directory with a neighbour that nothing may touch.
struct Disk {
    outside: tempfile::TempDir,
    map: Arc<Mapped>,
}

const MAP: &str = r#"
id = "disk"
name = { sv = "Filer", en = "Files" }
connector = "files"
marker = "marker"
freeze = { table = "sites", set = { mode = "0700" } }

[[tables]]
name = "sites"
path = "www/{login}"
category = "hosted"
origin = "provided"
erase = "delete"

[[tables]]
name = "mail"
path = "mail/{address|domain}/{address|local}"
from = { system = "hosting", table = "mailboxes" }
category = "hosted"
origin = "observed"
erase = "delete"

[[tables]]
name = "backups"
path = "backups/{login}-{date}.tar.gz"
category = "hosted"
origin = "observed"
erase = "delete"

[[tables]]
name = "invoices"
path = "invoices/{customer_number}"
category = "accounting"
origin = "observed"
erase = { retain = "bookkeeping", fiscal_date = "modified_on", bar = { column = "mode", set = "0400" } }
"#;

impl Disk {
    fn new() -> Self {
        let disk = Self {
            outside: tempfile::tempdir().unwrap(),
            map: Arc::new(toml::from_str(MAP).unwrap()),
        };
        for name in ["www", "mail", "backups", "invoices"] {
            fs::create_dir_all(disk.root().join(name)).unwrap();
        }
        disk.file("www/anna/index.html", "<h1>Anna</h1>");
        disk.file("www/anna/css/a.css", "a{}");
        disk.file("www/bo/index.html", "<h1>Bo</h1>");
        fs::write(disk.outside.path().join("canary"), "untouched").unwrap();
        fs::create_dir_all(disk.outside.path().join("victim/deep")).unwrap();
        fs::write(disk.outside.path().join("victim/deep/precious"), "untouched").unwrap();
        fs::write(disk.outside.path().join("victim/index.html"), "untouched").unwrap();
        disk
    }

    fn root(&self) -> PathBuf {
        self.outside.path().join("srv")
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn link(&self, to: impl AsRef<Path>, path: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(to, path).unwrap();
    }

    fn has(&self, path: &str) -> bool {
        fs::symlink_metadata(self.root().join(path)).is_ok()
    }

    fn system(&self) -> FilesSystem {
        FilesSystem::new(Arc::clone(&self.map), self.root().to_str().unwrap()).unwrap()
    }

    fn linked(&self, table: &str, values: &[(&str, &str)]) -> Result<Vec<String>, SystemError> {
        let row = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let found = self
            .system()
            .linked(self.map.table(table).unwrap(), &[row.collect()], 100)?;
        Ok(found.into_iter().map(|row| row.key.0.concat()).collect())
    }

    fn survey(&self, table: &str, roots: &[&str]) -> Result<Vec<SurveyedRow>, SystemError> {
        let roots = BTreeMap::from([(table.to_owned(), roots.iter().map(|path| key(path)).collect())]);
        let request = SurveyRequest {
            roots,
            columns: BTreeMap::new(),
        };
        let survey = self.system().survey(&request)?;
        Ok(survey.rows(table).to_vec())
    }

    fn paths(&self, table: &str, root: &str) -> Vec<String> {
        let rows = self.survey(table, &[root]).unwrap();
        rows.into_iter().map(|row| row.key.0.concat()).collect()
    }

    /// What is outside the system's directory is as it was.
    fn assert_outside_untouched(&self) {
        for path in ["canary", "victim/deep/precious", "victim/index.html"] {
            let text = fs::read_to_string(self.outside.path().join(path));
            assert_eq!(text.ok().as_deref(), Some("untouched"), "{path}");
        }
    }
}

fn key(path: &str) -> RowKey {
    RowKey(vec![path.to_owned()])
}

fn keys(rows: &[SurveyedRow]) -> Vec<RowKey> {
    rows.iter().map(|row| row.key.clone()).collect()
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}
