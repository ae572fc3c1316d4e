//! What wakes functions on one machine, to be held against the template.

use std::time::Duration;

use crate::parts::{IMPORT_WORKER, NOTIFICATIONS, WAKING};
use crate::schedules::{IMPORTS, KEYS, MAILS, QUOTAS, ROTATIONS, TENANTS, TOOLS};

/// Function, prefix and ending of the objects that wake it.
#[must_use]
pub fn wakes_by_object() -> Vec<(String, String, String)> {
    let owned =
        |(prefix, suffix): &(&str, &str)| (IMPORT_WORKER.to_owned(), (*prefix).to_owned(), (*suffix).to_owned());
    WAKING.iter().map(owned).collect()
}

/// Function and the table whose stream it reads, without the prefix.
#[must_use]
pub fn wakes_by_stream() -> [(&'static str, &'static str); 1] {
    [(NOTIFICATIONS, "events")]
}

/// So many records of a stream are one message at most.
pub const FULL_MESSAGE: usize = notifications::FULL;

/// Function and the time between its sweeps.
#[must_use]
pub fn wakes_by_time() -> [(&'static str, Duration); 7] {
    let rotations = ("provider-rotations", ROTATIONS);
    [
        (IMPORT_WORKER, IMPORTS),
        (NOTIFICATIONS, MAILS),
        rotations,
        ("quota-reset", QUOTAS),
        ("tenant-lifecycle", TENANTS),
        ("tool-watch", TOOLS),
        ("encryption-keys", KEYS),
    ]
}

/// Function and the kinds of what is told of mails that it is told, as EventBridge names them.
#[must_use]
pub fn wakes_by_mail() -> [(&'static str, &'static str); 5] {
    let kinds =
        ["Email Bounced", "Email Complaint Received", "Email Delivered", "Email Rejected", "Email Rendering Failed"];
    kinds.map(|kind| (NOTIFICATIONS, kind))
}
