//! Finding, surveying, freezing and removing trees as the map means it.

use std::collections::BTreeSet;

use super::*;
use crate::domain::organisation::Severity;

#[test]
fn values_of_other_systems_lead_to_trees_files_and_dated_backups() {
    let disk = Disk::new();
    disk.file("mail/kund.example/info/cur/1:2,S", "mail");
    disk.file("mail/kund.example/kontakt", "From a mbox");
    disk.file("backups/anna-2026-11-01.tar.gz", "1");
    disk.file("backups/anna-20261102.tar.gz", "2");
    disk.file("backups/anna-lisa-2026-11-01.tar.gz", "another's");
    disk.file("backups/anna-latest.tar.gz", "no date");
    let found = |table: &str, name: &str, value: &str| disk.linked(table, &[(name, value)]).unwrap();
    assert_eq!(found("sites", "login", "anna"), ["www/anna"]);
    assert_eq!(found("sites", "login", "nobody"), Vec::<String>::new());
    assert_eq!(
        found("mail", "address", "info@kund.example"),
        ["mail/kund.example/info"]
    );
    assert_eq!(
        found("mail", "address", "kontakt@kund.example"),
        ["mail/kund.example/kontakt"]
    );
    assert_eq!(
        found("mail", "address", "info@other.example"),
        Vec::<String>::new()
    );
    assert_eq!(
        found("backups", "login", "anna"),
        ["backups/anna-2026-11-01.tar.gz", "backups/anna-20261102.tar.gz"]
    );
    assert_eq!(disk.linked("sites", &[]).unwrap(), Vec::<String>::new());
}

