//! What the mail service tells of mails: late, twice, in any order, of others' mails, and cut off anywhere.

use domain::delivery_report::{DeliveryReport, ReportedOutcome};
use domain::{Event, EventKind, Origin};
use embedded::faults::{Fault, nth};
use embedded::mail::{Feedback, Letter, Mode};
use futures::future::{Either, select};
use serde_json::{Value, json};

use crate::stack::{ANN, Stack, message, mint};

/// A stack with one mail to Ann that was sent.
async fn sent() -> (Stack, Event, Letter) {
    let stack = Stack::start().await;
    let event = stack.event(EventKind::PasswordChanged, "203.0.113.7", vec![]);
    stack.told(&message(&[&event])).await;
    let letter = stack.sink.letters().remove(0);
    (stack, event, letter)
}

impl Stack {
    async fn reports(&self, feedback: Feedback, letter: &Letter) {
        assert_eq!(self.told(&feedback.event(letter)).await, Value::Null);
    }

    /// The only mail's state.
    async fn state(&self) -> Value {
        let mails = self.items("MAIL#").await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails[0]["state"].clone()
    }

    /// Why Ann gets no mail, if so.
    async fn suppressed(&self) -> Option<String> {
        let items = self.items("SUPPRESSED#").await;
        assert!(items.len() <= 1, "{items:?}");
        items.first().map(|item| item["reason"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn a_mail_bears_what_finds_it_again_and_no_address() {
    let (_stack, event, letter) = sent().await;
    assert_eq!(letter.configuration_set.as_deref(), Some("test-mail"));
    let tags: Vec<(&str, &str)> = letter.tags.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let id = event.id.to_string();
    assert_eq!(tags, [("deployment", "test-"), ("event", id.as_str()), ("kind", "password-changed")]);
    let fits = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    assert!(tags.iter().all(|(name, value)| fits(name) && fits(value)), "{tags:?}");
}

#[tokio::test]
async fn a_bounce_is_on_the_mail_and_stops_the_next_one_however_often_it_is_told() {
    let (stack, _, letter) = sent().await;
    for _ in 0..3 {
        stack.reports(Feedback::Bounce, &letter).await;
    }
    assert_eq!(stack.state().await["is"], "bounced");
    assert_eq!(stack.suppressed().await.as_deref(), Some("bounced"));
    let records = stack.records(EventKind::MailSuppressed).await;
    assert_eq!((records.len(), &records[0]["target"]["name"]), (1, &json!(ANN)));
    let next = stack.event(EventKind::UserReactivated, "203.0.113.7", vec![]);
    stack.told(&message(&[&next])).await;
    assert_eq!(stack.sink.letters().len(), 1, "a security letter too: nothing arrives there");
    let mails = stack.items("MAIL#").await;
    let why: Vec<&str> = mails.iter().filter_map(|mail| mail["state"]["why"].as_str()).collect();
    assert!(why.iter().any(|why| why.starts_with("address refused mail before: smtp; 550")), "{why:?}");
}

#[tokio::test]
async fn who_complained_gets_what_protects_the_account_and_no_news() {
    let (stack, _, letter) = sent().await;
    stack.reports(Feedback::Complain, &letter).await;
    assert_eq!(stack.state().await["is"], "complained");
    assert_eq!(stack.suppressed().await.as_deref(), Some("complained"));
    let mut news = stack.event(EventKind::MemberRemoved, "203.0.113.7", vec![]);
    news.actor.id = None;
    let security = stack.event(EventKind::UserReactivated, "203.0.113.7", vec![]);
    stack.told(&message(&[&news, &security])).await;
    assert_eq!(stack.subjects(), ["Your password was changed", "Your account works again"]);
}

#[tokio::test]
async fn a_full_mailbox_is_noted_and_stops_nothing() {
    let (stack, _, letter) = sent().await;
    stack.reports(Feedback::BounceOnce, &letter).await;
    stack.reports(Feedback::Deliver, &letter).await;
    let state = stack.state().await;
    assert_eq!((&state["is"], stack.suppressed().await), (&json!("sent"), None));
    assert!(state["trouble"].as_str().unwrap().contains("mailbox full") && state["delivered_at"].is_string());
    stack.told(&message(&[&stack.event(EventKind::UserReactivated, "203.0.113.7", vec![])])).await;
    assert_eq!(stack.sink.letters().len(), 2);
}

#[tokio::test]
async fn a_bounce_takes_the_place_of_a_complaint_and_not_the_other_way_round() {
    let (stack, _, letter) = sent().await;
    stack.reports(Feedback::Complain, &letter).await;
    stack.told(&message(&[&stack.event(EventKind::UserReactivated, "203.0.113.7", vec![])])).await;
    let second = stack.sink.letters().remove(1);
    stack.reports(Feedback::Bounce, &second).await;
    assert_eq!(stack.suppressed().await.as_deref(), Some("bounced"));
    stack.reports(Feedback::Complain, &second).await;
    assert_eq!(stack.suppressed().await.as_deref(), Some("bounced"));
    assert_eq!(stack.records(EventKind::MailSuppressed).await.len(), 2);
}

#[tokio::test]
async fn what_is_told_before_the_sender_knows_that_the_mail_was_taken_ends_it() {
    for (feedback, end) in [(Feedback::Deliver, "sent"), (Feedback::Bounce, "bounced")] {
        let stack = Stack::start().await;
        stack.sink.set_mode(Mode::LoseAnswer);
        stack.told(&message(&[&stack.event(EventKind::PasswordChanged, "203.0.113.7", vec![])])).await;
        stack.sink.set_mode(Mode::Accept);
        let letter = stack.sink.letters().remove(0);
        stack.reports(feedback, &letter).await;
        stack.settle().await;
        assert_eq!((stack.state().await["is"].as_str(), stack.sink.letters().len()), (Some(end), 1), "sent once");
    }
}

#[tokio::test]
async fn what_is_told_of_other_mails_changes_nothing() {
    let (stack, _, letter) = sent().await;
    let before = stack.items("MAIL#").await;
    let bounce = Feedback::Bounce.event(&letter);
    let with = |pointer: &str, value: Value| {
        let mut event = bounce.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        event
    };
    for event in [
        with("/detail/mail/tags/deployment", json!(["other-"])),
        with("/detail/mail/tags/event", json!(["evt_01JD3ZW8Q4M8S9C7X6V5B4N3M2"])),
        with("/detail/mail/tags/event", json!(["x"])),
        with("/detail/mail/tags", json!({})),
        with("/detail/mail/destination", json!(["somebody@acme.example"])),
        with("/detail/mail/destination", json!([])),
        with("/detail/eventType", json!("Open")),
    ] {
        assert_eq!(stack.told(&event).await, Value::Null, "{event}");
    }
    assert_eq!((stack.items("MAIL#").await, stack.suppressed().await), (before, None));
}

#[tokio::test]
async fn what_cannot_be_read_fails_alone_and_is_not_taken_for_done() {
    let (stack, _, letter) = sent().await;
    let mut poisoned = Feedback::Bounce.event(&letter);
    poisoned["detail"]["bounce"] = json!({ "bounceType": 7 });
    for _ in 0..3 {
        let refused = notifications::handle(&stack.app(), poisoned.clone()).await.unwrap_err();
        assert!(!refused.code().is_retryable());
    }
    stack.reports(Feedback::Bounce, &letter).await;
    assert_eq!(stack.state().await["is"], "bounced");
}

#[tokio::test]
async fn of_many_who_tell_the_same_at_once_one_is_recorded() {
    let (stack, _, letter) = sent().await;
    let tell = || async { stack.reports(Feedback::Bounce, &letter).await };
    tokio::join!(tell(), tell(), tell(), tell(), tell(), tell(), tell(), tell());
    assert_eq!(stack.records(EventKind::MailSuppressed).await.len(), 1);
    assert_eq!(stack.suppressed().await.as_deref(), Some("bounced"));
}

#[tokio::test]
async fn two_mails_to_one_address_that_bounce_at_once_are_both_bounced_and_the_address_is_listed_once() {
    let (stack, _, first) = sent().await;
    stack.told(&message(&[&stack.event(EventKind::UserReactivated, "203.0.113.7", vec![])])).await;
    let second = stack.sink.letters().remove(1);
    tokio::join!(stack.reports(Feedback::Bounce, &first), stack.reports(Feedback::Bounce, &second));
    let mails = stack.items("MAIL#").await;
    assert!(mails.iter().all(|mail| mail["state"]["is"] == "bounced"), "{mails:?}");
    assert_eq!(stack.records(EventKind::MailSuppressed).await.len(), 1);
}

/// Kills what notes a bounce at call 1, 2, 3, …: afterwards state, suppression and record are there together or not at all, and
/// telling it again completes it.
async fn kill_everywhere(kind: Fault) {
    for number in 1..20 {
        let (stack, _, letter) = sent().await;
        let told = Feedback::Bounce.event(&letter);
        let _ = stack.database.take_log();
        stack.database.script(nth(number, kind));
        let struck = async {
            while !stack.database.is_killed() {
                tokio::task::yield_now().await;
            }
        };
        let app = stack.app();
        let run = notifications::handle(&app, told.clone());
        if let Either::Right((_, run)) = select(Box::pin(run), Box::pin(struck)).await {
            drop(run);
        }
        stack.database.clear();
        let survived = stack.database.take_log().iter().all(|call| call.fault == Fault::Pass);
        let bounced = stack.state().await["is"] == "bounced";
        let records = stack.records(EventKind::MailSuppressed).await.len();
        assert_eq!((bounced, stack.suppressed().await.is_some()), (records == 1, records == 1), "kill {number}");
        stack.reports(Feedback::Bounce, &letter).await;
        assert_eq!(stack.state().await["is"], "bounced", "kill {number}");
        assert_eq!(stack.records(EventKind::MailSuppressed).await.len(), 1, "kill {number}");
        if survived {
            assert!(number > 2, "only {number} calls were killed");
            return;
        }
    }
    panic!("there is no end of calls");
}

#[tokio::test]
async fn a_kill_before_any_call_leaves_state_suppression_and_record_together() {
    kill_everywhere(Fault::KillBefore).await;
}

#[tokio::test]
async fn a_kill_after_any_call_leaves_state_suppression_and_record_together() {
    kill_everywhere(Fault::KillAfter).await;
}

#[tokio::test]
async fn a_conflict_or_a_throttled_call_is_tried_again_or_told_again() {
    for kind in [Fault::Conflict, Fault::Throttle] {
        let (stack, _, letter) = sent().await;
        for number in [1, 2] {
            stack.database.script(nth(number, kind));
            let _ = notifications::handle(&stack.app(), Feedback::Bounce.event(&letter)).await;
            stack.database.clear();
        }
        stack.reports(Feedback::Bounce, &letter).await;
        assert_eq!((stack.state().await["is"].as_str(), stack.suppressed().await.is_some()), (Some("bounced"), true));
        assert_eq!(stack.records(EventKind::MailSuppressed).await.len(), 1);
    }
}

#[tokio::test]
async fn what_the_store_is_told_of_an_unknown_mail_changes_nothing() {
    let (stack, event, _) = sent().await;
    let actor = domain::Actor {
        principal: domain::Principal::System { part: domain::actor::SystemPart::Notifier, on_behalf_of: None },
        standing: None,
        origin: Origin::default(),
    };
    let granted = actor.grant(domain::delivery::SendNotices, domain::scope::Platform).unwrap();
    let outcome = ReportedOutcome::Bounced("no".to_owned());
    let report = DeliveryReport { message_id: "m".to_owned(), at: crate::stack::now(), outcome };
    let somebody = "somebody@acme.example".parse().unwrap();
    let told = stack.store().report_on_mail(&granted, (event.id, &somebody), &report, &mut mint()).await.unwrap();
    assert_eq!((told, stack.suppressed().await), (None, None));
}
