//! Where the clusters of tests keep their data: in memory, where the machine gives enough of it.

use std::path::Path;

use nix::sys::statvfs::statvfs;
use tempfile::TempDir;

/// Near the root: the names of sockets are short, and PostgreSQL's account must get there.
pub const ALL: [&str; 2] = ["/dev/shm", "/tmp"];

/// More than all tests of a run hold at a time; containers often have 64 MiB.
const ENOUGH: u64 = 2 << 30;

/// A new directory. Each test makes databases of hundreds of files and removes them, which some file systems on disks
/// take ten times as long for.
pub fn directory(prefix: &str) -> TempDir {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    if holds(Path::new(ALL[0]), ENOUGH)
        && let Ok(made) = builder.tempdir_in(ALL[0])
    {
        return made;
    }
    builder.tempdir_in(ALL[1]).expect("a directory under /tmp")
}

fn holds(place: &Path, bytes: u64) -> bool {
    statvfs(place).is_ok_and(|it| it.blocks_available() * it.fragment_size() >= bytes)
}

#[test]
fn a_place_that_is_missing_or_too_small_is_passed_over() {
    assert!(holds(Path::new("/tmp"), 1));
    assert!(!holds(Path::new("/tmp"), u64::MAX));
    assert!(!holds(Path::new("/nowhere"), 1));
    assert!(directory("dataratt-place-").path().is_dir());
}
