//! The purge: all of one tenant, nothing of another, however often it is cut off.

use std::collections::BTreeMap;
use std::ops::Range;

use domain::id::UseCase;
use domain::organization::Placement;
use domain::scope::Platform;
use domain::user::ReadUsers;
use embedded::faults::Fault;
use tenant_lifecycle::Swept;

use crate::content::superadmin;
use crate::mortal::Part;
use crate::stack::{Stack, pass_days};

#[tokio::test]
async fn nothing_is_purged_before_thirty_days_are_over() {
    let stack = Stack::start().await;
    let tenant = stack.tenant("Acme", Placement::Pooled).await;
    stack.delete(&tenant).await;
    let before = stack.traces(tenant.id()).await;
    pass_days(29);
    assert_eq!(stack.app().sweep().await.unwrap(), Swept { left: 1, ..Swept::default() });
    stack.assert_whole(&tenant, &before).await;
    pass_days(1);
    assert_eq!(stack.app().sweep().await.unwrap(), Swept { purged: 1, ..Swept::default() });
    stack.assert_gone(&tenant).await;
}

#[tokio::test]
async fn a_purge_leaves_only_the_tombstone_and_touches_nobody_else() {
    let stack = Stack::start().await;
    for placement in [Placement::Dedicated, Placement::Pooled] {
        let tenant = stack.tenant(&format!("Acme {placement:?}"), placement).await;
        let other = stack.tenant(&format!("Beta {placement:?}"), placement).await;
        // More than one batch, and more members than one call takes out.
        for _ in 0..60 {
            stack.register::<UseCase>(&tenant.organization, tenant.organization.default_project).await.unwrap();
        }
        let others = stack.traces(other.id()).await;
        stack.delete(&tenant).await;
        pass_days(30);
        stack.sweep().await;
        stack.assert_gone(&tenant).await;
        stack.assert_whole(&other, &others).await;
        assert!(stack.is_unused(tenant.provider).await, "a purged organization still counts as a user");
        assert!(!stack.is_unused(other.provider).await);
    }
}

#[tokio::test]
async fn who_belonged_to_a_purged_organization_keeps_the_account_and_loses_the_organization() {
    let stack = Stack::start().await;
    let tenant = stack.tenant("Acme", Placement::Dedicated).await;
    stack.delete(&tenant).await;
    pass_days(30);
    stack.sweep().await;
    for person in &tenant.people {
        let granted = superadmin(None).grant(ReadUsers, Platform).unwrap();
        let user = stack.direct.store.read_user(&granted, *person).await.unwrap();
        assert!(user.organizations.is_empty());
    }
}

#[tokio::test]
async fn what_people_were_told_of_a_purged_organization_is_gone_and_not_counted_any_more() {
    let stack = Stack::start().await;
    let (tenant, other) =
        (stack.tenant("Acme", Placement::Pooled).await, stack.tenant("Beta", Placement::Pooled).await);
    stack.delete(&tenant).await;
    pass_days(30);
    let unread = async |people: &[_]| (stack.unread(people[0]).await, stack.unread(people[1]).await);
    assert_eq!((unread(&tenant.people).await, unread(&other.people).await), ((1, 0), (1, 0)));
    stack.sweep().await;
    assert_eq!((unread(&tenant.people).await, unread(&other.people).await), ((0, 0), (1, 0)));
    stack.assert_gone(&tenant).await;
}

#[tokio::test]
async fn the_name_of_a_purged_organization_is_free_again_under_another_id() {
    let stack = Stack::start().await;
    let tenant = stack.tenant("Acme", Placement::Pooled).await;
    stack.delete(&tenant).await;
    pass_days(30);
    stack.sweep().await;
    let again = stack.tenant("ACME", Placement::Pooled).await;
    assert_ne!(again.id(), tenant.id());
    stack.assert_gone(&tenant).await;
}

/// So many tenants are purged of one system: what is left of each is looked through with the next.
const OF_ONE_SYSTEM: u64 = 6;

/// Kills the purge of a fresh tenant at call 1, 2, 3, … until it needs fewer calls.
async fn cut_off_anywhere(placement: Placement, part: Part, kind: Fault) {
    let mut first = 1;
    while died_each_time(first..first + OF_ONE_SYSTEM, placement, part, kind).await {
        first += OF_ONE_SYSTEM;
        assert!(first < 120, "there is no end of calls");
    }
}

/// Whether there were that many calls. A superadmin whose request began before the purge goes on writing all the time.
async fn died_each_time(numbers: Range<u64>, placement: Placement, part: Part, kind: Fault) -> bool {
    let stack = Stack::start().await;
    let neighbor = stack.tenant("Neighbor", placement).await;
    let others: BTreeMap<_, _> = stack.traces(neighbor.id()).await;
    for number in numbers {
        let tenant = stack.tenant(&format!("k{number}"), placement).await;
        let deleting = stack.delete(&tenant).await;
        pass_days(30);
        let died = stack.dying_sweep(part, number, kind).await;
        // Either comes before the purge and goes with the rest, or is refused.
        let _ = stack.project(&deleting, "Late").await;
        let _ = stack.register::<UseCase>(&deleting, deleting.default_project).await;
        stack.sweep().await;
        assert!(stack.project(&deleting, "Too late").await.is_err());
        assert!(stack.register::<UseCase>(&deleting, deleting.default_project).await.is_err());
        stack.assert_gone(&tenant).await;
        stack.assert_whole(&neighbor, &others).await;
        if !died {
            assert!(number > 1, "only {number} calls were killed");
            return false;
        }
    }
    true
}

#[tokio::test]
async fn the_purge_of_a_dedicated_organization_survives_a_kill_before_any_call_to_the_database() {
    cut_off_anywhere(Placement::Dedicated, Part::Database, Fault::KillBefore).await;
}

#[tokio::test]
async fn the_purge_of_a_dedicated_organization_survives_a_kill_after_any_call_to_the_database() {
    cut_off_anywhere(Placement::Dedicated, Part::Database, Fault::KillAfter).await;
}

#[tokio::test]
async fn the_purge_of_a_pooled_organization_survives_a_kill_before_any_call_to_the_database() {
    cut_off_anywhere(Placement::Pooled, Part::Database, Fault::KillBefore).await;
}

#[tokio::test]
async fn the_purge_of_a_pooled_organization_survives_a_kill_after_any_call_to_the_database() {
    cut_off_anywhere(Placement::Pooled, Part::Database, Fault::KillAfter).await;
}

#[tokio::test]
async fn the_purge_survives_a_kill_at_any_call_to_the_object_store() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        cut_off_anywhere(Placement::Pooled, Part::Objects, kind).await;
    }
}

#[tokio::test]
async fn the_purge_survives_a_kill_at_any_call_to_the_secrets_server() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        cut_off_anywhere(Placement::Pooled, Part::Secrets, kind).await;
    }
}
