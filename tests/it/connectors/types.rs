//! Values of every ordinary type of MariaDB's: as keys, in checksums, in what people get, emptied. PostgreSQL's are
//! tried beside its connector.

use std::ops::ControlFlow;

use dataratt::domain::access::{CollectRequest, CollectedColumn, CollectedRow, ColumnKind, Reading};
use dataratt::domain::data_map::DataMap;
use dataratt::services::ports::{RowSink, SystemError};
use rstest::rstest;

use super::place::{On, Place, ids, key, keys_of, roots, survey, table};

#[rstest]
#[case("int", "-1", "1")]
#[case("bigint", "9007199254740993", "9007199254740992")]
#[case("bigint unsigned", "18446744073709551615", "18446744073709551614")]
#[case("int(5) zerofill", "00012", "00013")]
#[case("tinyint(1)", "1", "0")]
#[case(
    "decimal(30, 10)",
    "12345678901234567890.0000000001",
    "12345678901234567890.0000000002"
)]
#[case("double", "0.1", "0.10000000000000002")]
#[case("float", "0.10000000149011612", "0.2")]
#[case("bit(8)", "5", "6")]
#[case("year", "2026", "2025")]
#[case("varchar(20) COLLATE utf8mb4_swedish_ci", "åke", "ake")]
#[case("varchar(20) COLLATE utf8mb4_bin", "a", "A")]
#[case("char(5) CHARACTER SET latin1", "åäö", "ÅÄÖ!")]
#[case("varchar(20)", "a\\'`\"%_", "a")]
#[case("enum('on', 'off', '2')", "2", "off")]
#[case("date", "2026-11-21", "2026-11-22")]
#[case("datetime(6)", "2026-11-21 12:00:00.000001", "2026-11-21 12:00:00.000002")]
#[case("timestamp", "2026-11-21 12:00:00", "2026-11-21 12:00:01")]
#[case("time(3)", "-12:00:00.001", "12:00:00.001")]
#[case("binary(4)", "0x00FF0001", "0x00FF0002")]
#[case("varbinary(9)", "0xC3", "0x41")]
#[case(
    "uuid",
    "00000000-0000-0000-0000-000000000001",
    "00000000-0000-0000-0000-000000000002"
)]
#[case("inet6", "::1", "::2")]
fn a_key_of_any_type_means_one_row(#[case] of: &str, #[case] one: &str, #[case] other: &str) {
    let written = |value: &str| match of {
        _ if of.contains("binary") => value.to_owned(),
        "bit(8)" => value.to_owned(),
        _ => format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''")),
    };
    let place = Place::new(
        On::Mariadb,
        &format!("CREATE TABLE t (k {of} PRIMARY KEY, n int)"),
    );
    place.run(&format!(
        "SET time_zone = '+00:00'; INSERT INTO t VALUES ({}, 1), ({}, 2)",
        written(one),
        written(other)
    ));
    let map = place.map(&table("t", "key = [\"k\"]"));
    let system = place.system(&map);
    let found = survey(&*system, &map, roots("t", vec![key(&[one])]));
    assert_eq!(keys_of(&found, "t"), [one]);
    assert_eq!(system.delete("t", &[key(&[one])]).unwrap(), 1);
    assert_eq!(system.delete("t", &[key(&[one])]).unwrap(), 0);
    assert_eq!(place.rows("SELECT n FROM t"), ["2"]);
}

#[rstest]
#[case("int", "1", "1x")]
#[case("int", "0", "")]
#[case("decimal(5, 2)", "1.00", "1.00x")]
#[case("double", "1", "one")]
#[case("bit(8)", "1", "true?")]
#[case("binary(2)", "ab", "ab")]
fn a_key_that_is_none_is_refused_and_nothing_goes(#[case] of: &str, #[case] held: &str, #[case] meant: &str) {
    let place = Place::new(
        On::Mariadb,
        &format!("CREATE TABLE t (k {of} PRIMARY KEY); INSERT INTO t VALUES ('{held}')"),
    );
    let held = if of.starts_with("bit") {
        "INSERT IGNORE INTO t VALUES (1)"
    } else {
        "DO 0"
    };
    place.run(held);
    let system = place.system(&place.map(&table("t", "key = [\"k\"]")));
    let refused = system.delete("t", &[key(&[meant])]).unwrap_err();
    assert!(matches!(refused, SystemError::Refused { .. }), "{refused}");
    assert!(!place.rows("SELECT 1 FROM t").is_empty());
}

