//! Midnight over many counters: what the reset reads and writes when the windows of all of them have ended.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use domain::id::{OrganizationId, ReservationId, ServiceAccountId, UserId};
use domain::organization::{Placement, Status};
use domain::quota::{Call, QuotaScope, ReserveQuota, ScopeSet, SettleQuota, Tokens, Usage, UsageSource};
use domain::{Actor, OrgScope, Origin, Principal, Standing, Timestamp};
use embedded::faults;
use futures::{StreamExt, stream};
use journeys::Portal;
use serde_json::{Value, json};
use store::quota::{Outcome, QuotaDesk, Try, reserve, settle};

use crate::tables;
use crate::worker::Worker;

/// So many counters, unless the command line says otherwise.
pub(crate) const USUAL: u32 = 100_000;
const DAILY: u64 = 1_000;
/// What each has used of yesterday.
const USED: u64 = 700;
/// Items that one request of the filling writes, and such requests at once.
const AT_ONCE: usize = 25;
const REQUESTS: usize = 16;
/// A run ends after three minutes; with so many runs at most.
const RUNS_MAX: u32 = 100;

type Item = HashMap<String, AttributeValue>;

/// Fills, runs the reset's real binary until it has been through all of them, and prints.
pub(crate) async fn run(binary: &Path, scopes: u32) {
    let portal = Portal::measured().await;
    let place = Place::on(&portal).await;
    let started = Instant::now();
    place.fill(scopes).await;
    println!("{scopes} counters of yesterday put in {:.1} s", started.elapsed().as_secs_f64());
    let proxy = portal.stack().proxy().unwrap();
    let _ = proxy.take_log();
    let worker = Worker::start(binary, &portal).await;
    let (started, mut runs, mut seen) = (Instant::now(), 0, 0);
    while seen < u64::from(scopes) {
        seen += worker.invoke(json!({})).await["compared"].as_u64().unwrap();
        runs += 1;
        assert!(runs < RUNS_MAX, "{runs} runs saw {seen}");
    }
    let took = started.elapsed();
    let mib = worker.stop().await;
    print(scopes, (runs, took, mib), &proxy.take_log());
    for number in [1, scopes / 2 + 1, scopes] {
        place.is_right(number).await;
    }
    println!("a day's tokens are there again in each that was looked at, and the next call takes them");
    portal.stop().await;
}

fn print(scopes: u32, (runs, took, mib): (u32, Duration, f64), log: &[faults::Call]) {
    let reads: Vec<&faults::Call> = log.iter().filter(|call| call.written.is_empty()).collect();
    let units: f64 = reads.iter().map(|call| call.capacity_units).sum();
    let written = || log.iter().flat_map(|call| &call.written);
    let counters = written().filter(|partition| partition.contains("#COUNTER#")).count();
    println!(
        "{:>9} {:>5} {:>8} {:>8} {:>10} {:>14} {:>12} {:>10}",
        "counters", "runs", "reset s", "reads", "read units", "counter writes", "other writes", "MiB > idle"
    );
    println!(
        "{scopes:>9} {runs:>5} {:>8.1} {:>8} {units:>10.0} {counters:>14} {:>12} {mib:>10.1}",
        took.as_secs_f64(),
        reads.len(),
        written().count() - counters
    );
}

/// An organization in which each person has a limit a day, past the proxy.
struct Place {
    store: store::Store,
    client: Client,
    table: String,
    organization: OrganizationId,
    scope: OrgScope,
}

impl Place {
    async fn on(portal: &Portal) -> Self {
        let (ops, org) = (portal.superadmin().await, portal.organization("Bench").await);
        let at = format!("/v1/organizations/{org}");
        let defaults = json!({ "user": { "daily": DAILY } });
        let _ = ops.edit(&format!("{at}/quota-defaults"), defaults).await.expect_status(200);
        let entry = ops.get(&at).await.expect_status(200).json();
        let card = portal.stack().card();
        let client = tables::client(portal);
        let store = store::Store::new(store::Config { client: client.clone(), prefix: card.tables.prefix.clone() });
        let organization: OrganizationId = org.parse().unwrap();
        let scope = scope(organization, &entry);
        Self { store, client, table: card.tables.tenants.clone(), organization, scope }
    }

