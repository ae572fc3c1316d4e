//! What a failed call means.

use std::error::Error as StdError;
use std::fmt;

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// What went wrong, as far as a caller can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such object.
    NotFound,
    /// The credentials do not allow it.
    Refused,
    /// An object of that key is there already.
    Exists,
    /// The object, or a line of it, is larger than the caller accepts.
    TooLarge,
    /// The store cannot be reached, is throttling or failing, or the answer broke off.
    Unavailable,
    /// Anything else: a wrong bucket, a file that cannot be read, an answer that makes no sense.
    Unexpected,
}

/// Why a call failed. Its text is for the log; it names neither keys nor credentials of its own accord.
#[derive(Debug)]
pub struct Fault {
    kind: Kind,
    told: String,
}

impl Fault {
    pub(crate) fn new(kind: Kind, told: impl Into<String>) -> Self {
        Self { kind, told: told.into() }
    }

    /// What the store's refusal, or its silence, means.
    pub(crate) fn of<E>(error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let kind = match &error {
            SdkError::ServiceError(refusal) => kind(refusal.raw().status().as_u16(), refusal.err().code()),
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => Kind::Unavailable,
            _ => Kind::Unexpected,
        };
        Self::new(kind, DisplayErrorContext(error).to_string())
    }

    /// What it means.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the same call may succeed later. The client has tried three times already.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind == Kind::Unavailable
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

impl StdError for Fault {}

impl From<Fault> for domain::Error {
    /// For faults that the caller has no words for.
    fn from(fault: Fault) -> Self {
        if fault.is_retryable() { Self::unavailable(fault) } else { Self::internal(fault) }
    }
}

pub(crate) fn kind(status: u16, code: Option<&str>) -> Kind {
    match (status, code) {
        (_, Some("NoSuchBucket")) => Kind::Unexpected,
        (_, Some("InternalError" | "RequestTimeout" | "ServiceUnavailable" | "SlowDown")) => Kind::Unavailable,
        (404, _) => Kind::NotFound,
        (401 | 403, _) => Kind::Refused,
        (412, _) => Kind::Exists,
        // 409 is somebody else's write of the same key, under way.
        (409 | 429 | 500..=599, _) => Kind::Unavailable,
        _ => Kind::Unexpected,
    }
}

/// The same of a code alone, for answers that hold several.
pub(crate) fn kind_of_code(code: &str) -> Kind {
    kind(if code == "AccessDenied" { 403 } else { 0 }, Some(code))
}

/// An error with all that caused it.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let own = error.to_string();
    error.source().map_or(own.clone(), |cause| format!("{own}: {}", chain(cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_believed_before_a_status() {
        assert_eq!(kind(404, Some("NoSuchKey")), Kind::NotFound);
        assert_eq!(kind(404, None), Kind::NotFound);
        assert_eq!(kind(404, Some("NoSuchBucket")), Kind::Unexpected);
        assert_eq!(kind(403, Some("AccessDenied")), Kind::Refused);
        assert_eq!(kind(412, Some("PreconditionFailed")), Kind::Exists);
        assert_eq!(kind(409, Some("ConditionalRequestConflict")), Kind::Unavailable);
        assert_eq!(kind(400, Some("RequestTimeout")), Kind::Unavailable);
        assert_eq!(kind(503, None), Kind::Unavailable);
        assert_eq!(kind(400, Some("InvalidArgument")), Kind::Unexpected);
        assert_eq!(kind_of_code("AccessDenied"), Kind::Refused);
        assert_eq!(kind_of_code("InternalError"), Kind::Unavailable);
    }

    #[test]
    fn only_what_may_pass_by_itself_is_retried() {
        let error = |kind| domain::Error::from(Fault::new(kind, "why"));
        assert!(error(Kind::Unavailable).code().is_retryable());
        for kind in [Kind::NotFound, Kind::Refused, Kind::Exists, Kind::TooLarge] {
            assert!(!Fault::new(kind, "why").is_retryable());
            assert_eq!(error(kind).words(), domain::Error::internal("why").words());
        }
    }
}
