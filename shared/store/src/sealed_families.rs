//! Which items hold sealed attributes, and which ones: whatever is sealed is named here, or its organization's key could not turn.

use domain::OrgScope;
use domain::id::OrganizationId;
use domain::sealed::Attribute;

use crate::core::Store;
use crate::keys::{allowance, provider};

pub(crate) const REASON: Sealable = Sealable("reason");
pub(crate) const NOTE: Sealable = Sealable("state.note");
pub(crate) const PARAMETERS: Sealable = Sealable("parameters.sealed");

/// The name of an attribute that may be sealed; inside a map its path, joined by `.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sealable(&'static str);

impl Sealable {
    pub(crate) fn path(self) -> &'static str {
        self.0
    }
}

/// Items of one partition of an organization's table, each of which has these attributes sealed, or some of them.
pub(crate) struct SealedFamily {
    /// Its name, which a pass that goes on remembers; never another one's.
    pub(crate) name: &'static str,
    pub(crate) partition: fn(OrganizationId) -> String,
    pub(crate) attributes: &'static [Sealable],
}

/// Requests for more tokens.
pub(crate) const QUOTA_REQUESTS: SealedFamily =
    SealedFamily { name: "quota-requests", partition: allowance::requests, attributes: &[REASON, NOTE] };

/// Top-ups.
pub(crate) const TOP_UPS: SealedFamily =
    SealedFamily { name: "top-ups", partition: allowance::top_ups, attributes: &[REASON] };

/// Providers, with their default parameters.
pub(crate) const PROVIDERS: SealedFamily =
    SealedFamily { name: "providers", partition: provider::of_organization, attributes: &[PARAMETERS] };

/// Every family. One that joins may stand anywhere: what it seals is under the newest version already.
pub(crate) const SEALED_FAMILIES: [&SealedFamily; 3] = [&QUOTA_REQUESTS, &TOP_UPS, &PROVIDERS];

impl Store {
    /// The one place where it is said for which attribute something is sealed.
    pub(crate) fn sealed_attribute(
        &self,
        scope: &OrgScope,
        family: &'static SealedFamily,
        sk: impl ToString,
        name: Sealable,
    ) -> Attribute {
        let organization = scope.organization();
        let (table, pk) = (self.tenant(scope), (family.partition)(organization));
        Attribute { organization, table, pk, sk: sk.to_string(), name: name.path() }
    }
}

#[cfg(test)]
#[path = "sealed_families_tests.rs"]
mod tests;
