//! Why a call to Vault brought nothing.

use std::error::Error;
use std::fmt;

use vaultrs::error::ClientError;

/// What a failure means to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No answer, an answer that says "later", or the breaker is open. A retry may help.
    Unreachable,
    /// Vault said no: not allowed, or not with this input.
    Refused,
    /// Something else is already there, in a form that cannot be used.
    Conflict,
    /// An answer that makes no sense, or an argument that can never work.
    Unexpected,
}

/// A failed call. Neither `Display` nor the source holds a secret or a body of an answer.
#[derive(Debug)]
pub struct Fault {
    kind: Kind,
    source: Cause,
}

/// What is known about a failure: a status, or what the transport says.
#[derive(Debug)]
struct Cause(String);

const FORBIDDEN: &str = "status 403";

impl Fault {
    pub(crate) fn new(kind: Kind, cause: impl Into<String>) -> Self {
        Self { kind, source: Cause(cause.into()) }
    }

    /// What it means.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the caller may not do this, whatever it asks.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.source.0 == FORBIDDEN
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind == Kind::Unreachable
    }
}

impl From<ClientError> for Fault {
    fn from(error: ClientError) -> Self {
        match status(&error) {
            // Up to version 1.9 a ciphertext that fails authentication is 500, which is no failure of the server.
            Some(500) if says(&error, "message authentication failed") => Self::new(Kind::Refused, "status 500"),
            Some(403) => Self::new(Kind::Refused, FORBIDDEN),
            Some(400) => Self::new(Kind::Refused, "status 400"),
            Some(code @ (412 | 429 | 500..)) => Self::new(Kind::Unreachable, format!("status {code}")),
            Some(code) => Self::new(Kind::Unexpected, format!("status {code}")),
            None if is_transport(&error) => Self::new(Kind::Unreachable, chain(&error)),
            None => Self::new(Kind::Unexpected, chain(&error)),
        }
    }
}

/// What another try may mend is `unavailable`; the rest is a fault on our side.
impl From<Fault> for domain::Error {
    fn from(fault: Fault) -> Self {
        if fault.is_retryable() { Self::unavailable(fault) } else { Self::internal(fault) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Unreachable => "Vault cannot be reached",
            Kind::Refused => "Vault refused",
            Kind::Conflict => "Vault holds something else there",
            Kind::Unexpected => "Vault answered unexpectedly",
        })
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Cause {}

/// Whether Vault answered that nothing is there.
pub(crate) fn is_absent(error: &ClientError) -> bool {
    status(error) == Some(404)
}

fn status(error: &ClientError) -> Option<u16> {
    use rustify::errors::ClientError::ServerResponseError;
    match error {
        ClientError::APIError { code, .. }
        | ClientError::RestClientError { source: ServerResponseError { code, .. } } => Some(*code),
        _ => None,
    }
}

fn says(error: &ClientError, text: &str) -> bool {
    matches!(error, ClientError::APIError { errors, .. } if errors.iter().any(|error| error.contains(text)))
}

fn is_transport(error: &ClientError) -> bool {
    use rustify::errors::ClientError::{RequestError, ResponseError};
    matches!(error, ClientError::RestClientError { source: RequestError { .. } | ResponseError { .. } })
}

/// The messages from the outermost to the innermost; they name addresses, never bodies.
fn chain(error: &ClientError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
