//! What is sealed of an organization, how it got there, and whether it opens.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use domain::encryption_key::Stage;
use domain::organization::{Organization, Placement};
use domain::quota::ReadQuotaRequests;
use domain::sealed::{Attribute, Sealed};
use seal::Sealer;

use crate::place::{Place, mint, now, superadmin};

/// An organization, and all that was ever sealed for it.
pub(crate) struct Tenant {
    pub(crate) organization: Organization,
    pub(crate) sealed: Vec<(Attribute, Vec<u8>)>,
}

impl Place {
    /// With a request that was denied with a note, a top-up, and a provider with parameters.
    pub(crate) async fn tenant(&self, name: &str, placement: Placement) -> Tenant {
        let organization = self.organization(name, placement).await;
        let mut tenant = Tenant { organization, sealed: vec![] };
        self.add(&mut tenant, &self.sealer(), 1).await;
        tenant
    }

    /// A process that seals, by the clock of the test.
    pub(crate) fn sealer(&self) -> Sealer {
        Sealer::new(self.vault.clone(), Arc::new(|| std::time::Duration::from_millis(now().millis())))
    }

    /// Seals that often what every family can hold.
    pub(crate) async fn add(&self, tenant: &mut Tenant, sealer: &Sealer, times: usize) {
        let place = &tenant.organization;
        let granted = superadmin(Some(place)).grant(ReadQuotaRequests, place.id).unwrap();
        let scope = granted.scope();
        let mut minted = mint();
        let mut writes = vec![];
        for _ in 0..times {
            let (request, top_up, provider) = (minted.id(), minted.id(), minted.id());
            let [reason, note, other, parameters] = [
                self.store.reason_of_request(scope, request),
                self.store.note_of_request(scope, request),
                self.store.reason_of_top_up(scope, top_up),
                self.store.parameters_of_provider(scope, provider),
            ];
            let words = |at: &Attribute| format!("words for {} {}", at.sk, at.name).into_bytes();
            let sealed = async |at: &Attribute| {
                let sealed = sealer.seal(at, &words(at)).await.unwrap();
                AttributeValue::B(Blob::new(sealed.as_bytes()))
            };
            let state = AttributeValue::M([("note".to_owned(), sealed(&note).await)].into());
            writes.push(put(&reason, [("reason", sealed(&reason).await), ("state", state)].into()));
            writes.push(put(&other, [("reason", sealed(&other).await)].into()));
            let map = AttributeValue::M([("sealed".to_owned(), sealed(&parameters).await)].into());
            writes.push(put(&parameters, [("parameters", map)].into()));
            tenant.sealed.extend([reason, note, other, parameters].map(|at| (at.clone(), words(&at))));
        }
        let table = tenant.sealed.last().unwrap().0.table.clone();
        for some in writes.chunks(25) {
            let asked = [(table.clone(), some.to_vec())].into();
            let answer = self.client.batch_write_item().set_request_items(Some(asked)).send().await.unwrap();
            assert!(answer.unprocessed_items.unwrap_or_default().is_empty());
        }
    }

    pub(crate) async fn stored(&self, at: &Attribute) -> Sealed {
        let call = self.client.get_item().table_name(&at.table).key("pk", AttributeValue::S(at.pk.clone()));
        let item = call.key("sk", AttributeValue::S(at.sk.clone())).send().await.unwrap().item.unwrap();
        let found = at.name.split('.').fold(AttributeValue::M(item), |map, step| map.as_m().unwrap()[step].clone());
        Sealed::new(found.as_b().unwrap().as_ref().to_vec())
    }

    /// As a request does that read the item before and writes all of it.
    pub(crate) async fn write_back(&self, at: &Attribute, old: &Sealed) {
        let call = self.client.update_item().table_name(&at.table).key("pk", AttributeValue::S(at.pk.clone()));
        let call = call.key("sk", AttributeValue::S(at.sk.clone())).update_expression("SET reason = :old");
        let old = AttributeValue::B(Blob::new(old.as_bytes()));
        let _ = call.expression_attribute_values(":old", old).send().await.unwrap();
    }

