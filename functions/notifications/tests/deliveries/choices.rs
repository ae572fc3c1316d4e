//! Who is told by which channel: the platform's choice, the organization's, the own one, as it is when something is told.

use domain::change::Change;
use domain::id::UserId;
use domain::{Event, EventKind, OrgRole};
use serde_json::json;

use crate::home::{Home, address};
use crate::stack::{Stack, message};

const OLGA: &str = "olga@acme.example";

/// Mia gets another role in an organization, by somebody of whom nothing is known here.
fn promoted(home: &Home, mia: UserId) -> Event {
    let nobody = (UserId::from_parts(1, 9), "nobody");
    home.event(nobody, EventKind::MemberRoleChanged, (mia, "mia"), vec![Change::set("role", "admin")])
}

/// How many notices and how many mails that makes for Mia.
async fn told(stack: &Stack, home: &Home, mia: UserId) -> (usize, usize) {
    let before = (stack.titles(mia).await.len(), stack.mailed().len());
    stack.told(&message(&[&promoted(home, mia)])).await;
    (stack.titles(mia).await.len() - before.0, stack.mailed().len() - before.1)
}

#[tokio::test]
async fn each_layer_is_over_the_one_below_and_a_channel_that_is_switched_off_is_silent() {
    let stack = Stack::start().await;
    let home = Home::make(&stack, "Acme").await;
    let mia = home.join(&stack, "mia", OrgRole::Member).await;
    let kind = "membership.role-changed";
    assert_eq!(told(&stack, &home, mia).await, (1, 1), "the product's defaults");
    stack.choose_for_all(json!({ kind: { "email": false } })).await;
    assert_eq!(told(&stack, &home, mia).await, (1, 0), "the platform's");
    home.choose(&stack, json!({ kind: { "email": true, "in_app": false } })).await;
    assert_eq!(told(&stack, &home, mia).await, (0, 1), "the organization's");
    stack.choose(mia, json!({ kind: { "in_app": true } })).await;
    assert_eq!(told(&stack, &home, mia).await, (1, 1), "the own");
    stack.choose(mia, json!({ kind: { "email": false, "in_app": false } })).await;
    assert_eq!(told(&stack, &home, mia).await, (0, 0));
    stack.choose(mia, json!({ kind: null })).await;
    assert_eq!(told(&stack, &home, mia).await, (0, 1), "the organization's again");
}

#[tokio::test]
async fn who_belongs_to_two_organizations_is_told_of_each_as_that_one_chose() {
    let stack = Stack::start().await;
    let (acme, beta) = (Home::make(&stack, "Acme").await, Home::make(&stack, "Beta").await);
    let mia = acme.join(&stack, "mia", OrgRole::Member).await;
    beta.take_in(&stack, mia, OrgRole::Member).await;
    acme.choose(&stack, json!({ "membership.role-changed": { "email": false } })).await;
    beta.choose(&stack, json!({ "membership.role-changed": { "in_app": false } })).await;
    assert_eq!(told(&stack, &acme, mia).await, (1, 0));
    assert_eq!(told(&stack, &beta, mia).await, (0, 1));
    // In one message too.
    stack.told(&message(&[&promoted(&acme, mia), &promoted(&beta, mia)])).await;
    assert_eq!((stack.titles(mia).await.len(), stack.mailed().len()), (2, 2));
}

#[tokio::test]
async fn what_was_chosen_counts_as_it_is_when_something_is_told_and_not_as_it_was_when_it_happened() {
    let stack = Stack::start().await;
    let home = Home::make(&stack, "Acme").await;
    let mia = home.join(&stack, "mia", OrgRole::Member).await;
    let event = promoted(&home, mia);
    stack.choose(mia, json!({ "membership.role-changed": { "email": false, "in_app": false } })).await;
    stack.told(&message(&[&event])).await;
    assert_eq!((stack.titles(mia).await.len(), stack.mailed().len()), (0, 0));
}

#[tokio::test]
async fn who_runs_an_organization_gets_a_mail_of_who_joins_once_it_chose_so() {
    let stack = Stack::start().await;
    let home = Home::make(&stack, "Acme").await;
    home.join(&stack, "olga", OrgRole::Owner).await;
    let nobody = (UserId::from_parts(1, 9), "nobody");
    let zoe = (UserId::from_parts(1, 8), "zoe");
    stack.told(&message(&[&home.added(nobody, zoe)])).await;
    assert_eq!(stack.mailed(), Vec::<String>::new());
    home.choose(&stack, json!({ "membership.member-joined": { "email": true } })).await;
    stack.told(&message(&[&home.added(nobody, zoe)])).await;
    assert_eq!(stack.mailed(), [OLGA]);
    assert_eq!(stack.subjects(), ["Somebody joined “Acme”"]);
}

#[tokio::test]
async fn who_joins_as_an_admin_is_told_that_they_belong_and_not_that_somebody_joined() {
    let stack = Stack::start().await;
    let home = Home::make(&stack, "Acme").await;
    let adam = home.join(&stack, "adam", OrgRole::Admin).await;
    let nobody = (UserId::from_parts(1, 9), "nobody");
    let added = || home.added(nobody, (adam, "adam"));
    stack.told(&message(&[&added()])).await;
    assert_eq!(stack.titles(adam).await, ["You belong to “Acme” now, as member"]);
    // What is most particular for them is switched off; the same is not told in another way then.
    stack.choose(adam, json!({ "membership.joined": { "in_app": false, "email": false } })).await;
    stack.told(&message(&[&added()])).await;
    assert_eq!((stack.titles(adam).await.len(), stack.mailed()), (1, vec![address("adam")]));
}
