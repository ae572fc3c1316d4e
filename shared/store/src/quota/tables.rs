//! The organization's table as the place where its quotas are.

use std::collections::BTreeMap;

use domain::id::{OrganizationId, ReservationId};
use domain::quota::{
    Branch, Branching, Counter, CounterWrite, Defaults, HoldKey, Limits, Part, Place, QuotaScope, ScopeSet, Settled,
};
use domain::{OrgScope, Result, Timestamp};
use serde::{Deserialize, Serialize};

use super::desk::{CallState, Open, QuotaDesk, ScopeState, Unwritten};
use super::read::{Found, named_keys, scope_keys};
use super::{counter_item, facts};
use crate::core::{ATTEMPTS, Item, Store, decode, encode, pause};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::items::TenantItem;
use crate::keys::{Key, quota};
use crate::spending::late;

/// A reservation that no limit counts goes by itself, a day after it has lapsed.
const KEPT: std::time::Duration = std::time::Duration::from_secs(86_400);

/// One organization's quotas in the database.
pub struct Tables<'a> {
    pub(crate) store: &'a Store,
    pub(crate) organization: OrganizationId,
    pub(crate) table: String,
}

#[derive(Serialize, Deserialize)]
struct OpenItem {
    pk: String,
    sk: String,
    #[serde(flatten)]
    open: Open,
    expires: u64,
}

impl Store {
    /// The quotas of an organization that somebody was let into.
    #[must_use]
    pub fn quota_tables(&self, scope: &OrgScope) -> Tables<'_> {
        Tables { store: self, organization: scope.organization(), table: self.tenant(scope) }
    }

    /// AP-212. What was set on these scopes, what binds them and what they have left, in one consistent read; and a second one
    /// for counters with branches.
    pub async fn quota_scopes(&self, scope: &OrgScope, scopes: &[QuotaScope]) -> Result<CallState> {
        let (organization, table) = (scope.organization(), self.tenant(scope));
        let keys = scope_keys(organization, scopes.iter().copied()).into_iter().collect();
        let platform = [quota::platform_defaults()].into();
        let mut found = Found::of(self.get_all(&[(&self.platform, platform), (&table, keys)]).await?);
        self.add_branches(organization, &table, &mut found, scopes.iter().copied()).await?;
        found.state(organization, scopes.iter().copied(), None)
    }

    /// AP-219. Brings the counters of these scopes to the limits that are set: a lowered limit binds before it is
    /// acknowledged. A scope without a counter needs nothing.
    pub async fn push_limits(&self, scope: &OrgScope, scopes: &[QuotaScope], now: Timestamp) -> Result<()> {
        for attempt in 1..=ATTEMPTS {
            let state = self.quota_scopes(scope, scopes).await?;
            if super::push(&self.quota_tables(scope), &state, now).await? {
                return Ok(());
            }
            pause(attempt).await;
        }
        Err(super::write::busy())
    }
}

impl Found {
    /// What is known of a call, or of scopes alone.
    pub(crate) fn state(
        &self,
        organization: OrganizationId,
        scopes: impl Iterator<Item = QuotaScope>,
        call: Option<ReservationId>,
    ) -> Result<CallState> {
        let defaults = |key: &Key| -> Result<Defaults> {
            Ok(self.get::<TenantItem<Defaults>>(key)?.map(|item| item.content).unwrap_or_default())
        };
        let of_scope = |scope| -> Result<ScopeState> {
            let limits = self.get::<TenantItem<Limits>>(&quota::limits(organization, scope))?;
            let counter = self.raw(&quota::counter(organization, scope)).map(counter_item::counter).transpose()?;
            let home = call.map(|id| Branch::of(HoldKey::of(id)));
            let read = home.map_or_else(|| Branch::all().collect(), |home| vec![home]);
            let has_branches = counter.as_ref().is_some_and(|counter| counter.phase.has_branches());
            let branches = if has_branches { self.branches(organization, scope, read)? } else { BTreeMap::new() };
            let limits = limits.map(|item| item.content).unwrap_or_default();
            Ok(ScopeState { scope, limits, counter, branches })
        };
        let open = call.map(|id| self.get::<OpenItem>(&quota::open(organization, id))).transpose()?.flatten();
        let settled = call.map(|id| self.get::<TenantItem<Settled>>(&quota::settled(organization, id)));
        Ok(CallState {
            platform: defaults(&quota::platform_defaults())?,
            organization: defaults(&quota::defaults(organization))?,
            scopes: scopes.map(of_scope).collect::<Result<_>>()?,
            open: open.map(|item| item.open),
            settled: settled.transpose()?.flatten().map(|item| item.content),
            branching: Branching::USUAL,
        })
    }

    /// These branches, which were read.
    pub(crate) fn branches(
        &self,
        organization: OrganizationId,
        scope: QuotaScope,
        read: impl IntoIterator<Item = Branch>,
    ) -> Result<BTreeMap<Branch, Option<Counter>>> {
        let stored =
            |branch| self.raw(&quota::branch(organization, scope, branch)).map(counter_item::counter).transpose();
        read.into_iter().map(|branch| Ok((branch, stored(branch)?))).collect()
    }
}

