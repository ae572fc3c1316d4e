//! What was spent, out of the ledger: usage by day, statements by month, alerts, and counters held to all that.

mod alerts;
pub(crate) mod close;
mod closing;
mod compare;
mod counted;
pub(crate) mod late;
mod ledger;
mod names;
mod statement_pages;
mod statements;
mod usage;

pub use closing::Turn;
pub use compare::{Compared, CountersSeen, Drift};
pub use late::LateDay;
pub use usage::{DayUsage, Usage};

use crate::core::Store;
use crate::edit::Edit;
use crate::fault::Fault;

impl Store {
    /// One write of an organization's table, which may be gone.
    async fn send_to(&self, table: &str, edit: Edit) -> Result<(), Fault> {
        edit.send(&self.client).await.map_err(|fault| fault.of_tenant_if(self.is_dedicated(table)))
    }
}
