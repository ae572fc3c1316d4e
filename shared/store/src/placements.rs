//! Which table holds an organization, as far as this process has learned it: a placement never changes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::OrganizationId;
use domain::organization::Placement;

/// So many are remembered; then all are forgotten, and learned again.
const REMEMBERED_MAX: usize = 10_000;

/// Placements by organization. What is remembered saves a read and decides nothing: who asks is read each time, and a table
/// that is gone is an error that makes it forgotten.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placements(Arc<Mutex<HashMap<OrganizationId, Placement>>>);

impl Placements {
    pub(crate) fn get(&self, organization: OrganizationId) -> Option<Placement> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&organization).copied()
    }

    pub(crate) fn remember(&self, organization: OrganizationId, placement: Placement) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(organization, placement);
    }

    pub(crate) fn forget(&self, organization: OrganizationId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&organization);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_meets_ever_new_organizations_does_not_grow_for_ever() {
        let placements = Placements::default();
        for number in 0..=u128::try_from(REMEMBERED_MAX).unwrap() {
            placements.remember(OrganizationId::from_parts(1, number), Placement::Pooled);
        }
        assert!(placements.0.lock().unwrap().len() <= REMEMBERED_MAX);
        let latest = OrganizationId::from_parts(1, u128::try_from(REMEMBERED_MAX).unwrap());
        assert_eq!(placements.get(latest), Some(Placement::Pooled));
        placements.forget(latest);
        assert_eq!(placements.get(latest), None);
    }
}
