//! Keys of what is known of encryption keys, in the platform's table.

use domain::Timestamp;

use super::{Key, OrganizationId, key};

/// What is known of an organization's encryption key; absent as long as nobody turned it or said when it turns.
pub(crate) fn known(organization: OrganizationId) -> Key {
    key(format!("ORG#{organization}"), "ENCRYPTION-KEY")
}

/// The part of the index of those that turn, or will.
pub(crate) const DUE: &str = "ENCRYPTION-KEYS";

/// They sort by the time when somebody is to look at them.
pub(crate) fn due(at: Timestamp, organization: OrganizationId) -> String {
    format!("{at}#{organization}")
}
