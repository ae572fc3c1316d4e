//! A secret as a provider sends it: wiped when dropped; no `Debug`, no serialisation.

use std::ops::Deref;

use serde::Deserialize;
use zeroize::Zeroizing;

#[derive(Deserialize)]
#[serde(from = "String")]
pub(crate) struct Sent(Zeroizing<String>);

impl From<String> for Sent {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Deref for Sent {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}
