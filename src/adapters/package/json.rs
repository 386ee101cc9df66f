//! A table as JSON: a list of objects, with every value exactly as the system has it.

use std::io::{self, Write};

use super::ON;
use crate::domain::access::ColumnKind;
use crate::services::packages::facts::{PackageSource, PackedTable};

/// Writes the table.
pub(super) fn write(
    table: &PackedTable,
    index: usize,
    source: &mut dyn PackageSource,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(b"[")?;
    let mut first = true;
    source.rows(index, &mut |row| {
        out.write_all(if first { b"\n  {" } else { b",\n  {" })?;
        first = false;
        for (at, (column, value)) in table.columns.iter().zip(&row).enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(out, "{comma}{}: ", serde_json::to_string(&column.name)?)?;
            match (value, column.kind) {
                (None, _) => out.write_all(b"null")?,
                // Already JSON, digits and all: to read it as a number of ours would round it.
                (Some(value), ColumnKind::Number | ColumnKind::Json) => out.write_all(value.as_bytes())?,
                (Some(value), ColumnKind::Text | ColumnKind::Binary) => {
                    out.write_all(serde_json::to_string(value)?.as_bytes())?;
                }
            }
        }
        out.write_all(b"}")?;
        ON
    })?;
    out.write_all(b"\n]\n")
}
