//! Counters held to the ledger: what they say was used has to be what it says, and is made so where it is certain.

use std::collections::{BTreeMap, BTreeSet};

use domain::change::Change;
use domain::quota::{
    ByPeriod, Closing, Counter, Ground, Ledgered, Period, QuotaScope, Reading, ResetQuotas, Settled, SpentOn, Window,
};
use domain::{EventKind, Granted, Mint, OrgScope, Result, Timestamp};

use super::alerts::target;
use super::close::DayItem;
use crate::core::Store;
use crate::keys::{Key, quota, spending};
use crate::quota::counter_item;
use crate::quota::read::Found;

/// A counter that was not what the ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Whose.
    pub scope: QuotaScope,
    /// By how much what it said was used had to grow, in each window.
    pub by: ByPeriod<i64>,
    /// Whether it was repaired; a counter that was used meanwhile is compared again another time.
    pub repaired: bool,
    /// Whether nothing else is missing than what was used before the counting began.
    pub is_new: bool,
}

/// How a comparison ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// How many counters were compared.
    pub compared: usize,
    /// Those that were not right.
    pub drifts: Vec<Drift>,
}

/// Counters, as they were read before the ledger is.
pub struct CountersSeen {
    counters: BTreeMap<QuotaScope, Seen>,
    from: Timestamp,
}

struct Seen {
    /// With its branches, as one.
    counter: Counter,
    /// Itself, as it is stored.
    root: Counter,
    ledger: ByPeriod<Ledgered>,
}

impl Store {
    /// AP-267. Reads the counters of some scopes, to be compared. One in which something has lapsed waits until that was freed.
    pub async fn see_counters(
        &self,
        granted: &Granted<ResetQuotas>,
        scopes: &[QuotaScope],
        now: Timestamp,
    ) -> Result<CountersSeen> {
        let state = self.quota_scopes(granted.scope(), scopes).await?;
        let seen = |ground: Ground<'_>| {
            let root = ground.counter.cloned()?;
            let is_clean = ground.parts().all(|(_, counter)| counter.lapsed(now).is_empty());
            let counter = root.begun_of(ground.whole(now));
            is_clean.then_some((ground.scope, Seen { counter, root, ledger: ByPeriod::default() }))
        };
        Ok(CountersSeen { counters: state.grounds().into_iter().filter_map(seen).collect(), from: now })
    }

    /// AP-267. Compares counters with the ledger: with the rows of days that are closed, and line by line with days that are
    /// not, or were written to since. The record of a repair comes before it: a counter stands in no transaction.
    pub async fn compare_counters(
        &self,
        granted: &Granted<ResetQuotas>,
        seen: CountersSeen,
        closing: &Closing,
        mint: &mut Mint,
    ) -> Result<Compared> {
        let (scope, now) = (granted.scope(), mint.now());
        let CountersSeen { counters: mut seen, from } = seen;
        if seen.is_empty() {
            return Ok(Compared::default());
        }
        let read = Reading { from, to: now };
        let first = seen.values().flat_map(|seen| seen.counter.present(now)).map(Window::start).min().unwrap_or(now);
        let raw = self.raw_days(granted, closing, (first, now)).await?;
        self.add_rows(scope, &mut seen, (closing, &raw), first).await?;
        for day in raw {
            self.each_line(scope, day, |line| {
                add_line(&mut seen, &line, read);
                false
            })
            .await?;
        }
        let mut compared = Compared { compared: seen.len(), drifts: vec![] };
        for (of, Seen { counter, root, ledger }) in seen {
            let by = counter.drift(&ledger, now);
            if !by.is_empty() {
                let is_new = counter.counts_since(now).is_some_and(|began| closing.is_news(began))
                    && counter.misses_no_more_than_before(&by, &ledger);
                let kind = if is_new { EventKind::QuotaUsageCounted } else { EventKind::QuotaDriftFound };
                let repaired = self.repair(granted, (of, kind), (&counter, &root, by), mint).await?;
                compared.drifts.push(Drift { scope: of, by, repaired, is_new });
            }
        }
        Ok(compared)
    }

    /// Days whose lines are read one by one: those that are not closed, and those that were written to after their end.
    async fn raw_days(
        &self,
        granted: &Granted<ResetQuotas>,
        closing: &Closing,
        (first, now): (Timestamp, Timestamp),
    ) -> Result<BTreeSet<Window>> {
        let first = Window::of(Period::Daily, first).before();
        let late = self.late_days(granted).await?.into_iter().map(|late| late.day);
        Ok(late.chain(closing.open_days(now)).filter(|day| *day >= first).collect())
    }

    async fn add_rows(
        &self,
        scope: &OrgScope,
        seen: &mut BTreeMap<QuotaScope, Seen>,
        (closing, raw): (&Closing, &BTreeSet<Window>),
        first: Timestamp,
    ) -> Result<()> {
        let (table, organization) = (self.tenant(scope), scope.organization());
        let first = Window::of(Period::Daily, first).before();
        let days = std::iter::successors(Some(first), |day| Some(day.after())).take_while(|day| *day < closing.next);
        let days: Vec<Window> = days.filter(|day| !raw.contains(day)).collect();
        for (of, seen) in seen {
            let on = SpentOn::from(*of);
            let key = |day: Window| spending::used(organization, day, &on);
            let keys: BTreeSet<Key> = days.iter().map(|day| key(*day)).collect();
            let found = Found::of(self.get_all(&[(&table, keys)]).await?);
            for day in &days {
                let Some(row) = found.get::<DayItem>(&key(*day))? else { continue };
                seen.counter.add_day(&mut seen.ledger, *day, &row.used);
            }
        }
        Ok(())
    }

    async fn repair(
        &self,
        granted: &Granted<ResetQuotas>,
        (of, kind): (QuotaScope, EventKind),
        (counter, root, by): (&Counter, &Counter, ByPeriod<i64>),
        mint: &mut Mint,
    ) -> Result<bool> {
        let (table, organization) = (self.tenant(granted.scope()), granted.scope().organization());
        let after = counter.repaired(&by);
        let change =
            |(period, _): (Period, &i64)| Change::between(period.as_str(), counter.used(period), after.used(period));
        let changes = by.iter().filter_map(change).collect();
        let event = granted.event(mint, kind, target(organization, of, None), changes);
        self.transact(vec![self.event(&event)?]).await.map_err(|fault| fault.into_error("recording a drift"))?;
        let edit = counter_item::repair(&table, quota::counter(organization, of), root, &root.repaired(&by));
        match self.send_to(&table, edit).await {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused_at(0).is_some() => Ok(false),
            Err(fault) => Err(fault.into_error("repairing a counter")),
        }
    }
}

fn add_line(seen: &mut BTreeMap<QuotaScope, Seen>, line: &Settled, read: Reading) {
    for of in line.set.scopes() {
        if let Some(Seen { counter, ledger, .. }) = seen.get_mut(&of) {
            counter.add_line(ledger, line, read);
        }
    }
}
