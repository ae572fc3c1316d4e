//! Runs that are killed at any call to the database or the object store, and told again.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use domain::import::Job;
use embedded::Proxy;
use embedded::faults::{Fault, nth};
use futures::future::{Either, select};

use crate::made::workbook;
use crate::stack::{Stack, once};

/// Resolves once a kill has struck, as soon as the run would go on.
async fn struck(proxies: [Arc<Proxy>; 2]) {
    while !proxies.iter().any(|proxy| proxy.is_killed()) {
        tokio::task::yield_now().await;
    }
}

/// Runs until a kill strikes: then nothing of the run goes on, and both sides are there again for the next one.
/// A run that ended at the same moment was killed all the same.
async fn mortal<F: Future<Output = Result<(), String>>>(run: F, proxies: [Arc<Proxy>; 2]) -> Result<(), String> {
    let (run, end) = (Box::pin(run), Box::pin(struck(proxies.clone())));
    let outcome = match select(run, end).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), run)) => {
            drop(run);
            Err("killed".to_owned())
        }
    };
    if !proxies.iter().any(|proxy| proxy.is_killed()) {
        return outcome;
    }
    proxies.iter().for_each(|proxy| proxy.clear());
    Err("killed".to_owned())
}

struct Ids {
    a: String,
    b: String,
}

fn rows(ids: &Ids, tag: &str) -> Vec<u8> {
    let emails = ["ann", "bob", "cy"].map(|name| format!("{name}@{tag}.example"));
    let [ann, bob, cy] = emails.each_ref().map(String::as_str);
    workbook(&[
        [&ids.a, ann, "Ann", "owner", ""],
        [&ids.a, bob, "Bob", "", "velvet-Orchard-31"],
        [&ids.b, ann, "Ann", "admin", ""],
        [&ids.b, cy, "Cy", "", ""],
        [&ids.b, bob, "Bob", "", ""],
        [&ids.b, cy, "Cy", "", ""],
    ])
}

/// What there is of the people of one workbook.
async fn people(stack: &Stack, tag: &str) -> BTreeMap<(String, String), String> {
    let domain = format!("@{tag}.example");
    let items = stack.dump("platform").await.into_iter();
    items
        .filter(|(_, item)| item.get("email").is_some_and(|email| email.contains(&domain)))
        .map(|(key, item)| (key, item["email"].clone()))
        .collect()
}

async fn check(stack: &Stack, job: &Job, tag: &str) {
    assert_eq!(job.state.as_str(), "completed", "{tag}: {:?}", stack.store.dead_letters().unwrap());
    let counts = (job.counts.rows, job.counts.created, job.counts.added, job.counts.errors);
    assert_eq!(counts, (6, 3, 2, 1), "{tag}");
    let outcome = stack.outcome(job).await;
    assert_eq!(outcome.created.keys().copied().collect::<Vec<_>>(), [2, 3, 5], "{tag}");
    assert_eq!(outcome.added.keys().copied().collect::<Vec<_>>(), [4, 6], "{tag}");
    for (row, name) in [(2, "ann"), (5, "cy")] {
        let password = &outcome.created[&row]["password"];
        assert!(stack.opens(&format!("{name}@{tag}.example"), password).await, "{tag}: {name}");
    }
    assert!(stack.opens(&format!("bob@{tag}.example"), "velvet-Orchard-31").await, "{tag}: bob");
    assert_eq!(people(stack, tag).await.len(), 3 + 5, "{tag}: three people and five memberships");
    let events = stack.dump("events").await;
    let joined = events.values().filter(|event| {
        event["action"].contains("member.added") && event["target"].contains(&format!("@{tag}.example"))
    });
    assert_eq!(joined.count(), 5, "{tag}: one event a membership");
}

/// Kills the import of a fresh workbook at call 1, 2, 3, … of one side, until a whole import needs fewer calls.
async fn kill_everywhere(kind: Fault, of: fn(&Stack) -> Arc<Proxy>) {
    let stack = Stack::start().await;
    let ids = Ids { a: stack.organization("A").await.id.to_string(), b: stack.organization("B").await.id.to_string() };
    let proxies = [Arc::clone(&stack.database), Arc::clone(&stack.objects)];
    stack.deliver(move |app, event| mortal(once(app, event), proxies.clone()));
    let proxy = of(&stack);
    for number in 1..200 {
        let tag = format!("k{number}");
        proxy.script(nth(number, kind));
        let _ = proxy.take_log();
        stack.put(&format!("drops/{tag}.xlsx"), rows(&ids, &tag)).await;
        stack.store.idle().await;
        let survived = proxy.take_log().iter().all(|call| call.fault == Fault::Pass);
        // What the test looks at from here on is no part of the import.
        proxy.clear();
        let job = stack.job(&format!("drops/{tag}.xlsx")).await;
        check(&stack, &job, &tag).await;
        if survived {
            assert!(number > 10, "only {number} calls were killed");
            return;
        }
    }
    panic!("there is no end of calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_any_call_to_the_database_changes_nothing_of_the_outcome() {
    kill_everywhere(Fault::KillBefore, |stack| Arc::clone(&stack.database)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_after_any_call_to_the_database_changes_nothing_of_the_outcome() {
    kill_everywhere(Fault::KillAfter, |stack| Arc::clone(&stack.database)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_any_call_to_the_object_store_changes_nothing_of_the_outcome() {
    kill_everywhere(Fault::KillBefore, |stack| Arc::clone(&stack.objects)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_after_any_call_to_the_object_store_changes_nothing_of_the_outcome() {
    kill_everywhere(Fault::KillAfter, |stack| Arc::clone(&stack.objects)).await;
}
