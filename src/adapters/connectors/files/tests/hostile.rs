//! Customers who write in their own directories try to get the connector out of them, and disks that are not well.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use rstest::rstest;

use super::*;

#[test]
fn links_in_a_tree_are_removed_and_not_followed() {
    let disk = Disk::new();
    disk.link(disk.outside.path().join("victim"), "www/anna/out");
    disk.link("../../../canary", "www/anna/css/canary");
    disk.link("..", "www/anna/loop");
    let rows = disk.survey("sites", &["www/anna"]).unwrap();
    assert!(rows.iter().all(|row| !row.key.0.concat().contains("precious")));
    assert_eq!(disk.system().delete("sites", &keys(&rows)).unwrap(), 7);
    assert!(!disk.has("www/anna") && disk.has("www/bo"));
    disk.assert_outside_untouched();
}

#[test]
fn a_tree_that_is_a_link_is_the_link() {
    let disk = Disk::new();
    disk.link(disk.outside.path().join("victim"), "www/eve");
    assert_eq!(disk.paths("sites", "www/eve"), ["www/eve"]);
    let roots = BTreeMap::from([("sites".to_owned(), vec![key("www/eve")])]);
    assert_eq!(
        disk.system().freeze(&roots).unwrap(),
        0,
        "the permissions of what it leads to stay"
    );
    assert_eq!(disk.system().delete("sites", &[key("www/eve")]).unwrap(), 1);
    disk.assert_outside_untouched();
}

#[test]
fn a_link_on_the_way_to_a_tree_stops_with_a_reason() {
    let disk = Disk::new();
    disk.link(disk.outside.path().join("victim"), "mail/kund.example");
    let refused = disk
        .linked("mail", &[("address", "deep@kund.example")])
        .unwrap_err();
    assert_eq!(refused.code(), "system_refused");
    assert!(refused.to_string().contains("symbolic link"), "{refused}");
    assert!(!refused.to_string().contains("kund"), "it names nobody");
    for path in ["mail/kund.example/deep", "mail/kund.example/deep/precious"] {
        assert!(disk.survey("mail", &[path]).is_err());
        assert!(disk.system().delete("mail", &[key(path)]).is_err());
    }
    disk.assert_outside_untouched();
}

#[rstest]
#[case("../canary")]
#[case("www/../../canary")]
#[case("www/./anna")]
#[case("/etc/passwd")]
#[case("www//anna")]
#[case("")]
#[case("%2E%2E/canary")]
#[case("www%2F..%2F..%2Fcanary")]
#[case("www/%2E")]
#[case("www/%00")]
#[case("www/%4")]
#[case("www/%ZZ")]
fn a_key_that_is_no_path_below_is_refused(#[case] path: &str) {
    let disk = Disk::new();
    let failed = disk.survey("sites", &[path]).unwrap_err();
    assert_eq!(failed.code(), "system_refused");
    assert!(disk.system().delete("sites", &[key(path)]).is_err());
    assert!(disk.system().digests("sites", &[key(path)]).is_err());
    disk.assert_outside_untouched();
}

#[rstest]
#[case("../outside")]
#[case("..")]
#[case("a/b")]
fn a_value_that_leads_elsewhere_is_refused_without_being_told(#[case] login: &str) {
    let disk = Disk::new();
    let refused = disk.linked("sites", &[("login", login)]).unwrap_err();
    assert!(
        refused
            .to_string()
            .ends_with("a value of login is no plain name of a file"),
        "{refused}"
    );
}

#[test]
fn names_of_any_bytes_are_told_apart_and_removed() {
    let disk = Disk::new();
    for name in [
        b"latin-\xe5".as_slice(),
        b"100%",
        b"line\nbreak",
        "å".as_bytes(),
        b"%E5",
        b"...",
    ] {
        fs::write(disk.root().join("www/anna").join(OsStr::from_bytes(name)), "x").unwrap();
    }
    let paths = disk.paths("sites", "www/anna");
    for name in ["latin-%E5", "100%25", "line%0Abreak", "å", "%25E5", "..."] {
        assert!(paths.contains(&format!("www/anna/{name}")), "{name} {paths:?}");
    }
    let rows = keys(&disk.survey("sites", &["www/anna"]).unwrap());
    assert_eq!(disk.system().delete("sites", &rows).unwrap(), 10);
    assert!(!disk.has("www/anna"));
}

/// A customer swaps a directory of theirs with a link to somebody else's, over and over, while it is removed.
#[test]
fn no_change_meanwhile_leads_outside() {
    let disk = Disk::new();
    let victim = disk.outside.path().join("victim");
    let done = AtomicBool::new(false);
    let (site, aside) = (
        disk.root().join("www/eve/deep"),
        disk.root().join("www/eve/aside"),
    );
    fs::create_dir_all(&site).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let _moved = fs::rename(&site, &aside);
                let _swapped = symlink(victim.join("deep"), &site);
                let _back = fs::remove_file(&site);
                let _made = fs::create_dir_all(&site);
                let _file = fs::write(site.join("precious"), "the customer's own");
                let _gone = fs::remove_dir_all(&aside);
            }
        });
        for _ in 0..400 {
            let own = [
                key("www/eve/deep/precious"),
                key("www/eve/deep/"),
                key("www/eve/deep"),
            ];
            for row in &own {
                let _removed = disk.system().delete("sites", std::slice::from_ref(row));
            }
            let roots = BTreeMap::from([("sites".to_owned(), vec![key("www/eve/deep")])]);
            let _frozen = disk.system().freeze(&roots);
            if let Ok(rows) = disk.survey("sites", &["www/eve"]) {
                let _removed = disk.system().delete("sites", &keys(&rows));
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    disk.assert_outside_untouched();
    assert_ne!(mode_of(&victim.join("deep")), 0o700, "nor are its permissions");
}

#[test]
fn a_root_that_is_gone_or_empty_answers_for_nobody() {
    let disk = Disk::new();
    fs::remove_dir_all(disk.root()).unwrap();
    let gone = disk.linked("sites", &[("login", "anna")]).unwrap_err();
    assert!(
        gone.retryable() && gone.to_string().contains("not there"),
        "{gone}"
    );
    fs::create_dir(disk.root()).unwrap();
    let empty = disk.linked("sites", &[("login", "anna")]).unwrap_err();
    assert!(
        empty.retryable() && empty.to_string().contains("mounted"),
        "{empty}"
    );
}

#[rstest]
#[case(Errno::EACCES, "a missing permission", false)]
#[case(Errno::EPERM, "immutable", false)]
#[case(Errno::EROFS, "read-only", false)]
#[case(Errno::EBUSY, "another file system", false)]
#[case(Errno::ENOSPC, "the disk is full", true)]
#[case(Errno::EDQUOT, "the disk is full", true)]
#[case(Errno::EIO, "cannot be read", true)]
#[case(Errno::ESTALE, "does not answer", true)]
#[case(Errno::EINVAL, "EINVAL", false)]
fn what_the_system_says_is_told_by_kind(#[case] errno: Errno, #[case] reason: &str, #[case] later: bool) {
    let told = Failure::from(errno).told_by("disk");
    assert_eq!(told.retryable(), later);
    assert!(told.to_string().contains(reason), "{told}");
}

#[test]
fn an_address_must_be_an_absolute_path() {
    let disk = Disk::new();
    let failed = FilesSystem::new(Arc::clone(&disk.map), "srv/www").err().unwrap();
    assert_eq!(failed.code(), "system_not_connected");
}
