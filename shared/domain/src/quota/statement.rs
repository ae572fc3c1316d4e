//! The statement of a month: what an organization used and what that cost, in total and by each split.

use serde::{Deserialize, Serialize};

use super::{DayUse, Rows, Spent, SpentOn, TooMany, Window};
use crate::id::ProjectId;
use crate::{Action, Command, OrgScope, Timestamp};

/// The head of a month's statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The month.
    pub month: Window,
    /// The last day whose ledger is in it.
    pub through: Window,
    /// Whether the month is over and all its days are in it. What is settled later still comes in.
    pub closed: bool,
    /// All of it.
    pub total: Spent,
    /// When it was computed.
    pub computed_at: Timestamp,
}

impl Statement {
    /// Grows with each line of the ledger that comes in: rows that were computed with the same ones belong together.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.total.lines
    }
}

/// One row of a split.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRow {
    /// What it was called on its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The project of a use case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// What was spent.
    #[serde(flatten)]
    pub spent: Spent,
}

/// A row with what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// Of what.
    pub on: SpentOn,
    /// How much.
    pub row: StatementRow,
}

impl Window {
    /// The days whose ledgers may hold what counts in this window: its own, and one on either side.
    pub fn ledger_days(self) -> impl Iterator<Item = Self> {
        let days = self.each_day();
        let (first, last) = (Self::of(super::Period::Daily, self.start()).before(), self.end());
        std::iter::once(first).chain(days).chain(std::iter::once(Self::of(super::Period::Daily, last)))
    }
}

impl Rows<StatementRow> {
    /// Adds what a day's ledger says of a row, as far as it counts in the month. Days are added in order.
    ///
    /// # Errors
    /// [`TooMany`]
    pub fn add_day(&mut self, month: Window, day: Window, line: DayLine) -> Result<(), TooMany> {
        let spent = line.used.within(day, month);
        if spent.is_nothing() {
            return Ok(());
        }
        self.change(line.on, |row| {
            row.name = line.name.or(row.name.take());
            row.project = line.used.project.or(row.project);
            row.spent = row.spent.plus(spent);
        })
    }
}

/// What a day's ledger says of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayLine {
    /// Of what.
    pub on: SpentOn,
    /// What it was called that day.
    pub name: Option<String>,
    /// How much.
    pub used: DayUse,
}

/// `GET …/statements`, and one of them.
#[derive(Clone, Copy, Debug)]
pub struct ReadStatements;

impl Command for ReadStatements {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ReadBilling
    }
}

/// The rows of a split, the largest first, and no more than so many: what is left out is one row, so that they add up.
#[must_use]
pub fn largest(mut lines: Vec<StatementLine>, most: usize) -> (Vec<StatementLine>, Option<Spent>) {
    let rank = |line: &StatementLine| std::cmp::Reverse((line.row.spent.tokens(), line.row.spent.cost_micro_usd));
    lines.sort_by_key(|line| (rank(line), line.on.clone()));
    let rest = lines.split_off(most.min(lines.len()));
    let others = rest.iter().fold(Spent::default(), |sum, line| sum.plus(line.row.spent));
    (lines, (!rest.is_empty()).then_some(others))
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;
