//! What happens to the files of a host: what an erasure takes is gone, and every other file is what it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A directory as it was.
pub struct Disk {
    root: PathBuf,
    before: BTreeMap<String, Vec<u8>>,
}

impl Disk {
    /// Remembers all files below `root`.
    pub fn at(root: PathBuf) -> Self {
        let before = files(&root);
        assert!(before.len() > 50, "a host with files");
        Self { root, before }
    }

    /// Fails unless the entries of plans are gone, where `all` were carried out, and the others are as they were.
    #[track_caller]
    pub fn check(&self, erased: &BTreeSet<String>, all: bool) {
        let after = files(&self.root);
        for (path, contents) in &self.before {
            match after.get(path) {
                Some(now) if !erased.contains(path) => assert_eq!(now, contents, "not as it was: {path}"),
                Some(_) => assert!(!all, "not deleted: {path}"),
                None => assert!(erased.contains(path), "deleted outside every plan: {path}"),
            }
        }
        for path in erased.iter().filter(|_| all) {
            assert!(!self.root.join(path).exists(), "not deleted: {path}");
        }
        let new: Vec<&String> = after
            .keys()
            .filter(|path| !self.before.contains_key(*path))
            .collect();
        assert!(new.is_empty(), "files that nobody put there: {new:?}");
    }
}

fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}
