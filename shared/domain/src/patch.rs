//! One field of a JSON merge patch (RFC 7396): absent keeps, `null` clears, a value sets.

use serde::{Deserialize, Deserializer};

use crate::{Code, Error, Result};

/// What a PATCH says of one field. Needs `#[serde(default)]` where it stands, so that an absent field is [`Patch::Keep`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field was not named.
    #[default]
    Keep,
    /// The field was `null`.
    Clear,
    /// The field has a new value.
    Set(T),
}

impl<T> Patch<T> {
    /// The same with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(change(value)),
        }
    }

    /// The value after the patch, for a field that may be empty.
    pub fn over(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T> Patch<T> {
    /// The new value of a field that cannot be without one, which stands at `pointer`.
    ///
    /// # Errors
    /// [`Code::Invalid`] for `null`.
    pub fn unless_cleared(self, pointer: &'static str) -> Result<Option<T>> {
        match self {
            Self::Keep => Ok(None),
            Self::Clear => Err(Error::new(Code::Invalid, "must have a value; null would take it away").at(pointer)),
            Self::Set(value) => Ok(Some(value)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(from)?.map_or(Self::Clear, Self::Set))
    }
}
