//! Keys of providers: the platform's in its own table, an organization's in that of the tenant.

use domain::id::{OrganizationId, ProviderId};
use domain::provider::Use;

use super::{Key, key, short};

pub(crate) const PREFIX: &str = "PRV#";

pub(crate) fn partition(home: Option<OrganizationId>) -> String {
    home.map_or_else(|| "PROVIDERS".to_owned(), |organization| format!("{organization}#PROVIDERS"))
}

/// Where an organization's own are.
pub(crate) fn of_organization(organization: OrganizationId) -> String {
    partition(Some(organization))
}

pub(crate) fn one(home: Option<OrganizationId>, id: ProviderId) -> Key {
    key(partition(home), format!("{PREFIX}{id}"))
}

/// A name that one provider of the home has.
pub(crate) fn name(home: Option<OrganizationId>, folded: &str) -> Key {
    key(partition(home), format!("NAME#{}", short(folded)))
}

/// That an organization has to do with a provider: on the platform, beside the organization.
pub(crate) fn used(organization: OrganizationId, uses: Use, id: ProviderId) -> Key {
    key(super::organization(organization).pk, format!("{}{id}", used_prefix(uses)))
}

pub(crate) fn used_prefix(uses: Use) -> &'static str {
    match uses {
        Use::Assigned => "ASSIGNED#",
        Use::Default => "DEFAULT#",
    }
}

/// The part of the index that lists who has to do with a provider.
pub(crate) fn users(id: ProviderId) -> String {
    format!("{PREFIX}{id}#USERS")
}

/// A use in a word.
pub(crate) fn word(uses: Use) -> &'static str {
    match uses {
        Use::Assigned => "assigned",
        Use::Default => "default",
    }
}

/// What superadmins made of the well-known models.
pub(crate) fn catalogue() -> Key {
    key("CATALOGUE", "CATALOGUE")
}

/// What an organization's admins chose among models.
pub(crate) fn choices(organization: OrganizationId) -> Key {
    key(partition(Some(organization)), "CHOICES")
}
