//! The store: clients, table names, and the few ways in which tables are asked.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Put, TransactWriteItem};
use domain::id::OrganizationId;
use domain::organization::Placement;
use domain::quota::QuotaScope;
use domain::{Event, OrgScope, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::items::EventItem;
use crate::keys::Key;
use crate::remembered::Remembered;

/// One stored item.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A conflict is retried this often before the caller is told to wait.
pub(crate) const ATTEMPTS: u32 = 8;

/// Where the tables are.
pub struct Config {
    /// The client, built at start-up.
    pub client: Client,
    /// What every table's name begins with, such as `prod-`.
    pub prefix: String,
}

/// The tables of the product. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) client: Client,
    prefix: String,
    pub(crate) platform: String,
    pub(crate) events: String,
    pub(crate) tenant_tables: TenantTables,
    /// Which table holds an organization: a placement never changes. Who asks is read each time, and a table that is gone is an
    /// error that makes it forgotten.
    pub(crate) placements: Remembered<OrganizationId, Placement>,
    /// Which days of a ledger this process has listed: a write that would change nothing is saved.
    pub(crate) listed_days: Remembered<(OrganizationId, String), ()>,
    /// Which counters this process has seen with branches: the call's own branch is read along with the counter.
    pub(crate) branched: Remembered<(OrganizationId, QuotaScope), ()>,
}

/// How tables of dedicated organizations are made.
#[derive(Clone, Debug, Default)]
pub struct TenantTables {
    /// The key that encrypts them; the database's own without it.
    pub kms_key: Option<String>,
    /// Whether they refuse to be deleted until the purge lifts that.
    pub deletion_protection: bool,
}

impl Store {
    /// A store on these tables. Makes no call.
    #[must_use]
    pub fn new(Config { client, prefix }: Config) -> Self {
        let (platform, events) = (format!("{prefix}platform"), format!("{prefix}events"));
        Self {
            client,
            prefix,
            platform,
            events,
            tenant_tables: TenantTables::default(),
            placements: Remembered::default(),
            listed_days: Remembered::default(),
            branched: Remembered::default(),
        }
    }

    /// The same store, making tables of dedicated organizations in that way.
    #[must_use]
    pub fn with_tenant_tables(self, tenant_tables: TenantTables) -> Self {
        Self { tenant_tables, ..self }
    }

    /// The table that holds an organization's own data.
    pub(crate) fn tenant_table(&self, organization: OrganizationId, placement: Placement) -> String {
        match placement {
            Placement::Dedicated => format!("{}tenant-{organization}", self.prefix),
            Placement::Pooled => self.pooled_table(),
        }
    }

    pub(crate) fn pooled_table(&self) -> String {
        format!("{}tenants", self.prefix)
    }

    /// Whether it is a dedicated organization's table, which comes and goes.
    pub(crate) fn is_dedicated(&self, table: &str) -> bool {
        table.strip_prefix(&self.prefix).is_some_and(|name| name.starts_with("tenant-"))
    }

    pub(crate) fn tenant(&self, scope: &OrgScope) -> String {
        self.tenant_table(scope.organization(), scope.placement())
    }

    /// A write that puts an audit event; it belongs into the transaction of its change.
    pub(crate) fn event(&self, event: &Event) -> Result<TransactWriteItem> {
        put(&self.events, &EventItem::from(event))
    }

    /// One item, read consistently.
    pub(crate) async fn get<T: DeserializeOwned>(&self, table: &str, key: &Key) -> Result<Option<T>> {
        let asked = self.client.get_item().table_name(table).set_key(Some(primary(key))).consistent_read(true);
        let refused = |why| Fault::from(why).of_tenant_if(self.is_dedicated(table)).into_error("reading an item");
        let answer = asked.send().await.map_err(refused)?;
        answer.item.map(decode).transpose()
    }

    /// Up to 100 items of one table in one consistent round trip, in any order.
    pub(crate) async fn get_many(&self, table: &str, keys: &[Key]) -> Result<Vec<Item>> {
        self.get_across(&[(table, keys)]).await
    }

