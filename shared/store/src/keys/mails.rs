//! Keys of what mails stand on beside the mails themselves.

use domain::Timestamp;
use domain::delivery::Turn;
use domain::id::EventId;
use domain::mail_suppression::SuppressionId;

use super::{Key, event, key};

/// The partition of the first index that holds all addresses without mail.
pub(crate) const SUPPRESSED: &str = "SUPPRESSED";

/// That an address gets no mail.
pub(crate) fn suppressed(id: &SuppressionId) -> Key {
    key(format!("SUPPRESSED#{id}"), "SUPPRESSED")
}

/// Addresses that get no mail sort by the time when that began.
pub(crate) fn suppressed_since(at: Timestamp, pk: &str) -> String {
    format!("{at}#{pk}")
}

/// The partition of the second index that holds open mails of a turn.
pub(crate) fn open(turn: Turn) -> &'static str {
    match turn {
        Turn::First => "MAILS#first",
        Turn::Usual => "MAILS#open",
    }
}

/// What was sent of the mails that the mail service takes.
pub(crate) fn budget() -> Key {
    key("MAILBUDGET", "MAILBUDGET")
}

/// How far it was looked whether events were planned.
pub(crate) fn planned_through() -> Key {
    key("PLANNED", "THROUGH")
}

/// That some events of a shard of a day were planned, by the last of them.
pub(crate) fn planned(day: &str, shard: u8, last: EventId) -> Key {
    key(format!("PLANNED#{}", event::day_partition(day, shard)), last.to_string())
}
