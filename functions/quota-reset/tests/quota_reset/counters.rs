//! Counters that are cleaned, and held to the ledger.

use std::time::Duration;

use domain::EventKind;
use domain::id::UserId;
use domain::organization::Organization;
use domain::quota::{ByPeriod, HOLD, Period, QuotaScope};
use embedded::faults::Fault;
use futures::future::join_all;
use quota_reset::App;
use store::quota::{QuotaDesk, settle};

use crate::stack::{Stack, call, now, pass, scope, set_now, settlement, tokens};

const ALL: QuotaScope = QuotaScope::Organization;

async fn used(stack: &Stack, place: &Organization) -> i64 {
    stack.counter(place, ALL).await.unwrap().used(Period::Monthly).unwrap()
}

/// A call whose settlement died between the ledger and the counter, and whose hold has lapsed since.
pub(crate) async fn cut_off(stack: &Stack, place: &Organization, number: u64, tokens: u64) {
    let call = call(place, number, tokens);
    stack.reserve(place, call).await;
    let app = stack.app();
    let scope = scope(place);
    let tables = app.store.quota_tables(&scope);
    let state = tables.read(call.id, &call.set).await.unwrap();
    let mut puts = 0;
    stack.proxy.script(move |seen| {
        puts += u64::from(seen.operation == "UpdateItem");
        // The day is listed, the line put, and nothing more.
        if puts > 2 { Fault::DropBefore } else { Fault::Pass }
    });
    settle(&tables, state, &settlement(&call, tokens), 8, now()).await.unwrap_err();
    stack.proxy.clear();
    pass(HOLD);
}

#[tokio::test]
async fn what_has_lapsed_is_freed_and_a_counter_in_which_nothing_has_is_not_written() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.limit(&place, ALL, 1_000).await;
    stack.reserve(&place, call(&place, 1, 400)).await;
    stack.spend(&place, 2, 100).await;
    stack.run().await;
    assert_eq!(stack.counter(&place, ALL).await.unwrap().holds.len(), 1, "it has not lapsed");
    pass(HOLD);
    assert_eq!(stack.run().await.freed, 1);
    let clean = stack.counter(&place, ALL).await.unwrap();
    assert_eq!((clean.holds.len(), clean.entries.monthly.as_ref().unwrap().left), (0, 900));
    // Over the end of a day, a week and a month.
    set_now("2026-12-01T09:00:00Z");
    assert_eq!(stack.run().await.freed, 0);
    assert_eq!(stack.counter(&place, ALL).await.unwrap(), clean, "a window that ends writes nothing");
}

#[tokio::test]
async fn what_was_used_and_never_charged_is_charged_once_whoever_runs() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.limit(&place, ALL, 1_000).await;
    stack.spend(&place, 1, 100).await;
    cut_off(&stack, &place, 2, 70).await;
    pass(Duration::from_secs(60));
    // The lapsed hold is freed by one run, the counter is right after the next that compares.
    let apps: Vec<App> = (0..4).map(|_| stack.app()).collect();
    for done in join_all(apps.iter().map(App::run)).await {
        assert_eq!(done.unwrap().failed, 0);
    }
    pass(Duration::from_secs(7 * 3_600));
    for done in join_all(apps.iter().map(App::run)).await {
        assert_eq!(done.unwrap().failed, 0);
    }
    assert_eq!(used(&stack, &place).await, 170);
    let found = stack.told(&place).await.into_iter().find(|event| event.action == EventKind::QuotaDriftFound).unwrap();
    assert_eq!((&found.changes[0].before, &found.changes[0].after), (&Some(100.into()), &Some(170.into())));
    pass(Duration::from_secs(7 * 3_600));
    let done = stack.run().await;
    assert_eq!((done.compared > 0, done.drifted), (true, 0));
    assert_eq!(used(&stack, &place).await, 170);
}

#[tokio::test]
async fn a_counter_is_held_to_the_ledger_of_all_its_window_closed_days_included() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    set_now("2026-12-01T10:00:00Z");
    stack.limit(&place, ALL, 10_000).await;
    for day in 1..=9 {
        set_now(&format!("2026-12-0{day}T10:00:00Z"));
        stack.spend(&place, day, 100).await;
        if day == 4 {
            cut_off(&stack, &place, 50, 33).await;
        }
    }
    set_now("2026-12-10T10:00:00Z");
    stack.run().await;
    pass(Duration::from_secs(7 * 3_600));
    let done = stack.run().await;
    assert_eq!(used(&stack, &place).await, 933, "{done:?}");
    // Late on a closed day: nothing is doubled.
    let old = call(&place, 60, 11);
    stack.reserve(&place, old).await;
    set_now("2026-12-12T10:00:00Z");
    stack.settle(&place, old, 11).await;
    for _ in 0..3 {
        pass(Duration::from_secs(7 * 3_600));
        assert_eq!(stack.run().await.drifted, 0);
    }
    assert_eq!(used(&stack, &place).await, 944);
}

