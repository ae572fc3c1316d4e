//! What is in an inbox, how often, for how long, and what is read of it.

use std::time::Duration;

use domain::actor::SystemPart;
use domain::change::Change;
use domain::id::UserId;
use domain::inbox::{ListNotices, MarkRead};
use domain::organization::{MoveOrganization, Purge};
use domain::scope::Own;
use domain::{Actor, Code, EventKind, OrgRole, Origin, Principal};
use embedded::Proxy;
use embedded::faults::Fault;
use serde_json::json;
use tokio::task::JoinSet;

use crate::home::{Home, person};
use crate::kills::mortal;
use crate::stack::{Stack, message, mint, now, pass};

const DAY: Duration = Duration::from_secs(24 * 3600);
const JOINED: &str = "zoe@acme.example joined “Acme”, as member";

/// Somebody who was added, by what the events say.
fn zoe() -> (UserId, &'static str) {
    (UserId::from_parts(1, 9), "zoe")
}

/// Acme with two who run it and one who does not.
struct Acme {
    stack: Stack,
    home: Home,
    olga: UserId,
    adam: UserId,
    mia: UserId,
}

async fn acme() -> Acme {
    let stack = Stack::start().await;
    let home = Home::make(&stack, "Acme").await;
    let olga = home.join(&stack, "olga", OrgRole::Owner).await;
    let adam = home.join(&stack, "adam", OrgRole::Admin).await;
    let mia = home.join(&stack, "mia", OrgRole::Member).await;
    Acme { stack, home, olga, adam, mia }
}

#[tokio::test]
async fn an_event_is_one_notice_to_each_who_is_told_however_often_it_is_told() {
    let Acme { stack, home, olga, adam, mia } = acme().await;
    let told = message(&[&home.added((olga, "olga"), zoe()), &home.token_made((adam, "adam"))]);
    for _ in 0..3 {
        assert_eq!(stack.told(&told).await, json!({ "batchItemFailures": [] }));
    }
    let key = "The API token “ci” of the service account “Robot” of “Acme” was created";
    assert_eq!(stack.inbox(adam).await, (vec![(JOINED.to_owned(), false)], 1));
    // Who added Zoe is not told of it; of the key all owners are.
    assert_eq!(stack.inbox(olga).await, (vec![(key.to_owned(), false)], 1));
    assert_eq!(stack.inbox(mia).await, (vec![], 0));
}

#[tokio::test]
async fn who_did_it_is_told_of_what_is_about_security_and_of_nothing_else() {
    let Acme { stack, home, olga, adam, .. } = acme().await;
    let events = [home.added((olga, "olga"), zoe()), home.token_made((olga, "olga"))];
    stack.told(&message(&events.iter().collect::<Vec<_>>())).await;
    let titles = stack.titles(olga).await;
    assert_eq!(titles.len(), 1, "{titles:?}");
    assert!(titles[0].starts_with("The API token"));
    assert_eq!(stack.titles(adam).await, [JOINED]);
    assert_eq!(stack.mailed(), ["olga@acme.example"], "a key is mailed to who made it too");
}

#[tokio::test]
async fn what_is_told_together_is_counted_for_each_as_if_it_were_told_alone() {
    let Acme { stack, home, olga, adam, mia } = acme().await;
    let changed = |by, to| home.event(by, EventKind::MemberRoleChanged, to, role("member"));
    let (by_olga, by_mia) = (|to| changed((olga, "olga"), to), |to| changed((mia, "mia"), to));
    let first = by_olga((mia, "mia"));
    stack.told(&message(&[&first])).await;
    // One of them is told already, and Adam is told of two.
    let told = [first, by_olga((adam, "adam")), home.added((mia, "mia"), zoe()), by_olga((mia, "mia"))];
    stack.told(&message(&told.iter().collect::<Vec<_>>())).await;
    assert_eq!([stack.inbox(mia).await.1, stack.inbox(adam).await.1, stack.inbox(olga).await.1], [2, 2, 1]);
    // Those who are told once each are told in one write, of mails and of notices.
    let together = [by_mia((olga, "olga")), by_mia((adam, "adam"))];
    let _ = stack.database.take_log();
    stack.told(&message(&together.iter().collect::<Vec<_>>())).await;
    let log = stack.database.take_log();
    let together = log.iter().filter(|call| call.operation == "TransactWriteItems").map(|call| call.rights.len());
    assert_eq!(together.collect::<Vec<_>>(), [2, 4], "{log:?}");
    assert_eq!([stack.inbox(adam).await.1, stack.inbox(olga).await.1], [3, 2]);
}

