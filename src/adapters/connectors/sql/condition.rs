//! A condition of the map's as one of a statement's.

use crate::domain::data_map::{Condition, Matches};

use super::catalogue::Relation;
use super::error::Failure;
use super::server::Dialect;
use super::statement::Bound;

/// That the row `t` fulfils it.
pub(super) fn fulfils(
    sql: &dyn Dialect,
    bound: &mut Bound,
    relation: &Relation,
    condition: &Condition,
) -> Result<String, Failure> {
    let column = relation.column(&condition.field)?;
    let mut among = |values: &[Option<&str>]| {
        let shown: Vec<String> = values
            .iter()
            .map(|value| sql.shows(bound, column, *value))
            .collect();
        match shown.as_slice() {
            [] => "1 = 0".to_owned(),
            _ => format!("({})", shown.join(" OR ")),
        }
    };
    Ok(match &condition.matches {
        Matches::AnyOf(values) => among(&texts(values)),
        Matches::NoneOf(values) => format!("NOT {}", among(&texts(values))),
        Matches::Present => format!("NOT {}", among(&[None, Some("")])),
    })
}

fn texts(values: &[String]) -> Vec<Option<&str>> {
    values.iter().map(|value| Some(value.as_str())).collect()
}
