//! Holds that somebody else takes over, or takes away as lapsed, while a call is under way.

use std::time::Duration;

use domain::quota::{Call, HOLD, HoldKey, Period, QuotaScope, ScopeSet};
use embedded::faults::{Fault, Seen};
use store::quota::{Outcome, QuotaDesk, Try, reserve};

use crate::bench::{Bench, now};
use crate::quota::{call, counters, reserved, scope, settled};

/// The scopes of a call that are limited here, the narrower last.
fn limited() -> [QuotaScope; 2] {
    let mut scopes = call(1, 1).set.scopes();
    [scopes.next().unwrap(), scopes.next().unwrap()]
}

#[tokio::test]
async fn a_try_that_took_over_anothers_hold_and_was_not_answered_leaves_it_to_who_was_told_that_it_holds() {
    let bench = Bench::start().await;
    let place = bench.organization("Acme").await;
    for (scope, limit) in limited().into_iter().zip([60, 50]) {
        bench.limit(&place, scope, Some(limit), 1).await;
    }
    let scope = scope(&place);
    let tables = bench.store.quota_tables(&scope);
    // The counters are there, so that each write that follows is one call.
    reserved(&tables, call(2, 1), now()).await.unwrap();
    let asked = call(1, 10);
    let before = tables.read(asked.id, &asked.set).await.unwrap();
    let first = Try { call: asked, first: 1, now: now() };
    let told = reserve(&tables, before.clone(), first).await.unwrap();
    assert!(matches!(told, Outcome::Reserved { new: true, .. }), "{told:?}");
    // The other one read before that. It is refused, takes over what it finds, never learns that it did, and dies.
    let mut writes = 0;
    bench.proxy.script(move |seen: &Seen| {
        writes += u64::from(seen.operation == "UpdateItem");
        match (seen.operation.as_str(), writes) {
            ("UpdateItem", 2) => Fault::DropAfter,
            ("UpdateItem", 3..=5) => Fault::DropBefore,
            // It would read again, and go on.
            ("BatchGetItem", _) => Fault::KillBefore,
            _ => Fault::Pass,
        }
    });
    let _ = bench.proxy.take_log();
    reserve(&tables, before, Try { first: 100, ..first }).await.unwrap_err();
    let lost = |call: &embedded::faults::Call| call.operation == "UpdateItem" && call.fault != Fault::Pass;
    assert_eq!(bench.proxy.take_log().into_iter().filter(lost).count(), 4, "it was cut off at its second write");
    bench.proxy.clear();
    for (of, counter) in counters(&tables).await {
        assert!(counter.holds.contains_key(&HoldKey::of(asked.id)), "{of}: it was said to be reserved");
    }
    settled(&tables, asked, 10, now()).await.unwrap();
    let left = counters(&tables).await;
    assert_eq!(limited().map(|scope| left[&scope].entries.monthly.as_ref().unwrap().left), [49, 39]);
}

#[tokio::test]
async fn what_is_settled_in_its_last_minute_is_charged_also_where_others_clean_up_in_between() {
    let kills = [Fault::KillBefore, Fault::KillAfter];
    for (kind, number) in kills.into_iter().flat_map(|kind| (1..=5).map(move |number| (kind, number))) {
        let bench = Bench::start().await;
        let place = bench.organization("Acme").await;
        let [all, _] = limited();
        bench.limit(&place, all, Some(100), 1).await;
        let scope = scope(&place);
        let tables = bench.store.quota_tables(&scope);
        let mine = Call { set: ScopeSet { project: place.default_project, use_case: None, user: None }, ..call(1, 60) };
        reserved(&tables, mine, now()).await.unwrap();
        let last_moment = now().plus(HOLD - Duration::from_secs(30));
        let mut writes = 0;
        bench.proxy.script(move |seen: &Seen| {
            writes += u64::from(seen.operation == "UpdateItem");
            if writes == number { kind } else { Fault::Pass }
        });
        let _ = settled(&tables, mine, 60, last_moment).await;
        bench.proxy.clear();
        // Whoever reserves next takes away what has lapsed by then.
        let lapsed = now().plus(HOLD);
        reserved(&tables, call(2, 10), lapsed).await.unwrap();
        settled(&tables, mine, 60, lapsed).await.unwrap();
        let standing = counters(&tables).await[&all].standing(Period::Monthly).unwrap();
        assert_eq!((standing.used.get(), standing.held.get()), (60, 10), "{kind:?} at write {number}");
    }
}
