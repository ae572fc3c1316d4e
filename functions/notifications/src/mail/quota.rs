//! What letters about requests for more tokens speak of.

use std::fmt;

use domain::quota::{Period, Tokens};

use super::shown::Shown;

/// What is limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limited {
    /// An organization as a whole.
    Organization(Shown),
    /// A project of it.
    Project(Shown, Shown),
    /// A use case of it.
    UseCase(Shown, Shown),
    /// What who asks may use in it.
    TheirOwn(Shown),
    /// The same, to who asked.
    YourOwn(Shown),
}

/// How a request was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaDecision {
    /// So many tokens more in the present window of that period.
    TopUp(Tokens, Period),
    /// That limit in each window of that period.
    Limit(Tokens, Period),
    /// Nothing.
    Denied,
    /// Not at all.
    Expired,
}

impl fmt::Display for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(organization) => write!(f, "the organization {organization}"),
            Self::Project(name, organization) => write!(f, "the project {name} of the organization {organization}"),
            Self::UseCase(name, organization) => write!(f, "the use case {name} of the organization {organization}"),
            Self::TheirOwn(organization) => write!(f, "their own use in the organization {organization}"),
            Self::YourOwn(organization) => write!(f, "your own use in the organization {organization}"),
        }
    }
}

/// How often a limit begins anew.
pub(crate) fn each(period: &Period) -> &'static str {
    match period {
        Period::Daily => "a day",
        Period::Weekly => "a week",
        Period::Monthly => "a month",
    }
}

/// One window of it.
pub(crate) fn noun(period: &Period) -> &'static str {
    match period {
        Period::Daily => "day",
        Period::Weekly => "week",
        Period::Monthly => "month",
    }
}
