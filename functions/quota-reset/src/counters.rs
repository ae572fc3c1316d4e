//! A pass through an organization's counters: what has lapsed goes, what runs out is told, what differs from the ledger is repaired.

use domain::organization::Status;
use domain::quota::{Closing, Period, QuotaScope, ResetQuotas};
use domain::{Granted, Result};
use store::Cursor;

use crate::Run;

/// So many counters are compared in one reading of the days that are not closed.
const COMPARED_AT_ONCE: usize = 2_000;

impl Run<'_> {
    /// False where the time is over first: the next run goes on where this one ended.
    pub(crate) async fn counters(&mut self, granted: &Granted<ResetQuotas>, closing: Closing) -> Result<bool> {
        let was_cut_off = closing.pass.is_some();
        let mut pass = closing.pass((self.app.clock)());
        let mut waiting = vec![];
        loop {
            let cursor = pass.behind.clone().map(Cursor::sent);
            let page = self.app.store.counted_scopes(granted, cursor.as_ref()).await?;
            self.tidy(granted, &page.items).await?;
            pass.behind = page.next.map(|next| next.as_str().to_owned());
            if pass.compares {
                waiting.extend(page.items);
            }
            let ends = pass.behind.is_none() || self.is_over();
            if ends || waiting.len() >= COMPARED_AT_ONCE {
                self.compare(granted, &std::mem::take(&mut waiting), &closing).await?;
            }
            if pass.behind.is_none() {
                if was_cut_off || pass.compares {
                    self.save(granted, &closing.passed(&pass)).await?;
                }
                return Ok(true);
            }
            if ends {
                self.save(granted, &Closing { pass: Some(pass), ..closing }).await?;
                return Ok(false);
            }
        }
    }

    async fn tidy(&mut self, granted: &Granted<ResetQuotas>, scopes: &[QuotaScope]) -> Result<()> {
        if scopes.is_empty() {
            return Ok(());
        }
        let store = &self.app.store;
        let state = store.quota_scopes(granted.scope(), scopes).await?;
        self.done.freed += store.free_lapsed(granted, &state, (self.app.clock)()).await?;
        if granted.scope().status() == Status::Active {
            self.done.alerts += store.tell_alerts(granted, &state, &mut self.app.mint()).await?;
        }
        Ok(())
    }

    async fn compare(
        &mut self,
        granted: &Granted<ResetQuotas>,
        scopes: &[QuotaScope],
        closing: &Closing,
    ) -> Result<()> {
        if scopes.is_empty() {
            return Ok(());
        }
        let (store, clock) = (&self.app.store, self.app.clock);
        let seen = store.see_counters(granted, scopes, clock()).await?;
        // The clock is looked at again once they are read.
        let compared = store.compare_counters(granted, seen, closing, &mut self.app.mint()).await?;
        self.done.compared += compared.compared;
        self.done.drifted += compared.drifts.len();
        for drift in &compared.drifts {
            let (organization, scope) = (granted.scope().organization(), drift.scope);
            let by = |period| drift.by.get(period).copied().unwrap_or(0);
            tracing::warn!(
                %organization, %scope, repaired = drift.repaired,
                daily = by(Period::Daily),
                weekly = by(Period::Weekly),
                monthly = by(Period::Monthly),
                "a counter drifted from the ledger"
            );
        }
        Ok(())
    }
}
