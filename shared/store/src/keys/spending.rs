//! Keys of what was spent: usage by day, statements by month, and what the scheduled reset remembers.

use domain::quota::{QuotaScope, SpentOn, Watched, Window};

use super::{Key, OrganizationId, key};

/// What the ledger of a day says.
pub(crate) fn usage(organization: OrganizationId, day: Window) -> String {
    format!("{organization}#USAGE#{day}")
}

pub(crate) fn used(organization: OrganizationId, day: Window, on: &SpentOn) -> Key {
    key(usage(organization, day), on.to_string())
}

/// The heads of an organization's statements.
pub(crate) fn statements(organization: OrganizationId) -> String {
    format!("{organization}#STATEMENTS")
}

pub(crate) fn statement(organization: OrganizationId, month: Window) -> Key {
    key(statements(organization), month.to_string())
}

/// The rows of a month's statement.
pub(crate) fn statement_rows(organization: OrganizationId, month: Window) -> String {
    format!("{organization}#STATEMENT#{month}")
}

pub(crate) fn statement_row(organization: OrganizationId, month: Window, on: &SpentOn) -> Key {
    key(statement_rows(organization, month), on.to_string())
}

/// Days of the ledger that were written to after their end.
pub(crate) fn late(organization: OrganizationId) -> String {
    format!("{organization}#LATE")
}

pub(crate) fn late_day(organization: OrganizationId, day: Window) -> Key {
    key(late(organization), day.to_string())
}

/// What was told of a scope.
pub(crate) fn alerts(organization: OrganizationId, scope: &str) -> String {
    format!("{organization}#ALERTS#{scope}")
}

pub(crate) fn alert(organization: OrganizationId, scope: QuotaScope, watched: Watched, percent: u8) -> Key {
    key(alerts(organization, &scope.to_string()), format!("{watched}#{percent}"))
}

/// How far the reset has come with an organization.
pub(crate) fn closing(organization: OrganizationId) -> Key {
    key(format!("{organization}#CLOSING"), "CLOSING")
}

/// Where the reset goes on, in the platform's table.
pub(crate) fn reset_turn() -> Key {
    key("SWEEP#quota-reset", "TURN")
}
