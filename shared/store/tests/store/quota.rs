//! Calls reserved, settled and released on the embedded database, by many at once and with calls that are lost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{ProjectId, ReservationId, ServiceAccountId, UseCaseId, UserId};
use domain::organization::Organization;
use domain::quota::{
    ByPeriod, Call, Counter, Limits, Period, QuotaScope, ReserveQuota, ScopeSet, SettleQuota, Tokens, Usage,
    UsageSource,
};
use domain::{Actor, OrgScope, Origin, Principal, Result, Timestamp};
use embedded::faults::{Fault, Seen};
use futures::future::join_all;
use store::quota::{Outcome, QuotaDesk, Tables, Try, release, reserve, settle};

use crate::bench::{Bench, Item, NOW, now};

pub(crate) fn tokens(count: u64) -> Tokens {
    Tokens::try_from(count).unwrap()
}

/// A platform's service account in that organization.
pub(crate) fn runtime(place: &Organization) -> Actor {
    let id = ServiceAccountId::from_parts(1, 1);
    let principal = Principal::ServiceAccount { id, name: "Runtime".into(), runtime: true };
    Actor { principal, standing: Some(place.standing(None, BTreeMap::new())), origin: Origin::default() }
}

pub(crate) fn scope(place: &Organization) -> OrgScope {
    runtime(place).grant(ReserveQuota { calls: vec![] }, place.id).unwrap().scope().clone()
}

/// A call that falls in four scopes.
pub(crate) fn call(number: u64, amount: u64) -> Call {
    let set = ScopeSet {
        project: ProjectId::from_parts(1, 1),
        use_case: Some(UseCaseId::from_parts(1, 2)),
        user: Some(UserId::from_parts(1, 3)),
    };
    Call { id: ReservationId::from_parts(NOW, u128::from(number)), set, amount: tokens(amount) }
}

fn attempt() -> u32 {
    let mut random = [0; 4];
    getrandom::fill(&mut random).unwrap();
    u32::from_be_bytes(random)
}

pub(crate) async fn reserved(tables: &Tables<'_>, call: Call, now: Timestamp) -> Result<Outcome> {
    let state = tables.read(call.id, &call.set).await?;
    reserve(tables, state, Try { call, first: attempt(), now }).await
}

pub(crate) fn settlement(call: &Call, used: u64) -> SettleQuota {
    let usage = Usage {
        prompt: tokens(used),
        completion: Tokens::ZERO,
        source: UsageSource::Provider,
        model: None,
        provider: None,
        cost_micro_usd: 0,
    };
    SettleQuota { id: call.id, set: call.set, usage, charged: None }
}

pub(crate) async fn settled(tables: &Tables<'_>, call: Call, used: u64, now: Timestamp) -> Result<()> {
    let state = tables.read(call.id, &call.set).await?;
    settle(tables, state, &settlement(&call, used), attempt(), now).await.map(drop)
}

impl Bench {
    /// Sets what admins would set.
    pub(crate) async fn limit(&self, place: &Organization, scope: QuotaScope, monthly: Option<u64>, version: u64) {
        let own = ByPeriod { monthly: monthly.map(tokens), ..ByPeriod::default() };
        let mut item: Item = serde_dynamo::to_item(Limits { own, version, ..Limits::default() }).unwrap();
        let keys = [("pk", format!("{}#LIMITS#{scope}", place.id)), ("sk", "LIMITS".to_owned())];
        item.extend(keys.map(|(name, value)| (name.to_owned(), AttributeValue::S(value))));
        self.put("tenants", vec![item]).await;
    }

    pub(crate) async fn limit_all(&self, place: &Organization, monthly: u64) {
        for scope in call(1, 1).set.scopes() {
            self.limit(place, scope, Some(monthly), 1).await;
        }
    }
}

