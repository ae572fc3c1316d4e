//! Keys of providers: the platform's in its own table, an organization's in that of the tenant.

use domain::id::{OrganizationId, ProviderId};

use super::{Key, key, short};

pub(crate) const PREFIX: &str = "PRV#";

pub(crate) fn partition(home: Option<OrganizationId>) -> String {
    home.map_or_else(|| "PROVIDERS".to_owned(), |organization| format!("{organization}#PROVIDERS"))
}

pub(crate) fn one(home: Option<OrganizationId>, id: ProviderId) -> Key {
    key(partition(home), format!("{PREFIX}{id}"))
}

/// A name that one provider of the home has.
pub(crate) fn name(home: Option<OrganizationId>, folded: &str) -> Key {
    key(partition(home), format!("NAME#{}", short(folded)))
}
