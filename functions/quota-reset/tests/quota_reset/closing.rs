//! Days and months that are closed.

use std::time::Duration;

use domain::Principal;
use domain::actor::SystemPart;
use domain::organization::{Organization, Purge};
use domain::quota::{QuotaScope, Spent, SpentOn, Split};
use embedded::faults::Fault;
use futures::future::join_all;
use quota_reset::App;

use crate::stack::{Stack, actor, call, hurried, now, pass, project, set_now};

const HOUR: Duration = Duration::from_secs(3_600);

/// Calls on the last days of November, one over midnight, and one of December.
async fn used(stack: &Stack, calls: u64) -> Organization {
    let place = stack.organization("Acme").await;
    for number in 0..calls {
        stack.spend(&place, number, 10 + number).await;
        pass(Duration::from_secs(60));
    }
    set_now("2026-11-30T23:59:50Z");
    let over = call(&place, 20, 100);
    pass(Duration::from_secs(20));
    stack.reserve(&place, over).await;
    stack.settle(&place, over, 40).await;
    stack.spend(&place, 21, 1_000).await;
    place
}

async fn total(stack: &Stack, place: &Organization, month: &str) -> u64 {
    let (head, lines) = stack.statement(place, month).await.unwrap();
    for split in Split::ALL {
        let of_split = lines.iter().filter(|line| line.on.split() == Some(split));
        assert_eq!(of_split.fold(Spent::default(), |sum, line| sum.plus(line.row.spent)), head.total, "{split:?}");
    }
    head.total.tokens()
}

#[tokio::test]
async fn a_month_is_closed_with_what_was_reserved_in_it_and_its_splits_add_up() {
    let stack = Stack::start().await;
    let place = used(&stack, 7).await;
    set_now("2026-12-02T00:45:00Z");
    let done = stack.run().await;
    assert_eq!(total(&stack, &place, "2026-11").await, (0..7).map(|number| 10 + number).sum::<u64>());
    assert_eq!(total(&stack, &place, "2026-12").await, 1_040, "reserved after midnight, whatever the id says");
    let (november, lines) = stack.statement(&place, "2026-11").await.unwrap();
    let (december, _) = stack.statement(&place, "2026-12").await.unwrap();
    assert!(
        november.closed && !december.closed && done.days == 5,
        "four, and the one that was written to after its end: {done:?}"
    );
    let default = lines.iter().find(|line| line.on == SpentOn::Project(project(&place))).unwrap();
    assert!(default.row.name.is_some(), "a project is shown with its name");
}

#[tokio::test]
async fn running_again_or_with_others_at_once_changes_nothing() {
    let stack = Stack::start().await;
    let place = used(&stack, 7).await;
    set_now("2026-12-02T00:45:00Z");
    let apps: Vec<App> = (0..4).map(|_| stack.app()).collect();
    for done in join_all(apps.iter().map(App::run)).await {
        assert_eq!(done.unwrap().failed, 0);
    }
    let once = stack.items(&place).await;
    assert!(once.len() > 20, "{} items", once.len());
    stack.run().await;
    assert_eq!(stack.items(&place).await, once);
}

#[tokio::test]
async fn a_run_that_dies_at_any_write_leaves_what_the_next_one_finishes() {
    let whole = {
        let stack = Stack::start().await;
        let place = used(&stack, 2).await;
        set_now("2026-12-02T00:45:00Z");
        stack.run().await;
        (
            total(&stack, &place, "2026-11").await,
            total(&stack, &place, "2026-12").await,
            stack.items(&place).await.len(),
        )
    };
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        set_now("2026-11-29T12:00:00Z");
        let stack = Stack::start().await;
        let place = used(&stack, 2).await;
        set_now("2026-12-02T00:45:00Z");
        let mut number = 1;
        // A run that dies at a read is one that dies before the next write.
        while stack.dying_run(number, kind).await {
            number += 1;
        }
        assert!(number > 20, "{number} writes");
        let found = (
            total(&stack, &place, "2026-11").await,
            total(&stack, &place, "2026-12").await,
            stack.items(&place).await.len(),
        );
        assert_eq!(found, whole, "{kind:?}");
    }
}