impl Tables<'_> {
    /// Puts an item, or tells what is there.
    async fn put_new(&self, key: Key, item: Item, doing: &'static str) -> Result<Option<Item>> {
        match self.send(Edit::of(&self.table, key).set_all(item, &[])?.if_absent()).await {
            Ok(()) => Ok(None),
            Err(fault) => match fault.refused_at(0).flatten() {
                Some(there) => Ok(Some(there.clone())),
                None => Err(fault.into_error(doing)),
            },
        }
    }

    async fn send(&self, edit: Edit) -> Result<(), Fault> {
        let sent = edit.send(&self.store.client).await;
        sent.map_err(|fault| fault.of_tenant_if(self.store.is_dedicated(&self.table)))
    }

    /// Said before the first line of a day is there, so that every line is found: once a day in each process.
    async fn list_day(&self, id: ReservationId) -> Result<()> {
        let listing = (self.organization, id.made_at().day());
        if self.store.listed_days.get(&listing).is_some() {
            return Ok(());
        }
        let listed = Edit::of(&self.table, quota::ledger_day(self.organization, &listing.1)).set("day", &listing.1)?;
        self.send(listed).await.map_err(|fault| fault.into_error("listing a day of the ledger"))?;
        self.store.listed_days.remember(listing, ());
        Ok(())
    }

    /// Said before the first counter of a scope is there, so that every counter is found.
    async fn list_counted(&self, scope: QuotaScope) -> Result<(), Fault> {
        let key = quota::counted_scope(self.organization, scope);
        self.send(Edit::of(&self.table, key).set_raw("scope", scope_text(scope))).await
    }
}

fn scope_text(scope: QuotaScope) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(scope.to_string())
}

impl QuotaDesk for Tables<'_> {
    /// AP-213. As AP-210, without who asks.
    async fn read(&self, id: ReservationId, set: &ScopeSet) -> Result<CallState> {
        let keys = self.store.call_keys(self.organization, id, set).into_iter().collect();
        let platform = [quota::platform_defaults()].into();
        let asked = [(self.store.platform.as_str(), platform), (&self.table, keys)];
        let mut found = Found::of(self.store.get_all(&asked).await?);
        self.store.add_homes(self.organization, &self.table, &mut found, &[(id, *set)]).await?;
        found.state(self.organization, set.scopes(), Some(id))
    }

    /// AP-21E. All branches of a counter, in one consistent `BatchGetItem`.
    async fn look(&self, scope: QuotaScope) -> Result<BTreeMap<Branch, Option<Counter>>> {
        let keys = Branch::all().map(|branch| quota::branch(self.organization, scope, branch)).collect();
        let found = Found::of(self.store.get_all(&[(&self.table, keys)]).await?);
        found.branches(self.organization, scope, Branch::all())
    }

    /// AP-214. One conditional `UpdateItem`.
    async fn write(&self, place: Place, write: &CounterWrite) -> Result<(), Unwritten> {
        let unwritten = |fault: Fault| match fault.refused_at(0) {
            Some(there) => match there.map(counter_item::counter).transpose() {
                Ok(there) => Unwritten::Refused(there),
                Err(error) => Unwritten::Fault(error),
            },
            None => Unwritten::Fault(fault.into_error("writing a counter")),
        };
        if matches!(write, CounterWrite::Create(_)) && place.part == Part::Root {
            self.list_counted(place.scope).await.map_err(unwritten)?;
        }
        let key = quota::part(self.organization, place);
        let edit = counter_item::edit(&self.table, key, write).map_err(Unwritten::Fault)?;
        self.send(edit).await.map_err(unwritten)
    }

    /// AP-215. Puts the reservation of a call that no limit binds.
    async fn put_open(&self, id: ReservationId, open: &Open) -> Result<Option<Open>> {
        self.list_day(id).await?;
        let key = quota::open(self.organization, id);
        let (pk, sk, expires) = (key.pk.clone(), key.sk.clone(), open.lapses_at.plus(KEPT).seconds());
        let item = encode(&OpenItem { pk, sk, open: *open, expires })?;
        let there = self.put_new(key, item, "putting a reservation").await?;
        there.map(|item| decode::<OpenItem>(item).map(|item| item.open)).transpose()
    }

    /// AP-216. It goes, if it is there.
    async fn drop_open(&self, id: ReservationId) -> Result<()> {
        let Key { pk, sk } = quota::open(self.organization, id);
        let call = self.store.client.delete_item().table_name(&self.table);
        let call = call.set_key(Some(crate::core::primary(&Key { pk, sk })));
        let fault = |why| Fault::from(why).of_tenant_if(self.store.is_dedicated(&self.table));
        call.send().await.map(drop).map_err(|why| fault(why).into_error("ending a reservation"))
    }

    /// AP-217. The line of the ledger, once. Of a day that is over, that day is marked first (AP-269): it is closed again.
    async fn put_settled(&self, settled: &Settled) -> Result<Option<Settled>> {
        self.list_day(settled.id).await?;
        if let Some(mark) = late::mark(&self.table, self.organization, settled)? {
            self.send(mark).await.map_err(|fault| fault.into_error("marking a day"))?;
        }
        let key = quota::settled(self.organization, settled.id);
        let item = encode(&TenantItem::of(key.clone(), settled))?;
        let there = self.put_new(key, item, "writing to the ledger").await?;
        there.map(|item| decode::<TenantItem<Settled>>(item).map(|item| item.content)).transpose()
    }

    /// AP-218. Project and use case of a call that nothing else shows to be the organization's.
    async fn check_known(&self, set: &ScopeSet) -> Result<()> {
        let keys = named_keys(self.organization, set).into_iter().collect();
        let found = Found::of(self.store.get_all(&[(&self.table, keys)]).await?);
        facts::known(&found, self.organization, set, false).map_err(|(field, error)| error.at(format!("/{field}")))
    }

    async fn pause(&self, attempt: u32) {
        pause(attempt).await;
    }
}
