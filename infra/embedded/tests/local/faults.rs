//! The fault proxy: each fault does to the caller and to the data what it says.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::AttributeValue;
use embedded::database::{Database, Options};
use embedded::faults::{self, Fault, Proxy, nth};

use crate::database::{TABLE, create_table, item, put};
use crate::support::dynamodb;

struct Bench {
    _database: Database,
    proxy: Proxy,
    direct: Client,
    client: Client,
}

async fn bench() -> Bench {
    let database = Database::start(Options::default()).await.unwrap();
    let proxy = Proxy::start(faults::Options::before(database.endpoint())).await.unwrap();
    let (direct, client) = (dynamodb(database.endpoint()), dynamodb(proxy.endpoint()));
    create_table(&direct).await;
    Bench { _database: database, proxy, direct, client }
}

impl Bench {
    async fn put(&self, key: &str) -> bool {
        self.client.put_item().table_name(TABLE).set_item(Some(item(key))).send().await.is_ok()
    }

    async fn has(&self, key: &str) -> bool {
        let found = self.direct.get_item().table_name(TABLE).key("pk", AttributeValue::S(key.into())).send().await;
        found.unwrap().item.is_some()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_everything_passes() {
    let bench = bench().await;
    assert!(bench.put("a").await);
    assert!(bench.has("a").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_names_the_item_of_a_transaction_and_writes_nothing() {
    let bench = bench().await;
    bench.proxy.script(nth(1, Fault::Conflict));
    let fault = bench.client.transact_write_items().transact_items(put("a")).transact_items(put("b")).send().await;
    let TransactWriteItemsError::TransactionCanceledException(fault) = fault.unwrap_err().into_service_error() else {
        panic!("another error")
    };
    let codes: Vec<_> = fault.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["TransactionConflict", "None"]);
    assert!(!bench.has("a").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_outside_a_transaction_has_its_own_error() {
    let bench = bench().await;
    bench.proxy.script(nth(1, Fault::Conflict));
    let fault = bench.client.put_item().table_name(TABLE).set_item(Some(item("a"))).send().await.unwrap_err();
    assert!(fault.into_service_error().is_transaction_conflict_exception());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_request_is_refused_once_and_writes_nothing() {
    let bench = bench().await;
    bench.proxy.script(nth(1, Fault::Throttle));
    let fault = bench.client.put_item().table_name(TABLE).set_item(Some(item("a"))).send().await.unwrap_err();
    assert!(fault.into_service_error().is_provisioned_throughput_exceeded_exception());
    assert!(!bench.has("a").await);
    assert!(bench.put("a").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_dropped_before_leaves_nothing_written() {
    let bench = bench().await;
    bench.proxy.script(nth(1, Fault::DropBefore));
    assert!(!bench.put("a").await);
    assert!(!bench.has("a").await);
    assert!(bench.put("b").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_dropped_after_leaves_the_write_without_an_answer() {
    let bench = bench().await;
    bench.proxy.script(nth(1, Fault::DropAfter));
    assert!(!bench.put("a").await);
    assert!(bench.has("a").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_ends_everything_from_its_request_on_until_the_next_script() {
    for (fault, written) in [(Fault::KillBefore, false), (Fault::KillAfter, true)] {
        let bench = bench().await;
        bench.proxy.script(nth(2, fault));
        assert!(bench.put("first").await);
        assert!(!bench.put("second").await);
        assert!(!bench.put("third").await);
        assert!(bench.proxy.is_killed());
        assert_eq!(bench.has("second").await, written, "{fault:?}");
        assert!(!bench.has("third").await);
        bench.proxy.clear();
        assert!(bench.put("fourth").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_each_call_its_tables_and_its_cost() {
    let bench = bench().await;
    bench.proxy.script(nth(2, Fault::Throttle));
    bench.put("a").await;
    bench.put("b").await;
    bench.client.transact_write_items().transact_items(put("c")).transact_items(put("d")).send().await.unwrap();
    let log = bench.proxy.take_log();
    let seen: Vec<_> = log.iter().map(|call| (call.operation.as_str(), call.status, call.capacity_units)).collect();
    assert_eq!(
        seen,
        [("PutItem", Some(200), 1.0), ("PutItem", Some(400), 0.0), ("TransactWriteItems", Some(200), 4.0)]
    );
    assert!(log.iter().all(|call| call.tables == [TABLE]));
    let written: Vec<Vec<&str>> = log.iter().map(|call| call.written.iter().map(String::as_str).collect()).collect();
    assert_eq!(written, [vec!["a"], vec!["b"], vec!["c", "d"]]);
    assert!(bench.proxy.take_log().is_empty());
}
