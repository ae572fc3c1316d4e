//! Keys of the events table.

use domain::Event;

use super::{EVENT_SHARDS, Key, OrganizationId, key};

pub(crate) fn partition(organization: Option<OrganizationId>, day: &str, shard: u8) -> String {
    let owner = organization.map_or_else(|| "PLATFORM".to_owned(), |id| id.to_string());
    format!("{owner}#{day}#{shard}")
}

pub(crate) fn day_partition(day: &str, shard: u8) -> String {
    format!("{day}#{shard}")
}

pub(crate) fn shard(event: &Event) -> u8 {
    u8::try_from(event.id.ulid().0 % u128::from(EVENT_SHARDS)).unwrap_or(0)
}

pub(crate) fn of(event: &Event) -> Key {
    key(partition(event.organization, &event.at.day(), shard(event)), event.id.to_string())
}
