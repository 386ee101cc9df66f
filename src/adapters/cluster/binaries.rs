//! Finds PostgreSQL's programs on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ClusterError;

/// The oldest major version the service works with.
pub const MINIMUM_VERSION: u32 = 15;

/// A directory with `initdb` and `postgres` of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    /// Where the programs are.
    pub directory: PathBuf,
    /// The major version of PostgreSQL.
    pub version: u32,
}

impl Binaries {
    /// The first that will do: on PATH, as `pg_config` says, or under `/usr/lib/postgresql`, newest first.
    ///
    /// # Errors
    /// `NoBinaries`, with every place looked at.
    pub fn find() -> Result<Self, ClusterError> {
        let mut looked_at = Vec::new();
        let found = Self::find_in(candidates(), &mut looked_at);
        found.into_iter().next().ok_or(ClusterError::NoBinaries {
            minimum: MINIMUM_VERSION,
            looked_at,
        })
    }

    /// All that will do, in the order of `find`; none is no error.
    #[must_use]
    pub fn find_all() -> Vec<Self> {
        Self::find_in(candidates(), &mut Vec::new())
    }

    /// Keeps those of `directories` that hold a supported server; says of the others what was wrong.
    fn find_in(directories: Vec<PathBuf>, looked_at: &mut Vec<String>) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for directory in directories {
            if found.iter().any(|known| known.directory == directory) {
                continue;
            }
            match probe(&directory) {
                Ok(version) => found.push(Self { directory, version }),
                Err(reason) => looked_at.push(format!("{} ({reason})", directory.display())),
            }
        }
        found
    }

    /// The path of one of the programs.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// The places in the order of preference.
fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = env::split_paths(&path)
        .filter(|place| {
            place.is_absolute() && place.join("postgres").exists() && place.join("initdb").exists()
        })
        .map(|place| resolved(&place))
        .collect();
    places.extend(said_by_pg_config());
    places.extend(newest_first(Path::new("/usr/lib/postgresql")));
    places
}

/// Follows the link of a `postgres` on PATH to the directory where its companions and libraries are.
fn resolved(place: &Path) -> PathBuf {
    let real = fs::canonicalize(place.join("postgres")).ok();
    let directory = real
        .as_deref()
        .and_then(Path::parent)
        .filter(|parent| parent.join("initdb").exists());
    directory.unwrap_or(place).to_owned()
}

fn said_by_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let directory = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(directory.trim())).filter(|place| place.is_absolute())
}

/// `ROOT/VERSION/bin` as Debian and its kin lay them out.
fn newest_first(root: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, place)| place).collect()
}

/// The major version of the server in that directory, or what is wrong with it.
fn probe(directory: &Path) -> Result<u32, String> {
    if !directory.join("initdb").exists() {
        return Err("no initdb".to_owned());
    }
    let output = Command::new(directory.join("postgres"))
        .arg("--version")
        .current_dir("/")
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    match major_version(&said) {
        Some(version) if version >= MINIMUM_VERSION => Ok(version),
        Some(version) => Err(format!("version {version}")),
        None => Err("its version is not told".to_owned()),
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` → 15; also `17beta1`.
fn major_version(said: &str) -> Option<u32> {
    let (_, after) = said.split_once("(PostgreSQL)")?;
    let digits: String = after
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15))]
    #[case("postgres (PostgreSQL) 19beta1", Some(19))]
    #[case("postgres (PostgreSQL) 9.6.24", Some(9))]
    #[case("postgres (PostgreSQL) devel", None)]
    #[case("bash, version 5", None)]
    fn reads_the_major_version(#[case] said: &str, #[case] expected: Option<u32>) {
        assert_eq!(major_version(said), expected);
    }

    fn fake(root: &Path, version: &str) -> PathBuf {
        let bin = root.join(version).join("bin");
        fs::create_dir_all(&bin).unwrap();
        for name in ["postgres", "initdb"] {
            fs::write(
                bin.join(name),
                format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}.1'\n"),
            )
            .unwrap();
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        bin
    }

    #[test]
    fn prefers_the_newest_and_says_why_others_were_passed_over() {
        let root = tempfile::tempdir().unwrap();
        let old = fake(root.path(), "9");
        let fifteen = fake(root.path(), "15");
        let seventeen = fake(root.path(), "17");
        fs::create_dir_all(root.path().join("16/bin")).unwrap();

        let mut looked_at = Vec::new();
        let found = Binaries::find_in(newest_first(root.path()), &mut looked_at);

        let directories: Vec<_> = found
            .iter()
            .map(|one| (one.version, one.directory.clone()))
            .collect();
        assert_eq!(directories, [(17, seventeen), (15, fifteen)]);
        assert_eq!(looked_at.len(), 2);
        assert!(
            looked_at.iter().any(|line| line.ends_with("(no initdb)")),
            "{looked_at:?}"
        );
        assert!(
            looked_at.contains(&format!("{} (version 9)", old.display())),
            "{looked_at:?}"
        );
    }

    #[test]
    fn a_link_on_path_leads_to_the_directory_with_the_companions() {
        let root = tempfile::tempdir().unwrap();
        let real = fake(root.path(), "15");
        let links = root.path().join("links");
        fs::create_dir(&links).unwrap();
        std::os::unix::fs::symlink(real.join("postgres"), links.join("postgres")).unwrap();
        assert_eq!(resolved(&links), fs::canonicalize(&real).unwrap());
    }

    #[test]
    fn this_machine_has_one() {
        let found = Binaries::find().unwrap();
        assert!(found.version >= MINIMUM_VERSION);
        assert!(found.program("initdb").is_file());
    }
}
