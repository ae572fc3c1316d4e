//! A pass through an organization's counters: what has lapsed goes, what runs out is told, what differs from the ledger is repaired.

use domain::organization::Status;
use domain::quota::{Closing, Ground, Period, QuotaScope, ResetQuotas};
use domain::{Granted, Result};
use store::{Cursor, Drift};

use crate::Run;

/// So many counters are compared in one reading of the days that are not closed.
const COMPARED_AT_ONCE: usize = 2_000;

impl Run<'_> {
    /// False where the time is over first: the next run goes on where this one ended.
    pub(crate) async fn counters(&mut self, granted: &Granted<ResetQuotas>, closing: Closing) -> Result<bool> {
        let was_cut_off = closing.pass.is_some();
        let mut pass = closing.pass((self.app.clock)());
        let (mut waiting, mut is_compared) = (vec![], None);
        loop {
            let cursor = pass.behind.clone().map(Cursor::sent);
            let page = self.app.store.counted_scopes(granted, cursor.as_ref()).await?;
            let news = self.tidy(granted, &page.items, &closing).await?;
            pass.behind = page.next.map(|next| next.as_str().to_owned());
            waiting.extend(if pass.compares { page.items } else { news });
            let ends = pass.behind.is_none() || self.is_over();
            if !waiting.is_empty() && (ends || waiting.len() >= COMPARED_AT_ONCE) {
                let all = self.compare(granted, &std::mem::take(&mut waiting), &closing).await?;
                is_compared = Some(all && is_compared.unwrap_or(true));
            }
            if pass.behind.is_none() {
                // Where one was not, the next run compares all that are new once more.
                let has_news = is_compared == Some(true) && !was_cut_off;
                if was_cut_off || pass.compares || has_news {
                    let news_at = if has_news { Some(pass.since) } else { closing.news_at };
                    self.save(granted, &Closing { news_at, ..closing }.passed(&pass)).await?;
                }
                return Ok(true);
            }
            if ends {
                self.save(granted, &Closing { pass: Some(pass), ..closing }).await?;
                return Ok(false);
            }
        }
    }

    /// Those that have begun to count in the middle of a window and were not compared since.
    async fn tidy(
        &mut self,
        granted: &Granted<ResetQuotas>,
        scopes: &[QuotaScope],
        closing: &Closing,
    ) -> Result<Vec<QuotaScope>> {
        if scopes.is_empty() {
            return Ok(vec![]);
        }
        let now = (self.app.clock)();
        let store = &self.app.store;
        let state = store.quota_scopes(granted.scope(), scopes).await?;
        self.done.freed += store.free_lapsed(granted, &state, now).await?;
        if granted.scope().status() == Status::Active {
            self.done.alerts += store.tell_alerts(granted, &state, &mut self.app.mint()).await?;
        }
        let is_news = |ground: &Ground<'_>| {
            ground.counter.and_then(|root| root.counts_since(now)).is_some_and(|began| closing.is_news(began))
        };
        Ok(state.grounds().into_iter().filter(is_news).map(|ground| ground.scope).collect())
    }

    /// Whether all of them are what the ledger says now. Where something has lapsed or is written to, another run compares.
    async fn compare(
        &mut self,
        granted: &Granted<ResetQuotas>,
        scopes: &[QuotaScope],
        closing: &Closing,
    ) -> Result<bool> {
        let (store, clock) = (&self.app.store, self.app.clock);
        let seen = store.see_counters(granted, scopes, clock()).await?;
        // The clock is looked at again once they are read.
        let compared = store.compare_counters(granted, seen, closing, &mut self.app.mint()).await?;
        self.done.compared += compared.compared;
        let (counted, drifted): (Vec<&Drift>, Vec<&Drift>) = compared.drifts.iter().partition(|drift| drift.is_new);
        self.done.counted += counted.len();
        self.done.drifted += drifted.len();
        for drift in drifted {
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
        Ok(compared.compared == scopes.len() && compared.drifts.iter().all(|drift| drift.repaired))
    }
}
