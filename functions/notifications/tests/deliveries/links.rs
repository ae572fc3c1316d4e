//! Mails with a link for an account.

use std::time::Duration;

use domain::account_link::LinkPurpose;
use domain::change::Change;
use domain::notices::LINK_VERSION;
use domain::{Actor, Event, EventKind, Origin, Principal};
use links::{Link, LinkToken};

use crate::stack::{ANN, Stack, message, mint, pass};

const MINUTE: Duration = Duration::from_secs(60);

/// Ann asks for a link that sets a password; what her request's event says.
async fn asked(stack: &Stack, version: u64) -> Event {
    let store = stack.app().store;
    let email = ANN.parse().unwrap();
    let account = store.account_asked_for(&email, "203.0.113.7", &mut mint()).await.unwrap();
    let nobody = Actor { principal: Principal::Nobody, standing: None, origin: Origin::default() };
    store.send_link(&nobody, &email, account.as_ref(), LinkPurpose::PasswordReset, &mut mint()).await.unwrap();
    let changes = vec![Change::set(LINK_VERSION, version)];
    stack.event(EventKind::PasswordResetRequested, "203.0.113.7", changes)
}

/// The link in the last mail.
fn mailed(stack: &Stack) -> LinkToken {
    let text = stack.sink.letters().pop().unwrap().text.unwrap();
    let (_, token) = text.split_once("https://portal.example.com/reset#token=").unwrap();
    LinkToken::read(token.split_whitespace().next().unwrap()).unwrap()
}

#[tokio::test]
async fn a_mail_carries_the_link_of_the_version_that_its_event_says_and_until_when_it_works() {
    let stack = Stack::start().await;
    let event = asked(&stack, 1).await;
    stack.told(&message(&[&event])).await;
    let proof = stack.app().key.get().await.unwrap().prove(&mailed(&stack)).unwrap();
    assert_eq!((proof.link, proof.version), (Link::PasswordReset(stack.ann), 1));
    assert_eq!(stack.subjects(), ["Set a new password"]);
    assert!(stack.sink.letters()[0].text.as_ref().unwrap().contains("until 2026-11-23 13:00 UTC"));
}

#[tokio::test]
async fn no_mail_carries_a_link_that_is_dead_when_it_is_sent() {
    let stack = Stack::start().await;
    let first = asked(&stack, 1).await;
    pass(MINUTE);
    let second = asked(&stack, 2).await;
    stack.told(&message(&[&first])).await;
    assert!(stack.subjects().is_empty(), "a newer link was sent");
    stack.told(&message(&[&second])).await;
    assert_eq!(stack.subjects().len(), 1);
    pass(MINUTE);
    let third = asked(&stack, 3).await;
    pass(60 * MINUTE);
    stack.told(&message(&[&third])).await;
    stack.settle().await;
    assert_eq!(stack.subjects().len(), 1, "an hour later nobody can use it");
}

#[tokio::test]
async fn a_verified_account_is_mailed_no_link_that_confirms_it() {
    let stack = Stack::start().await;
    let event = stack.event(EventKind::EmailVerificationSent, "203.0.113.7", vec![Change::set(LINK_VERSION, 1)]);
    stack.told(&message(&[&event])).await;
    stack.settle().await;
    assert!(stack.subjects().is_empty());
}

#[tokio::test]
async fn who_asks_for_another_e_mail_is_told_at_the_old_address_without_a_link() {
    let stack = Stack::start().await;
    let changes = vec![
        Change { field: "email".into(), before: Some(ANN.into()), after: Some("ann@new.example".into()) },
        Change::set(LINK_VERSION, 1),
    ];
    stack.told(&message(&[&stack.event(EventKind::EmailChangeRequested, "203.0.113.7", changes)])).await;
    let letters = stack.sink.letters();
    assert_eq!(letters.len(), 1, "nothing was wanted, so the new address has nothing to prove");
    assert_eq!(letters[0].to, [ANN.to_owned()]);
    assert!(!letters[0].text.as_ref().unwrap().contains("#token="));
}
