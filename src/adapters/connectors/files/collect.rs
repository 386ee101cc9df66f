//! A person's files, read once and handed on as they are read; a row tells of each with the checksum of what was given.

use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;

use chrono::SecondsFormat;
use sha2::{Digest, Sha256};

use crate::domain::access::{CollectRequest, CollectedColumn, CollectedRow, ColumnKind, Reading};
use crate::domain::matching::RowKey;
use crate::services::ports::{FILE_COLUMNS, RowSink};

use super::error::Failure;
use super::place::{Kind, Place};
use super::walk::{Entry, hex, open_file, read, walk};

/// What one table of a person may hold to be handed over this way.
const MOST_FILES: u64 = 100_000;
const MOST_BYTES: u64 = 32 * 1024 * 1024 * 1024;

/// Ends a walk whose sink wants no more.
enum Stop {
    Sink,
    Failed(Failure),
}

pub(super) fn collect(
    root: BorrowedFd<'_>,
    request: &CollectRequest,
    sink: &mut dyn RowSink,
) -> Result<ControlFlow<()>, Failure> {
    let none = Vec::new();
    for (table, reading) in &request.tables {
        let roots = request.roots.get(table).unwrap_or(&none);
        let flow = match reading {
            Reading::Count => sink.count(table, count(root, roots)?),
            Reading::Rows => match give(root, table, roots, sink) {
                Ok(()) => ControlFlow::Continue(()),
                Err(Stop::Sink) => ControlFlow::Break(()),
                Err(Stop::Failed(failure)) => return Err(failure),
            },
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// How many files there are; directories are none.
fn count(root: BorrowedFd<'_>, roots: &[RowKey]) -> Result<u64, Failure> {
    let mut count = 0;
    for key in roots {
        walk(root, &Place::of_key(key)?, &mut |entry| {
            count += u64::from(entry.kind != Kind::Directory);
            Ok(())
        })?;
    }
    Ok(count)
}

fn give(root: BorrowedFd<'_>, table: &str, roots: &[RowKey], sink: &mut dyn RowSink) -> Result<(), Stop> {
    let wanted = |flow: ControlFlow<()>| if flow.is_break() { Err(Stop::Sink) } else { Ok(()) };
    wanted(sink.table(table, &columns()))?;
    let (mut files, mut bytes) = (0, 0);
    for key in roots {
        let top = Place::of_key(key)?;
        let mut stopped = false;
        let walked = walk(root, &top, &mut |entry| {
            if entry.kind == Kind::Directory {
                return Ok(());
            }
            files += 1;
            bytes += entry.bytes;
            if files > MOST_FILES || bytes > MOST_BYTES {
                return Err(Failure::refused(
                    "more files than a package can hold: hand them over another way",
                ));
            }
            match one(root, &entry, sink)? {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => {
                    stopped = true;
                    Err(Failure::Later("its reader stopped"))
                }
            }
        });
        match walked {
            Err(_) if stopped => return Err(Stop::Sink),
            walked => walked?,
        }
    }
    Ok(())
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

fn one(root: BorrowedFd<'_>, entry: &Entry, sink: &mut dyn RowSink) -> Result<ControlFlow<()>, Failure> {
    let mut row = row(entry);
    if entry.kind == Kind::File {
        // Gone since it was listed, or something else now: there is nothing to hand over.
        let Some(file) = open_file(root, &entry.place)? else {
            return Ok(ControlFlow::Continue(()));
        };
        let (mut hash, mut flow) = (Sha256::new(), ControlFlow::Continue(()));
        let length = read(&file, &mut |bytes| {
            hash.update(bytes);
            flow = sink.contents(bytes);
            if flow.is_break() {
                Err(Failure::Later("its reader stopped"))
            } else {
                Ok(())
            }
        });
        if flow.is_break() {
            return Ok(flow);
        }
        row.extend([
            Some(length?.to_string()),
            Some(entry.modified.to_rfc3339_opts(SecondsFormat::Secs, true)),
            Some(hex(hash.finalize())),
        ]);
    } else {
        row.extend([None, None, None]);
    }
    Ok(sink.rows(vec![row]))
}

fn row(entry: &Entry) -> CollectedRow {
    vec![Some(entry.place.written()), Some(entry.kind.name().to_owned())]
}

fn columns() -> Vec<CollectedColumn> {
    let column = |name: &&str| CollectedColumn {
        name: (*name).to_owned(),
        kind: if *name == "bytes" {
            ColumnKind::Number
        } else {
            ColumnKind::Text
        },
    };
    FILE_COLUMNS.iter().map(column).collect()
}
