//! What there is of an organization, wherever it may lie.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::OrganizationId;

use crate::content::Tenant;
use crate::stack::Stack;

/// Items by table and key, in one form only.
pub(crate) type Items = BTreeMap<(String, String, String), String>;

impl Stack {
    /// Every item of every table.
    #[expect(clippy::disallowed_methods, reason = "a test looks at everything")]
    pub(crate) async fn dump(&self) -> Items {
        let mut items = Items::new();
        for table in self.tables().await {
            let mut pages = self.client.scan().table_name(&table).into_paginator().items().send();
            while let Some(item) = pages.next().await {
                let item: BTreeMap<String, String> =
                    item.unwrap().into_iter().map(|(name, value)| (name, shown(&value))).collect();
                items.insert((table.clone(), item["pk"].clone(), item["sk"].clone()), format!("{item:?}"));
            }
        }
        items
    }

    pub(crate) async fn tables(&self) -> Vec<String> {
        self.client.list_tables().send().await.unwrap().table_names.unwrap_or_default()
    }

    /// All items that name the organization, in keys or attributes, but the record of what was done to it.
    pub(crate) async fn traces(&self, id: OrganizationId) -> Items {
        traces(&self.dump().await, id)
    }

    /// How often that was recorded for the organization.
    pub(crate) async fn recorded(&self, action: &str, id: OrganizationId) -> usize {
        recorded(&self.dump().await, action, id)
    }

    /// Nothing of the tenant is left anywhere but its tombstone, and nothing of it can be decrypted.
    pub(crate) async fn assert_gone(&self, tenant: &Tenant) {
        let id = tenant.id();
        let all = self.dump().await;
        let traces = traces(&all, id);
        assert_eq!(traces.len(), 1, "{traces:#?}");
        let (table, pk, sk) = traces.keys().next().unwrap();
        assert!(table == "test-platform" && pk.contains(&id.to_string()) && sk.contains("TOMBSTONE"), "{traces:?}");
        let programs = all.keys().filter(|(_, pk, _)| pk.contains(&tenant.program.to_string()));
        assert_eq!(programs.count(), 0);
        assert!(!self.tables().await.iter().any(|table| table.contains(&id.to_string())));
        assert_eq!(self.direct.blobs.list(&format!("orgs/{id}/")).await.unwrap(), Vec::<String>::new());
        let vault = &self.direct.vault;
        assert!(vault.secrets_under(&format!("orgs/{id}")).await.is_ok_and(|secrets| secrets.is_empty()));
        assert!(vault.organization_key_exists(&id.to_string()).await.is_ok_and(|exists| !exists));
        assert!(vault.unwrap_data_key(&id.to_string(), &tenant.wrapped).await.is_err());
        for action in ["organization.purge-begun", "organization.purged"] {
            assert_eq!(recorded(&all, action, id), 1, "{action}");
        }
    }

    /// Everything is there and can be decrypted.
    pub(crate) async fn assert_whole(&self, tenant: &Tenant, before: &Items) {
        let id = tenant.id();
        assert_eq!(&self.traces(id).await, before);
        assert_eq!(self.direct.blobs.list(&format!("orgs/{id}/")).await.unwrap().len(), 1);
        let vault = &self.direct.vault;
        assert!(vault.secrets_under(&format!("orgs/{id}")).await.is_ok_and(|secrets| secrets.len() == 3));
        assert!(vault.unwrap_data_key(&id.to_string(), &tenant.wrapped).await.is_ok());
    }
}

fn traces(all: &Items, id: OrganizationId) -> Items {
    let id = id.to_string();
    let of = |(table, pk, _): &(String, String, String), item: &String| {
        table != "test-events" && (item.contains(&id) || pk.contains(&id) || table.contains(&id))
    };
    all.iter().filter(|(key, item)| of(key, item)).map(|(key, item)| (key.clone(), item.clone())).collect()
}

fn recorded(all: &Items, action: &str, id: OrganizationId) -> usize {
    let is = |item: &&String| item.contains(action) && item.contains(&id.to_string());
    all.iter().filter(|((table, ..), _)| table == "test-events").filter(|(_, item)| is(item)).count()
}

/// A value in one form only: sets and maps have no order of their own.
fn shown(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(map) => {
            let sorted: BTreeMap<_, _> = map.iter().map(|(name, value)| (name, shown(value))).collect();
            format!("M({sorted:?})")
        }
        AttributeValue::L(list) => format!("L({:?})", list.iter().map(shown).collect::<Vec<_>>()),
        AttributeValue::Ss(set) => format!("Ss({:?})", BTreeSet::from_iter(set)),
        other => format!("{other:?}"),
    }
}
