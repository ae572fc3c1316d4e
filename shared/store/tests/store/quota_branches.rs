//! Counters that open into branches and join again, on the embedded database.

use domain::organization::Organization;
use domain::quota::{Period, QuotaScope, Stage};
use futures::future::join_all;
use store::quota::{CallState, Outcome, QuotaDesk, Tables, push};

use crate::bench::{Bench, now};
use crate::quota::{call, reserved, scope, settled};
use crate::quota_costs::written;

const ALL: QuotaScope = QuotaScope::Organization;

/// Everything that is known of the organization's own scope.
async fn state(bench: &Bench, place: &Organization) -> CallState {
    bench.store.quota_scopes(&scope(place), &[ALL]).await.unwrap()
}

async fn stage(bench: &Bench, place: &Organization) -> Stage {
    state(bench, place).await.scopes[0].counter.as_ref().unwrap().phase.stage()
}

/// Who of these gets in, all at once.
async fn admitted(tables: &Tables<'_>, numbers: std::ops::Range<u64>, amount: u64) -> Vec<u64> {
    let callers = numbers.clone().map(async |number| reserved(tables, call(number, amount), now()).await.unwrap());
    let outcomes = join_all(callers).await.into_iter().zip(numbers);
    outcomes.filter(|(outcome, _)| matches!(outcome, Outcome::Reserved { .. })).map(|(_, number)| number).collect()
}

/// One after the other, so that each sees the holds of those before it: the counter opens.
async fn hold(tables: &Tables<'_>, numbers: std::ops::Range<u64>, amount: u64) {
    for number in numbers {
        reserved(tables, call(number, amount), now()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_256_callers_exactly_as_many_get_in_as_there_is_room_for_though_the_room_lies_in_branches() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit(&place, ALL, Some(20_000), 1).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    hold(&tables, 0..100, 1).await;
    assert_eq!(stage(&bench, &place).await, Stage::Open);
    let admitted = admitted(&tables, 1_000..1_256, 300).await;
    assert_eq!(admitted.len(), (20_000 - 100) / 300);
    assert_eq!(stage(&bench, &place).await, Stage::Joined, "near its limit the root has all that is left");
    let standing = state(&bench, &place).await.grounds()[0].standings(now())[2].bound.unwrap();
    assert_eq!((standing.held.get(), standing.used.get(), standing.remaining.get()), (100 + 66 * 300, 0, 100));
    for number in (0..100).chain(admitted) {
        settled(&tables, call(number, if number < 1_000 { 1 } else { 300 }), 1, now()).await.unwrap();
    }
    let whole = state(&bench, &place).await.grounds()[0].whole(now());
    assert_eq!((whole.holds.len(), whole.used(Period::Monthly)), (0, Some(166)), "each was charged once");
}

#[tokio::test]
async fn with_hundreds_of_live_holds_a_check_writes_a_few_units_a_scope() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit_all(&place, 1_000_000_000).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    hold(&tables, 0..240, 10).await;
    let mut units = vec![];
    for number in 240..272 {
        let _ = bench.proxy.take_log();
        reserved(&tables, call(number, 10), now()).await.unwrap();
        let calls = bench.proxy.take_log();
        assert_eq!(calls.iter().filter(|call| call.operation == "BatchGetItem").count(), 1, "one read");
        units.push(written(&calls));
    }
    let most = units.iter().copied().fold(0.0, f64::max);
    // 17 holds in each of 16 branches; in one counter 272 of them would take 17 units a scope.
    assert!(most <= 4.0 * 2.0, "{units:?}");
}

#[tokio::test]
async fn a_lowered_limit_binds_what_branches_have_before_it_is_acknowledged() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit(&place, ALL, Some(100_000), 1).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    hold(&tables, 0..80, 10).await;
    assert_eq!(stage(&bench, &place).await, Stage::Open);
    bench.limit(&place, ALL, Some(900), 2).await;
    bench.store.push_limits(&scope, &[ALL], now()).await.unwrap();
    assert_eq!(stage(&bench, &place).await, Stage::Joined);
    // Also for who has read before: its branch is closed, and it reads again.
    assert_eq!(admitted(&tables, 100..140, 10).await.len(), 10);
    bench.limit(&place, ALL, None, 3).await;
    bench.store.push_limits(&scope, &[ALL], now()).await.unwrap();
    assert_eq!(admitted(&tables, 200..240, 10).await.len(), 40);
}

#[tokio::test]
async fn who_does_not_know_that_a_counter_has_branches_finds_its_holds_all_the_same() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit(&place, ALL, Some(1_000_000), 1).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    hold(&tables, 0..60, 10).await;
    let other = bench.again();
    let tables = other.quota_tables(&scope);
    for number in 0..60 {
        let outcome = reserved(&tables, call(number, 10), now()).await.unwrap();
        assert!(matches!(outcome, Outcome::Reserved { new: false, .. }), "{outcome:?}");
    }
    let held = tables.read(call(1, 10).id, &call(1, 10).set).await.unwrap().grounds()[0]
        .holding(domain::quota::HoldKey::of(call(1, 10).id))
        .count();
    assert_eq!(held, 1);
}

#[tokio::test]
async fn limits_are_not_said_to_bind_by_who_read_a_counter_and_its_branches_at_two_moments() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit(&place, ALL, Some(100_000), 1).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    hold(&tables, 0..80, 10).await;
    bench.limit(&place, ALL, Some(900), 2).await;
    let mut torn = state(&bench, &place).await;
    bench.store.push_limits(&scope, &[ALL], now()).await.unwrap();
    torn.scopes[0].branches = tables.look(ALL).await.unwrap();
    assert!(!push(&tables, &torn, now()).await.unwrap(), "its branches are ahead of the root that was read");
    assert!(push(&tables, &state(&bench, &place).await, now()).await.unwrap());
}
