//! Which counters this process has seen with branches.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::OrganizationId;
use domain::quota::QuotaScope;

/// So many are remembered; then all are forgotten, and read twice once.
const REMEMBERED_MAX: usize = 10_000;

/// Scopes by organization. What is remembered saves a second read: the call's own branch comes along with the counter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Branched(Arc<Mutex<HashSet<(OrganizationId, QuotaScope)>>>);

impl Branched {
    pub(crate) fn have(&self, organization: OrganizationId, scope: QuotaScope) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(organization, scope))
    }

    pub(crate) fn remember(&self, organization: OrganizationId, scope: QuotaScope) {
        let mut branched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if branched.len() >= REMEMBERED_MAX {
            branched.clear();
        }
        branched.insert((organization, scope));
    }
}
