//! The mail service's limits: so many a second and so many a day of all senders together, and who goes first.

use std::time::Duration;

use domain::change::Change;
use domain::{Event, EventKind};
use embedded::mail::Mode;

use crate::stack::{Stack, message, now, pass};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Something that is no matter of security.
fn news(stack: &Stack) -> Event {
    let role = vec![Change::set("role", "admin"), Change::set("source", "manual")];
    let mut event = stack.event(EventKind::MemberRoleChanged, "203.0.113.7", role);
    event.actor.id = None;
    event
}

fn security(stack: &Stack) -> Event {
    stack.event(EventKind::PasswordChanged, "203.0.113.7", vec![])
}

/// Plans without sending.
async fn planned(stack: &Stack, events: &[Event]) {
    stack.sink.set_mode(Mode::Throttle);
    for some in events.chunks(100) {
        stack.told(&message(&some.iter().collect::<Vec<_>>())).await;
    }
    stack.sink.set_mode(Mode::Accept);
    pass(Duration::from_secs(20 * 60));
}

async fn run(stack: &Stack, per_second: u32, per_day: u32) {
    notifications::handle(&stack.app_at(per_second, per_day), serde_json::Value::Null).await.unwrap();
}

#[tokio::test]
async fn mails_keep_to_the_rate_of_the_mail_service_also_where_several_send() {
    let stack = Stack::start().await;
    let events: Vec<Event> = (0..100).map(|_| news(&stack)).collect();
    planned(&stack, &events).await;
    for _ in 0..20 {
        let (before, sent) = (now().millis(), stack.sink.letters().len());
        let one = || run(&stack, 10, 1_000);
        tokio::join!(one(), one(), one());
        let (passed, sent) = (now().millis() - before, stack.sink.letters().len() - sent);
        // A permit is good for a second behind its instant.
        assert!(u64::try_from(sent).unwrap() <= passed / 100 + 10, "{sent} mails in {passed} ms at 10 a second");
        pass(Duration::from_secs(60));
    }
    assert_eq!(stack.sink.letters().len(), 100);
}

#[tokio::test]
async fn one_sender_alone_is_as_fast_as_the_mail_service_allows() {
    let stack = Stack::start().await;
    let events: Vec<Event> = (0..100).map(|_| news(&stack)).collect();
    planned(&stack, &events).await;
    let before = now();
    run(&stack, 10, 1_000).await;
    assert_eq!((stack.sink.letters().len(), now().millis() - before.millis()), (100, 9_900));
}

#[tokio::test]
async fn what_protects_an_account_goes_before_news_that_waited_longer() {
    let stack = Stack::start().await;
    let mut events: Vec<Event> = (0..60).map(|_| news(&stack)).collect();
    events.push(security(&stack));
    planned(&stack, &events).await;
    run(&stack, 1_000, 1_000).await;
    let subjects = stack.subjects();
    assert_eq!((subjects.len(), subjects[0].as_str()), (61, "Your password was changed"));
}

#[tokio::test]
async fn beyond_the_daily_quota_mails_wait_and_its_last_tenth_is_for_what_protects_accounts() {
    let stack = Stack::start().await;
    let mut events: Vec<Event> = (0..30).map(|_| news(&stack)).collect();
    planned(&stack, &events).await;
    run(&stack, 1_000, 20).await;
    assert_eq!(stack.sink.letters().len(), 18, "nine tenths of 20");
    events = (0..5).map(|_| security(&stack)).collect();
    planned(&stack, &events).await;
    run(&stack, 1_000, 20).await;
    let subjects = stack.subjects();
    assert_eq!((subjects.len(), subjects[18].as_str()), (20, "Your password was changed"));
    run(&stack, 1_000, 20).await;
    assert_eq!(stack.sink.letters().len(), 20, "the quota is spent");
    pass(DAY + Duration::from_secs(2 * 3600));
    // What is news for a day is none any more; the three others protect an account and are sent.
    run(&stack, 1_000, 20).await;
    assert_eq!(stack.subjects()[20..], ["Your password was changed"; 3]);
}

#[tokio::test]
async fn mails_that_wait_for_the_quota_are_all_sent_in_the_end_and_once() {
    let stack = Stack::start().await;
    let events: Vec<Event> = (0..50).map(|_| security(&stack)).collect();
    planned(&stack, &events).await;
    for day in 0..3 {
        for hour in 0..13 {
            run(&stack, 1_000, 20).await;
            let sent = stack.sink.letters().len();
            assert!(sent <= 20 * (day + 1), "{sent} mails by hour {hour} of day {day}");
            pass(Duration::from_secs(2 * 3600));
        }
    }
    assert_eq!(stack.sink.letters().len(), 50);
}

#[tokio::test]
async fn a_mail_that_the_mail_service_does_not_take_now_is_not_counted() {
    let stack = Stack::start().await;
    stack.sink.set_mode(Mode::Throttle);
    stack.told(&message(&[&security(&stack)])).await;
    for _ in 0..30 {
        pass(Duration::from_secs(20 * 60));
        run(&stack, 1_000, 10).await;
    }
    stack.sink.set_mode(Mode::Accept);
    pass(Duration::from_secs(20 * 60));
    run(&stack, 1_000, 10).await;
    assert_eq!(stack.sink.letters().len(), 1);
}
