//! What came back, of which only what is asked for is seen.

use http::HeaderMap;
use serde::de::DeserializeOwned;

use crate::fault::Fault;

/// A whole answer within the limits. Has no `Debug`, and no way to its text but parsing it.
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The status: 200 to 299, or 400 and above.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header's value if it is there and visible ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON of this shape.
    ///
    /// # Errors
    /// [`Fault::NotUnderstood`] for anything else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.body).map_err(|_| Fault::NotUnderstood)
    }

    /// The body as a reader of another format makes sense of it.
    ///
    /// # Errors
    /// [`Fault::NotUnderstood`] where it makes none.
    pub fn read<T>(&self, read: impl FnOnce(&[u8]) -> Option<T>) -> Result<T, Fault> {
        read(&self.body).ok_or(Fault::NotUnderstood)
    }
}
