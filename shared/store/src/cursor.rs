//! Where a page of a list ended, as an opaque text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Code, Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A place in one list. It holds sort keys alone: the partition comes from the caller's scope, so a forged cursor leads
/// nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor as a client sent it; it is read when the list is.
    #[must_use]
    pub fn sent(raw: String) -> Self {
        Self(raw)
    }

    /// The text for the client.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The end of a page; `list` names the list, so that a cursor of another one is refused.
    ///
    /// # Errors
    /// A place that cannot be written as JSON.
    pub fn at(list: &str, place: &impl Serialize) -> Result<Self> {
        let bytes = serde_json::to_vec(&(list, place)).map_err(Error::internal)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Where the page before ended.
    ///
    /// # Errors
    /// [`Code::CursorInvalid`] for a cursor that this list did not make.
    pub fn place<T: DeserializeOwned>(&self, list: &str) -> Result<T> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| Self::refused())?;
        let (of, place): (String, T) = serde_json::from_slice(&bytes).map_err(|_| Self::refused())?;
        (of == list).then_some(place).ok_or_else(Self::refused)
    }

    /// A cursor that leads nowhere in the list.
    pub(crate) fn refused() -> Error {
        Error::new(Code::CursorInvalid, "the cursor was not made by this list").at("cursor")
    }
}