    /// Up to 100 items of several tables in one consistent round trip, in any order.
    pub(crate) async fn get_across(&self, asked: &[(&str, &[Key])]) -> Result<Vec<Item>> {
        let mut found = Vec::new();
        let asked = asked.iter().filter(|(_, keys)| !keys.is_empty());
        let mut left: HashMap<String, Vec<Item>> =
            asked.map(|(table, keys)| ((*table).to_owned(), keys.iter().map(primary).collect())).collect();
        for attempt in 0..ATTEMPTS {
            if left.is_empty() {
                return Ok(found);
            }
            if attempt > 0 {
                pause(attempt).await;
            }
            let tenant = left.keys().any(|table| self.is_dedicated(table));
            let asked = left.into_iter().map(|(table, keys)| {
                let asked = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
                asked.map(|asked| (table, asked)).map_err(domain::Error::internal)
            });
            let call = self.client.batch_get_item().set_request_items(Some(asked.collect::<Result<_>>()?));
            let refused = |why| Fault::from(why).of_tenant_if(tenant).into_error("reading items");
            let answer = call.send().await.map_err(refused)?;
            found.extend(answer.responses.unwrap_or_default().into_values().flatten());
            let unread = answer.unprocessed_keys.unwrap_or_default().into_iter();
            left = unread.map(|(table, unread)| (table, unread.keys)).collect();
        }
        Err(domain::Error::unavailable("items stayed unread after every attempt"))
    }

    /// All of them in one transaction, or none; whether they were written. Why not shows where each is written by itself.
    pub(crate) async fn write_together(&self, writes: Result<Vec<TransactWriteItem>>) -> bool {
        match writes {
            Ok(writes) => self.transact(writes).await.is_ok(),
            Err(_) => false,
        }
    }

    /// All of these writes or none of them. A conflict with another transaction is tried again with jitter. Every
    /// attempt bears the same token: if an earlier one was written after all, the database says so instead of refusing
    /// the later one for what the earlier one put there.
    pub(crate) async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<(), Fault> {
        let token = token()?;
        for attempt in 1.. {
            let call = self.client.transact_write_items().set_transact_items(Some(writes.clone()));
            let call = call.client_request_token(&token);
            let tenant = || writes.iter().filter_map(table_of).any(|table| self.is_dedicated(table));
            match call.send().await.map_err(|why| Fault::from(why).of_tenant_if(tenant())) {
                Ok(_) => break,
                Err(fault) if fault.may_pass_later() && attempt < ATTEMPTS => pause(attempt).await,
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }
}

/// What tells the database that attempts are one transaction: 32 of at most 36 characters.
fn token() -> Result<String, Fault> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|why| Fault::Unexpected(why.to_string()))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn table_of(write: &TransactWriteItem) -> Option<&str> {
    let TransactWriteItem { condition_check, put, delete, update, .. } = write;
    let tables = [
        condition_check.as_ref().map(|write| write.table_name.as_str()),
        put.as_ref().map(|write| write.table_name.as_str()),
        delete.as_ref().map(|write| write.table_name.as_str()),
        update.as_ref().map(|write| write.table_name.as_str()),
    ];
    tables.into_iter().flatten().next()
}

/// Waits a random time that doubles with each attempt: 10 ms, 20 ms, … 640 ms at most.
pub(crate) async fn pause(attempt: u32) {
    let mut random = [0_u8; 2];
    // Without randomness the pause is only less fair.
    let _ = getrandom::fill(&mut random);
    let most_micros = 10_000_u64 << attempt.min(7).saturating_sub(1);
    let micros = most_micros * u64::from(u16::from_be_bytes(random)) / u64::from(u16::MAX);
    tokio::time::sleep(Duration::from_micros(micros)).await;
}

pub(crate) fn primary(key: &Key) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

pub(crate) fn encode(item: &impl Serialize) -> Result<Item> {
    serde_dynamo::to_item(item).map_err(domain::Error::internal)
}

pub(crate) fn decode<T: DeserializeOwned>(item: Item) -> Result<T> {
    serde_dynamo::from_item(item).map_err(domain::Error::internal)
}

pub(crate) fn value(value: impl Serialize) -> Result<AttributeValue> {
    serde_dynamo::to_attribute_value(value).map_err(domain::Error::internal)
}

/// Puts an item, whatever is there.
pub(crate) fn put(table: &str, item: &impl Serialize) -> Result<TransactWriteItem> {
    let put = Put::builder().table_name(table).set_item(Some(encode(item)?)).build();
    Ok(TransactWriteItem::builder().put(put.map_err(domain::Error::internal)?).build())
}

/// Puts an item that must not be there yet; the refusal hands back what is.
pub(crate) fn put_new(table: &str, item: &impl Serialize) -> Result<TransactWriteItem> {
    use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
    let put = Put::builder().table_name(table).set_item(Some(encode(item)?));
    let put = put.condition_expression("attribute_not_exists(pk)").return_values_on_condition_check_failure(AllOld);
    Ok(TransactWriteItem::builder().put(put.build().map_err(domain::Error::internal)?).build())
}
