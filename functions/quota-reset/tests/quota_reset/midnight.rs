//! Counters over the end of a day and a month, with all that the reset does then.

use domain::id::UserId;
use domain::organization::Organization;
use domain::quota::{ByPeriod, Call, Counter, QuotaScope, Tokens};
use futures::future::join_all;
use store::quota::{Outcome, QuotaDesk, Try, reserve};

use crate::stack::{Stack, call, now, scope, set_now, tokens};

const PEOPLE: u64 = 300;

fn person(number: u64) -> QuotaScope {
    QuotaScope::User(UserId::from_parts(1, number.into()))
}

fn call_of(place: &Organization, number: u64, amount: u64) -> Call {
    let mut call = call(place, number, amount);
    call.set.user = Some(UserId::from_parts(1, number.into()));
    call
}

/// Everybody has a limit a day, a week and a month, and has used something.
async fn spent(stack: &Stack, place: &Organization) {
    let limits: ByPeriod<Tokens> =
        ByPeriod { daily: Some(tokens(1_000)), weekly: Some(tokens(3_000)), monthly: Some(tokens(9_000)) };
    join_all((1..=PEOPLE).map(|number| stack.limits(place, person(number), limits))).await;
    for number in 1..=PEOPLE {
        let call = call_of(place, number, number);
        stack.reserve(place, call).await;
        stack.settle(place, call, number).await;
    }
}

async fn counters(stack: &Stack, place: &Organization) -> Vec<Option<Counter>> {
    let people: Vec<QuotaScope> = (1..=PEOPLE).map(person).collect();
    let state = stack.store.quota_scopes(&scope(place), &people).await.unwrap();
    state.scopes.into_iter().map(|state| state.counter).collect()
}

/// Of what was written since this was asked last: how many items, and how many of these are counters.
fn written(stack: &Stack) -> (usize, usize) {
    let written: Vec<String> = stack.proxy.take_log().into_iter().flat_map(|call| call.written).collect();
    (written.len(), written.iter().filter(|partition| partition.contains("#COUNTER#")).count())
}

#[tokio::test]
async fn the_reset_after_midnight_writes_no_counter_and_each_is_right_all_the_same() {
    set_now("2026-11-30T23:50:00Z");
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    spent(&stack, &place).await;
    stack.run().await;
    let (before, _) = (counters(&stack, &place).await, written(&stack));
    assert!(before.iter().all(Option::is_some));
    // At once; when the day and the month are closed; and when counters are compared with the ledger again.
    let mut compared = 0;
    for at in ["2026-12-01T00:00:00Z", "2026-12-01T00:45:00Z", "2026-12-02T00:45:00Z"] {
        set_now(at);
        let done = stack.run().await;
        assert_eq!((done.freed, done.drifted), (0, 0), "{at}: {done:?}");
        compared += done.compared;
        let (items, of_counters) = written(&stack);
        assert!(items > 0, "{at}: what the reset remembers is written");
        assert_eq!(of_counters, 0, "{at}");
    }
    assert!(compared >= usize::try_from(PEOPLE).unwrap() && stack.statement(&place, "2026-11").await.unwrap().0.closed);
    assert_eq!(counters(&stack, &place).await, before);
    let people: Vec<QuotaScope> = (1..=PEOPLE).map(person).collect();
    let state = stack.store.quota_scopes(&scope(&place), &people).await.unwrap();
    for (ground, number) in state.grounds().iter().zip(1..) {
        let seen = ground.standings(now()).map(|standing| {
            let bound = standing.bound.unwrap();
            (bound.used.get(), bound.remaining.get())
        });
        assert_eq!(seen, [(0, 1_000), (number, 3_000 - number), (0, 9_000)], "{number}");
    }
    let (app, scope, call) = (stack.app(), scope(&place), call_of(&place, 7, 1_000));
    let tables = app.store.quota_tables(&scope);
    let state = tables.read(call.id, &call.set).await.unwrap();
    let _ = written(&stack);
    let taken = reserve(&tables, state, Try { call, first: 1, now: now() }).await.unwrap();
    assert!(matches!(taken, Outcome::Reserved { .. }), "all of the new day: {taken:?}");
    assert_eq!(written(&stack).1, 1, "the next call writes the one that it needs");
}
