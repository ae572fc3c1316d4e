//! Usage and statements as they are shown.

use domain::quota::{Spent, Statement, StatementLine, StatementRow};
use serde::Serialize;
use store::{DayUsage, Usage};
use utoipa::ToSchema;

/// How much was used.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpentView {
    /// Tokens of prompts.
    prompt_tokens: u64,
    /// Tokens of completions.
    completion_tokens: u64,
    /// Both together.
    tokens: u64,
    /// What it cost, in millionths of a US dollar.
    cost_micro_usd: u64,
}

/// Usage over some days.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsageView {
    /// All of them together.
    total: SpentView,
    /// Each day in UTC, in order, also those on which nothing was used.
    days: Vec<DayView>,
    /// When the days that are not over were added up last; absent before the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
}

/// What was used on one day.
#[derive(Serialize, ToSchema)]
pub(crate) struct DayView {
    /// The day.
    #[schema(example = "2026-11-30")]
    day: String,
    /// How much.
    #[serde(flatten)]
    spent: SpentView,
}

/// The head of a month's statement.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatementView {
    /// The month.
    #[schema(example = "2026-11")]
    month: String,
    /// Whether the month is over and all of its days are in it. What is settled later still comes in.
    closed: bool,
    /// The last day that is in it.
    #[schema(example = "2026-11-29")]
    through: String,
    /// When it was computed.
    computed_at: String,
    /// Grows with each call that comes in: what bears the same one belongs together.
    version: u64,
    /// All of it.
    total: SpentView,
}

/// A month's statement, and a page of one of its splits.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatementPageView {
    /// Its head.
    #[serde(flatten)]
    pub(crate) statement: StatementView,
    /// By what the rows are.
    #[schema(value_type = String, example = "project")]
    pub(crate) by: domain::quota::Split,
    /// The rows, by id. All of a split add up to the total.
    pub(crate) items: Vec<RowView>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// One row of a split.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowView {
    /// The project, use case, person or model; absent for calls that named none.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What it was called on its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The project of a use case.
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    /// How much.
    #[serde(flatten)]
    spent: SpentView,
}

impl From<Spent> for SpentView {
    fn from(spent: Spent) -> Self {
        let Spent { lines: _, prompt, completion, charged: _, cost_micro_usd } = spent;
        Self { prompt_tokens: prompt, completion_tokens: completion, tokens: spent.tokens(), cost_micro_usd }
    }
}

impl From<Usage> for UsageView {
    fn from(Usage { days, as_of }: Usage) -> Self {
        let total = days.iter().fold(Spent::default(), |sum, day| sum.plus(day.spent));
        let day = |DayUsage { day, spent }| DayView { day: day.to_string(), spent: spent.into() };
        Self { total: total.into(), days: days.into_iter().map(day).collect(), as_of: as_of.map(|at| at.to_string()) }
    }
}

impl From<Statement> for StatementView {
    fn from(statement: Statement) -> Self {
        let (version, Statement { month, through, closed, total, computed_at }) = (statement.version(), statement);
        // What is closed holds its month whole, and no day of the next.
        let last = month.each_day().last().filter(|last| closed || *last < through);
        Self {
            month: month.to_string(),
            closed,
            through: last.unwrap_or(through).to_string(),
            computed_at: computed_at.to_string(),
            version,
            total: total.into(),
        }
    }
}

impl From<StatementLine> for RowView {
    fn from(StatementLine { on, row }: StatementLine) -> Self {
        let StatementRow { name, project, spent } = row;
        Self { id: on.id(), name, project_id: project.map(|id| id.to_string()), spent: spent.into() }
    }
}
