//! A password on its way from the body to its hash.

use serde::Deserialize;
use zeroize::Zeroizing;

/// A password as somebody typed it: wiped when dropped; no `Debug`, no serialisation.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Typed(Zeroizing<String>);

impl Typed {
    /// The text itself.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Typed {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}
