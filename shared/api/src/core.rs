//! What every HTTP function stands on.

use domain::{Mint, Timestamp};
use store::Store;

/// Settings of the edge, from configuration alone: never from a request's headers.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The origin that people use, such as `https://portal.example.com`; links and the check of cross-site requests
    /// come from it.
    pub public_url: String,
}

/// The tables, the clock and randomness. Cheap to clone.
#[derive(Clone)]
pub struct Core {
    /// The tables.
    pub store: Store,
    /// Settings of the edge.
    pub settings: Settings,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// 32 unpredictable bytes.
    pub random: fn() -> [u8; 32],
}

impl Core {
    /// The instant of now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// A mint for one change.
    #[must_use]
    pub fn mint(&self) -> Mint {
        Mint::new(self.now(), (self.random)())
    }
}