/// What a collation takes for the same is not what was approved.
#[test]
fn another_row_in_the_place_of_a_key_is_not_the_row() {
    let place = Place::new(
        On::Mariadb,
        "CREATE TABLE t (k varchar(20) COLLATE utf8mb4_general_ci PRIMARY KEY, n int, UNIQUE (n, k));
         INSERT INTO t VALUES ('Anna', 1), ('bo', 2)",
    );
    for columns in ["key = [\"k\"]", "key = [\"n\", \"k\"]"] {
        let map = place.map(&table("t", columns));
        let system = place.system(&map);
        let wanted = if columns.contains('n') {
            vec![key(&["1", "anna"]), key(&["2", "BO"])]
        } else {
            vec![key(&["anna"])]
        };
        let found = survey(&*system, &map, roots("t", wanted.clone()));
        assert!(found.rows("t").is_empty());
        assert_eq!(system.delete("t", &wanted).unwrap(), 0);
    }
}

const EVERYTHING: &str = "
    CREATE TABLE t (
        id int PRIMARY KEY, tiny tinyint(1) NOT NULL, big bigint unsigned NOT NULL, zero int(6) zerofill NOT NULL,
        deci decimal(20, 4) NOT NULL, flo float NOT NULL, dou double NOT NULL, bits bit(9) NOT NULL, y year NOT NULL,
        c char(5) CHARACTER SET latin1 NOT NULL, v varchar(20) NOT NULL, tx longtext NOT NULL, js json NOT NULL,
        se set('a', 'b') NOT NULL, d date NOT NULL, dt datetime(3) NOT NULL, ts timestamp NOT NULL DEFAULT '2026-01-01',
        ti time NOT NULL, b binary(3) NOT NULL, vb varbinary(9) NOT NULL, bl longblob NOT NULL, u uuid NOT NULL,
        i6 inet6 NOT NULL, en enum('x', 'y'), nothing text, made varchar(20) AS (CONCAT(v, '!')) STORED);
    SET time_zone = '+00:00';
    INSERT INTO t (id, tiny, big, zero, deci, flo, dou, bits, y, c, v, tx, js, se, d, dt, ts, ti, b, vb, bl, u, i6, en)
    VALUES (1, 1, 18446744073709551615, 42, 1.5, 0.1, 1e20, 257, 2026, 'åäö', 'Åsa 😀', 'two\\nlines', '{\"a\": [1]}',
        'a,b', '2026-11-21', '2026-11-21 12:00:00.123', '2026-11-21 12:00:00', '08:30:00', X'00FF00', X'C3', X'0001',
        '00000000-0000-0000-0000-000000000001', '::1', 'x'), (2, 0, 0, 0, 0, 0, 0, 0, 2025, '', '', '', '[]', '',
        '2025-01-01', '2025-01-01', '2025-01-01', '00:00:00', '', '', '', UUID(), '::', NULL)";

fn everything() -> (Place, DataMap) {
    let place = Place::new(On::Mariadb, EVERYTHING);
    let map = place.map(&table(
        "t",
        "erase = { delete = true, else_reduce_to = [\"id\"] }",
    ));
    (place, map)
}

#[test]
fn the_checksum_tells_every_change() {
    let (place, map) = everything();
    let system = place.system(&map);
    let digest = || {
        system
            .digests("t", &ids([1]))
            .unwrap()
            .remove(&key(&["1"]))
            .unwrap()
    };
    let before = digest();
    for change in [
        "tiny = 0",
        "big = big - 1",
        "zero = 43",
        "deci = 1.5001",
        "flo = 0.10000001",
        "dou = dou * 1.0000000000000002",
        "bits = 256",
        "y = 2025",
        "c = 'aäö'",
        "v = 'åsa 😀'",
        "tx = 'two\\r\\nlines'",
        "js = '{\"a\":[1]}'",
        "se = 'a'",
        "d = '2026-11-22'",
        "dt = '2026-11-21 12:00:00.124'",
        "ts = '2026-11-21 12:00:01'",
        "ti = '08:30:01'",
        "b = X'00FF01'",
        "vb = X'E3'",
        "bl = X'000100'",
        "u = '00000000-0000-0000-0000-000000000002'",
        "i6 = '::2'",
        "en = 'y'",
        "en = NULL",
        "nothing = ''",
        "nothing = '-'",
    ] {
        place.run(&format!(
            "SET time_zone = '+00:00'; UPDATE t SET {change} WHERE id = 1"
        ));
        assert_ne!(digest(), before, "{change}");
        place.run("DELETE FROM t");
        let insert = EVERYTHING.split_once("SET time_zone").unwrap().1;
        place.run(&format!("SET time_zone{insert}"));
        assert_eq!(digest(), before, "{change}");
    }
    place.run("SET GLOBAL time_zone = '+05:00'");
    let elsewhere = place.system(&map).digests("t", &ids([1])).unwrap();
    place.run("SET GLOBAL time_zone = 'SYSTEM'");
    assert_eq!(elsewhere[&key(&["1"])], before);
}

