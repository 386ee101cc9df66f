//! Where profiles lie: in the binary, or on disk.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use rust_embed::Embed;

use super::ProfileError;

/// The `config` folder as it was when the binary was built.
#[derive(Embed)]
#[folder = "config/"]
struct Shipped;

const FOLDER: &str = "organisations/";
const ENDING: &str = ".toml";

/// Where a profile and the files it includes are read from.
pub(super) enum Source {
    Shipped,
    Disk,
}

impl Source {
    pub(super) fn read(&self, file: &str) -> Result<String, ProfileError> {
        let text = match self {
            Self::Disk => fs::read_to_string(file),
            Self::Shipped => shipped_text(file),
        };
        text.map_err(|source| ProfileError::Unreadable {
            file: file.to_owned(),
            source,
        })
    }
}

fn shipped_text(file: &str) -> io::Result<String> {
    let found = Shipped::get(file).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    String::from_utf8(found.data.into_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

pub(super) fn shipped_stems() -> Vec<String> {
    let mut stems: Vec<String> = Shipped::iter()
        .filter_map(|file| Some(file.strip_prefix(FOLDER)?.strip_suffix(ENDING)?.to_owned()))
        .collect();
    stems.sort();
    stems
}

pub(super) fn locate(name: &str) -> Result<(Source, String), ProfileError> {
    if name.contains('/') || name.ends_with(ENDING) {
        return Ok((Source::Disk, name.to_owned()));
    }
    let known = shipped_stems();
    if known.iter().any(|stem| stem == name) {
        Ok((Source::Shipped, format!("{FOLDER}{name}{ENDING}")))
    } else {
        Err(ProfileError::Unknown {
            name: name.to_owned(),
            known,
        })
    }
}

pub(super) fn stem(file: &str) -> String {
    Path::new(file)
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The path of `include`, which is relative to the folder of `file`, without `..` where it can be resolved.
pub(super) fn beside(file: &str, include: &str) -> String {
    let folder = Path::new(file).parent().unwrap_or_else(|| Path::new(""));
    let mut path = PathBuf::new();
    for part in folder.join(include).components() {
        let above_a_name = matches!(path.components().next_back(), Some(Component::Normal(_)));
        match part {
            Component::ParentDir if above_a_name => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("organisations/a.toml", "../systems/b.toml", "systems/b.toml")]
    #[case("organisations/a.toml", "b.toml", "organisations/b.toml")]
    #[case("organisations/a.toml", "./b.toml", "organisations/b.toml")]
    #[case("a.toml", "b.toml", "b.toml")]
    #[case("a.toml", "../b.toml", "../b.toml")]
    #[case("/etc/host/a.toml", "../b.toml", "/etc/b.toml")]
    #[case("/etc/host/a.toml", "/srv/b.toml", "/srv/b.toml")]
    fn an_include_is_relative_to_the_file_that_names_it(
        #[case] file: &str,
        #[case] include: &str,
        #[case] path: &str,
    ) {
        assert_eq!(beside(file, include), path);
    }

    #[rstest]
    #[case("admax", true, "organisations/admax.toml")]
    #[case("./admax.toml", false, "./admax.toml")]
    #[case("admax.toml", false, "admax.toml")]
    #[case("/etc/host", false, "/etc/host")]
    fn a_stem_ships_and_a_path_lies_on_disk(#[case] name: &str, #[case] ships: bool, #[case] file: &str) {
        let (source, found) = locate(name).unwrap();
        assert_eq!((matches!(source, Source::Shipped), found.as_str()), (ships, file));
    }
}
