//! Which organizations the reset visits, where it goes on, and how far it has come with each.

use domain::organization::{Organization, Status};
use domain::quota::{Closing, ResetQuotas, SweepQuotas};
use domain::{Granted, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::core::{Store, decode, encode};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::items::{OrganizationItem, TenantItem};
use crate::keys::{Key, index, spending};
use crate::page::{Page, Query};

/// Where a turn through all organizations is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Among organizations of that status.
    pub status: Status,
    /// Behind that place.
    pub cursor: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct TurnItem {
    pk: String,
    sk: String,
    #[serde(flatten)]
    turn: Turn,
}

impl Store {
    /// AP-255. Organizations whose quotas may have been used, one at a time: a turn may end behind each.
    pub async fn organizations_to_reset(
        &self,
        _: &Granted<SweepQuotas>,
        status: Status,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Organization>> {
        let query = Query::on(&self.platform, index::SECOND, index::organizations_of(status));
        let page = self.page("reset", query, cursor, 1).await?;
        let items = page.items.into_iter().map(|item| decode::<OrganizationItem>(item).map(Organization::from));
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// AP-256. Where the turn is; none before the first.
    pub async fn reset_turn(&self, _: &Granted<SweepQuotas>) -> Result<Option<Turn>> {
        let item: Option<TurnItem> = self.get(&self.platform, &spending::reset_turn()).await?;
        Ok(item.map(|item| item.turn))
    }

    /// AP-257. The turn goes on from there. Of two that run at once the later word counts; either only repeats.
    pub async fn set_reset_turn(&self, _: &Granted<SweepQuotas>, turn: Turn) -> Result<()> {
        let Key { pk, sk } = spending::reset_turn();
        let item = encode(&TurnItem { pk, sk, turn })?;
        let edit = Edit::of(&self.platform, spending::reset_turn()).set_all(item, &[])?;
        edit.send(&self.client).await.map_err(|fault| fault.into_error("going on with the turn"))
    }

    /// AP-258. How far the organization's ledger was closed.
    pub async fn closing(&self, granted: &Granted<ResetQuotas>, made_at: Timestamp) -> Result<Closing> {
        let key = spending::closing(granted.scope().organization());
        let item: Option<TenantItem<Closing>> = self.get(&self.tenant(granted.scope()), &key).await?;
        Ok(item.map_or_else(|| Closing::from(made_at), |item| item.content))
    }

    /// AP-259. It was closed that far. Of two that run at once the one that is behind makes the next run repeat some of it.
    pub async fn set_closing(&self, granted: &Granted<ResetQuotas>, closing: &Closing) -> Result<()> {
        let key = spending::closing(granted.scope().organization());
        let item = encode(&TenantItem::of(key.clone(), closing))?;
        let table = self.tenant(granted.scope());
        let edit = Edit::of(&table, key).set_all(item, &[])?;
        let sent = self.send_to(&table, edit).await;
        sent.map_err(|fault| fault.into_error("closing a day"))
    }
}