#[tokio::test]
async fn what_is_settled_after_its_day_was_closed_comes_into_the_statement_all_the_same() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    let slow = call(&place, 1, 500);
    stack.reserve(&place, slow).await;
    stack.spend(&place, 2, 10).await;
    set_now("2026-12-03T12:00:00Z");
    stack.run().await;
    assert_eq!(total(&stack, &place, "2026-11").await, 10);
    stack.settle(&place, slow, 500).await;
    stack.run().await;
    pass(HOUR);
    stack.run().await;
    assert_eq!(total(&stack, &place, "2026-11").await, 510);
    let marks = |items: &[std::collections::BTreeMap<_, _>]| {
        items.iter().filter(|item| format!("{:?}", item["pk"]).contains("#LATE")).count()
    };
    pass(HOUR);
    stack.run().await;
    assert_eq!(marks(&stack.items(&place).await), 0, "the day is closed again, and not for ever");
}

#[tokio::test]
async fn a_month_without_a_call_is_closed_at_nothing() {
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    set_now("2026-12-02T01:00:00Z");
    stack.run().await;
    let (head, lines) = stack.statement(&place, "2026-11").await.unwrap();
    assert!(head.closed && head.total.is_nothing() && lines.is_empty());
    assert!(stack.statement(&place, "2026-10").await.is_err(), "a month before it was made");
    let (present, _) = stack.statement(&place, "2026-12").await.unwrap();
    assert!(!present.closed && present.total.is_nothing());
    assert!(stack.statement(&place, "2027-01").await.is_err(), "a month that has not begun");
}

#[tokio::test]
async fn months_of_silence_end_in_one_run_over_a_year_s_end_and_a_leap_day() {
    set_now("2027-12-31T23:59:59Z");
    let stack = Stack::start().await;
    let place = stack.organization("Acme").await;
    stack.spend(&place, 1, 5).await;
    set_now("2028-03-02T01:00:00Z");
    stack.spend(&place, 2, 7).await;
    stack.run().await;
    for month in ["2027-12", "2028-01", "2028-02"] {
        assert!(stack.statement(&place, month).await.unwrap().0.closed, "{month}");
    }
    assert_eq!(total(&stack, &place, "2027-12").await, 5);
}

#[tokio::test]
async fn who_has_no_time_for_all_goes_on_where_it_ended() {
    let stack = Stack::start().await;
    let mut places = vec![];
    for name in ["Acme", "Beta", "Core", "Delta"] {
        let place = stack.organization(name).await;
        stack.spend(&place, 1, 5).await;
        places.push(place);
    }
    set_now("2026-12-02T01:00:00Z");
    let app = App { clock: hurried, budget: Duration::from_secs(60), ..stack.app() };
    let (mut runs, mut looked_at) = (0, 0);
    while looked_at < 4 {
        let done = app.run().await.unwrap();
        (runs, looked_at) = (runs + 1, looked_at + done.organizations);
        assert!(runs < 60, "{runs} runs end nowhere");
    }
    assert!(runs > 1, "one run had the time");
    set_now("2026-12-02T09:00:00Z");
    for _ in 0..2 {
        stack.run().await;
    }
    for place in &places {
        assert_eq!(total(&stack, place, "2026-11").await, 5);
    }
    assert!(now() > places[0].created_at);
}

#[tokio::test]
async fn a_purge_takes_usage_statements_and_alerts_along() {
    let stack = Stack::start().await;
    let place = used(&stack, 7).await;
    stack.limit(&place, QuotaScope::Organization, 100).await;
    stack.spend(&place, 30, 95).await;
    let late = call(&place, 32, 1);
    pass(24 * HOUR);
    stack.settle(&place, late, 1).await;
    stack.run().await;
    let families = ["#USAGE#", "#STATEMENT#", "#STATEMENTS", "#LATE", "#COUNTER#", "#ALERTS#"];
    let items = stack.items(&place).await;
    for family in families {
        assert!(items.iter().any(|item| format!("{:?}", item["pk"]).contains(family)), "nothing under {family}");
    }
    let principal = Principal::System { part: SystemPart::TenantLifecycle, on_behalf_of: None };
    let granted = actor(principal, Some(&place)).grant(Purge, place.id).unwrap();
    assert!(stack.store.purge_content(&granted).await.unwrap());
    assert_eq!(stack.items(&place).await, []);
}
