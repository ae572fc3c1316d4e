//! Where people's words about quotas stand: they are sealed for that before they come here, and opened for it.

use domain::OrgScope;
use domain::id::{QuotaRequestId, TopUpId};
use domain::quota::KeptReason;
use domain::sealed::{Attribute, Sealed};

use crate::core::Store;
use crate::sealed_families::{NOTE, QUOTA_REQUESTS, REASON, TOP_UPS};

/// The reason of a thing that is about to be made, sealed for it.
pub struct SealedReason<I> {
    /// The id that the thing gets.
    pub id: I,
    /// The reason, sealed for the attribute that the store names for that id.
    pub sealed: Sealed,
}

impl<I> SealedReason<I> {
    pub(crate) fn kept(&self) -> KeptReason {
        KeptReason::Sealed(self.sealed.clone())
    }
}

impl Store {
    /// Where the reason of a request stands.
    #[must_use]
    pub fn reason_of_request(&self, scope: &OrgScope, id: QuotaRequestId) -> Attribute {
        self.sealed_attribute(scope, &QUOTA_REQUESTS, id, REASON)
    }

    /// Where the note stands with which a request was denied.
    #[must_use]
    pub fn note_of_request(&self, scope: &OrgScope, id: QuotaRequestId) -> Attribute {
        self.sealed_attribute(scope, &QUOTA_REQUESTS, id, NOTE)
    }

    /// Where the reason of a top-up stands.
    #[must_use]
    pub fn reason_of_top_up(&self, scope: &OrgScope, id: TopUpId) -> Attribute {
        self.sealed_attribute(scope, &TOP_UPS, id, REASON)
    }
}
