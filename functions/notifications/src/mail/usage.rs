//! What letters about used limits speak of.

use std::fmt;

use domain::quota::{Tokens, Window};

use super::shown::Shown;

/// Whose limit it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsageOf {
    /// An organization as a whole.
    Organization(Shown),
    /// A project of it.
    Project(Shown, Shown),
    /// A use case of it.
    UseCase(Shown, Shown),
    /// Somebody in it.
    Person(Shown, Shown),
}

/// How much of a limit was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// So many hundredths, at least.
    pub percent: u8,
    /// So many tokens, with what calls hold at that moment.
    pub tokens: Tokens,
    /// Of so many.
    pub limit: Tokens,
    /// In which window; of a share, the day.
    pub window: Window,
    /// Whether the limit is a day's share of a longer window.
    pub share: bool,
}

/// At the beginning of a sentence.
impl fmt::Display for UsageOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(organization) => write!(f, "The organization {organization}"),
            Self::Project(name, organization) => write!(f, "The project {name} of the organization {organization}"),
            Self::UseCase(name, organization) => write!(f, "The use case {name} of the organization {organization}"),
            Self::Person(name, organization) => write!(f, "The member {name} of the organization {organization}"),
        }
    }
}
