//! Runs that are killed at any call to the database or the mail service, and told again.

use std::time::Duration;

use domain::EventKind;
use embedded::Proxy;
use embedded::faults::{Fault, nth};
use futures::future::{Either, select};
use serde_json::Value;

use crate::stack::{ANN, Stack, content, message, pass};

/// Runs until a kill strikes: then nothing of the run goes on, and both sides are there again for the next one.
pub(crate) async fn mortal(stack: &Stack, told: &Value) {
    let proxies = [&stack.database, &stack.post];
    let struck = async {
        while !proxies.iter().any(|proxy| proxy.is_killed()) {
            tokio::task::yield_now().await;
        }
    };
    let app = stack.app();
    let run = notifications::handle(&app, told.clone());
    if let Either::Right((_, run)) = select(Box::pin(run), Box::pin(struck)).await {
        drop(run);
    }
    proxies.iter().for_each(|proxy| proxy.clear());
}

/// Kills the run of a sign-in from a new place and a changed password at call 1, 2, 3, … of one side, until a whole run
/// needs fewer calls.
async fn kill_everywhere(kind: Fault, of: fn(&Stack) -> &Proxy) {
    let stack = Stack::start().await;
    stack.told(&message(&[&stack.event(EventKind::SessionStarted, "203.0.113.7", vec![])])).await;
    for number in 1..100 {
        pass(Duration::from_secs(60));
        let address = format!("198.51.100.{number}");
        let event = |kind| stack.event(kind, &address, vec![]);
        let told = message(&[&event(EventKind::SessionStarted), &event(EventKind::PasswordChanged)]);
        let (letters, planned) = (stack.sink.letters().len(), stack.planned().await);
        of(&stack).script(nth(number, kind));
        let _ = of(&stack).take_log();
        mortal(&stack, &told).await;
        let survived = of(&stack).take_log().iter().all(|call| call.fault == Fault::Pass);
        stack.told(&told).await;
        stack.settle().await;
        assert_eq!(stack.planned().await, planned + 2, "kill {number}: one delivery a mail");
        for kind in ["new-sign-in", "password-changed"] {
            let sent = stack.sink.letters().split_off(letters);
            let mails: Vec<_> = sent.iter().filter(|letter| letter.tags["kind"] == kind).map(content).collect();
            assert!(mails.first().is_some_and(|mail| mail.0 == [ANN]), "kill {number}: no {kind}");
            assert!(mails.iter().all(|mail| *mail == mails[0]), "kill {number}: every {kind} says the same");
            assert!(mails.len() <= if survived { 1 } else { 2 }, "kill {number}: {} of {kind}", mails.len());
        }
        if survived {
            assert!(number > 2, "only {number} calls were killed");
            return;
        }
    }
    panic!("there is no end of calls");
}

#[tokio::test]
async fn a_kill_before_any_call_to_the_database_loses_no_mail() {
    kill_everywhere(Fault::KillBefore, |stack| &stack.database).await;
}

#[tokio::test]
async fn a_kill_after_any_call_to_the_database_loses_no_mail() {
    kill_everywhere(Fault::KillAfter, |stack| &stack.database).await;
}

#[tokio::test]
async fn a_kill_before_any_call_to_the_mail_service_loses_no_mail() {
    kill_everywhere(Fault::KillBefore, |stack| &stack.post).await;
}

#[tokio::test]
async fn a_kill_after_any_call_to_the_mail_service_loses_no_mail() {
    kill_everywhere(Fault::KillAfter, |stack| &stack.post).await;
}
