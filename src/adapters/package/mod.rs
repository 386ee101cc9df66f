//! Packages: a ZIP with a readable report, every table as CSV and JSON, and a manifest with the hash of each file.

mod csv;
mod json;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::json;
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::adapters::templates::look::OrganisationLook;
use crate::domain::organisation::Organisation;
use crate::domain::right::Right;
use crate::services::packages::facts::{PackageFacts, PackageSource, PackedTable, Packing};

/// The manifest's form; grows when a reader must know.
const SCHEMA_VERSION: &str = "1";
const MANIFEST: &str = "manifest.json";

/// Packages in the organisation's name.
pub struct ZipPacking {
    /// Names purposes, categories, systems and recipients.
    pub organisation: Arc<Organisation>,
    /// How it presents itself.
    pub look: OrganisationLook,
}

impl Packing for ZipPacking {
    fn pack(
        &self,
        facts: &PackageFacts,
        source: &mut dyn PackageSource,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut archive = Archive {
            zip: ZipWriter::new_stream(out),
            listed: Vec::new(),
        };
        let files = names(&self.organisation, facts);
        let report = report::render(self, facts, &files, source)?;
        archive.file(report::name(facts.language), |out| {
            out.write_all(report.as_bytes())
        })?;
        for file in &files {
            let Some(table) = facts.tables.get(file.table) else {
                continue;
            };
            archive.file(&file.name, |out| match file.form {
                Form::Csv => csv::write(table, file.table, source, out),
                Form::Json => json::write(table, file.table, source, out),
            })?;
        }
        for (at, table) in facts.tables.iter().enumerate().filter(|(_, table)| table.files) {
            let folder = folder(table);
            source.files(at, &mut |path, contents| {
                let name = format!("{folder}{}", safe(path));
                archive.file(&name, |out| io::copy(contents, out).map(|_| ()))
            })?;
        }
        self.manifest(facts, archive)
    }
}

impl ZipPacking {
    fn manifest(&self, facts: &PackageFacts, mut archive: Archive<'_>) -> io::Result<()> {
        let organisation = &self.organisation;
        let manifest = json!({
            "schema_version": SCHEMA_VERSION,
            "generated_at": facts.made_at,
            "case": facts.reference,
            "right": facts.right.name(),
            "article": facts.right.article(),
            "controller": {
                "name": organisation.name,
                "organisation_number": organisation.organisation_number,
                "email": organisation.contact.email,
            },
            "files": archive.listed,
        });
        let text = serde_json::to_vec_pretty(&manifest)?;
        archive.file(MANIFEST, |out| out.write_all(&text))?;
        archive.zip.finish()?;
        Ok(())
    }
}

/// The archive in the making, and what stands in it.
struct Archive<'a> {
    zip: ZipWriter<StreamWriter<&'a mut dyn Write>>,
    listed: Vec<serde_json::Value>,
}

impl Archive<'_> {
    fn file(&mut self, name: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(true);
        self.zip.start_file(name, options)?;
        let mut counted = Hashing {
            out: &mut self.zip,
            hash: Sha256::new(),
            bytes: 0,
        };
        write(&mut counted)?;
        let (bytes, hash) = (counted.bytes, counted.hash.finalize());
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        self.listed
            .push(json!({ "path": name, "bytes": bytes, "sha256": hex }));
        Ok(())
    }
}

struct Hashing<'a, W: Write> {
    out: &'a mut W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

/// A file in the package.
struct NamedFile {
    name: String,
    form: Form,
    /// The place of its table in the facts.
    table: usize,
}

/// What each file is called: the name that the map gives a table for those who take it along, else by system and table,
/// in both forms.
fn names(organisation: &Organisation, facts: &PackageFacts) -> Vec<NamedFile> {
    let mut taken = BTreeSet::new();
    let mut files = Vec::new();
    for (at, table) in facts
        .tables
        .iter()
        .enumerate()
        .filter(|(_, table)| !table.counted)
    {
        if facts.right == Right::Portability
            && let Some(name) = portable_name(organisation, table)
            && taken.insert(name.clone())
        {
            let form = if name.ends_with(".json") {
                Form::Json
            } else {
                Form::Csv
            };
            files.push(NamedFile {
                name,
                form,
                table: at,
            });
        }
        let stem = format!("data/{}/{}", plain(&table.system), plain(&table.table));
        for (form, ending) in [(Form::Csv, "csv"), (Form::Json, "json")] {
            let mut name = format!("{stem}.{ending}");
            // Two names that only differ in what a file name cannot hold.
            if !taken.insert(name.clone()) {
                name = format!("{stem}-{at}.{ending}");
            }
            files.push(NamedFile {
                name,
                form,
                table: at,
            });
        }
    }
    files
}

fn portable_name(organisation: &Organisation, table: &PackedTable) -> Option<String> {
    let mapped = organisation.map.table(&table.system, &table.table)?;
    mapped.portable_as.as_deref().map(plain)
}

/// Where the files of a table stand in the package.
fn folder(table: &PackedTable) -> String {
    format!("files/{}/{}/", plain(&table.system), plain(&table.table))
}

/// A path as it stood, but for characters that some file systems do not take, which go as `%` and two digits: two
/// files never get the same name. The connector wrote `%` itself so before.
fn safe(path: &str) -> String {
    let mut name = String::new();
    for c in path.chars() {
        if "\\:*?\"<>|".contains(c) {
            name.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            name.push(c);
        }
    }
    name
}

/// A name that every file system takes, and that leads nowhere else.
fn plain(name: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(safe).collect();
    name.trim_start_matches('.').to_owned()
}

/// Goes on to the next row.
const ON: io::Result<ControlFlow<()>> = Ok(ControlFlow::Continue(()));
