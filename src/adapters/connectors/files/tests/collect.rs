//! Handing a person's files over: once, as they are read, with the checksum of what was given.

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use sha2::{Digest, Sha256};

use super::*;
use crate::domain::access::{CollectedColumn, CollectedRow, Reading};

/// What was given, and the most that was held at a time.
#[derive(Default)]
struct Sink {
    rows: Vec<CollectedRow>,
    counts: Vec<(String, u64)>,
    contents: Vec<u8>,
    longest: usize,
    keeps: bool,
    enough: Option<usize>,
}

impl RowSink for Sink {
    fn table(&mut self, _table: &str, columns: &[CollectedColumn]) -> ControlFlow<()> {
        assert_eq!(columns.len(), 5);
        ControlFlow::Continue(())
    }

    fn rows(&mut self, rows: Vec<CollectedRow>) -> ControlFlow<()> {
        self.rows.extend(rows);
        ControlFlow::Continue(())
    }

    fn contents(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.longest = self.longest.max(bytes.len());
        if self.keeps {
            self.contents.extend_from_slice(bytes);
        }
        match self.enough {
            Some(0) => ControlFlow::Break(()),
            Some(more) => {
                self.enough = Some(more - 1);
                ControlFlow::Continue(())
            }
            None => ControlFlow::Continue(()),
        }
    }

    fn count(&mut self, table: &str, rows: u64) -> ControlFlow<()> {
        self.counts.push((table.to_owned(), rows));
        ControlFlow::Continue(())
    }
}

fn collect(disk: &Disk, reading: Reading, sink: &mut Sink) -> Result<ControlFlow<()>, SystemError> {
    let request = CollectRequest {
        roots: BTreeMap::from([("sites".to_owned(), vec![key("www/anna")])]),
        tables: vec![("sites".to_owned(), reading)],
    };
    disk.system().collect(&request, sink)
}

fn value(row: &CollectedRow, at: usize) -> &str {
    row[at].as_deref().unwrap_or_default()
}

#[test]
fn each_file_is_given_with_its_path_length_and_checksum() {
    let disk = Disk::new();
    disk.link("index.html", "www/anna/link");
    mkfifo(&disk.root().join("www/anna/pipe"), Mode::S_IRWXU).unwrap();
    let mut sink = Sink {
        keeps: true,
        ..Sink::default()
    };
    assert!(collect(&disk, Reading::Rows, &mut sink).unwrap().is_continue());
    let mut at = 0;
    for row in &sink.rows {
        let path = value(row, 0);
        match value(row, 1) {
            "file" => {
                let length: usize = value(row, 2).parse().unwrap();
                let bytes = &sink.contents[at..at + length];
                at += length;
                assert_eq!(bytes, fs::read(disk.root().join(path)).unwrap());
                assert_eq!(value(row, 4), walk::hex(Sha256::digest(bytes)));
                assert!(value(row, 3).ends_with('Z'));
            }
            kind => assert!(
                ["link", "other"].contains(&kind) && row[2].is_none(),
                "{path} {kind}"
            ),
        }
    }
    assert_eq!(at, sink.contents.len());
    assert_eq!(sink.rows.len(), 4, "directories are none");
}

#[test]
fn a_count_reads_nothing() {
    let disk = Disk::new();
    let mut sink = Sink::default();
    let _flow = collect(&disk, Reading::Count, &mut sink).unwrap();
    assert_eq!(sink.counts, [("sites".to_owned(), 2)]);
    assert_eq!((sink.longest, sink.rows.len()), (0, 0));
}

#[test]
fn a_large_file_is_given_in_small_parts_and_giving_ends_when_asked() {
    let disk = Disk::new();
    let large = fs::File::create(disk.root().join("www/anna/large")).unwrap();
    large.set_len(64 * 1024 * 1024).unwrap();
    let mut sink = Sink::default();
    assert!(collect(&disk, Reading::Rows, &mut sink).unwrap().is_continue());
    assert!(sink.longest <= walk::BUFFER, "{}", sink.longest);
    let lengths: Vec<&str> = sink.rows.iter().map(|row| value(row, 2)).collect();
    assert!(lengths.contains(&"67108864"), "{lengths:?}");
    let mut sink = Sink {
        enough: Some(10),
        ..Sink::default()
    };
    assert!(collect(&disk, Reading::Rows, &mut sink).unwrap().is_break());
}

#[test]
fn more_than_a_package_holds_is_refused() {
    let disk = Disk::new();
    let large = fs::File::create(disk.root().join("www/anna/endless")).unwrap();
    large.set_len(1 << 42).unwrap();
    let refused = collect(&disk, Reading::Rows, &mut Sink::default()).unwrap_err();
    assert!(
        refused.to_string().contains("hand them over another way"),
        "{refused}"
    );
}

#[test]
fn a_file_that_grows_while_it_is_read_ends_where_it_did() {
    use std::io::Write;

    let disk = Disk::new();
    let path = disk.root().join("www/anna/growing");
    fs::write(&path, vec![b'x'; 200_000]).unwrap();
    let mut log = fs::OpenOptions::new().append(true).open(&path).unwrap();
    let root = place::open_root(&disk.root()).unwrap();
    let place = Place::of_key(&key("www/anna/growing")).unwrap();
    let file = walk::open_file(root.as_fd(), &place).unwrap().unwrap();
    let read = walk::read(&file, &mut |_| {
        log.write_all(&[b'y'; 100_000]).unwrap();
        Ok(())
    });
    assert_eq!(read.unwrap(), 200_000);
}
