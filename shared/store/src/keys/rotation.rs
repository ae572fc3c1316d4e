//! Keys of rotations: what is stored of one lies beside its provider, what leads to it by time on the platform.

use domain::Timestamp;
use domain::id::{OrganizationId, ProviderId};

use super::{Key, key, provider};

/// Everything that is to be looked at, by time.
pub(crate) const LIST: &str = "ROTATIONS";

/// Before every time; a key is never empty.
pub(crate) const FIRST: &str = "0";

/// The rotations of a provider.
pub(crate) fn of(home: Option<OrganizationId>, id: ProviderId) -> Key {
    key(provider::partition(home), format!("ROTATION#{id}"))
}

/// That the rotations of a provider are to be looked at.
pub(crate) fn due(home: Option<OrganizationId>, id: ProviderId) -> Key {
    key(entries(home, id), "DUE")
}

/// That something of a provider is to go from the vault.
pub(crate) fn look(home: Option<OrganizationId>, id: ProviderId, what: &str) -> Key {
    key(entries(home, id), format!("LOOK#{what}"))
}

/// What is to be looked at first sorts first.
pub(crate) fn at(due: Timestamp, id: ProviderId) -> String {
    format!("{due}#{id}")
}

/// Behind everything that is due at that moment.
pub(crate) fn until(now: Timestamp) -> String {
    format!("{now}#~")
}

fn entries(home: Option<OrganizationId>, id: ProviderId) -> String {
    home.map_or_else(|| format!("ROTATION#platform#{id}"), |organization| format!("ROTATION#{organization}#{id}"))
}
