//! One consistent `BatchGetItem` over the platform's and the organization's table: who asks, whether they may, what the
//! calls name, what their limits are and what is left.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{OrganizationId, ReservationId};
use domain::organization::{Organization, Status};
use domain::quota::{Branch, HoldKey, QuotaScope, ScopeSet};
use domain::{Code, Result, Timestamp};
use serde::de::DeserializeOwned;

use super::check::Check;
use super::counter_item;
use crate::core::{Item, Store, decode};
use crate::keys::{self, Key, quota, tenant};
use crate::service_identity::{AskedByToken, IdentifiedProgram};

/// What one `BatchGetItem` takes.
const KEYS_MAX: usize = 100;

/// Who asks, and for which calls.
#[derive(Clone, Copy, Debug)]
pub struct AskedCheck<'a> {
    /// By which token, for which organization.
    pub by: AskedByToken,
    /// In which organization.
    pub organization: OrganizationId,
    /// For which calls.
    pub calls: &'a [(ReservationId, ScopeSet)],
    /// Whether it matters that what the calls name is in use.
    pub with_facts: bool,
}

impl Store {
    /// AP-210. Everything that a check needs in one round trip; in two where this process meets the organization for the
    /// first time. None where the token does not hold.
    pub async fn read_check(
        &self,
        asked: AskedCheck<'_>,
        now: Timestamp,
    ) -> Result<Option<(IdentifiedProgram, Check)>> {
        let organization = asked.organization;
        let mut found = vec![];
        if let Some(placement) = self.placements.get(&organization) {
            let table = self.tenant_table(organization, placement);
            match self.get_all(&[(&self.platform, asked.platform_keys()), (&table, self.tenant_keys(&asked))]).await {
                Ok(items) => found = items,
                // The organization is gone; who asks is told so only where they may know.
                Err(error) if error.code() == Code::OrganizationNotActive => self.placements.forget(&organization),
                Err(error) => return Err(error),
            }
        }
        let is_known = !found.is_empty();
        if !is_known {
            found = self.get_all(&[(&self.platform, asked.platform_keys())]).await?;
        }
        let Some(program) = asked.by.program_in(&found, now)? else { return Ok(None) };
        let place = program.organization.as_ref().filter(|organization| has_table(organization));
        let table = place.map(|place| self.tenant_table(place.id, place.placement)).unwrap_or_default();
        if let Some(place) = place.filter(|_| !is_known) {
            found.extend(self.get_all(&[(&table, self.tenant_keys(&asked))]).await?);
            self.placements.remember(place.id, place.placement);
        }
        let mut found = Found::of(found);
        if !table.is_empty() {
            self.add_homes(organization, &table, &mut found, asked.calls).await?;
        }
        Ok(Some((program, Check { organization, table, found })))
    }

    fn tenant_keys(&self, asked: &AskedCheck<'_>) -> BTreeSet<Key> {
        let mut keys = BTreeSet::new();
        for (id, set) in asked.calls {
            keys.extend(self.call_keys(asked.organization, *id, set));
            if asked.with_facts {
                keys.extend(named_keys(asked.organization, set));
            }
        }
        keys
    }

    /// What decides about a call, in the organization's table; of counters that are known to have branches the call's own too.
    pub(crate) fn call_keys(&self, organization: OrganizationId, id: ReservationId, set: &ScopeSet) -> Vec<Key> {
        let mut keys = vec![quota::settled(organization, id), quota::open(organization, id)];
        keys.extend(scope_keys(organization, set.scopes()));
        let branched = set.scopes().filter(|scope| self.branched.get(&(organization, *scope)).is_some());
        keys.extend(branched.map(|scope| quota::branch(organization, scope, Branch::of(HoldKey::of(id)))));
        keys
    }

    /// Reads the calls' own branches, where a counter has some that this process did not know of.
    pub(crate) async fn add_homes(
        &self,
        organization: OrganizationId,
        table: &str,
        found: &mut Found,
        calls: &[(ReservationId, ScopeSet)],
    ) -> Result<()> {
        let mut missing = BTreeSet::new();
        for (id, set) in calls {
            for scope in set.scopes().filter(|scope| found.has_branches(organization, *scope)) {
                self.branched.remember((organization, scope), ());
                let key = quota::branch(organization, scope, Branch::of(HoldKey::of(*id)));
                missing.extend(Some(key).filter(|key| found.raw(key).is_none()));
            }
        }
        self.add(table, found, missing).await
    }

