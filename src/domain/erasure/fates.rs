//! What becomes of each row of one system: which stay by themselves, which stay for their sake, and for how long.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::plan::{Operation, PlanError, PlannedRow, TablePlan};
use super::{Survey, SurveyedRow};
use crate::domain::data_map::{BYTES, EraseRule, RetainRule, RetentionGround, Row, System, Table};
use crate::domain::matching::RowKey;
use crate::domain::retention::{FiscalYears, oss_keep_until};

/// How long a row stays; the later is the greater.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stay {
    /// Until this day, by this law.
    Until(NaiveDate, RetentionGround),
    /// For a reason of the map's, without a last day.
    Undated,
}

/// A row by its table.
type Place<'a> = (&'a str, &'a RowKey);

/// The fate of every row, tables in the order in which they can be emptied.
pub(super) fn plan_system(
    system: &System,
    years: &FiscalYears,
    survey: &Survey,
) -> Result<Vec<TablePlan>, PlanError> {
    let order = system.erasure_order().map_err(|_| PlanError::MapMismatch {
        system: system.id.clone(),
    })?;
    let mut stays = BTreeMap::new();
    let mut links = Vec::new();
    for table in &order {
        let rows = survey.rows(&table.name);
        own_stays(system, table, years, rows, &mut stays)?;
        links.extend(links_from(survey, table, rows));
    }
    spread(system, &links, &mut stays)?;
    Ok(order
        .into_iter()
        .flat_map(|table| {
            let goes = |row: &SurveyedRow| goes_with_its_parent(system, survey, &stays, table, row);
            table_plans(table, survey.rows(&table.name), &stays, goes)
        })
        .collect())
}

/// Rows that stay by the rule of their own table.
fn own_stays<'a>(
    system: &System,
    table: &'a Table,
    years: &FiscalYears,
    rows: &'a [SurveyedRow],
    stays: &mut BTreeMap<Place<'a>, Stay>,
) -> Result<(), PlanError> {
    for row in rows {
        let stay = match &table.erase {
            EraseRule::Retain(rule) => retained(system, table, years, &row.values, rule)?,
            EraseRule::Keep { .. } => Stay::Undated,
            EraseRule::Delete | EraseRule::DeleteOrReduce { .. } | EraseRule::Fields(_) => continue,
        };
        stays.insert((&table.name, &row.key), stay);
    }
    Ok(())
}

/// The last day of a retained row by its own dates, and the law that sets it.
fn retained(
    system: &System,
    table: &Table,
    years: &FiscalYears,
    values: &Row,
    rule: &RetainRule,
) -> Result<Stay, PlanError> {
    let missing = || PlanError::FiscalDateMissing {
        system: system.id.clone(),
        table: table.name.clone(),
    };
    let mut dates: Vec<NaiveDate> = Vec::new();
    for (place, column) in rule.fiscal_dates.iter().enumerate() {
        match values.get(column) {
            Some(text) => dates.push(text.parse().map_err(|_| missing())?),
            None if place == 0 => return Err(missing()),
            None => {}
        }
    }
    let transaction = *dates.first().ok_or_else(missing)?;
    let Some(by_books) = years.keep_together_until(&dates) else {
        let unknown = dates.iter().find(|date| years.containing(**date).is_none());
        return Err(PlanError::FiscalYearMissing {
            system: system.id.clone(),
            table: table.name.clone(),
            date: *unknown.unwrap_or(&transaction),
        });
    };
    let declared = rule.ground == RetentionGround::OneStopShop
        || rule
            .oss_when
            .as_ref()
            .is_some_and(|condition| condition.holds(values));
    let by_oss = oss_keep_until(transaction);
    Ok(if declared && by_oss >= by_books {
        Stay::Until(by_oss, RetentionGround::OneStopShop)
    } else {
        Stay::Until(by_books, RetentionGround::Bookkeeping)
    })
}

/// From each row of a table to the rows that it refers to, as far as they are the person's.
fn links_from<'a>(
    survey: &'a Survey,
    table: &'a Table,
    rows: &'a [SurveyedRow],
) -> Vec<(Place<'a>, Place<'a>)> {
    let mut links = Vec::new();
    if matches!(table.erase, EraseRule::Delete) {
        return links;
    }
    if let Some(parent) = &table.parent {
        let theirs: BTreeSet<&RowKey> = survey.rows(&parent.table).iter().map(|row| &row.key).collect();
        for row in rows {
            if let Some(key) = row.parent.as_ref().and_then(|key| theirs.get(key)) {
                links.push(((table.name.as_str(), &row.key), (parent.table.as_str(), *key)));
            }
        }
    }
    for link in table.erase.retain().iter().flat_map(|rule| &rule.keeps) {
        let mut named: BTreeMap<Vec<&str>, Vec<&RowKey>> = BTreeMap::new();
        for row in survey.rows(&link.table) {
            if let Some(values) = values_of(&row.values, link.on.values()) {
                named.entry(values).or_default().push(&row.key);
            }
        }
        for row in rows {
            let referred = values_of(&row.values, link.on.keys()).and_then(|values| named.get(&values));
            for key in referred.into_iter().flatten() {
                links.push(((table.name.as_str(), &row.key), (link.table.as_str(), *key)));
            }
        }
    }
    links
}

