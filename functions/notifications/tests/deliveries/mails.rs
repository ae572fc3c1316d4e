//! Which mails an event makes, and how often.

use std::time::Duration;

use domain::EventKind;
use domain::change::Change;
use serde_json::{Value, json};

use crate::stack::{ANN, Stack, message, pass, record};

const HOME: &str = "203.0.113.7";
const AWAY: &str = "198.51.100.9";

#[tokio::test]
async fn a_changed_password_makes_one_mail_to_its_owner_however_often_it_is_told() {
    let stack = Stack::start().await;
    let changed = message(&[&stack.event(EventKind::PasswordChanged, HOME, vec![])]);
    assert_eq!(stack.told(&changed).await, json!({ "batchItemFailures": [] }));
    assert_eq!(stack.told(&changed).await, json!({ "batchItemFailures": [] }));
    stack.settle().await;
    let letters = stack.sink.letters();
    assert_eq!((letters.len(), stack.planned().await), (1, 1));
    assert_eq!(
        (letters[0].to.as_slice(), letters[0].from.as_str()),
        ([ANN.to_owned()].as_slice(), "portal@acme.example")
    );
    assert_eq!(
        (letters[0].subject.as_str(), letters[0].tags["kind"].as_str()),
        ("Your password was changed", "password-changed")
    );
    assert!(letters[0].text.as_ref().unwrap().contains(HOME));
}

#[tokio::test]
async fn each_kind_of_event_that_is_mailed_by_default_has_its_mail() {
    let stack = Stack::start().await;
    let role = || vec![Change::set("role", "admin"), Change::set("source", "manual")];
    for (kind, changes, subject) in [
        (EventKind::PasswordReset, vec![], Some("Your password was changed")),
        (EventKind::UserSuspended, vec![], Some("Your account was suspended")),
        (EventKind::UserReactivated, vec![], Some("Your account works again")),
        (EventKind::SuperadminChanged, vec![Change::set("superadmin", true)], Some("You are now a superadmin")),
        (EventKind::MemberRoleChanged, role(), Some("Your role in “an organization” has changed")),
        (EventKind::MemberAdded, role(), Some("You now belong to “an organization”")),
        (EventKind::MemberRemoved, vec![], Some("You no longer belong to “an organization”")),
        (EventKind::MemberLeft, vec![], None),
        (EventKind::ProjectCreated, vec![], None),
    ] {
        let before = stack.sink.letters().len();
        let mut event = stack.event(kind, HOME, changes);
        // Somebody else did it: what is no matter of security is not told to who did it.
        event.actor.id = None;
        stack.told(&message(&[&event])).await;
        let subjects: Vec<String> = stack.subjects().into_iter().skip(before).collect();
        assert_eq!(subjects, subject.into_iter().map(str::to_owned).collect::<Vec<_>>(), "{}", kind.name());
    }
}

#[tokio::test]
async fn a_sign_in_is_told_of_where_another_place_was_known() {
    let stack = Stack::start().await;
    for (address, mails) in [(HOME, 0), (HOME, 0), (AWAY, 1), (AWAY, 1), (HOME, 1)] {
        pass(Duration::from_secs(60));
        let started = message(&[&stack.event(EventKind::SessionStarted, address, vec![])]);
        stack.told(&started).await;
        stack.told(&started).await;
        assert_eq!(stack.subjects(), vec!["New sign-in to your account"; mails], "{address}");
    }
}

#[tokio::test]
async fn what_is_too_late_for_what_it_says_is_planned_for_nobody() {
    let stack = Stack::start().await;
    let change = || vec![Change::set("role", "admin"), Change::set("source", "manual")];
    for (kind, days) in [(EventKind::PasswordChanged, 3), (EventKind::MemberRoleChanged, 1)] {
        let mut event = stack.event(kind, HOME, change());
        event.actor.id = None;
        pass(Duration::from_secs(days * 24 * 3600));
        let before = stack.planned().await;
        let told = message(&[&event]);
        pass(Duration::from_millis(1));
        stack.told(&told).await;
        assert_eq!(stack.planned().await, before, "{}", kind.name());
    }
    let mut event = stack.event(EventKind::PasswordChanged, HOME, vec![]);
    event.actor.id = None;
    pass(Duration::from_secs(2 * 24 * 3600));
    stack.told(&message(&[&event])).await;
    assert_eq!(stack.subjects(), ["Your password was changed"]);
}

#[tokio::test]
async fn an_item_that_is_no_event_is_named_and_stops_no_other() {
    let stack = Stack::start().await;
    let changed = |address| stack.event(EventKind::PasswordChanged, address, vec![]);
    let mut told = message(&[&changed(HOME), &changed(AWAY), &changed(AWAY)]);
    told["Records"][1] = record(1, serde_json::Map::from_iter([("pk".to_owned(), json!("x"))]));
    assert_eq!(stack.told(&told).await, json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] }));
    assert_eq!(stack.sink.letters().len(), 2);
}

#[tokio::test]
async fn the_canned_invocations_are_handled() {
    let stack = Stack::start().await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/notifications");
    let canned = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap() };
    assert_eq!(stack.told(&canned("stream-events.json")).await, json!({ "batchItemFailures": [] }));
    assert_eq!(stack.told(&canned("schedule.json")).await, Value::Null);
    for kind in ["bounced", "complaint-received", "delivered", "rejected", "rendering-failed"] {
        assert_eq!(stack.told(&canned(&format!("email-{kind}.json"))).await, Value::Null, "{kind}");
    }
}
