//! What wakes functions on one machine, to be held against the template.

use std::time::Duration;

use crate::parts::{IMPORT_WORKER, WAKING};
use crate::schedules::{IMPORTS, TENANTS};

/// Function, prefix and ending of the objects that wake it.
#[must_use]
pub fn wakes_by_object() -> Vec<(String, String, String)> {
    let owned =
        |(prefix, suffix): &(&str, &str)| (IMPORT_WORKER.to_owned(), (*prefix).to_owned(), (*suffix).to_owned());
    WAKING.iter().map(owned).collect()
}

/// Function and the time between its sweeps.
#[must_use]
pub fn wakes_by_time() -> [(&'static str, Duration); 2] {
    [(IMPORT_WORKER, IMPORTS), ("tenant-lifecycle", TENANTS)]
}