/// Keeps the rows it gets.
#[derive(Default)]
struct Kept(Vec<CollectedColumn>, Vec<CollectedRow>);

impl RowSink for Kept {
    fn table(&mut self, _table: &str, columns: &[CollectedColumn]) -> ControlFlow<()> {
        self.0 = columns.to_vec();
        ControlFlow::Continue(())
    }

    fn rows(&mut self, rows: Vec<CollectedRow>) -> ControlFlow<()> {
        self.1.extend(rows);
        ControlFlow::Continue(())
    }

    fn count(&mut self, _table: &str, _rows: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[test]
fn everything_comes_as_others_can_read_it() {
    let (place, map) = everything();
    let request = CollectRequest {
        roots: roots("t", ids([1])),
        tables: vec![("t".to_owned(), Reading::Rows)],
    };
    let mut kept = Kept::default();
    assert!(
        place
            .system(&map)
            .collect(&request, &mut kept)
            .unwrap()
            .is_continue()
    );
    let told: Vec<String> = kept
        .0
        .iter()
        .zip(&kept.1[0])
        .map(|(column, value)| {
            let kind = match column.kind {
                ColumnKind::Text => "",
                ColumnKind::Number => "#",
                ColumnKind::Json => "{}",
                ColumnKind::Binary => "64:",
            };
            format!("{} {kind}{}", column.name, value.as_deref().unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "id #1",
            "tiny #1",
            "big #18446744073709551615",
            "zero #42",
            "deci #1.5000",
            "flo #0.10000000149011612",
            "dou #1e20",
            "bits #257",
            "y #2026",
            "c åäö",
            "v Åsa 😀",
            "tx two\nlines",
            "js {}{\"a\": [1]}",
            "se a,b",
            "d 2026-11-21",
            "dt 2026-11-21T12:00:00.123",
            "ts 2026-11-21T12:00:00+00:00",
            "ti 08:30:00",
            "b 64:AP8A",
            "vb 64:ww==",
            "bl 64:AAE=",
            "u 00000000-0000-0000-0000-000000000001",
            "i6 ::1",
            "en x",
            "nothing -",
            "made Åsa 😀!",
        ]
    );
}

#[test]
fn every_type_but_enumerations_can_be_emptied() {
    let (place, map) = everything();
    let system = place.system(&map);
    let keep = ["id".to_owned()];
    assert_eq!(system.unreduced("t", &keep, &ids([1])).unwrap(), 1);
    for _twice in 0..2 {
        assert_eq!(system.reduce("t", &keep, &ids([1, 9])).unwrap(), 1);
        assert_eq!(system.unreduced("t", &keep, &ids([1])).unwrap(), 0);
    }
    let shown = "SELECT id, tiny, big, zero, deci, flo, dou, bits + 0, y, c, v, tx, js, se, d, dt, ti, HEX(b), vb, bl, u, i6, en FROM t WHERE id = 1";
    assert_eq!(
        place.rows(shown),
        [
            "1|0|0|000000|0.0000|0|0|0|1970||||{}||1970-01-01|1970-01-01 00:00:01.000|00:00:00|000000|||\
          00000000-0000-0000-0000-000000000000|::|-"
        ]
    );
    place.run("UPDATE t SET c = 'x' WHERE id = 1");
    assert_eq!(system.unreduced("t", &keep, &ids([1])).unwrap(), 1);
    place.run("UPDATE t SET en = 'x'; ALTER TABLE t MODIFY en enum('x', 'y') NOT NULL");
    let refused = system.reduce("t", &keep, &ids([1])).unwrap_err();
    assert!(refused.to_string().contains("t.en"), "{refused}");
}
