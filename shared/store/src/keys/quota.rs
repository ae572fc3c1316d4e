//! Keys of token quotas: in tenant tables, and the platform's defaults.

use domain::id::ReservationId;
use domain::quota::{Branch, HoldKey, Part, Place, QuotaScope};

use super::{Key, OrganizationId, key};

/// How many shards a day of the ledger spreads over.
pub(crate) const LEDGER_SHARDS: u8 = 16;

/// What was set on one scope.
pub(crate) fn limits(organization: OrganizationId, scope: QuotaScope) -> Key {
    limits_of(organization, &scope.to_string())
}

pub(crate) fn limits_of(organization: OrganizationId, scope: &str) -> Key {
    key(format!("{organization}#LIMITS#{scope}"), "LIMITS")
}

/// The organization's limits for whatever has none of its own.
pub(crate) fn defaults(organization: OrganizationId) -> Key {
    key(format!("{organization}#LIMITS#DEFAULTS"), "DEFAULTS")
}

/// The platform's.
pub(crate) fn platform_defaults() -> Key {
    key("SETTINGS#quotas", "SETTINGS")
}

/// What a scope has left and holds.
pub(crate) fn counter(organization: OrganizationId, scope: QuotaScope) -> Key {
    counter_of(organization, &scope.to_string())
}

pub(crate) fn counter_of(organization: OrganizationId, scope: &str) -> Key {
    key(format!("{organization}#COUNTER#{scope}"), "COUNTER")
}

/// A branch of it, in a partition of its own.
pub(crate) fn branch(organization: OrganizationId, scope: QuotaScope, branch: Branch) -> Key {
    branch_of(organization, &scope.to_string(), branch)
}

pub(crate) fn branch_of(organization: OrganizationId, scope: &str, branch: Branch) -> Key {
    key(format!("{organization}#COUNTER#{scope}#{}", branch.number()), "COUNTER")
}

/// A part of a scope's counter.
pub(crate) fn part(organization: OrganizationId, Place { scope, part }: Place) -> Key {
    match part {
        Part::Root => counter(organization, scope),
        Part::Branch(of) => branch(organization, scope, of),
    }
}

/// Which scopes have counters or limits, so that these are found.
pub(crate) fn counted(organization: OrganizationId) -> String {
    format!("{organization}#COUNTED")
}

pub(crate) fn counted_scope(organization: OrganizationId, scope: QuotaScope) -> Key {
    key(counted(organization), scope.to_string())
}

/// One shard of a day of what calls used.
pub(crate) fn ledger(organization: OrganizationId, day: &str, shard: u8) -> String {
    format!("{organization}#LEDGER#{day}#{shard}")
}

/// What a call used, on the day on which its id was made.
pub(crate) fn settled(organization: OrganizationId, id: ReservationId) -> Key {
    key(ledger_of(organization, id), id.to_string())
}

/// A reservation that no limit counts.
pub(crate) fn open(organization: OrganizationId, id: ReservationId) -> Key {
    key(ledger_of(organization, id), format!("{OPEN_PREFIX}{id}"))
}

pub(crate) const OPEN_PREFIX: &str = "OPEN#";

fn ledger_of(organization: OrganizationId, id: ReservationId) -> String {
    let shard = HoldKey::of(id).0.first().map_or(0, |byte| byte % LEDGER_SHARDS);
    ledger(organization, &id.made_at().day(), shard)
}

/// Which days have lines of a ledger, so that these are found.
pub(crate) fn ledgers(organization: OrganizationId) -> String {
    format!("{organization}#LEDGERS")
}

pub(crate) fn ledger_day(organization: OrganizationId, day: &str) -> Key {
    key(ledgers(organization), day)
}
