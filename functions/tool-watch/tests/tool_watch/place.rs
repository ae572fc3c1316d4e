//! A stack, a run of its own on its tables, and a clock that can be moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::Timestamp;
use journeys::{Client, Portal};
use outbound::{Allowed, Outbound, SystemResolver};
use serde_json::{Value, json};
use tool_watch::{App, BUDGET};
use vault::{Config, Login, Secret, Vault};

/// So long ago.
pub(crate) const PAST: Duration = Duration::from_secs(20 * 24 * 3600);

/// Each test is a process of its own, or shares what others have moved the clock by.
static AHEAD: AtomicU64 = AtomicU64::new(0);

/// Begins in the past: the log shows nothing that is still to come.
pub(crate) fn clock() -> Timestamp {
    start::clock().minus(PAST).plus(Duration::from_millis(AHEAD.load(Ordering::SeqCst)))
}

/// A clock by which a second passes between any two looks at it.
pub(crate) fn hurried() -> Timestamp {
    pass(Duration::from_secs(1));
    clock()
}

pub(crate) fn pass(time: Duration) {
    AHEAD.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
}

pub(crate) struct Place {
    pub(crate) portal: Portal,
    pub(crate) ops: Client,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let portal = Portal::measured().await;
        let ops = portal.superadmin().await;
        Self { portal, ops }
    }

    /// The watch on the tables and the vault of the stack.
    pub(crate) fn app(&self) -> App {
        self.app_with(&self.portal.stack().card().vault_address)
    }

    /// The same with another vault.
    pub(crate) fn app_with(&self, vault: &str) -> App {
        let card = self.portal.stack().card();
        let config = Config {
            address: vault.to_owned(),
            login: Login::Token(Secret::new(card.vault_token.clone().into_bytes())),
            mount_kv: "secret".to_owned(),
            mount_transit: "transit".to_owned(),
        };
        App {
            store: self.portal.stack().store().clone(),
            vault: Vault::new(config, Arc::new(start::monotonic)).unwrap_or_else(|fault| panic!("{fault}")),
            outbound: Outbound::new(Allowed::try_from("127.0.0.1").unwrap(), SystemResolver, vec![]),
            clock,
            random: start::random,
            budget: BUDGET,
        }
    }

    /// A server in that list, with headers; its path.
    pub(crate) async fn server(&self, list: &str, name: &str, url: &str) -> String {
        let id = self.ops.post(list, json!({ "name": name, "url": url })).await.expect_status(201).text("id");
        let path = format!("{list}/{id}");
        let headers = json!({ "headers": { "Authorization": "Bearer key" } });
        let ops = self.ops.with("if-match", "\"1\"");
        let _ = ops.put(&format!("{path}/credential"), headers).await.expect_status(200);
        path
    }

    pub(crate) async fn seen(&self, path: &str) -> Value {
        self.ops.get(path).await.expect_status(200).json()["seen"].clone()
    }

    /// How many records of one kind an organization has.
    pub(crate) async fn recorded(&self, org: &str, action: &str) -> usize {
        let (mut count, mut cursor) = (0, String::new());
        loop {
            let path = format!("/v1/audit-events?action={action}&limit=100{cursor}");
            let page = self.ops.get(&path).await.expect_status(200).json();
            let events = page["items"].as_array().unwrap();
            count += events.iter().filter(|event| event["organization_id"] == org).count();
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return count,
            }
        }
    }
}

/// The list of an organization.
pub(crate) fn list(org: &str) -> String {
    format!("/v1/organizations/{org}/mcp-servers")
}