pub(crate) async fn counters(tables: &Tables<'_>) -> BTreeMap<QuotaScope, Counter> {
    let call = call(1, 1);
    let state = tables.read(call.id, &call.set).await.unwrap();
    state.scopes.into_iter().filter_map(|state| Some((state.scope, state.counter?))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_256_callers_exactly_as_many_get_in_as_there_is_room_for_in_all_four_scopes() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit_all(&place, 7 * 10).await;
    let (store, scope) = (&bench.store, scope(&place));
    let callers = (0..256).map(async |number| reserved(&store.quota_tables(&scope), call(number, 10), now()).await);
    let outcomes: Vec<_> = join_all(callers).await.into_iter().map(Result::unwrap).collect();
    let admitted = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Reserved { .. })).count();
    assert_eq!(admitted, 7);
    for (scope, counter) in counters(&store.quota_tables(&scope)).await {
        let entry = counter.entries.monthly.as_ref().unwrap();
        assert_eq!((entry.left, counter.holds.len()), (0, 7), "{scope}: what was refused left something behind");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_256_callers_exactly_as_many_get_in_as_the_narrowest_of_their_scopes_has_room_for() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    let scopes: Vec<QuotaScope> = call(1, 1).set.scopes().collect();
    for (scope, limit) in scopes.iter().zip([90, 200, 70, 130]) {
        bench.limit(&place, *scope, Some(limit), 1).await;
    }
    let (store, scope) = (&bench.store, scope(&place));
    let callers = (0..256).map(async |number| reserved(&store.quota_tables(&scope), call(number, 10), now()).await);
    let outcomes = join_all(callers).await.into_iter().map(Result::unwrap);
    assert_eq!(outcomes.filter(|outcome| matches!(outcome, Outcome::Reserved { .. })).count(), 7);
}

#[tokio::test]
async fn zero_on_each_kind_of_scope_in_turn_blocks_and_the_refusal_names_it() {
    let bench = Bench::start().await;
    let scopes: Vec<QuotaScope> = call(1, 1).set.scopes().collect();
    for blocked in &scopes {
        let place = bench.organization(blocked.kind().as_str()).await;
        for scope in &scopes {
            bench.limit(&place, *scope, Some(if scope == blocked { 0 } else { 1_000 }), 1).await;
        }
        let scope = scope(&place);
        let tables = bench.store.quota_tables(&scope);
        let Outcome::Refused(short) = reserved(&tables, call(1, 1), now()).await.unwrap() else { panic!("{blocked}") };
        assert_eq!((short.scope, short.limit, short.period()), (*blocked, Tokens::ZERO, Period::Monthly));
        assert!(counters(&tables).await.is_empty(), "{blocked}: a refusal writes nothing");
    }
}

#[tokio::test]
async fn a_call_that_no_limit_binds_is_reserved_settled_and_released_all_the_same() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    let Outcome::Reserved { new: true, .. } = reserved(&tables, call(1, 10), now()).await.unwrap() else { panic!() };
    let Outcome::Reserved { new: false, .. } = reserved(&tables, call(1, 10), now()).await.unwrap() else { panic!() };
    assert!(reserved(&tables, call(1, 11), now()).await.is_err(), "the id stands for another call");
    settled(&tables, call(1, 10), 4, now()).await.unwrap();
    settled(&tables, call(1, 10), 4, now()).await.unwrap();
    assert!(settled(&tables, call(1, 10), 5, now()).await.is_err(), "settled with other numbers");
    assert!(matches!(reserved(&tables, call(1, 10), now()).await.unwrap(), Outcome::Ended(_)));
    assert!(counters(&tables).await.is_empty());
}

#[tokio::test]
async fn a_window_begins_anew_after_months_in_which_nobody_called() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit_all(&place, 10).await;
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    reserved(&tables, call(1, 10), now()).await.unwrap();
    settled(&tables, call(1, 10), 10, now()).await.unwrap();
    assert!(matches!(reserved(&tables, call(2, 1), now()).await.unwrap(), Outcome::Refused(_)));
    let later = now().plus(Duration::from_secs(100 * 86_400));
    assert!(matches!(reserved(&tables, call(3, 10), later).await.unwrap(), Outcome::Reserved { .. }));
}

