//! The one error of the product: a code from a closed list, words for the caller, a pointer, and a source for the log.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

pub use crate::code::Code;
use crate::quota::Shortage;

/// Why a value was refused, as one sentence that follows the field's name and never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected(pub &'static str);

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl StdError for Rejected {}

/// What everything returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal or a fault. `Display` is the caller's text; the source is for the log alone.
#[derive(Debug)]
pub struct Error {
    code: Code,
    words: Cow<'static, str>,
    pointer: Option<Cow<'static, str>>,
    retry_after_seconds: Option<u32>,
    shortage: Option<Box<Shortage>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A refusal in words for the caller, which never repeat a secret or another tenant's data.
    pub fn new(code: Code, words: impl Into<Cow<'static, str>>) -> Self {
        Self { code, words: words.into(), pointer: None, retry_after_seconds: None, shortage: None, source: None }
    }

    /// "No such resource": for what is not there and for what the caller may not know of, in the same words.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "no such resource")
    }

    /// An edit of a version that is not the last one.
    #[must_use]
    pub fn stale() -> Self {
        Self::new(Code::PreconditionFailed, "it was changed since you read it; read it again").at("If-Match")
    }

    /// A fault of the product or of a part it needs; the caller learns only that it happened.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..Self::new(Code::Internal, "something went wrong on our side") }
    }

    /// A part that is needed did not answer in time.
    pub fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let waiting = Self::new(Code::Unavailable, "a part that is needed did not answer; try again").after_seconds(2);
        Self { source: Some(source.into()), ..waiting }
    }

    /// The field that is at fault, as a JSON pointer (RFC 6901) or a parameter's name.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<Cow<'static, str>>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// How long the caller should wait.
    #[must_use]
    pub fn after_seconds(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The window that lacks room.
    #[must_use]
    pub fn short_of(mut self, shortage: Shortage) -> Self {
        self.shortage = Some(Box::new(shortage));
        self
    }

    /// What it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The caller's text.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// The field at fault.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// The window that lacks room, of [`Code::QuotaExceeded`].
    #[must_use]
    pub fn shortage(&self) -> Option<&Shortage> {
        self.shortage.as_deref()
    }

    /// Seconds to wait before the next try.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u32> {
        self.retry_after_seconds
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| -> &(dyn StdError + 'static) { source })
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
