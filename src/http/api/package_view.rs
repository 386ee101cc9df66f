//! What was collected for a person, as staff see it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::{Chosen, Fate};
use crate::services::packages::{PackageView, PartView};

/// A package: counts, never contents.
#[derive(Serialize, ToSchema)]
pub struct StaffPackage {
    /// `collecting`, `ready`, `released` or `deleted`.
    pub state: &'static str,
    /// Until when it can be fetched.
    pub until: Option<DateTime<Utc>>,
    /// How often it was fetched.
    pub downloads: i32,
    /// What it holds.
    pub tables: Vec<PackageTable>,
    /// What it does not hold, and why.
    pub without: Vec<PackageWithout>,
}

/// A table in a package.
#[derive(Serialize, ToSchema)]
pub struct PackageTable {
    /// As `system.table`.
    pub table: String,
    /// The category's id.
    pub category: String,
    /// How many rows.
    pub rows: i64,
    /// Whether only that number goes out: content of which the customer is controller.
    pub counted: bool,
    /// Whether free text is still to be looked through, with `review`, before `release`.
    pub needs_review: bool,
}

/// A table that is not in a package.
#[derive(Serialize, ToSchema)]
pub struct PackageWithout {
    /// As `system.table`.
    pub table: String,
    /// `inferred`, `basis`, `not_chosen`, `not_automated`, `by_hand`, or the ground on which it is withheld.
    pub why: &'static str,
    /// Whether it is withheld, which the person can have reviewed.
    pub withheld: bool,
}

impl StaffPackage {
    /// The view of `package`.
    #[must_use]
    pub fn of(package: &PackageView) -> Self {
        Self {
            state: package.state.name(),
            until: package.until,
            downloads: package.downloads,
            tables: package.parts.iter().map(table).collect(),
            without: package.without.iter().filter_map(without).collect(),
        }
    }
}

fn table(part: &PartView) -> PackageTable {
    PackageTable {
        table: format!("{}.{}", part.system, part.table),
        category: part.category.clone(),
        rows: part.rows,
        counted: part.counted,
        needs_review: part.needs_review,
    }
}

fn without(chosen: &Chosen) -> Option<PackageWithout> {
    let (why, withheld) = match &chosen.fate {
        Fate::Withheld { ground, .. } => (ground.name(), true),
        Fate::LeftOut { why } => (why.name(), false),
        Fate::Included | Fate::Counted => return None,
    };
    Some(PackageWithout {
        table: format!("{}.{}", chosen.system, chosen.table),
        why,
        withheld,
    })
}