    /// Reads all branches of counters that have some.
    pub(crate) async fn add_branches(
        &self,
        organization: OrganizationId,
        table: &str,
        found: &mut Found,
        scopes: impl Iterator<Item = QuotaScope>,
    ) -> Result<()> {
        let branched: Vec<QuotaScope> = scopes.filter(|scope| found.has_branches(organization, *scope)).collect();
        let of_scope = |scope: &QuotaScope| {
            Branch::all().map(|branch| quota::branch(organization, *scope, branch)).collect::<Vec<_>>()
        };
        self.add(table, found, branched.iter().flat_map(of_scope).collect()).await
    }

    async fn add(&self, table: &str, found: &mut Found, keys: BTreeSet<Key>) -> Result<()> {
        if !keys.is_empty() {
            found.0.extend(Found::of(self.get_all(&[(table, keys)]).await?).0);
        }
        Ok(())
    }

    /// As many items as there are keys, of several tables; up to 100 in a round trip.
    pub(crate) async fn get_all(&self, asked: &[(&str, BTreeSet<Key>)]) -> Result<Vec<Item>> {
        let all = asked.iter().flat_map(|(table, keys)| keys.iter().map(|key| (*table, key.clone())));
        let all: Vec<(&str, Key)> = all.collect();
        let mut found = vec![];
        for chunk in all.chunks(KEYS_MAX) {
            let mut tables: HashMap<&str, Vec<Key>> = HashMap::new();
            for (table, key) in chunk {
                tables.entry(table).or_default().push(key.clone());
            }
            let asked: Vec<(&str, &[Key])> = tables.iter().map(|(table, keys)| (*table, keys.as_slice())).collect();
            found.extend(self.get_across(&asked).await?);
        }
        Ok(found)
    }
}

/// There is a table from the end of provisioning to the beginning of the purge.
fn has_table(organization: &Organization) -> bool {
    matches!(organization.state.status(), Status::Active | Status::Archived | Status::Deleting)
}

impl AskedCheck<'_> {
    fn platform_keys(&self) -> BTreeSet<Key> {
        let mut keys: BTreeSet<Key> = self.by.keys().into_iter().collect();
        keys.insert(quota::platform_defaults());
        if self.with_facts {
            for user in self.calls.iter().filter_map(|(_, set)| set.user) {
                keys.extend([keys::user(user), keys::membership(user, self.organization)]);
            }
        }
        keys
    }
}

pub(crate) fn scope_keys(organization: OrganizationId, scopes: impl Iterator<Item = QuotaScope>) -> Vec<Key> {
    let of_scope = |scope| [quota::limits(organization, scope), quota::counter(organization, scope)];
    std::iter::once(quota::defaults(organization)).chain(scopes.flat_map(of_scope)).collect()
}

/// What a call names, in the organization's table.
pub(crate) fn named_keys(organization: OrganizationId, set: &ScopeSet) -> Vec<Key> {
    let use_case = set.use_case.map(|id| tenant::registered(organization, set.project, &id.to_string()));
    std::iter::once(tenant::project(organization, set.project)).chain(use_case).collect()
}

/// Items that were read, by key.
#[derive(Debug)]
pub(crate) struct Found(HashMap<Key, Item>);

impl Found {
    pub(crate) fn of(items: Vec<Item>) -> Self {
        let text =
            |item: &Item, name: &str| item.get(name).and_then(|value: &AttributeValue| value.as_s().ok().cloned());
        let keyed =
            items.into_iter().filter_map(|item| Some((Key { pk: text(&item, "pk")?, sk: text(&item, "sk")? }, item)));
        Self(keyed.collect())
    }

    fn has_branches(&self, organization: OrganizationId, scope: QuotaScope) -> bool {
        let counter = self.raw(&quota::counter(organization, scope));
        counter.is_some_and(|counter| counter_item::phase(counter).has_branches())
    }

    pub(crate) fn raw(&self, key: &Key) -> Option<&Item> {
        self.0.get(key)
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>> {
        self.raw(key).cloned().map(decode).transpose()
    }
}
