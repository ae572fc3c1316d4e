//! Requests for more tokens that nobody decided: written down as expired, and told to who asked.

use domain::organization::Status;
use domain::quota::{Closing, ResetQuotas};
use domain::{Granted, Result};

use crate::Run;

impl Run<'_> {
    /// Once an hour, with the days that are not over; in an archived organization, where nobody would learn of it, once it is
    /// restored. False where the time is over first: the next run begins again, and what was written stays.
    pub(crate) async fn expire(&mut self, granted: &Granted<ResetQuotas>, closing: &mut Closing) -> Result<bool> {
        let now = (self.app.clock)();
        let due = closing.to_expire(now).filter(|_| closing.is_behind(now));
        let Some(made) = due.filter(|_| granted.scope().status() == Status::Active) else { return Ok(true) };
        let mut cursor = None;
        loop {
            let page = self.app.store.requests_made(granted, &made, cursor.as_ref()).await?;
            for request in &page.items {
                let expired = self.app.store.expire_request(granted, request, &mut self.app.mint()).await?;
                self.done.expired += usize::from(expired);
            }
            cursor = page.next;
            if cursor.is_none() {
                closing.expired_through = Some(*made.end());
                return Ok(true);
            }
            if self.is_over() {
                return Ok(false);
            }
        }
    }
}
