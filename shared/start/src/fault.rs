//! Why a function could not start.

use std::fmt;

/// Why a function could not start. Names the setting, never its value.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    setting: &'static str,
    why: &'static str,
}

impl Fault {
    /// The environment's variable, or the part, and what is wrong with it.
    #[must_use]
    pub fn new(setting: &'static str, why: &'static str) -> Self {
        Self { setting, why }
    }

    /// The environment's variable, or the part, that is wrong.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        self.setting
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.setting, self.why)
    }
}

impl std::error::Error for Fault {}
