//! A walk through everything that is sealed of an organization, and what it puts in the place of it.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::encryption_key::{Pass, TurnEncryptionKey};
use domain::sealed::{Attribute, Sealed};
use domain::{Granted, Result};

use crate::core::{Item, Store};
use crate::edit::Edit;
use crate::fault::Fault;
use crate::keys::Key;
use crate::page::Query;
use crate::sealed_families::{SEALED_FAMILIES, SealedFamily};

/// So many items are read at once.
const ITEMS_AT_ONCE: u32 = 100;

/// Something sealed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedAt {
    /// Where it stands.
    pub attribute: Attribute,
    /// What stands there.
    pub sealed: Sealed,
}

/// A part of a walk.
#[derive(Debug)]
pub struct SealedPart {
    /// What is sealed in it.
    pub found: Vec<SealedAt>,
    /// Where the walk goes on; none at its end.
    pub next: Option<(String, Option<String>)>,
}

impl Store {
    /// AP-305. What is sealed in the next 100 items of the walk, read consistently. Where it stood in a family that there is no
    /// more it begins anew.
    pub async fn sealed_part(&self, granted: &Granted<TurnEncryptionKey>, pass: &Pass) -> Result<SealedPart> {
        let at = pass.family.as_ref().and_then(|name| SEALED_FAMILIES.iter().position(|family| family.name == *name));
        let behind = pass.behind.clone().filter(|_| at.is_some());
        let mut families = SEALED_FAMILIES.iter().skip(at.unwrap_or(0));
        let Some(family) = families.next() else { return Ok(SealedPart { found: vec![], next: None }) };
        let table = self.tenant(granted.scope());
        let partition = (family.partition)(granted.scope().organization());
        let start = behind.map(|sk| {
            Item::from([
                ("pk".to_owned(), AttributeValue::S(partition.clone())),
                ("sk".to_owned(), AttributeValue::S(sk)),
            ])
        });
        let (items, more) = self.query(&Query::of(&table, partition), start, ITEMS_AT_ONCE).await?;
        let found = items.iter().flat_map(|item| self.sealed_in(granted, family, item)).collect();
        let next = match more {
            Some(last) => Some((family.name.to_owned(), text(&last, "sk"))),
            None => families.next().map(|family| (family.name.to_owned(), None)),
        };
        Ok(SealedPart { found, next })
    }

    /// What of it is bytes; what is text was stored before anything was sealed.
    fn sealed_in(
        &self,
        granted: &Granted<TurnEncryptionKey>,
        family: &'static SealedFamily,
        item: &Item,
    ) -> Vec<SealedAt> {
        let Some(sk) = text(item, "sk") else { return vec![] };
        let one = |name: &crate::sealed_families::Sealable| {
            let attribute = self.sealed_attribute(granted.scope(), family, &sk, *name);
            let bytes = at(item, name.path())?.as_b().ok()?.clone().into_inner();
            Some(SealedAt { attribute, sealed: Sealed::new(bytes) })
        };
        family.attributes.iter().filter_map(one).collect()
    }

    /// AP-306. Puts the same content in the place of what was read. False where something else stands there meanwhile, or
    /// nothing.
    pub async fn replace_sealed(
        &self,
        _: &Granted<TurnEncryptionKey>,
        SealedAt { attribute, sealed }: &SealedAt,
        anew: &Sealed,
    ) -> Result<bool> {
        let bytes = |sealed: &Sealed| AttributeValue::B(Blob::new(sealed.as_bytes()));
        let Attribute { organization: _, table, pk, sk, name } = attribute;
        let edit = Edit::of(table, Key { pk: pk.clone(), sk: sk.clone() }).set_raw(name, bytes(anew));
        let sent = edit.when_raw(name, "=", bytes(sealed)).send(&self.client).await;
        match sent.map_err(|fault: Fault| fault.of_tenant_if(self.is_dedicated(table))) {
            Ok(()) => Ok(true),
            Err(fault) if fault.refused().is_some() => Ok(false),
            Err(fault) => Err(fault.into_error("wrapping a data key anew")),
        }
    }
}

/// The attribute at a path through maps.
fn at<'a>(item: &'a Item, path: &str) -> Option<&'a AttributeValue> {
    match path.split_once('.') {
        None => item.get(path),
        Some((map, rest)) => at(item.get(map)?.as_m().ok()?, rest),
    }
}

fn text(item: &Item, name: &str) -> Option<String> {
    item.get(name)?.as_s().ok().cloned()
}
