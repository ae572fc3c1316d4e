//! What was spent, added up from lines of the ledger: how much, and on what.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{QuotaScope, Settled};
use crate::Rejected;
use crate::id::{ProjectId, UseCaseId, UserId};

/// Sums of lines of the ledger. Each ends at 2⁶⁴ − 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// How many lines.
    pub lines: u64,
    /// Tokens of prompts.
    pub prompt: u64,
    /// Tokens of completions.
    pub completion: u64,
    /// What counters were charged: the same as what was used, but for a lease, which is charged as a whole.
    pub charged: u64,
    /// What it cost, in millionths of a dollar.
    pub cost_micro_usd: u64,
}

impl Spent {
    /// One line.
    #[must_use]
    pub fn of(line: &Settled) -> Self {
        Self {
            lines: 1,
            prompt: line.usage.prompt.get(),
            completion: line.usage.completion.get(),
            charged: line.tokens().get(),
            cost_micro_usd: line.usage.cost_micro_usd,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            lines: self.lines.saturating_add(other.lines),
            prompt: self.prompt.saturating_add(other.prompt),
            completion: self.completion.saturating_add(other.completion),
            charged: self.charged.saturating_add(other.charged),
            cost_micro_usd: self.cost_micro_usd.saturating_add(other.cost_micro_usd),
        }
    }

    /// Tokens of prompts and completions.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.prompt.saturating_add(self.completion)
    }

    /// Whether there was no line.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.lines == 0
    }
}

/// By what a total is split. The rows of each split add up to the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// By project.
    Project,
    /// By use case.
    UseCase,
    /// By model.
    Model,
    /// By person.
    User,
}

impl Split {
    /// Each.
    pub const ALL: [Self; 4] = [Self::Project, Self::UseCase, Self::Model, Self::User];

    /// The name on the wire and in keys.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::UseCase => "use_case",
            Self::Model => "model",
            Self::User => "user",
        }
    }
}

/// What something was spent on: everything, or one row of a split. Of what has no use case, model or person there is a row too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpentOn {
    /// All of the organization.
    Everything,
    /// One project.
    Project(ProjectId),
    /// One use case, or calls without one.
    UseCase(Option<UseCaseId>),
    /// One model, or calls that named none.
    Model(Option<String>),
    /// One person, or calls for nobody.
    User(Option<UserId>),
}

impl SpentOn {
    /// The rows in which a line counts: the total, and one of each split.
    #[must_use]
    pub fn of(line: &Settled) -> [Self; 5] {
        [
            Self::Everything,
            Self::Project(line.set.project),
            Self::UseCase(line.set.use_case),
            Self::Model(line.usage.model.clone().map(String::from)),
            Self::User(line.set.user),
        ]
    }

    /// Of which split it is a row; none for the total.
    #[must_use]
    pub fn split(&self) -> Option<Split> {
        match self {
            Self::Everything => None,
            Self::Project(_) => Some(Split::Project),
            Self::UseCase(_) => Some(Split::UseCase),
            Self::Model(_) => Some(Split::Model),
            Self::User(_) => Some(Split::User),
        }
    }

    /// What it is called where it has no name: its id, or nothing for what named none.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Everything => None,
            Self::Project(id) => Some(id.to_string()),
            Self::UseCase(id) => id.map(|id| id.to_string()),
            Self::Model(model) => model.clone(),
            Self::User(id) => id.map(|id| id.to_string()),
        }
    }
}

impl From<QuotaScope> for SpentOn {
    fn from(scope: QuotaScope) -> Self {
        match scope {
            QuotaScope::Organization => Self::Everything,
            QuotaScope::Project(id) => Self::Project(id),
            QuotaScope::UseCase(id) => Self::UseCase(Some(id)),
            QuotaScope::User(id) => Self::User(Some(id)),
        }
    }
}

/// Written as `everything`, `project#prj_…`, `use_case#` for no use case, `model#gpt-5`, `user#usr_…`.
impl fmt::Display for SpentOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.split() {
            None => f.write_str("everything"),
            Some(split) => write!(f, "{}#{}", split.as_str(), self.id().unwrap_or_default()),
        }
    }
}

impl FromStr for SpentOn {
    type Err = Rejected;
    fn from_str(raw: &str) -> Result<Self, Rejected> {
        if raw == "everything" {
            return Ok(Self::Everything);
        }
        let refused = Rejected("must be a row of usage");
        let (split, id) = raw.split_once('#').ok_or(refused)?;
        let some = Some(id).filter(|id| !id.is_empty());
        match split {
            "project" => id.parse().map(Self::Project),
            "use_case" => some.map(str::parse).transpose().map(Self::UseCase),
            "model" => Ok(Self::Model(some.map(str::to_owned))),
            "user" => some.map(str::parse).transpose().map(Self::User),
            _ => Err(refused),
        }
    }
}