/// Kills the planning of two events at call 1, 2, 3, … until a whole run needs fewer calls.
async fn kill_everywhere(kind: Fault) {
    let Acme { stack, home, olga, adam, mia } = acme().await;
    let database: &Proxy = &stack.database;
    for number in 1..100 {
        let role = home.event((olga, "olga"), EventKind::MemberRoleChanged, (mia, "mia"), role("member"));
        let told = message(&[&home.added((mia, "mia"), zoe()), &role, &home.token_made((olga, "olga"))]);
        let before = [stack.titles(olga).await.len(), stack.titles(adam).await.len(), stack.titles(mia).await.len()];
        database.script(embedded::faults::nth(number, kind));
        let _ = database.take_log();
        mortal(&stack, &told).await;
        let survived = database.take_log().iter().all(|call| call.fault == Fault::Pass);
        stack.told(&told).await;
        let after = [stack.titles(olga).await.len(), stack.titles(adam).await.len(), stack.titles(mia).await.len()];
        assert_eq!(after, [before[0] + 2, before[1] + 1, before[2] + 1], "kill {number}");
        if number % 3 == 0 {
            stack.mark_all_read(olga).await;
        }
        if survived {
            assert!(number > 8, "only {number} calls were killed");
            return;
        }
    }
    panic!("there is no end of calls");
}

fn role(role: &str) -> Vec<Change> {
    vec![Change::set("role", role)]
}

#[tokio::test]
async fn a_kill_before_any_call_to_the_database_loses_no_notice_and_doubles_none() {
    kill_everywhere(Fault::KillBefore).await;
}

#[tokio::test]
async fn a_kill_after_any_call_to_the_database_loses_no_notice_and_doubles_none() {
    kill_everywhere(Fault::KillAfter).await;
}

#[tokio::test]
async fn a_notice_is_there_for_ninety_days_and_then_neither_listed_nor_counted_nor_markable() {
    let Acme { stack, home, olga, adam, .. } = acme().await;
    stack.told(&message(&[&home.added((olga, "olga"), zoe())])).await;
    let granted = person(adam, "adam").grant(ListNotices { unread: true }, Own).unwrap();
    let id = stack.store().list_notices(&granted, now(), None, 10).await.unwrap().page.items[0].notice.id;
    pass(90 * DAY);
    assert_eq!(stack.inbox(adam).await, (vec![(JOINED.to_owned(), false)], 1));
    pass(DAY);
    assert_eq!(stack.inbox(adam).await, (vec![], 0));
    let granted = person(adam, "adam").grant(MarkRead { id }, Own).unwrap();
    assert_eq!(stack.store().mark_read(&granted, now()).await.unwrap_err().code(), Code::NotFound);
    // The days that are over are forgotten, and what comes is counted alone.
    stack.told(&message(&[&home.added((olga, "olga"), zoe())])).await;
    assert_eq!(stack.inbox(adam).await.1, 1);
}

