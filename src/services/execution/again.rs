//! Carrying a part of a plan out once more, in a system that a restored backup took back in time.

use super::{Failure, verifying};
use crate::domain::erasure::{Operation, SystemPlan};
use crate::domain::matching::RowKey;
use crate::services::Context;
use crate::services::ports::System;

/// What was there again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// Rows to delete.
    pub erased: u64,
    /// Rows to reduce.
    pub reduced: u64,
}

/// What of a plan a system has before it again; with `carry_out` it is done and verified.
///
/// # Errors
/// When the system fails, or what is there afterwards is not what the plan promised.
pub fn again(
    ctx: &Context,
    system: &dyn System,
    part: &SystemPlan,
    carry_out: bool,
) -> std::result::Result<Again, Failure> {
    let mut done = Again::default();
    for table in &part.tables {
        let keys: Vec<RowKey> = table.rows.iter().map(|row| row.key.clone()).collect();
        match &table.operation {
            Operation::Erase => {
                done.erased += if carry_out {
                    system.delete(&table.table, &keys)?
                } else {
                    u64::try_from(keys.len()).unwrap_or(u64::MAX)
                };
            }
            Operation::Reduce { keep } => {
                let unreduced = system.unreduced(&table.table, keep, &keys)?;
                if carry_out && unreduced > 0 {
                    system.reduce(&table.table, keep, &keys)?;
                }
                done.reduced += unreduced;
            }
            Operation::Retain { .. } | Operation::Keep { .. } | Operation::Refuse { .. } => {}
        }
    }
    if carry_out {
        verifying::bar(system, part)?;
        verifying::verify(ctx, system, part)?;
    }
    Ok(done)
}
