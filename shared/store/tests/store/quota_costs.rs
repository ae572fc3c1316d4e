//! What a check costs, and that a boundary of time costs nothing.

use std::time::Duration;

use domain::quota::QuotaScope;
use embedded::faults::Call;
use store::quota::Outcome;

use crate::bench::{Bench, now};
use crate::quota::{call, reserved, scope, settled};

fn is_write(call: &Call) -> bool {
    matches!(call.operation.as_str(), "UpdateItem" | "PutItem" | "DeleteItem" | "TransactWriteItems" | "BatchWriteItem")
}

pub(crate) fn written(calls: &[Call]) -> f64 {
    calls.iter().filter(|call| is_write(call)).map(|call| call.capacity_units).sum()
}

#[tokio::test]
async fn an_accepted_check_on_four_limited_scopes_writes_four_units_and_a_refused_one_none() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit_all(&place, 1_000).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    // The first one also makes the counters, and its line lists the day.
    reserved(&tables, call(1, 10), now()).await.unwrap();
    settled(&tables, call(1, 10), 10, now()).await.unwrap();
    let _ = bench.proxy.take_log();
    reserved(&tables, call(2, 10), now()).await.unwrap();
    let calls = bench.proxy.take_log();
    assert!(written(&calls) <= 4.0, "{calls:?}");
    assert_eq!(calls.iter().filter(|call| call.operation == "BatchGetItem").count(), 1, "one read");
    for _ in 0..2 {
        let refused = reserved(&tables, call(3, 2_000), now()).await.unwrap();
        assert!(matches!(refused, Outcome::Refused(_)));
        assert!(
            !bench.proxy.take_log().iter().any(is_write),
            "a refusal that was read writes nothing, repeated or not"
        );
    }
    settled(&tables, call(2, 10), 5, now()).await.unwrap();
    let calls = bench.proxy.take_log();
    assert!(written(&calls) <= 5.0, "the ledger and four counters: {calls:?}");
}

#[tokio::test]
async fn who_was_overtaken_between_reading_and_writing_pays_for_one_condition_and_leaves_nothing() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit_all(&place, 10).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    let late = call(2, 10);
    let state = store::quota::QuotaDesk::read(&tables, late.id, &late.set).await.unwrap();
    let others = now().minus(Duration::from_secs(60));
    reserved(&tables, call(1, 10), others).await.unwrap();
    let _ = bench.proxy.take_log();
    let wanted = store::quota::Try { call: late, first: 1, now: now() };
    assert!(matches!(store::quota::reserve(&tables, state, wanted).await.unwrap(), Outcome::Refused(_)));
    let writes = bench.proxy.take_log().into_iter().filter(is_write).count();
    assert!(writes <= 5, "{writes} writes");
}

#[tokio::test]
async fn a_call_in_unlimited_scopes_writes_one_unit_and_scopes_without_limits_nothing() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    // The first one of a day also lists the day.
    reserved(&tables, call(4, 10), now()).await.unwrap();
    let _ = bench.proxy.take_log();
    reserved(&tables, call(1, 10), now()).await.unwrap();
    assert!(written(&bench.proxy.take_log()) <= 1.0);
    bench.limit(&place, QuotaScope::Organization, Some(100), 1).await;
    reserved(&tables, call(2, 10), now()).await.unwrap();
    let _ = bench.proxy.take_log();
    reserved(&tables, call(3, 10), now()).await.unwrap();
    let calls = bench.proxy.take_log();
    assert!(written(&calls) <= 1.0 && calls.iter().filter(|call| is_write(call)).count() == 1, "{calls:?}");
}

#[tokio::test]
async fn nothing_is_written_when_a_window_ends_and_its_first_check_costs_what_every_check_costs() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit_all(&place, 10).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    reserved(&tables, call(1, 10), now()).await.unwrap();
    settled(&tables, call(1, 10), 10, now()).await.unwrap();
    let _ = bench.proxy.take_log();
    // A month of nobody: there is no part of the product that would do anything.
    let later = now().plus(Duration::from_secs(40 * 86_400));
    let outcome = reserved(&tables, call(2, 10), later).await.unwrap();
    assert!(matches!(outcome, Outcome::Reserved { .. }));
    let calls = bench.proxy.take_log();
    assert!(written(&calls) <= 4.0, "{calls:?}");
}

#[tokio::test]
async fn a_counter_stays_below_one_unit_a_write_up_to_twelve_live_holds() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit_all(&place, 1_000_000).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    let mut units = vec![];
    for number in 0..20 {
        let _ = bench.proxy.take_log();
        reserved(&tables, call(number, 4_096), now()).await.unwrap();
        units.push(written(&bench.proxy.take_log()) / 4.0);
    }
    println!("{units:?}");
    assert!(units[1..12].iter().all(|units| *units <= 1.0), "{units:?}");
}
