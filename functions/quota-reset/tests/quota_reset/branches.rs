//! Counters that have branches: kept in order, joined when few hold, and held to the ledger.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::actor::SystemPart;
use domain::organization::{Organization, Purge};
use domain::quota::{Counter, HOLD, Period, QuotaScope, Stage};
use domain::{EventKind, Principal};
use embedded::faults::Fault;
use futures::future::join_all;

use crate::counters::cut_off;
use crate::stack::{Stack, actor, call, now, pass, scope};

const ALL: QuotaScope = QuotaScope::Organization;
/// Enough for a counter to open.
const MANY: u64 = 60;

async fn whole(stack: &Stack, place: &Organization) -> Counter {
    stack.store.quota_scopes(&scope(place), &[ALL]).await.unwrap().grounds()[0].whole(now())
}

async fn stage(stack: &Stack, place: &Organization) -> Stage {
    stack.counter(place, ALL).await.unwrap().phase.stage()
}

/// An organization of which many calls hold.
async fn opened(stack: &Stack) -> Organization {
    let place = stack.organization("Acme").await;
    stack.limit(&place, ALL, 1_000_000).await;
    for number in 0..MANY {
        stack.reserve(&place, call(&place, number, 10)).await;
    }
    assert_eq!(stage(stack, &place).await, Stage::Open);
    place
}

#[tokio::test]
async fn a_counter_stays_open_while_many_hold_and_is_joined_once_they_have_lapsed() {
    let stack = Stack::start().await;
    let place = opened(&stack).await;
    assert_eq!(stack.run().await.freed, 0);
    assert_eq!(stage(&stack, &place).await, Stage::Open);
    pass(HOLD);
    assert_eq!(stack.run().await.freed, usize::try_from(MANY).unwrap());
    let root = stack.counter(&place, ALL).await.unwrap();
    assert_eq!((root.phase.stage(), root.entries.monthly.as_ref().unwrap().left), (Stage::Joined, 1_000_000));
    assert_eq!(whole(&stack, &place).await.holds.len(), 0);
}

#[tokio::test]
async fn a_run_that_dies_at_any_write_loses_nothing_of_what_branches_have() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        let stack = Stack::start().await;
        let place = opened(&stack).await;
        pass(HOLD);
        let mut number = 1;
        while stack.dying_run(number, kind).await {
            let left = whole(&stack, &place).await.entries.monthly.as_ref().unwrap().left;
            assert_eq!(left, 1_000_000, "{kind:?} of write {number}");
            number += 1;
        }
        stack.run().await;
        let root = stack.counter(&place, ALL).await.unwrap();
        assert_eq!(
            (root.phase.stage(), root.entries.monthly.as_ref().unwrap().left),
            (Stage::Joined, 1_000_000),
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn what_a_branch_never_charged_is_charged_once() {
    let stack = Stack::start().await;
    let place = opened(&stack).await;
    cut_off(&stack, &place, MANY + 1, 70).await;
    join_all((200..200 + MANY).map(async |number| stack.spend(&place, number, 1).await)).await;
    assert_eq!(whole(&stack, &place).await.used(Period::Monthly), Some(60));
    for _ in 0..3 {
        pass(Duration::from_secs(7 * 3_600));
        stack.run().await;
    }
    assert_eq!(whole(&stack, &place).await.used(Period::Monthly), Some(130));
    let told = stack.told(&place).await;
    assert_eq!(told.iter().filter(|event| event.action == EventKind::QuotaDriftFound).count(), 1);
}

#[tokio::test]
async fn tokens_that_move_while_a_counter_is_compared_are_no_drift() {
    let stack = Stack::start().await;
    let place = opened(&stack).await;
    let calls = async {
        for number in 1_000..1_060 {
            stack.reserve(&place, call(&place, number, 200)).await;
            pass(Duration::from_secs(1));
        }
    };
    let runs = async {
        for _ in 0..10 {
            let granted = stack.reset(&place);
            let closing = domain::quota::Closing::from(place.created_at);
            let seen = stack.store.see_counters(&granted, &[ALL], now()).await.unwrap();
            let mut mint = domain::Mint::new(now(), crate::stack::random());
            let compared = stack.store.compare_counters(&granted, seen, &closing, &mut mint).await.unwrap();
            assert_eq!(compared.drifts, [], "what was on its way was taken for a drift");
        }
    };
    futures::future::join(calls, runs).await;
    assert_eq!(stage(&stack, &place).await, Stage::Open);
}

/// How many items of the tenant's table are the organization's.
#[allow(clippy::disallowed_methods, reason = "what is looked for may be anywhere")]
async fn items(stack: &Stack, place: &Organization) -> usize {
    let call = stack.client.scan().table_name("tenants").filter_expression("begins_with(pk, :id)");
    let call = call.expression_attribute_values(":id", AttributeValue::S(place.id.to_string())).consistent_read(true);
    call.send().await.unwrap().items.unwrap_or_default().len()
}

#[tokio::test]
async fn a_purge_takes_branches_along() {
    let stack = Stack::start().await;
    let place = opened(&stack).await;
    stack.settle(&place, call(&place, 1_000, 5), 5).await;
    assert!(items(&stack, &place).await > 16);
    let principal = Principal::System { part: SystemPart::TenantLifecycle, on_behalf_of: None };
    let granted = actor(principal, Some(&place)).grant(Purge, place.id).unwrap();
    assert!(stack.store.purge_content(&granted).await.unwrap());
    assert_eq!(items(&stack, &place).await, 0);
}
