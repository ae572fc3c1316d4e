//! Keys of what people set on quotas beside the limits themselves: which things have any, top-ups, requests for more.

use domain::Timestamp;
use domain::id::{QuotaRequestId, TopUpId, UserId};
use domain::quota::{Period, QuotaScope};

use super::{Key, OrganizationId, key};

/// Which things have limits of their own or top-ups, or had some.
pub(crate) fn limited(organization: OrganizationId) -> String {
    format!("{organization}#LIMITED")
}

pub(crate) fn limited_thing(organization: OrganizationId, scope: QuotaScope) -> Key {
    key(limited(organization), scope.to_string())
}

pub(crate) fn top_ups(organization: OrganizationId) -> String {
    format!("{organization}#TOPUPS")
}

pub(crate) fn top_up(organization: OrganizationId, id: TopUpId) -> Key {
    key(top_ups(organization), id.to_string())
}

pub(crate) fn requests(organization: OrganizationId) -> String {
    format!("{organization}#QUOTA-REQUESTS")
}

pub(crate) fn request(organization: OrganizationId, id: QuotaRequestId) -> Key {
    key(requests(organization), id.to_string())
}

/// The first and the last key that a request can have that was made between these instants.
pub(crate) fn requests_made(from: Timestamp, to: Timestamp) -> (String, String) {
    let id = |at: Timestamp, random| QuotaRequestId::from_parts(at.millis(), random).to_string();
    (id(from, 0), id(to, u128::MAX))
}

/// That somebody waits for more of that in that period.
pub(crate) fn asked(organization: OrganizationId, user: UserId, scope: QuotaScope, period: Period) -> Key {
    key(format!("{organization}#ASKED#{user}#{scope}#{}", period.as_str()), "CLAIM")
}
