//! The schemas: as transcribed, and as Debian's packages publish them.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Software;

/// As it stands beside the tests.
pub fn transcribed(software: Software) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/maps/schemas");
    fs::read_to_string(folder.join(software.name()).with_extension("sql")).unwrap()
}

/// As the package has it. Postfixadmin's is made by a program of many steps, and is the transcribed one.
pub fn published(software: Software) -> String {
    match software {
        Software::MailAccounts => transcribed(software),
        Software::Powerdns => of(
            "pdns-backend-mysql",
            "usr/share/pdns-backend-mysql/schema/schema.mysql.sql",
        ),
        Software::Roundcube => of("roundcube-core", "usr/share/roundcube/SQL/mysql.initial.sql"),
        Software::RequestTracker => of("request-tracker5", "usr/share/request-tracker5/etc/schema.Pg"),
        Software::Wordpress => {
            let program = of("wordpress", "usr/share/wordpress/wp-admin/includes/schema.php");
            let tables = program.split("CREATE TABLE $wpdb->").skip(1).filter_map(|text| {
                let (table, _) = text.split_once(") $charset_collate;")?;
                Some(table.replace("$max_index_length", "191"))
            });
            // Those of several sites have the names of those of one.
            let wanted = ["users ", "usermeta ", "comments ", "commentmeta ", "posts "];
            let wanted = wanted.map(|name| tables.clone().find(|table| table.starts_with(name)).unwrap());
            wanted.map(|table| format!("CREATE TABLE wp_{table});")).concat()
        }
    }
}

/// A file of a package, which is fetched from Debian.
fn of(package: &str, file: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program)
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{program} {package}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    run("apt-get", &["download", package]);
    let names = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let archive = names.into_iter().next().unwrap().into_string().unwrap();
    run("dpkg", &["-x", &archive, "x"]);
    fs::read_to_string(Path::new(folder.path()).join("x").join(file)).unwrap()
}
