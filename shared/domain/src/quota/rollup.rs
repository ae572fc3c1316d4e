//! Usage of a day, computed from all lines of that day's ledger, in bounded memory.
//!
//! A line stands in the ledger on the day of its id and counts on the day on which it was reserved: mostly the same, at
//! midnight the one beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Period, Settled, Spent, SpentOn, Window};
use crate::id::ProjectId;

/// So many rows are added up at once; where there are more, the ledger is read again for each part of them.
pub const ROWS_AT_ONCE: usize = 50_000;

/// What one day's ledger says of one row, by the day on which it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DayUse {
    /// On the day before.
    #[serde(skip_serializing_if = "Spent::is_nothing")]
    pub before: Spent,
    /// On the day itself.
    #[serde(skip_serializing_if = "Spent::is_nothing")]
    pub on: Spent,
    /// On the day after.
    #[serde(skip_serializing_if = "Spent::is_nothing")]
    pub after: Spent,
    /// The project of a use case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
}

impl DayUse {
    /// Adds a line of that day's ledger. A line whose id is of a day further away counts on the day of its id.
    pub fn add(&mut self, day: Window, line: &Settled) {
        let counts = Window::of(Period::Daily, line.reserved_at);
        let sum = match counts {
            counts if counts == day.before() => &mut self.before,
            counts if counts == day.after() => &mut self.after,
            _ => &mut self.on,
        };
        *sum = sum.plus(Spent::of(line));
    }

    /// What of it counts in that window, if it is of that day's ledger.
    #[must_use]
    pub fn within(&self, day: Window, window: Window) -> Spent {
        let parts = [(day.before(), self.before), (day, self.on), (day.after(), self.after)];
        let inside = parts.into_iter().filter(|(day, _)| window.contains(day.start()));
        inside.fold(Spent::default(), |sum, (_, part)| sum.plus(part))
    }

    /// How many lines it was computed from: of two results the one with more lines is the later one.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.before.plus(self.on).plus(self.after).lines
    }
}

/// A part of all rows, by a hash of their names: together they are all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Which part.
    pub number: u64,
    /// Of how many.
    pub of: u64,
}

impl Slice {
    /// All rows, in so many parts.
    pub fn parts(of: u64) -> impl Iterator<Item = Self> {
        (0..of).map(move |number| Self { number, of })
    }

    /// Whether a row belongs to it.
    #[must_use]
    pub fn holds(self, row: &SpentOn) -> bool {
        if self.of <= 1 {
            return true;
        }
        let hash = Sha256::digest(row.to_string());
        let number = hash.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        number % self.of == self.number
    }
}

/// Rows that are being added up, and no more of them than fit.
#[derive(Clone, Debug)]
pub struct Rows<T> {
    slice: Slice,
    most: usize,
    rows: BTreeMap<SpentOn, T>,
}

/// There are more rows than fit: begin again, with smaller slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl<T: Default> Rows<T> {
    /// None yet, of that part of all rows, and at most so many.
    #[must_use]
    pub fn new(slice: Slice, most: usize) -> Self {
        Self { slice, most, rows: BTreeMap::new() }
    }

    /// Changes a row, if it belongs to the part.
    ///
    /// # Errors
    /// [`TooMany`]
    pub fn change(&mut self, row: SpentOn, change: impl FnOnce(&mut T)) -> Result<(), TooMany> {
        if !self.slice.holds(&row) {
            return Ok(());
        }
        if self.rows.len() >= self.most && !self.rows.contains_key(&row) {
            return Err(TooMany);
        }
        change(self.rows.entry(row).or_default());
        Ok(())
    }

    /// The rows, in order.
    #[must_use]
    pub fn into_rows(self) -> BTreeMap<SpentOn, T> {
        self.rows
    }
}

impl Rows<DayUse> {
    /// Adds a line of that day's ledger to its rows.
    ///
    /// # Errors
    /// [`TooMany`]
    pub fn add_line(&mut self, day: Window, line: &Settled) -> Result<(), TooMany> {
        for row in SpentOn::of(line) {
            let project = matches!(row, SpentOn::UseCase(Some(_))).then_some(line.set.project);
            self.change(row, |sum| {
                sum.add(day, line);
                sum.project = project;
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "rollup_tests.rs"]
mod tests;
