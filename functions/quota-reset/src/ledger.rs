//! Closing the days of an organization's ledger, and the statements of their months.

use std::collections::BTreeSet;

use domain::quota::{Closing, ResetQuotas, Window};
use domain::{Granted, Result};

use crate::Run;

impl Run<'_> {
    /// Closes what is due, in order, and what was written to since; adds up the days that are not over. False where the time is
    /// over first: every day that was closed is remembered.
    pub(crate) async fn close(&mut self, granted: &Granted<ResetQuotas>, closing: &mut Closing) -> Result<bool> {
        let mut months = BTreeSet::new();
        while closing.is_due((self.app.clock)()) {
            let day = closing.next;
            let lines = self.day(granted, day).await?;
            closing.next = day.after();
            let of_day = Closing::months(day);
            if lines > 0 || of_day.len() > 1 {
                months.extend(of_day);
            }
            // A statement that is missing is written with the next day; a day that is closed is never lost.
            let is_last = !closing.is_due((self.app.clock)());
            if is_last || self.is_over() || months.len() > 2 {
                self.statements(granted, std::mem::take(&mut months), closing).await?;
                self.save(granted, closing).await?;
            }
            if self.is_over() {
                return Ok(false);
            }
        }
        self.close_again(granted, closing).await?;
        Ok(!self.is_over())
    }

    /// Days that were written to after they were closed; and, once an hour, those that are not over.
    async fn close_again(&mut self, granted: &Granted<ResetQuotas>, closing: &mut Closing) -> Result<()> {
        let now = (self.app.clock)();
        let is_behind = closing.is_behind(now);
        for late in self.app.store.late_days(granted).await? {
            let goes = Closing::is_settled(late.at, now);
            if late.day < closing.next && (goes || is_behind) {
                self.day(granted, late.day).await?;
                let stand = self.statements(granted, Closing::months(late.day), closing).await?;
                if goes && stand {
                    self.app.store.drop_late(granted, late).await?;
                }
            }
        }
        if is_behind {
            for day in closing.open_days(now) {
                self.app.store.close_day(granted, day).await?;
            }
            closing.added_up_at = Some(now);
            self.save(granted, closing).await?;
        }
        Ok(())
    }

    async fn day(&mut self, granted: &Granted<ResetQuotas>, day: Window) -> Result<u64> {
        let lines = self.app.store.close_day(granted, day).await?;
        self.done.days += 1;
        Ok(lines)
    }

    /// False where another run has written a later one.
    async fn statements(
        &mut self,
        granted: &Granted<ResetQuotas>,
        months: BTreeSet<Window>,
        closing: &Closing,
    ) -> Result<bool> {
        let mut stand = true;
        for month in months {
            stand &= self.app.store.write_statement(granted, month, closing, (self.app.clock)()).await?;
            self.done.statements += 1;
        }
        Ok(stand)
    }
}
