//! Which days of ledgers this process has listed already.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::OrganizationId;

/// So many are remembered; then all are forgotten, and listed again.
const REMEMBERED_MAX: usize = 10_000;

/// Days by organization. What is remembered saves a write that would change nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListedDays(Arc<Mutex<HashSet<(OrganizationId, String)>>>);

impl ListedDays {
    pub(crate) fn have(&self, organization: OrganizationId, day: &str) -> bool {
        let listed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listed.contains(&(organization, day.to_owned()))
    }

    pub(crate) fn remember(&self, organization: OrganizationId, day: String) {
        let mut listed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if listed.len() >= REMEMBERED_MAX {
            listed.clear();
        }
        listed.insert((organization, day));
    }
}