#[tokio::test]
async fn what_is_written_after_all_were_marked_is_unread_however_long_ago_it_happened() {
    let Acme { stack, home, olga, adam, .. } = acme().await;
    let (early, late) = (home.added((olga, "olga"), zoe()), home.added((olga, "olga"), zoe()));
    pass(Duration::from_secs(3600));
    stack.told(&message(&[&late])).await;
    stack.mark_all_read(adam).await;
    assert_eq!(stack.inbox(adam).await, (vec![(JOINED.to_owned(), true)], 0));
    stack.told(&message(&[&early])).await;
    let (items, unread) = stack.inbox(adam).await;
    assert_eq!((items.len(), unread), (2, 1));
    // Told again, what was read stays read.
    stack.told(&message(&[&late, &early])).await;
    assert_eq!(stack.inbox(adam).await, (items, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_marks_while_notices_arrive_finds_as_many_unread_as_are_counted() {
    let Acme { stack, home, olga, adam, .. } = acme().await;
    let mut all = JoinSet::new();
    for _ in 0..8 {
        let events: Vec<_> = (0..5).map(|_| home.added((olga, "olga"), zoe())).collect();
        let (app, told) = (stack.app(), message(&events.iter().collect::<Vec<_>>()));
        all.spawn(async move {
            let answer = notifications::handle(&app, told).await.unwrap();
            assert_eq!(answer, json!({ "batchItemFailures": [] }));
        });
    }
    for _ in 0..10 {
        stack.mark_all_read(adam).await;
        tokio::task::yield_now().await;
    }
    while let Some(done) = all.join_next().await {
        done.unwrap();
    }
    // That the list and the count agree is looked at there.
    assert_eq!(stack.inbox(adam).await.0.len(), 40);
    stack.mark_all_read(adam).await;
    assert_eq!(stack.inbox(adam).await.1, 0);
}

#[tokio::test]
async fn one_that_is_marked_is_counted_once_however_often_and_by_however_many_at_once() {
    let Acme { stack, home, olga, adam, .. } = acme().await;
    let events: Vec<_> = (0..3).map(|_| home.added((olga, "olga"), zoe())).collect();
    stack.told(&message(&events.iter().collect::<Vec<_>>())).await;
    let store = stack.store();
    let granted = person(adam, "adam").grant(ListNotices { unread: false }, Own).unwrap();
    let id = store.list_notices(&granted, now(), None, 10).await.unwrap().page.items[1].notice.id;
    let granted = person(adam, "adam").grant(MarkRead { id }, Own).unwrap();
    let mark = || store.mark_read(&granted, now());
    for left in futures::future::join_all((0..16).map(|_| mark())).await {
        assert_eq!(left.unwrap(), 2);
    }
    assert_eq!(stack.inbox(adam).await.1, 2);
    let others = person(olga, "olga").grant(MarkRead { id }, Own).unwrap();
    assert_eq!(store.mark_read(&others, now()).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_sign_in_from_elsewhere_is_in_the_inbox_and_one_from_home_is_not() {
    let stack = Stack::start().await;
    let at = |address| stack.event(EventKind::SessionStarted, address, vec![]);
    stack.told(&message(&[&at("203.0.113.7")])).await;
    // Which of two sign-ins of one instant was the first is left to their ids.
    pass(Duration::from_secs(1));
    stack.told(&message(&[&at("203.0.113.7"), &at("198.51.100.9")])).await;
    assert_eq!(stack.titles(stack.ann).await, ["New sign-in to your account from 198.51.100.9 with curl"]);
    assert_eq!(stack.subjects(), ["New sign-in to your account"]);
}

#[tokio::test]
async fn nothing_is_written_of_an_organization_whose_purge_has_begun() {
    let Acme { stack, home, olga, adam, .. } = acme().await;
    let store = stack.store();
    let asked = MoveOrganization::Delete { confirm: home.organization.name.to_string() };
    let granted = home.ops(&stack).grant(asked, home.organization.id).unwrap();
    let deleting = store.move_organization(&granted, &home.organization, &mut mint()).await.unwrap();
    pass(31 * DAY);
    stack.told(&message(&[&home.added((olga, "olga"), zoe())])).await;
    assert_eq!(stack.titles(adam).await.len(), 1, "until then superadmins act in it");
    let principal = Principal::System { part: SystemPart::TenantLifecycle, on_behalf_of: None };
    let standing = Some(deleting.standing(None, Default::default()));
    let actor = Actor { principal, standing, origin: Origin::default() };
    let granted = actor.grant(Purge, deleting.id).unwrap();
    store.begin_purge(&granted, &mut mint()).await.unwrap().expect("it is due");
    stack.told(&message(&[&home.added((olga, "olga"), zoe()), &home.token_made((adam, "adam"))])).await;
    assert_eq!((stack.titles(adam).await.len(), stack.titles(olga).await.len()), (1, 0));
    let gone = store.purge_notices(&granted).await.unwrap();
    assert_eq!((gone.listed, gone.gone), (1, 1));
    assert_eq!(stack.inbox(adam).await, (vec![], 0));
}
