//! Events of which the stream never told: found in the log, and planned once.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::change::{Change, Target};
use domain::{Event, EventKind};

use crate::stack::{ANN, Stack, message, pass};

#[tokio::test]
async fn an_event_that_the_stream_lost_is_told_after_five_minutes() {
    let stack = Stack::start().await;
    let lost = stack.event(EventKind::PasswordChanged, "203.0.113.7", vec![]);
    stack.log(&lost).await;
    stack.sweep().await;
    assert_eq!(stack.planned().await, 0, "the stream may still tell");
    pass(Duration::from_secs(5 * 60 + 1));
    stack.sweep().await;
    assert_eq!(stack.subjects(), ["Your password was changed"]);
    stack.settle().await;
    stack.told(&message(&[&lost])).await;
    assert_eq!((stack.planned().await, stack.sink.letters().len()), (1, 1), "and once");
}

#[tokio::test]
async fn what_was_planned_is_not_planned_again() {
    let stack = Stack::start().await;
    let events: Vec<Event> =
        (0..250).map(|at| stack.event(EventKind::PasswordChanged, &format!("203.0.113.{at}"), vec![])).collect();
    for event in &events {
        stack.log(event).await;
    }
    for some in events.chunks(100) {
        stack.told(&message(&some.iter().collect::<Vec<_>>())).await;
    }
    stack.settle().await;
    let _ = stack.database.take_log();
    pass(Duration::from_secs(60));
    stack.sweep().await;
    let puts = stack.database.take_log().into_iter().filter(|call| call.operation == "PutItem").count();
    assert!(puts <= 2, "{puts} writes where nothing is to be planned");
    assert_eq!((stack.planned().await, stack.sink.letters().len()), (250, 250));
}

#[tokio::test]
async fn a_function_that_was_away_for_two_days_catches_up_in_several_runs_and_misses_nothing() {
    let stack = Stack::start().await;
    stack.sweep().await;
    let mut logged = 0;
    for _ in 0..16 {
        pass(Duration::from_secs(3 * 3600));
        for at in 0..20 {
            stack.log(&stack.event(EventKind::PasswordChanged, &format!("203.0.113.{at}"), vec![])).await;
            logged += 1;
        }
    }
    pass(Duration::from_secs(6 * 60));
    for _ in 0..20 {
        stack.sweep().await;
        pass(Duration::from_secs(60));
    }
    assert_eq!((stack.planned().await, stack.sink.letters().len()), (logged, logged));
}

#[tokio::test]
async fn a_run_that_is_cut_off_anywhere_is_gone_on_with() {
    use embedded::faults::{Fault, nth};
    let stack = Stack::start().await;
    for number in 1..40 {
        stack.log(&stack.event(EventKind::PasswordChanged, &format!("203.0.113.{number}"), vec![])).await;
        pass(Duration::from_secs(6 * 60));
        stack.database.script(nth(number, Fault::Throttle));
        let _ = notifications::handle(&stack.app(), serde_json::Value::Null).await;
        stack.database.clear();
    }
    stack.settle().await;
    // What was cut off between mail and mark is sent twice.
    let texts: BTreeSet<_> = stack.sink.letters().into_iter().map(|letter| letter.text).collect();
    assert_eq!((stack.planned().await, texts.len()), (39, 39));
}

#[tokio::test]
async fn an_event_that_can_never_be_planned_holds_up_no_other() {
    let stack = Stack::start().await;
    let told_to_nobody = stack.event(EventKind::SessionRevoked, "203.0.113.7", vec![]);
    let mut strange = stack.event(EventKind::PasswordChanged, "203.0.113.7", vec![Change::set("x", "y")]);
    strange.target = Target::unnamed("user", "nobody");
    stack.log(&told_to_nobody).await;
    stack.log(&strange).await;
    stack.log(&stack.event(EventKind::PasswordChanged, "203.0.113.8", vec![])).await;
    stack.settle().await;
    stack.settle().await;
    assert_eq!(stack.sink.letters().len(), 1);
    assert_eq!(stack.sink.letters()[0].to, [ANN]);
}