    /// Everything opens for a process that has no data key at hand.
    pub(crate) async fn assert_opens(&self, tenant: &Tenant) {
        let sealer = self.sealer();
        for (at, words) in &tenant.sealed {
            let opened = sealer.open(at, &self.stored(at).await).await;
            assert_eq!(&opened.unwrap_or_else(|failure| panic!("{at:?}: {failure:?}")), words, "{at:?}");
        }
    }

    /// Nothing that lies in any table is under an older version, whatever it is, and everything opens.
    pub(crate) async fn assert_followed(&self, tenant: &Tenant, newest: u32) {
        let versions = self.versions_in(&tenant.sealed[0].0.table, &tenant.organization.id.to_string()).await;
        assert_eq!(versions.keys().copied().collect::<Vec<_>>(), [newest], "{versions:?}");
        assert_eq!(versions[&newest], tenant.sealed.len());
        self.assert_opens(tenant).await;
    }

    /// How many sealed forms of the organization its table holds, by the version that wraps them.
    #[expect(clippy::disallowed_methods, reason = "a test looks at everything")]
    async fn versions_in(&self, table: &str, organization: &str) -> BTreeMap<u32, usize> {
        let mut found = BTreeMap::new();
        let mut items = self.client.scan().table_name(table).into_paginator().items().send();
        while let Some(item) = items.next().await {
            let item = item.unwrap();
            if item["pk"].as_s().unwrap().starts_with(organization) {
                item.values().for_each(|value| count(value, &mut found));
            }
        }
        found
    }

    /// The turn is over, everything followed, and no older version opens anything at the vault.
    pub(crate) async fn assert_turned(&self, tenant: &Tenant, old: &[Sealed], newest: u32) {
        let key = self.key(&tenant.organization).await;
        assert_eq!((&key.stage, key.newest, key.oldest), (&Stage::Resting, newest, newest));
        self.assert_followed(tenant, newest).await;
        let sealer = self.sealer();
        for ((at, _), old) in tenant.sealed.iter().zip(old) {
            assert!(sealer.open(at, old).await.is_err(), "an older version still opens");
        }
    }

    /// As everything is stored now.
    pub(crate) async fn copies(&self, tenant: &Tenant) -> Vec<Sealed> {
        let mut copies = vec![];
        for (at, _) in &tenant.sealed {
            copies.push(self.stored(at).await);
        }
        copies
    }

    /// How often that was recorded for the organization.
    #[expect(clippy::disallowed_methods, reason = "a test looks at everything")]
    pub(crate) async fn recorded(&self, action: &str, of: &Organization) -> usize {
        let mut items = self.client.scan().table_name("test-events").into_paginator().items().send();
        let (mut found, id) = (0, of.id.to_string());
        while let Some(item) = items.next().await {
            let item = item.unwrap();
            let is =
                |name: &str, value: &str| item.get(name).and_then(|of| of.as_s().ok()).is_some_and(|of| of == value);
            found += usize::from(is("action", action) && is("organization", &id));
        }
        found
    }
}

fn count(value: &AttributeValue, found: &mut BTreeMap<u32, usize>) {
    match value {
        AttributeValue::B(bytes) => {
            let version = seal::key_version(&Sealed::new(bytes.as_ref().to_vec()));
            *found.entry(version.unwrap_or(0)).or_default() += 1;
        }
        AttributeValue::M(map) => map.values().for_each(|value| count(value, found)),
        AttributeValue::L(list) => list.iter().for_each(|value| count(value, found)),
        _ => {}
    }
}

fn put(at: &Attribute, attributes: BTreeMap<&str, AttributeValue>) -> WriteRequest {
    let item = attributes.into_iter().map(|(name, value)| (name.to_owned(), value));
    let key = [("pk", &at.pk), ("sk", &at.sk)].map(|(name, key)| (name.to_owned(), AttributeValue::S(key.clone())));
    let put = PutRequest::builder().set_item(Some(item.chain(key).collect())).build().unwrap();
    WriteRequest::builder().put_request(put).build()
}
