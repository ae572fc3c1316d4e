//! Alerts: once for each scope, window and threshold.

use std::time::Duration;

use domain::actor::SystemPart;
use domain::organization::Organization;
use domain::quota::{QuotaScope, ResetQuotas};
use domain::{EventKind, Granted, Mint, Principal};
use embedded::faults::Fault;
use futures::future::join_all;

use crate::stack::{Stack, actor, now, pass, random, set_now};

const ALL: QuotaScope = QuotaScope::Organization;

/// Of what and at how many hundredths the log says that it was told, sorted.
async fn told(stack: &Stack, place: &Organization) -> Vec<(String, u64)> {
    let mut events = stack.told(place).await;
    events.retain(|event| event.action == EventKind::QuotaThresholdReached);
    let field = |event: &domain::Event, name: &str| {
        event.changes.iter().find(|change| change.field == name).unwrap().after.clone().unwrap()
    };
    let line = |event: &domain::Event| {
        let share = if field(event, "share") == true { " share" } else { "" };
        (format!("{}{share}", field(event, "window").as_str().unwrap()), field(event, "percent").as_u64().unwrap())
    };
    let mut told: Vec<_> = events.iter().map(line).collect();
    told.sort();
    told
}

#[tokio::test]
async fn each_threshold_of_a_window_is_told_once_and_anew_in_the_next() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.limit(&place, ALL, 100_000).await;
    stack.spend(&place, 1, 1_000).await;
    stack.run().await;
    assert_eq!(told(&stack, &place).await, []);
    // Half of the month's, which is far more than a day's share of it.
    stack.spend(&place, 2, 49_000).await;
    pass(Duration::from_secs(2 * 3_600));
    let month = ("2026-11".to_owned(), 80);
    let share = ("2026-11-29 share".to_owned(), 100);
    for _ in 0..3 {
        stack.run().await;
    }
    assert_eq!(told(&stack, &place).await, std::slice::from_ref(&share));
    stack.spend(&place, 3, 30_000).await;
    for _ in 0..3 {
        stack.run().await;
    }
    assert_eq!(told(&stack, &place).await, [month.clone(), share.clone()]);
    stack.spend(&place, 4, 20_000).await;
    for _ in 0..3 {
        stack.run().await;
    }
    let all = [month, ("2026-11".to_owned(), 100), share];
    assert_eq!(told(&stack, &place).await, all);
    set_now("2026-12-01T12:00:00Z");
    stack.spend(&place, 5, 90_000).await;
    stack.run().await;
    let told = told(&stack, &place).await;
    assert_eq!(told[3..], [("2026-12".to_owned(), 80), ("2026-12-01 share".to_owned(), 100)]);
}

#[tokio::test]
async fn of_many_that_run_at_once_one_tells() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.limit(&place, ALL, 1_000).await;
    stack.spend(&place, 1, 1_000).await;
    let granted = reset(&place);
    let state = stack.store.quota_scopes(granted.scope(), &[ALL]).await.unwrap();
    stack.run().await;
    // Those who looked before it was told, all of them in step.
    let others = stack.organization("Beta").await;
    stack.limit(&others, ALL, 1_000).await;
    stack.spend(&others, 1, 1_000).await;
    let granted_there = reset(&others);
    let there = stack.store.quota_scopes(granted_there.scope(), &[ALL]).await.unwrap();
    let tell = async |_| {
        let mut mint = Mint::new(now(), random());
        let here = stack.store.tell_alerts(&granted, &state, &mut mint).await.unwrap();
        (here, stack.store.tell_alerts(&granted_there, &there, &mut mint).await.unwrap())
    };
    // Whoever has a connection already would be done before the others have theirs.
    let warm = async |_| stack.store.quota_scopes(granted.scope(), &[ALL]).await.unwrap();
    join_all((0..16).map(warm)).await;
    let counts = join_all((0..16).map(tell)).await;
    assert_eq!(counts.iter().map(|(here, _)| here).sum::<usize>(), 0, "told before");
    assert_eq!(counts.iter().map(|(_, there)| there).sum::<usize>(), 1, "one of sixteen");
    assert_eq!(told(&stack, &others).await, [("2026-11".to_owned(), 100)]);
    once(&told(&stack, &place).await);
}

#[tokio::test]
async fn a_run_that_dies_tells_nothing_twice() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        let stack = Stack::start().await;
        let place = stack.organization("Acme").await;
        stack.limit(&place, ALL, 1_000).await;
        stack.spend(&place, 1, 1_000).await;
        let mut number = 1;
        while stack.dying_run(number, kind).await {
            number += 1;
        }
        once(&told(&stack, &place).await);
    }
}

pub(crate) fn reset(place: &Organization) -> Granted<ResetQuotas> {
    let principal = Principal::System { part: SystemPart::QuotaReset, on_behalf_of: None };
    actor(principal, Some(place)).grant(ResetQuotas, place.id).unwrap()
}

/// All of the month and of the day's share, and no more.
fn once(told: &[(String, u64)]) {
    assert_eq!(told, [("2026-11".to_owned(), 100), ("2026-11-29 share".to_owned(), 100)]);
}

#[tokio::test]
async fn scopes_of_every_kind_are_told_of_and_unlimited_ones_are_not() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    let set = crate::stack::set(&place, 1);
    for scope in set.scopes().skip(1) {
        stack.limit(&place, scope, 100).await;
    }
    stack.spend(&place, 1, 85).await;
    stack.run().await;
    let events = stack.told(&place).await;
    let alerts = events.iter().filter(|event| {
        event.action == EventKind::QuotaThresholdReached
            && event.changes.iter().any(|change| change.after == Some(80.into()))
    });
    let mut kinds: Vec<&str> = alerts.map(|event| event.target.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["project", "use-case", "user"]);
}