#[test]
fn a_persons_own_key_leads_to_their_files_and_is_told() {
    let disk = Disk::new();
    disk.file("invoices/1017/F1.pdf", "pdf");
    let keys = PersonKeys {
        customer_number: Some("1017".to_owned()),
        email: Some("anna@kund.example".to_owned()),
        ..PersonKeys::default()
    };
    let table = disk.map.table("invoices").unwrap();
    let found = disk.system().find(table, &keys, 100).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].key, key("invoices/1017"));
    assert_eq!(found[0].keys.customer_number.as_deref(), Some("1017"));
    assert_eq!(found[0].keys.email, None, "it is no part of the path");
    assert!(
        disk.system()
            .find(table, &PersonKeys::default(), 100)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_tree_is_told_entry_by_entry_with_lengths() {
    let disk = Disk::new();
    let rows = disk
        .survey("sites", &["www/anna", "www/anna", "www/gone"])
        .unwrap();
    let told: Vec<(String, &str)> = rows
        .iter()
        .map(|row| (row.key.0.concat(), row.values[BYTES].as_str()))
        .collect();
    let expected = [
        ("www/anna/", "0"),
        ("www/anna/css/", "0"),
        ("www/anna/css/a.css", "3"),
        ("www/anna/index.html", "13"),
    ];
    assert_eq!(told, expected.map(|(path, bytes)| (path.to_owned(), bytes)));
}

#[test]
fn removing_leaves_nothing_of_it_and_all_of_others_and_can_be_repeated() {
    let disk = Disk::new();
    let rows = keys(&disk.survey("sites", &["www/anna"]).unwrap());
    assert_eq!(disk.system().delete("sites", &rows).unwrap(), 4);
    assert!(!disk.has("www/anna") && disk.has("www/bo/index.html"));
    assert_eq!(disk.system().delete("sites", &rows).unwrap(), 0);
    assert!(disk.survey("sites", &["www/anna"]).unwrap().is_empty());
}

#[test]
fn what_arrives_meanwhile_stops_the_removal_until_it_is_declared() {
    let disk = Disk::new();
    let rows = keys(&disk.survey("sites", &["www/anna"]).unwrap());
    disk.file("www/anna/css/new.css", "new");
    let stopped = disk.system().delete("sites", &rows).unwrap_err();
    assert_eq!(stopped.code(), "system_unavailable");
    assert!(stopped.to_string().contains("new files arrived"), "{stopped}");
    assert!(disk.has("www/anna/css/new.css") && !disk.has("www/anna/index.html"));
    let rows = keys(&disk.survey("sites", &["www/anna"]).unwrap());
    assert_eq!(
        rows,
        [
            key("www/anna/"),
            key("www/anna/css/"),
            key("www/anna/css/new.css")
        ]
    );
    assert_eq!(disk.system().delete("sites", &rows).unwrap(), 3);
    assert!(!disk.has("www/anna"));
}

#[test]
fn a_freeze_takes_permissions_and_gives_them_back() {
    let disk = Disk::new();
    let (system, site) = (disk.system(), disk.root().join("www/anna"));
    fs::set_permissions(&site, fs::Permissions::from_mode(0o755)).unwrap();
    let roots = BTreeMap::from([("sites".to_owned(), vec![key("www/anna"), key("www/gone")])]);
    let before = system.accounts(&roots).unwrap();
    assert_eq!(before.len(), 1);
    assert_eq!(before[0].values["mode"].as_deref(), Some("0755"));
    assert_eq!(system.freeze(&roots).unwrap(), 1);
    assert_eq!(system.freeze(&roots).unwrap(), 1);
    assert_eq!(mode_of(&site), 0o700);
    assert_eq!(system.thaw(&before).unwrap(), 1);
    assert_eq!(mode_of(&site), 0o755);
    fs::set_permissions(&site, fs::Permissions::from_mode(0o711)).unwrap();
    assert_eq!(system.thaw(&before).unwrap(), 0, "somebody else changed it since");
    assert_eq!(mode_of(&site), 0o711);
}

#[test]
fn a_restriction_sets_permissions_where_they_are_as_they_were_and_lifting_puts_them_back() {
    let disk = Disk::new();
    let (system, site) = (disk.system(), disk.root().join("www/anna"));
    fs::set_permissions(&site, fs::Permissions::from_mode(0o755)).unwrap();
    let rows = disk.survey("sites", &["www/anna"]).unwrap();
    assert_eq!(rows[0].values["mode"], "0755");
    let change = |old: &str, new: &str| Correction {
        key: rows[0].key.clone(),
        column: "mode".to_owned(),
        old: Some(old.to_owned()),
        new: Some(new.to_owned()),
    };
    let (mark, lift) = ([change("0755", "0700")], [change("0700", "0755")]);
    assert_eq!(system.unrectified("sites", &mark).unwrap(), 1);
    assert_eq!(system.rectify("sites", &mark).unwrap(), 0);
    assert_eq!(system.rectify("sites", &mark).unwrap(), 0, "a second time");
    assert_eq!(system.unrectified("sites", &mark).unwrap(), 0);
    assert_eq!(mode_of(&site), 0o700);
    fs::set_permissions(&site, fs::Permissions::from_mode(0o750)).unwrap();
    assert_eq!(
        system.rectify("sites", &lift).unwrap(),
        1,
        "somebody changed it since"
    );
    assert_eq!(mode_of(&site), 0o750);
    fs::set_permissions(&site, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(system.rectify("sites", &lift).unwrap(), 0);
    assert_eq!(mode_of(&site), 0o755);
    let other = Correction {
        column: "owner".to_owned(),
        ..change("a", "b")
    };
    assert_eq!(
        system.rectify("sites", &[other]).unwrap_err().code(),
        "system_map_mismatch"
    );
}

#[test]
fn retained_files_are_known_by_their_contents_barred_and_purged_with_their_directory() {
    let disk = Disk::new();
    disk.file("invoices/1017/2024/F1.pdf", "pdf");
    disk.file("invoices/1017/2025/F2.pdf", "pdf");
    let rows = disk.survey("invoices", &["invoices/1017"]).unwrap();
    let system = disk.system();
    assert_eq!(
        keys(&rows),
        [key("invoices/1017/2024/F1.pdf"), key("invoices/1017/2025/F2.pdf")]
    );
    assert_eq!(rows[0].digest, rows[1].digest, "the same bytes");
    assert_eq!(rows[0].digest.len(), 64);
    assert!(rows[0].values[MODIFIED_ON].parse::<chrono::NaiveDate>().is_ok());
    assert_eq!(system.unbarred("invoices", &keys(&rows)).unwrap(), 2);
    assert_eq!(system.bar("invoices", &keys(&rows)).unwrap(), 2);
    assert_eq!(system.bar("invoices", &keys(&rows)).unwrap(), 0);
    assert_eq!(system.unbarred("invoices", &keys(&rows)).unwrap(), 0);
    let digests = system.digests("invoices", &keys(&rows)).unwrap();
    assert_eq!(digests[&rows[0].key], rows[0].digest);
    disk.file("invoices/1017/2024/other.txt", "no row of the purge");
    assert_eq!(system.delete("invoices", &keys(&rows)).unwrap(), 2);
    assert!(disk.has("invoices/1017/2024/other.txt") && !disk.has("invoices/1017/2025"));
    let rest = keys(&disk.survey("invoices", &["invoices/1017"]).unwrap());
    system.delete("invoices", &rest).unwrap();
    assert!(!disk.has("invoices/1017") && disk.has("invoices"));
}

#[test]
fn what_files_cannot_do_is_refused_by_name() {
    let disk = Disk::new();
    let (system, none) = (disk.system(), BTreeMap::new());
    let codes: BTreeSet<&str> = [
        system.reduce("sites", &[], &[]).unwrap_err().code(),
        system.stop("sites", &Stop::Delete, &none).unwrap_err().code(),
    ]
    .into();
    assert_eq!(codes, BTreeSet::from(["system_refused"]));
    let unknown = system.delete("nonsense", &[]).unwrap_err();
    assert_eq!(unknown.code(), "system_map_mismatch");
}

#[test]
fn a_check_says_what_is_missing_and_what_to_do() {
    let disk = Disk::new();
    let codes = |disk: &Disk| -> Vec<(String, &'static str)> {
        let found = disk.system().check().unwrap();
        assert!(
            found
                .iter()
                .all(|finding| finding.severity == Severity::Error && finding.remedy.len() > 20)
        );
        found
            .into_iter()
            .map(|finding| (finding.name, finding.code))
            .collect()
    };
    assert!(codes(&disk).is_empty());
    fs::remove_dir(disk.root().join("backups")).unwrap();
    fs::remove_dir(disk.root().join("mail")).unwrap();
    disk.link(disk.outside.path().join("victim"), "mail");
    let found = [("mail", "symbolic_link"), ("backups", "missing_directory")];
    assert_eq!(codes(&disk), found.map(|(table, code)| (table.to_owned(), code)));
    fs::remove_dir_all(disk.root()).unwrap();
    assert_eq!(codes(&disk), [("disk".to_owned(), "missing_directory")]);
    fs::create_dir(disk.root()).unwrap();
    assert_eq!(codes(&disk), [("disk".to_owned(), "empty_directory")]);
    fs::remove_dir(disk.root()).unwrap();
    fs::write(disk.root(), "a file").unwrap();
    assert_eq!(codes(&disk), [("disk".to_owned(), "no_directory")]);
}

#[test]
fn all_trees_are_told_page_by_page_with_the_keys_in_their_paths() {
    let disk = Disk::new();
    for (customer, file) in [("1017", "F1"), ("1018", "F2"), ("1019", "F3")] {
        disk.file(&format!("invoices/{customer}/{file}"), "pdf");
    }
    let (system, table) = (disk.system(), disk.map.table("invoices").unwrap());
    let first = system.page(table, None, 2).unwrap();
    let second = system.page(table, first.last().map(|row| &row.key), 2).unwrap();
    let numbers: Vec<Option<&str>> = first
        .iter()
        .chain(&second)
        .map(|row| row.keys.customer_number.as_deref())
        .collect();
    assert_eq!(numbers, [Some("1017"), Some("1018"), Some("1019")]);
    let sites = system.page(disk.map.table("sites").unwrap(), None, 10).unwrap();
    assert_eq!(sites.len(), 2);
    assert!(
        sites.iter().all(|row| row.keys == PersonKeys::default()),
        "a login is no key of a person"
    );
}

#[test]
fn a_marker_holds_the_latest_time_and_is_never_a_link() {
    let disk = Disk::new();
    let system = disk.system();
    let (early, late): (DateTime<Utc>, DateTime<Utc>) = (
        "2026-11-21T08:00:00Z".parse().unwrap(),
        "2026-11-22T08:00:00.000001Z".parse().unwrap(),
    );
    assert_eq!(system.marked().unwrap(), None);
    system.mark(late).unwrap();
    system.mark(early).unwrap();
    assert_eq!(system.marked().unwrap(), Some(late));
    fs::write(disk.root().join("marker"), "nonsense").unwrap();
    assert_eq!(system.marked().unwrap(), None);
    fs::remove_file(disk.root().join("marker")).unwrap();
    disk.link(disk.outside.path().join("canary"), "marker");
    disk.link(disk.outside.path().join("canary"), "marker.new");
    assert!(system.marked().is_err() && system.mark(late).is_err());
    disk.assert_outside_untouched();
}

#[test]
fn the_directory_of_a_persons_domain_goes_with_the_last_mailbox_in_it() {
    let disk = Disk::new();
    disk.file("mail/kund.example/info/cur/1", "mail");
    disk.file("mail/kund.example/kontakt/cur/1", "mail");
    for (mailbox, left) in [("info", true), ("kontakt", false)] {
        let rows = keys(
            &disk
                .survey("mail", &[&format!("mail/kund.example/{mailbox}")])
                .unwrap(),
        );
        assert_eq!(disk.system().delete("mail", &rows).unwrap(), 3);
        assert_eq!(disk.has("mail/kund.example"), left);
    }
    assert!(disk.has("mail"), "what is everybody's stays");
}