#[tokio::test]
async fn a_reservation_is_repeated_after_each_call_that_may_be_lost_and_holds_once() {
    for (fault, number) in
        [Fault::DropBefore, Fault::DropAfter].into_iter().flat_map(|fault| (1..=10).map(move |n| (fault, n)))
    {
        let bench = Bench::start().await;
        let place = bench.organization("Acme").await;
        bench.limit_all(&place, 10).await;
        let scope = scope(&place);
        let tables = bench.store.quota_tables(&scope);
        // Everything is lost from there on, also what would be undone.
        let kill = if fault == Fault::DropAfter { Fault::KillAfter } else { Fault::KillBefore };
        bench.proxy.script(embedded::faults::nth(number, kill));
        let first = reserved(&tables, call(1, 10), now()).await;
        let was_killed = bench.proxy.is_killed();
        bench.proxy.clear();
        assert!(first.is_err() || !was_killed || number == 9, "{number}");
        let again = reserved(&tables, call(1, 10), now()).await.unwrap();
        assert!(matches!(again, Outcome::Reserved { .. }), "{fault:?} {number}: {again:?}");
        for (scope, counter) in counters(&tables).await {
            assert_eq!(
                (counter.entries.monthly.as_ref().unwrap().left, counter.holds.len()),
                (0, 1),
                "{fault:?} {number} {scope}"
            );
        }
    }
}

#[tokio::test]
async fn a_settlement_is_repeated_after_each_call_that_may_be_lost_and_charges_once() {
    for number in 1..=6 {
        let bench = Bench::start().await;
        let place = bench.organization("Acme").await;
        bench.limit_all(&place, 100).await;
        let scope = scope(&place);
        let tables = bench.store.quota_tables(&scope);
        reserved(&tables, call(1, 10), now()).await.unwrap();
        bench.proxy.script(embedded::faults::nth(number, Fault::KillAfter));
        let _ = settled(&tables, call(1, 10), 3, now()).await;
        bench.proxy.clear();
        settled(&tables, call(1, 10), 3, now()).await.unwrap();
        for (scope, counter) in counters(&tables).await {
            assert_eq!((counter.entries.monthly.as_ref().unwrap().left, counter.holds.len()), (97, 0), "{number} {scope}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_calls_lost_throttled_and_in_conflict_what_was_acknowledged_adds_up() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    bench.limit_all(&place, 4_000).await;
    let scope = scope(&place);
    let store = &bench.store;
    let seen = AtomicU64::new(attempt().into());
    println!("begins with {}", seen.load(Ordering::Relaxed));
    bench.proxy.script(move |_: &Seen| {
        let mixed = seen.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40;
        match mixed % 100 {
            0 => Fault::Conflict,
            1 => Fault::Throttle,
            2 => Fault::DropBefore,
            3 => Fault::DropAfter,
            _ => Fault::Pass,
        }
    });
    let callers = (0..24_u64).map(async |caller| {
        let (tables, mut used) = (store.quota_tables(&scope), 0);
        for number in 0..12 {
            let call = call(1 + caller * 100 + number, 1 + (caller + number) % 30);
            let outcome = until_told(async || reserved(&tables, call, now()).await).await;
            match (outcome, number % 4) {
                (Outcome::Refused(_), _) => {}
                (_, 0) => {
                    let state = until_told(async || tables.read(call.id, &call.set).await).await;
                    let asked = domain::quota::ReleaseQuota { id: call.id, set: call.set };
                    until_told(async || release(&tables, state.clone(), &asked, now()).await).await;
                }
                _ => {
                    let spent = call.amount.get() * number / 12;
                    until_told(async || settled(&tables, call, spent, now()).await).await;
                    used += spent;
                }
            }
        }
        used
    });
    let used: u64 = join_all(callers).await.into_iter().sum();
    bench.proxy.clear();
    for (scope, counter) in counters(&store.quota_tables(&scope)).await {
        let (entry, held) =
            (counter.entries.monthly.as_ref().unwrap(), counter.holds.values().map(|hold| hold.amount.get()).sum::<u64>());
        assert_eq!(entry.left, 4_000 - i64::try_from(used + held).unwrap(), "{scope}");
    }
}

/// Asks again for as long as the database does not say.
async fn until_told<T>(ask: impl AsyncFn() -> Result<T>) -> T {
    for _ in 0..200 {
        match ask().await {
            Ok(told) => return told,
            Err(error) => assert!(error.code().is_retryable(), "{error:?}"),
        }
    }
    panic!("never told")
}
