//! A table as CSV (RFC 4180, UTF-8 with a mark that spreadsheets know it by).

use std::io::{self, Write};

use super::ON;
use crate::domain::access::{CollectedColumn, ColumnKind};
use crate::services::packages::facts::{PackageSource, PackedTable};

/// Writes the table.
pub(super) fn write(
    table: &PackedTable,
    index: usize,
    source: &mut dyn PackageSource,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let heads: Vec<String> = table
        .columns
        .iter()
        .map(|column| cell(&column.name, true))
        .collect();
    write!(out, "{}\r\n", heads.join(","))?;
    source.rows(index, &mut |row| {
        let cells: Vec<String> = table
            .columns
            .iter()
            .zip(&row)
            .map(|(column, value)| {
                value
                    .as_deref()
                    .map_or_else(String::new, |value| told(column, value))
            })
            .collect();
        write!(out, "{}\r\n", cells.join(","))?;
        ON
    })
}

fn told(column: &CollectedColumn, value: &str) -> String {
    cell(value, column.kind != ColumnKind::Number)
}

/// A cell in quotes. What a spreadsheet would take for a formula begins with an apostrophe, which makes it text.
fn cell(value: &str, may_be_formula: bool) -> String {
    let starts = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%');
    let first = value.trim_start_matches(' ').chars().next();
    let guard = if may_be_formula && first.is_some_and(starts) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", value.replace('"', "\"\"").replace('\0', ""))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("Anna", "\"Anna\"")]
    #[case("a \"b\", c", "\"a \"\"b\"\", c\"")]
    #[case("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    #[case("+46701234567", "\"'+46701234567\"")]
    #[case("-1+2", "\"'-1+2\"")]
    #[case("@SUM(A1)", "\"'@SUM(A1)\"")]
    #[case("\t=1", "\"'\t=1\"")]
    #[case("  =1", "\"'  =1\"")]
    #[case("två\r\nrader", "\"två\r\nrader\"")]
    #[case("", "\"\"")]
    fn no_cell_runs(#[case] value: &str, #[case] written: &str) {
        assert_eq!(super::cell(value, true), written);
    }

    #[test]
    fn a_number_stays_one() {
        assert_eq!(super::cell("-12.50", false), "\"-12.50\"");
    }
}
