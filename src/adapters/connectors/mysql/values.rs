//! Values of MySQL's types: their text, and how a text becomes one again.

use crate::adapters::connectors::sql::catalogue::{Column, Family};
use crate::adapters::connectors::sql::error::Failure;
use crate::adapters::connectors::sql::statement::{Bound, Param};

/// What begins the text of bytes, which are written in hexadecimal digits.
const HEX: &str = "0x";

fn other_type() -> Failure {
    Failure::refused("a value of another type")
}

/// Whether a column's values are texts, compared by a collation.
pub(super) fn is_text(column: &Column) -> bool {
    matches!(column.family, Family::Text) || (column.family == Family::Json && column.base != "json")
}

/// Whole numbers, years and bits among them.
pub(super) fn is_whole(column: &Column) -> bool {
    column.family == Family::Number && !matches!(column.base.as_str(), "decimal" | "float" | "double")
}

/// The value of `cell` of the column as text: the same for the same value, in the connection's character set.
pub(super) fn text(cell: &str, column: &Column) -> String {
    match (column.family, column.base.as_str()) {
        _ if is_text(column) => format!("CONVERT({cell} USING utf8mb4)"),
        (Family::Binary, _) | (_, "geometry" | "point" | "linestring" | "polygon") => {
            format!("CONCAT('{HEX}', HEX({cell}))")
        }
        (_, "bit") => format!("CAST({cell} + 0 AS CHAR)"),
        // By itself it shows six digits where it has more.
        (_, "float") => format!("CAST({cell} + 0E0 AS CHAR)"),
        _ => format!("CAST({cell} AS CHAR)"),
    }
}

/// A value to put into a column; the server refuses what does not fit.
pub(super) fn assigned(bound: &mut Bound, column: &Column, value: Option<&str>) -> Result<String, Failure> {
    let Some(value) = value else {
        return Ok("NULL".to_owned());
    };
    Ok(match (column.family, column.base.as_str()) {
        (Family::Binary, _) => unhexed(bound, value)?,
        (_, "bit") => bound.add(Param::Uint(value.parse().map_err(|_| other_type())?)),
        (Family::Truth, _) => bound.text(truth(value)),
        (Family::Other, "geometry" | "point" | "linestring" | "polygon") => return Err(other_type()),
        _ => bound.text(value),
    })
}

/// A value to compare a column with, of the column's own type: a server that compares a number with a text takes `1x` for 1.
pub(super) fn compared(bound: &mut Bound, column: &Column, value: &str) -> Result<String, Failure> {
    Ok(match (column.family, column.base.as_str()) {
        (Family::Binary, _) => unhexed(bound, value)?,
        (Family::Truth, _) => whole(bound, truth(value))?,
        (_, "decimal") => {
            let digits = value.strip_prefix('-').unwrap_or(value);
            let numeric = digits.chars().all(|one| one.is_ascii_digit() || one == '.');
            let once = digits.matches('.').count() <= 1 && digits.chars().any(|one| one.is_ascii_digit());
            if !(numeric && once) {
                return Err(other_type());
            }
            format!("CAST({} AS DECIMAL(65, 30))", bound.text(value))
        }
        (_, "float" | "double") => {
            let number: f64 = value.parse().map_err(|_| other_type())?;
            if !number.is_finite() {
                return Err(other_type());
            }
            format!("CAST({} AS DOUBLE)", bound.text(value))
        }
        (_, "date") => format!("CAST({} AS DATE)", bound.text(value)),
        (_, "datetime" | "timestamp") => format!("CAST({} AS DATETIME(6))", bound.text(value)),
        (_, "time") => format!("CAST({} AS TIME(6))", bound.text(value)),
        (_, "json") => format!("CAST({} AS JSON)", bound.text(value)),
        _ if is_whole(column) => whole(bound, value)?,
        _ => bound.text(value),
    })
}

fn whole(bound: &mut Bound, value: &str) -> Result<String, Failure> {
    let number = value
        .parse()
        .map(Param::Int)
        .or_else(|_| value.parse().map(Param::Uint));
    Ok(bound.add(number.map_err(|_| other_type())?))
}

/// Truth values are small numbers; a map may say which in words.
fn truth(value: &str) -> &str {
    match value {
        "true" => "1",
        "false" => "0",
        other => other,
    }
}

fn unhexed(bound: &mut Bound, value: &str) -> Result<String, Failure> {
    let digits = value.strip_prefix(HEX).ok_or_else(other_type)?;
    if digits.len() % 2 != 0 || !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(other_type());
    }
    Ok(format!("UNHEX({})", bound.text(digits)))
}

/// A text as bytes: the only way to tell apart what a collation takes for the same.
pub(super) fn exactly(text: &str) -> String {
    format!("CAST({text} AS BINARY)")
}
