//! The mail service is slow, refuses, throttles, loses its answers or is away.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::EventKind;
use embedded::mail::Mode;
use serde_json::json;

use crate::stack::{Stack, message, pass};

const EVENTS: usize = 200;
const AT_ONCE: usize = 20;

/// 200 events come in ten messages while the mail service is like that; how many mails it has after each.
async fn through(stack: &Stack, mode: Mode) -> Vec<usize> {
    stack.sink.set_mode(mode);
    let mut sent = vec![];
    for first in (0..EVENTS).step_by(AT_ONCE) {
        let address = |at: usize| format!("203.0.113.{at}");
        let event = |at| stack.event(EventKind::PasswordChanged, &address(at), vec![]);
        let events: Vec<_> = (first..first + AT_ONCE).map(event).collect();
        let told = stack.told(&message(&events.iter().collect::<Vec<_>>())).await;
        assert_eq!(told, json!({ "batchItemFailures": [] }));
        assert_eq!(stack.planned().await, first + AT_ONCE, "planning goes on whatever the mail service does");
        sent.push(stack.sink.letters().len());
        pass(Duration::from_secs(1));
    }
    sent
}

async fn recovers(stack: &Stack) {
    stack.sink.set_mode(Mode::Accept);
    stack.settle().await;
    let texts: BTreeSet<_> = stack.sink.letters().into_iter().map(|letter| letter.text).collect();
    assert_eq!((texts.len(), stack.sink.letters().len()), (EVENTS, EVENTS), "none lost, none doubled");
    stack.settle().await;
    assert_eq!(stack.sink.letters().len(), EVENTS);
}

#[tokio::test]
async fn a_full_message_is_planned_and_nothing_sent_before_those_behind_it_are_planned() {
    let stack = Stack::start().await;
    let event = |at: usize| stack.event(EventKind::PasswordChanged, &format!("203.0.113.{at}"), vec![]);
    let events: Vec<_> = (0..=notifications::FULL).map(event).collect();
    let (full, rest) = events.split_at(notifications::FULL);
    stack.told(&message(&full.iter().collect::<Vec<_>>())).await;
    assert_eq!((stack.planned().await, stack.sink.letters().len()), (notifications::FULL, 0));
    stack.told(&message(&rest.iter().collect::<Vec<_>>())).await;
    assert!(!stack.sink.letters().is_empty(), "what is behind it is sent");
    stack.settle().await;
    assert_eq!(stack.sink.letters().len(), events.len());
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_while_the_mail_service_throttles() {
    let stack = Stack::start().await;
    assert_eq!(through(&stack, Mode::Throttle).await, [0; EVENTS / AT_ONCE]);
    // One try a message: where one mail is throttled, the next would be too.
    assert_eq!(stack.post.take_log().len(), EVENTS / AT_ONCE);
    recovers(&stack).await;
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_while_the_mail_service_is_down() {
    let stack = Stack::start().await;
    assert_eq!(through(&stack, Mode::Down).await, [0; EVENTS / AT_ONCE]);
    assert_eq!(stack.post.take_log().len(), EVENTS / AT_ONCE);
    recovers(&stack).await;
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_while_the_mail_service_is_slow() {
    let stack = Stack::start().await;
    through(&stack, Mode::Slow(Duration::from_millis(5))).await;
    recovers(&stack).await;
}

#[tokio::test]
async fn what_the_mail_service_refuses_is_not_tried_again() {
    let stack = Stack::start().await;
    stack.sink.set_mode(Mode::Refuse);
    stack.told(&message(&[&stack.event(EventKind::PasswordChanged, "203.0.113.7", vec![])])).await;
    stack.sink.set_mode(Mode::Accept);
    stack.settle().await;
    assert_eq!((stack.planned().await, stack.sink.letters().len(), stack.post.take_log().len()), (1, 0, 1));
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_sent_again_once_its_lease_is_over_and_not_before() {
    let stack = Stack::start().await;
    stack.sink.set_mode(Mode::LoseAnswer);
    stack.told(&message(&[&stack.event(EventKind::PasswordChanged, "203.0.113.7", vec![])])).await;
    stack.sink.set_mode(Mode::Accept);
    pass(Duration::from_secs(59));
    stack.sweep().await;
    assert_eq!(stack.sink.letters().len(), 1);
    pass(Duration::from_secs(2));
    stack.sweep().await;
    let letters = stack.sink.letters();
    assert_eq!((letters.len(), stack.planned().await), (2, 1));
    assert_eq!(crate::stack::content(&letters[0]), crate::stack::content(&letters[1]));
}

#[tokio::test]
async fn what_protects_an_account_and_could_not_be_sent_for_three_days_is_not_sent_any_more() {
    let stack = Stack::start().await;
    stack.sink.set_mode(Mode::Down);
    stack.told(&message(&[&stack.event(EventKind::PasswordChanged, "203.0.113.7", vec![])])).await;
    pass(Duration::from_secs(3 * 24 * 3600 + 1));
    stack.sink.set_mode(Mode::Accept);
    stack.settle().await;
    assert_eq!(stack.sink.letters().len(), 0);
}

#[tokio::test]
async fn two_senders_at_once_send_each_mail_once() {
    let stack = Stack::start().await;
    through(&stack, Mode::Down).await;
    stack.sink.set_mode(Mode::Accept);
    pass(Duration::from_secs(20 * 60));
    tokio::join!(stack.sweep(), stack.sweep(), stack.sweep());
    assert_eq!(stack.sink.letters().len(), EVENTS);
}
