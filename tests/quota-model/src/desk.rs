//! The database in memory as the product's code asks it.

use std::collections::BTreeMap;

use domain::Result;
use domain::id::ReservationId;
use domain::quota::{Branch, Counter, CounterWrite, Place, QuotaScope, ScopeSet, Settled};
use store::quota::{CallState, Open, QuotaDesk, Unwritten};

use crate::Memory;
use crate::turn::turn;

impl QuotaDesk for Memory {
    /// Items are read one after the other, as a batch of the database does: others may write in between.
    async fn read(&self, id: ReservationId, set: &ScopeSet) -> Result<CallState> {
        let mut state = self.call(|stored, _| stored.state(std::iter::empty(), Some(id))).await?;
        for scope in set.scopes() {
            turn().await;
            let mut seen = self.stored().state(std::iter::once(scope), Some(id)).scopes;
            // A counter and its branch are two items: either may be read first, and the other one later.
            let (other, is_before) = (seen.clone(), self.stored().random.once_in(2));
            turn().await;
            let later = self.stored().state(std::iter::once(scope), Some(id)).scopes;
            for ((seen, other), later) in seen.iter_mut().zip(other).zip(later) {
                seen.counter = if is_before { other.counter } else { later.counter.clone() };
                let has_branches = seen.counter.as_ref().is_some_and(|counter| counter.phase.has_branches());
                let read = if is_before || other.branches.is_empty() { later.branches } else { other.branches };
                seen.branches = if has_branches { read } else { BTreeMap::new() };
            }
            state.scopes.extend(seen);
        }
        Ok(state)
    }

    async fn look(&self, scope: QuotaScope) -> Result<BTreeMap<Branch, Option<Counter>>> {
        let mut branches = self.call(|_, _| BTreeMap::new()).await?;
        for branch in Branch::all() {
            if branch.number() % 4 == 0 {
                turn().await;
            }
            branches.insert(branch, self.stored().branch(scope, branch));
        }
        Ok(branches)
    }

    async fn write(&self, place: Place, write: &CounterWrite) -> Result<(), Unwritten> {
        let written = self.call(|stored, purpose| stored.write(place, write, purpose)).await;
        written.map_err(Unwritten::Fault)?.map_err(|there| Unwritten::Refused(*there))
    }

    async fn put_open(&self, id: ReservationId, open: &Open) -> Result<Option<Open>> {
        self.call(|stored, _| match stored.open.get(&id) {
            Some(there) => Some(*there),
            None => {
                stored.open.insert(id, *open);
                None
            }
        })
        .await
    }

    async fn drop_open(&self, id: ReservationId) -> Result<()> {
        self.call(|stored, _| stored.open.remove(&id)).await.map(|_| ())
    }

    async fn put_settled(&self, settled: &Settled) -> Result<Option<Settled>> {
        self.call(|stored, _| match stored.ledger.get(&settled.id) {
            Some(there) => Some(there.clone()),
            None => {
                stored.ledger.insert(settled.id, settled.clone());
                None
            }
        })
        .await
    }

    async fn check_known(&self, _: &ScopeSet) -> Result<()> {
        self.call(|_, _| ()).await
    }

    async fn pause(&self, _: u32) {
        turn().await;
    }
}