/// The values of the columns; nothing when one is missing, for then the row refers to nothing.
fn values_of<'a>(row: &'a Row, columns: impl Iterator<Item = &'a String>) -> Option<Vec<&'a str>> {
    columns
        .map(|column| row.get(column).map(String::as_str))
        .collect()
}

/// What a row that stays refers to stays as long, and what that refers to in turn.
fn spread<'a>(
    system: &System,
    links: &[(Place<'a>, Place<'a>)],
    stays: &mut BTreeMap<Place<'a>, Stay>,
) -> Result<(), PlanError> {
    loop {
        let mut changed = false;
        for (from, to) in links {
            let Some(stay) = stays.get(from).cloned() else {
                continue;
            };
            match system.table(to.0).map(|table| &table.erase) {
                Some(EraseRule::Delete) | None => {
                    return Err(PlanError::ReferredTo {
                        system: system.id.clone(),
                        table: to.0.to_owned(),
                    });
                }
                // A retained row has a last day of its own, whoever refers to it without one.
                Some(EraseRule::Retain(_)) if stay == Stay::Undated => continue,
                Some(EraseRule::Keep { .. }) => continue,
                Some(EraseRule::Retain(_) | EraseRule::DeleteOrReduce { .. } | EraseRule::Fields(_)) => {}
            }
            if stays.get(to).is_none_or(|known| *known < stay) {
                stays.insert(*to, stay);
                changed = true;
            }
        }
        if !changed {
            return Ok(());
        }
    }
}

/// Whether a row of which only fields go by its own rule hangs on one that goes.
fn goes_with_its_parent(
    system: &System,
    survey: &Survey,
    stays: &BTreeMap<Place<'_>, Stay>,
    table: &Table,
    row: &SurveyedRow,
) -> bool {
    let Some((parent, key)) = table.parent.as_ref().zip(row.parent.as_ref()) else {
        return false;
    };
    let above = survey.rows(&parent.table).iter().find(|above| above.key == *key);
    let (Some(above), Some(owner)) = (above, system.table(&parent.table)) else {
        return false;
    };
    let stays_there = stays.contains_key(&(parent.table.as_str(), key));
    match &owner.erase {
        _ if stays_there => false,
        EraseRule::Delete | EraseRule::DeleteOrReduce { .. } => true,
        EraseRule::Fields(_) if owner.name != table.name => {
            goes_with_its_parent(system, survey, stays, owner, above)
        }
        _ => false,
    }
}

fn table_plans(
    table: &Table,
    rows: &[SurveyedRow],
    stays: &BTreeMap<Place<'_>, Stay>,
    goes: impl Fn(&SurveyedRow) -> bool,
) -> Vec<TablePlan> {
    let mut parts: Vec<TablePlan> = Vec::new();
    for row in rows {
        let stay = stays.get(&(table.name.as_str(), &row.key));
        let (until, law) = match stay {
            Some(Stay::Until(until, law)) => (Some(*until), Some(law.name().to_owned())),
            Some(Stay::Undated) | None => (None, None),
        };
        let (operation, ground) = match (&table.erase, stay) {
            (EraseRule::Keep { reason }, _) => (
                Operation::Keep {
                    reason: reason.clone(),
                },
                None,
            ),
            (EraseRule::Retain(rule), _) => {
                let ground = law.unwrap_or_else(|| rule.ground.name().to_owned());
                (Operation::Retain { ground }, None)
            }
            (EraseRule::Fields(_), None) if goes(row) => (Operation::Erase, None),
            (EraseRule::Fields(_), _) => (Operation::Reduce { keep: vec![] }, law),
            (EraseRule::DeleteOrReduce { keep }, Some(_)) => (Operation::Reduce { keep: keep.clone() }, law),
            (EraseRule::Delete | EraseRule::DeleteOrReduce { .. }, _) => (Operation::Erase, None),
        };
        let planned = PlannedRow {
            key: row.key.clone(),
            digest: row.digest.clone(),
            until,
            ground,
        };
        let bytes = table.path.as_ref().map(|_| length(&row.values));
        match parts.iter_mut().find(|part| part.operation == operation) {
            Some(part) => {
                part.bytes = part
                    .bytes
                    .zip(bytes)
                    .map(|(sum, bytes)| sum.saturating_add(bytes));
                part.rows.push(planned);
            }
            None => parts.push(TablePlan {
                table: table.name.clone(),
                operation,
                bytes,
                rows: vec![planned],
            }),
        }
    }
    // The same whatever the order of finding them.
    parts.iter_mut().for_each(|part| part.rows.sort());
    parts.sort_by(|one, other| one.operation.cmp(&other.operation));
    parts
}

/// The length of a file.
fn length(values: &Row) -> u64 {
    let length = values.get(BYTES).and_then(|length| length.parse().ok());
    length.unwrap_or_default()
}
