//! Checks as the runtime asks for them, with its right.

use domain::id::{OrganizationId, ReservationId};
use domain::quota::{Call, ReleaseQuota, ReserveQuota, ReturnLease, ScopeSet, SettleQuota, Settled, TakeLease};
use domain::{Granted, Mint, Result, Timestamp};

use super::desk::CallState;
use super::read::Found;
use super::reserve::{Outcome, Try, reserve};
use super::tables::Tables;
use super::{facts, lease, settle};
use crate::core::Store;

/// What was read for a check, before anybody's right was looked at: nothing of it leaves without a grant.
#[derive(Debug)]
pub struct Check {
    pub(crate) organization: OrganizationId,
    pub(crate) table: String,
    pub(crate) found: Found,
}

impl Check {
    pub(crate) fn state(&self, id: ReservationId, set: &ScopeSet) -> Result<CallState> {
        self.found.state(self.organization, set.scopes(), Some(id))
    }

    fn tables<'a>(&self, store: &'a Store) -> Tables<'a> {
        Tables { store, organization: self.organization, table: self.table.clone() }
    }
}

impl Store {
    /// AP-211. Reserves all of these calls or none: those that were new go again where a later one is refused. The last
    /// outcome is the refusal, if there is one.
    ///
    /// # Errors
    /// What a call names is not there or not in use, with a pointer to it; [`domain::Code::ReservationReused`]; what the
    /// database said.
    pub async fn reserve_quota(
        &self,
        granted: &Granted<ReserveQuota>,
        check: &Check,
        mint: &mut Mint,
    ) -> Result<Vec<Outcome>> {
        let calls = &granted.command().calls;
        for (place, call) in calls.iter().enumerate() {
            facts::in_use(&check.found, check.organization, &call.set)
                .map_err(|(field, error)| error.at(format!("/calls/{place}/{field}")))?;
        }
        let mut outcomes: Vec<Outcome> = vec![];
        for (place, call) in calls.iter().enumerate() {
            let outcome = self.reserve_call(check, *call, mint).await;
            if !matches!(outcome, Ok(Outcome::Reserved { .. } | Outcome::Ended(_))) {
                self.give_back(check, &outcomes, mint.now()).await;
            }
            let of_call = |error: domain::Error| match error.pointer() {
                None if error.code() == domain::Code::ReservationReused => error.at(format!("/calls/{place}/id")),
                _ => error,
            };
            outcomes.push(outcome.map_err(of_call)?);
            if matches!(outcomes.last(), Some(Outcome::Refused(_))) {
                break;
            }
        }
        Ok(outcomes)
    }

    async fn reserve_call(&self, check: &Check, call: Call, mint: &mut Mint) -> Result<Outcome> {
        let state = check.state(call.id, &call.set)?;
        reserve(&check.tables(self), state, Try { call, first: number(mint), now: mint.now() }).await
    }

    /// What cannot be given back now lapses.
    async fn give_back(&self, check: &Check, outcomes: &[Outcome], now: Timestamp) {
        for outcome in outcomes {
            let Outcome::Reserved { reserved, new: true, .. } = outcome else { continue };
            let Call { id, set, .. } = reserved.call;
            let tables = check.tables(self);
            let released = async {
                let state = super::QuotaDesk::read(&tables, id, &set).await?;
                settle::release(&tables, state, &ReleaseQuota { id, set }, now).await
            };
            if let Err(error) = released.await {
                tracing::warn!(error = %error, "a call of a refused batch was not released; it lapses");
            }
        }
    }

    /// AP-21C. Takes a block for calls that the runtime accounts for by itself.
    ///
    /// # Errors
    /// As [`Store::reserve_quota`]; [`domain::Code::LeaseTooSmall`].
    pub async fn take_lease(&self, granted: &Granted<TakeLease>, check: &Check, mint: &mut Mint) -> Result<Outcome> {
        let Call { id, set, .. } = granted.command().wanted;
        facts::in_use(&check.found, check.organization, &set)
            .map_err(|(field, error)| error.at(format!("/{field}")))?;
        let state = check.state(id, &set)?;
        lease::take_lease(&check.tables(self), state, granted.command(), number(mint), mint.now()).await
    }

    /// AP-21D. Writes to the ledger what the calls of a lease used, and charges it in place of the block.
    ///
    /// # Errors
    /// As [`Store::settle_quota`].
    pub async fn return_lease(
        &self,
        granted: &Granted<ReturnLease>,
        check: &Check,
        mint: &mut Mint,
    ) -> Result<Settled> {
        let asked = granted.command();
        let state = check.state(asked.id, &asked.set)?;
        lease::return_lease(&check.tables(self), state, asked, number(mint), mint.now()).await
    }

    /// AP-21A. Writes to the ledger what a call used, and charges it in place of what it held.
    ///
    /// # Errors
    /// [`domain::Code::ReservationReused`], [`domain::Code::ProjectUnknown`], [`domain::Code::UseCaseUnknown`].
    pub async fn settle_quota(
        &self,
        granted: &Granted<SettleQuota>,
        check: &Check,
        mint: &mut Mint,
    ) -> Result<Settled> {
        let asked = granted.command();
        let state = check.state(asked.id, &asked.set)?;
        settle::settle(&check.tables(self), state, asked, number(mint), mint.now()).await
    }

    /// AP-21B. Gives back what a call held that was not made.
    ///
    /// # Errors
    /// [`domain::Code::ReservationReused`].
    pub async fn release_quota(&self, granted: &Granted<ReleaseQuota>, check: &Check, now: Timestamp) -> Result<()> {
        let asked = granted.command();
        let state = check.state(asked.id, &asked.set)?;
        settle::release(&check.tables(self), state, asked, now).await
    }
}

/// The number of a try.
fn number(mint: &mut Mint) -> u32 {
    mint.bytes().iter().take(4).fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
}
