//! The files of the sample host: a site for each domain and a Maildir for each mailbox of its first customers.

use std::fs;
use std::io;
use std::path::Path;

use postgres::{Client, NoTls};

use super::{SampleError, SampleServer, SampleSystem};

/// Under the service's data directory.
pub const FILES_DIRECTORY: &str = "sample-files";
/// Says that the directory is the sample host's, and may be made anew.
const MARKER: &str = ".sample-host";

/// A file of the sample host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// Where, below its directory.
    pub path: String,
    /// What it holds.
    pub contents: String,
}

/// The files of the first customers and of the nasty cases, as the hosting system knows them.
///
/// # Errors
/// `Database` when that cannot be read.
pub fn list_files(server: &SampleServer<'_>) -> Result<Vec<SampleFile>, SampleError> {
    let database = SampleSystem::Hosting.database();
    let at = |source| SampleError::Database { database, source };
    let mut client = Client::connect(&server.admin_url(database)?, NoTls).map_err(at)?;
    let mut files = Vec::new();
    let sites = client.query(
        "SELECT a.login_name, d.name FROM accounts a JOIN domains d ON d.account_id = a.id
         WHERE a.id <= 30 OR a.customer_no >= '9' ORDER BY a.id, d.id",
        &[],
    );
    for row in sites.map_err(at)? {
        let (login, domain): (String, String) = (row.get(0), row.get(1));
        files.push(SampleFile {
            path: format!("www/{login}/{domain}/index.html"),
            contents: format!("<!doctype html><title>{domain}</title>\n<h1>{domain}</h1>\n"),
        });
        files.push(SampleFile {
            path: format!("www/{login}/logs/{domain}.log"),
            contents: "192.0.2.7 - - \"GET / HTTP/1.1\" 200 71\n".repeat(3),
        });
    }
    let mails = client.query(
        "SELECT b.address, m.id, m.bytes FROM accounts a
         JOIN mailboxes b ON b.account_id = a.id JOIN messages m ON m.mailbox_id = b.id
         WHERE a.id <= 30 OR a.customer_no >= '9' ORDER BY a.id, b.id, m.id",
        &[],
    );
    for row in mails.map_err(at)? {
        let (address, id): (String, i64) = (row.get(0), row.get(1));
        if let Some((local, domain)) = address.split_once('@') {
            files.push(SampleFile {
                path: format!("mail/{domain}/{local}/cur/{id}.mx.host.example:2,S"),
                contents: format!("To: {address}\nSubject: {id}\n\nHej.\n"),
            });
        }
    }
    Ok(files)
}

/// Writes the files, in place of those of an earlier sample host.
///
/// # Errors
/// `Io` when they cannot be written, or something else lies there.
pub fn write_files(directory: &Path, files: &[SampleFile]) -> Result<(), SampleError> {
    let failed = |source| SampleError::Io {
        path: directory.to_owned(),
        source,
    };
    if directory.exists() {
        if !directory.join(MARKER).exists() {
            return Err(failed(io::Error::from(io::ErrorKind::AlreadyExists)));
        }
        fs::remove_dir_all(directory).map_err(failed)?;
    }
    let write = || {
        for kind in ["www", "mail"] {
            fs::create_dir_all(directory.join(kind))?;
        }
        fs::write(directory.join(MARKER), "made by `dataratt sample load`\n")?;
        for file in files {
            let path = directory.join(&file.path);
            if let Some(above) = path.parent() {
                fs::create_dir_all(above)?;
            }
            fs::write(path, &file.contents)?;
        }
        Ok(())
    };
    write().map_err(failed)
}
