//! An amount of tokens.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Rejected;

/// Tokens, prompt and completion alike: 0 to 2⁵³ − 1, which every JSON reader takes exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Tokens(u64);

impl Tokens {
    /// None.
    pub const ZERO: Self = Self(0);
    /// As many as can be written.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The amount as a number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    /// The amount with a sign, for what may fall below zero.
    #[must_use]
    pub fn signed(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// That much, or nothing where it is below zero.
    #[must_use]
    pub fn at_least_zero(signed: i64) -> Self {
        Self(u64::try_from(signed).unwrap_or(0)).min(Self::MAX)
    }

    /// Both together, at most [`Tokens::MAX`].
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0)).min(Self::MAX)
    }

    /// What is left without the other, nothing if that is more.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl TryFrom<u64> for Tokens {
    type Error = Rejected;
    fn try_from(raw: u64) -> Result<Self, Rejected> {
        let fits = raw <= Self::MAX.0;
        fits.then_some(Self(raw)).ok_or(Rejected("must be a whole number from 0 to 9007199254740991"))
    }
}

impl From<Tokens> for u64 {
    fn from(tokens: Tokens) -> Self {
        tokens.0
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_json_readers_would_round_is_refused() {
        assert!(Tokens::try_from(Tokens::MAX.get()).is_ok());
        assert!(Tokens::try_from(Tokens::MAX.get() + 1).is_err());
        assert!(serde_json::from_str::<Tokens>("-1").is_err());
        assert!(serde_json::from_str::<Tokens>("1.5").is_err());
    }

    #[test]
    fn sums_end_at_the_largest_amount_and_differences_at_none() {
        assert_eq!(Tokens::MAX.plus(Tokens(1)), Tokens::MAX);
        assert_eq!(Tokens(1).minus(Tokens(2)), Tokens::ZERO);
        assert_eq!(Tokens::at_least_zero(-1), Tokens::ZERO);
        assert_eq!(Tokens::at_least_zero(7), Tokens(7));
    }
}