#[tokio::test]
async fn a_limit_that_is_set_in_mid_window_counts_what_was_used_before_it_from_the_next_run_on() {
    let minutes = |count: u64| pass(Duration::from_secs(60 * count));
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.spend(&place, 1, 300).await;
    minutes(1);
    stack.run().await;
    minutes(5);
    stack.limit(&place, ALL, 1_000).await;
    stack.spend(&place, 2, 50).await;
    assert_eq!(used(&stack, &place).await, 50, "the counter knows only what came after");
    minutes(5);
    let done = stack.run().await;
    assert_eq!((done.compared, done.counted, done.drifted), (1, 1, 0), "{done:?}");
    assert_eq!(used(&stack, &place).await, 350);
    let told = stack.told(&place).await;
    let counted = told.iter().find(|event| event.action == EventKind::QuotaUsageCounted).unwrap();
    assert_eq!((&counted.changes[0].before, &counted.changes[0].after), (&Some(50.into()), &Some(350.into())));
    assert!(told.iter().all(|event| event.action != EventKind::QuotaDriftFound), "nothing has drifted");
    minutes(5);
    assert_eq!(stack.run().await.compared, 0, "once");
    // Another period of the same counter.
    let monthly_and_weekly = ByPeriod { monthly: Some(tokens(1_000)), weekly: Some(tokens(500)), daily: None };
    stack.limits(&place, ALL, monthly_and_weekly).await;
    stack.spend(&place, 3, 10).await;
    minutes(5);
    assert_eq!(stack.run().await.counted, 1);
    let counter = stack.counter(&place, ALL).await.unwrap();
    assert_eq!((counter.used(Period::Weekly), counter.used(Period::Monthly)), (Some(360), Some(360)));
    // What begins at the start of its window has missed nothing.
    set_now("2026-12-01T00:01:00Z");
    stack.spend(&place, 4, 10).await;
    minutes(5);
    stack.run().await;
    minutes(5);
    stack.spend(&place, 5, 10).await;
    minutes(5);
    assert_eq!(stack.run().await.compared, 0);
}

#[tokio::test]
async fn what_was_used_before_a_limit_is_counted_once_wherever_the_run_dies() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        set_now("2026-11-29T12:00:00Z");
        let stack = Stack::start().await;
        let place = stack.organization("Acme").await;
        stack.spend(&place, 1, 300).await;
        pass(Duration::from_secs(60));
        stack.run().await;
        stack.limit(&place, ALL, 1_000).await;
        stack.spend(&place, 2, 50).await;
        pass(Duration::from_secs(60));
        let mut number = 1;
        while stack.dying_run(number, kind).await {
            let used = used(&stack, &place).await;
            assert!(used == 50 || used == 350, "{used}");
            number += 1;
        }
        stack.run().await;
        assert_eq!(used(&stack, &place).await, 350, "{kind:?}");
    }
}

#[tokio::test]
async fn a_comparison_that_dies_at_any_write_charges_nothing_twice() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        set_now("2026-11-29T12:00:00Z");
        let stack = Stack::start().await;
        let place = stack.organization("Acme").await;
        stack.limit(&place, ALL, 1_000).await;
        stack.spend(&place, 1, 100).await;
        cut_off(&stack, &place, 2, 70).await;
        stack.run().await;
        pass(Duration::from_secs(7 * 3_600));
        let mut number = 1;
        while stack.dying_run(number, kind).await {
            let used = used(&stack, &place).await;
            assert!(used == 100 || used == 170, "{used}");
            number += 1;
        }
        pass(Duration::from_secs(7 * 3_600));
        stack.run().await;
        assert_eq!(used(&stack, &place).await, 170, "{kind:?}");
    }
}

#[tokio::test]
async fn a_counter_that_is_used_while_it_is_compared_stays_right() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.limit(&place, ALL, 100_000).await;
    let calls = async {
        for number in 0..40 {
            stack.spend(&place, number, 10).await;
            pass(Duration::from_secs(3));
        }
    };
    let runs = async {
        for _ in 0..12 {
            let closing = domain::quota::Closing::from(place.created_at);
            let granted = stack.reset(&place);
            let seen = stack.store.see_counters(&granted, &[ALL], now()).await.unwrap();
            let mut mint = domain::Mint::new(now(), crate::stack::random());
            let compared = stack.store.compare_counters(&granted, seen, &closing, &mut mint).await.unwrap();
            assert_eq!(compared.drifts, [], "a call that ran meanwhile was taken for a drift");
        }
    };
    futures::future::join(calls, runs).await;
    assert_eq!(used(&stack, &place).await, 400);
}

#[tokio::test]
async fn a_run_in_which_nothing_is_due_writes_where_it_is_and_nothing_else() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    let people = (1..=30).map(|number| QuotaScope::User(UserId::from_parts(1, number)));
    for (number, of) in (1..).zip(people) {
        stack.limit(&place, of, 1_000).await;
        let QuotaScope::User(user) = of else { panic!("no person") };
        let mut call = call(&place, number, 10);
        call.set.user = Some(user);
        stack.reserve(&place, call).await;
        stack.settle(&place, call, 10).await;
    }
    // One that has begun within a minute is compared by the next run once more, because clocks differ.
    pass(Duration::from_secs(120));
    stack.run().await;
    let written = |stack: &Stack| -> f64 {
        let reads = ["Query", "GetItem", "BatchGetItem"];
        let writes = stack.proxy.take_log().into_iter().filter(|call| !reads.contains(&call.operation.as_str()));
        writes.map(|call| call.capacity_units).sum()
    };
    let _ = written(&stack);
    stack.run().await;
    assert!(written(&stack) <= 1.0, "where it is");
    // Over midnight, within the hour, and before the day is closed: no counter is written for that its window has ended.
    set_now("2026-11-29T23:50:00Z");
    stack.run().await;
    let _ = written(&stack);
    set_now("2026-11-30T00:10:00Z");
    stack.run().await;
    assert!(written(&stack) <= 1.0, "where it is");
}
