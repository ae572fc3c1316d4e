//! Why something was not sealed or not opened.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use domain::Error;
use vault::Fault;

/// Why something was not sealed or not opened. Says nothing of the content. As a [`domain::Error`] the first one is
/// `unavailable`, which asks to try again; the others are faults on our side.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The data key is not at hand and Vault does not answer; later it may.
    Unavailable(Arc<Fault>),
    /// Vault gives no data key: the organization's key is destroyed, did not wrap this one, or may not be used.
    Refused(Arc<Fault>),
    /// Damaged, of a form that this version does not know, or sealed for another attribute.
    Unreadable,
    /// The cipher or the data key was not fit for use; nothing was sealed.
    Broken,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        if fault.is_retryable() { Self::Unavailable(Arc::new(fault)) } else { Self::Refused(Arc::new(fault)) }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(_) => Self::unavailable(failure),
            Failure::Refused(_) | Failure::Unreadable | Failure::Broken => Self::internal(failure),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable(_) => "the data key cannot be had now",
            Self::Refused(_) => "there is no data key",
            Self::Unreadable => "the sealed form does not open here",
            Self::Broken => "the cipher failed",
        })
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unavailable(fault) | Self::Refused(fault) => Some(&**fault),
            Self::Unreadable | Self::Broken => None,
        }
    }
}
