//! How people sign in, for the whole platform.

use crate::{Action, Command, PlatformScope};

/// The platform's rules of signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthenticationSettings {
    /// Whether an account that is made from now on waits until its e-mail is confirmed. Accounts that are there already are
    /// left alone.
    pub require_email_verification: bool,
    /// Counts changes; 0 as long as nobody changed anything.
    pub version: u64,
}

impl Default for AuthenticationSettings {
    fn default() -> Self {
        Self { require_email_verification: true, version: 0 }
    }
}

/// `GET /v1/settings/authentication`
#[derive(Clone, Copy, Debug)]
pub struct ReadAuthentication;

impl Command for ReadAuthentication {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManagePlatform
    }
}

/// `PATCH /v1/settings/authentication`
#[derive(Clone, Copy, Debug)]
pub struct EditAuthentication {
    /// The version that was read.
    pub version: u64,
    /// The new value, if it was named.
    pub require_email_verification: Option<bool>,
}

impl Command for EditAuthentication {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ManagePlatform
    }
}