    /// The first counter is made by a call of yesterday; the others are copies of it, with what lists them.
    async fn fill(&self, scopes: u32) {
        self.spend(1, now().minus(Duration::from_secs(86_400))).await;
        let counters = self.items(&format!("{}#COUNTER#{}", self.organization, person(1))).await;
        let listed = self.items(&format!("{}#COUNTED", self.organization)).await;
        let (from, client) = (person(1).to_string(), &self.client);
        let copies = (2..=scopes).flat_map(|number| {
            let to = person(number).to_string();
            counters.iter().chain(&listed).map(|item| copied(item, &from, &to)).collect::<Vec<Item>>()
        });
        let requests = stream::iter(copies).chunks(AT_ONCE).map(async |items| {
            let put = |item| PutRequest::builder().set_item(Some(item)).build().unwrap();
            let puts = items.into_iter().map(|item| WriteRequest::builder().put_request(put(item)).build()).collect();
            let sent = client.batch_write_item().request_items(&self.table, puts).send().await.unwrap();
            assert!(sent.unprocessed_items.unwrap_or_default().is_empty());
        });
        requests.buffer_unordered(REQUESTS).collect::<Vec<()>>().await;
    }

    async fn items(&self, partition: &str) -> Vec<Item> {
        let call = self.client.query().table_name(&self.table).key_condition_expression("pk = :pk");
        let call = call.expression_attribute_values(":pk", AttributeValue::S(partition.to_owned()));
        call.send().await.unwrap().items.unwrap()
    }

    async fn spend(&self, number: u32, at: Timestamp) {
        let (tables, call) = (self.store.quota_tables(&self.scope), self.call(number, USED, at));
        assert!(matches!(self.reserve(call, at).await, Outcome::Reserved { .. }));
        let (prompt, completion) = (call.amount, Tokens::ZERO);
        let source = UsageSource::Provider;
        let usage = Usage { prompt, completion, source, model: None, provider: None, cost_micro_usd: 0 };
        let settlement = SettleQuota { id: call.id, set: call.set, usage, charged: None };
        let state = tables.read(call.id, &call.set).await.unwrap();
        settle(&tables, state, &settlement, 2, at).await.unwrap();
    }

    async fn reserve(&self, call: Call, now: Timestamp) -> Outcome {
        let tables = self.store.quota_tables(&self.scope);
        let state = tables.read(call.id, &call.set).await.unwrap();
        reserve(&tables, state, Try { call, first: 1, now }).await.unwrap()
    }

    fn call(&self, number: u32, tokens: u64, at: Timestamp) -> Call {
        let QuotaScope::User(user) = person(number) else { unreachable!() };
        let set = ScopeSet { project: self.scope.default_project(), use_case: None, user: Some(user) };
        let id = ReservationId::from_parts(at.millis(), number.into());
        Call { id, set, amount: Tokens::try_from(tokens).unwrap() }
    }

    /// Nothing is used of the present day, and all of it can be reserved, and no more.
    async fn is_right(&self, number: u32) {
        let state = self.store.quota_scopes(&self.scope, &[person(number)]).await.unwrap();
        let bound = state.grounds()[0].standings(now())[0].bound.unwrap();
        assert_eq!((bound.used.get(), bound.remaining.get()), (0, DAILY), "{number}");
        let all = self.reserve(self.call(number, DAILY, now()), now()).await;
        assert!(matches!(all, Outcome::Reserved { .. }), "{number}: {all:?}");
        let more = self.reserve(self.call(number, 1, now()), now()).await;
        assert!(matches!(more, Outcome::Refused(_)), "{number}: {more:?}");
    }
}

fn person(number: u32) -> QuotaScope {
    QuotaScope::User(UserId::from_parts(1, number.into()))
}

/// The same item of another scope.
fn copied(item: &Item, from: &str, to: &str) -> Item {
    let text = |value: &AttributeValue| match value {
        AttributeValue::S(text) => AttributeValue::S(text.replace(from, to)),
        other => other.clone(),
    };
    item.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// As somebody who was let in.
fn scope(organization: OrganizationId, entry: &Value) -> OrgScope {
    let standing = Standing {
        organization,
        status: Status::Active,
        placement: Placement::Pooled,
        default_project: entry["default_project_id"].as_str().unwrap().parse().unwrap(),
        role: None,
        projects: BTreeMap::new(),
    };
    let id = ServiceAccountId::from_parts(1, 1);
    let principal = Principal::ServiceAccount { id, name: "Runtime".into(), runtime: true };
    let actor = Actor { principal, standing: Some(standing), origin: Origin::default() };
    actor.grant(ReserveQuota { calls: vec![] }, organization).unwrap().scope().clone()
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    Timestamp::from_millis(u64::try_from(now).unwrap())
}
