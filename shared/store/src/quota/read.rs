//! One consistent `BatchGetItem` over the platform's and the organization's table: who asks, whether they may, what the
//! calls name, what their limits are and what is left.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{OrganizationId, ReservationId};
use domain::organization::{Organization, Status};
use domain::quota::{QuotaScope, ScopeSet};
use domain::{Code, Result, Timestamp};
use serde::de::DeserializeOwned;

use super::check::Check;
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
            match self.get_all(&[(&self.platform, asked.platform_keys()), (&table, asked.tenant_keys())]).await {
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
            found.extend(self.get_all(&[(&table, asked.tenant_keys())]).await?);
            self.placements.remember(place.id, place.placement);
        }
        Ok(Some((program, Check { organization, table, found: Found::of(found) })))
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

    fn tenant_keys(&self) -> BTreeSet<Key> {
        let mut keys = BTreeSet::new();
        for (id, set) in self.calls {
            keys.extend(call_keys(self.organization, *id, set));
            if self.with_facts {
                keys.extend(named_keys(self.organization, set));
            }
        }
        keys
    }
}

/// What decides about a call, in the organization's table.
pub(crate) fn call_keys(organization: OrganizationId, id: ReservationId, set: &ScopeSet) -> Vec<Key> {
    let mut keys = vec![quota::settled(organization, id), quota::open(organization, id)];
    keys.extend(scope_keys(organization, set.scopes()));
    keys
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

    pub(crate) fn raw(&self, key: &Key) -> Option<&Item> {
        self.0.get(key)
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>> {
        self.raw(key).cloned().map(decode).transpose()
    }
}
