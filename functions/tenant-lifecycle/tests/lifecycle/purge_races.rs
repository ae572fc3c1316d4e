//! What happens to a tenant between the sweep's list and the end of its purge.

use domain::Code;
use domain::organization::{EditOrganization, MoveOrganization, Organization, Placement, Purge, State, Status};
use tenancy::Tenancy;

use crate::content::superadmin;
use crate::stack::{Stack, mint, pass_days};

#[tokio::test]
async fn a_deletion_that_is_called_off_behind_the_sweeps_list_destroys_nothing() {
    for placement in [Placement::Dedicated, Placement::Pooled] {
        let stack = Stack::start().await;
        let tenant = stack.tenant("Acme", placement).await;
        // What the sweep's list said; indexes are behind.
        let listed = stack.delete(&tenant).await;
        pass_days(29);
        let kept = stack.step(&listed, MoveOrganization::CancelDeletion).await.unwrap();
        assert_eq!(kept.state, State::Active);
        let before = stack.traces(tenant.id()).await;
        pass_days(1);
        assert!(!stack.direct.purge(&listed, || false, &mut mint()).await.unwrap());
        stack.assert_whole(&tenant, &before).await;
    }
}

async fn begin(stack: &Stack, deleting: &Organization) -> Organization {
    let granted = Tenancy::actor(Some(deleting)).grant(Purge, deleting.id).unwrap();
    stack.direct.store.begin_purge(&granted, &mut mint()).await.unwrap().expect("it is due")
}

#[tokio::test]
async fn a_purge_that_has_begun_cannot_be_called_off_by_a_clock_that_is_behind() {
    let stack = Stack::start().await;
    let tenant = stack.tenant("Acme", Placement::Pooled).await;
    let deleting = stack.delete(&tenant).await;
    // The owner's request was let in a moment before; its change is written a moment after.
    let owner = superadmin(Some(&deleting)).grant(MoveOrganization::CancelDeletion, deleting.id).unwrap();
    let early = mint();
    pass_days(30);
    let begun = begin(&stack, &deleting).await;
    let mut late = early;
    let store = &stack.direct.store;
    let refused = store.move_organization(&owner, &deleting, &mut late).await.unwrap_err();
    assert_eq!(refused.code(), Code::Conflict);
    let refused = store.move_organization(&owner, &begun, &mut late).await.unwrap_err();
    assert_eq!(refused.code(), Code::OrganizationState);
    stack.sweep().await;
    stack.assert_gone(&tenant).await;
}

#[tokio::test]
async fn an_organization_in_its_purge_still_says_deleting_but_lets_nobody_in() {
    let stack = Stack::start().await;
    let tenant = stack.tenant("Acme", Placement::Dedicated).await;
    let deleting = stack.delete(&tenant).await;
    pass_days(30);
    let begun = begin(&stack, &deleting).await;
    assert_eq!(begun.state.status(), Status::Deleting);
    assert_eq!(stack.project(&begun, "Late").await.unwrap_err().code(), Code::OrganizationNotActive);
}

#[tokio::test]
async fn an_edit_during_the_purge_is_no_success_of_it_and_does_not_stop_it() {
    let stack = Stack::start().await;
    let tenant = stack.tenant("Acme", Placement::Pooled).await;
    let deleting = stack.delete(&tenant).await;
    pass_days(30);
    let begun = begin(&stack, &deleting).await;
    let rename = EditOrganization {
        version: begun.version,
        name: Some("Acme again".to_owned().try_into().unwrap()),
        ..EditOrganization::default()
    };
    let granted = superadmin(Some(&deleting)).grant(rename, deleting.id).unwrap();
    stack.direct.store.edit_organization(&granted, &begun, &mut mint()).await.unwrap();
    let purge = Tenancy::actor(Some(&begun)).grant(Purge, begun.id).unwrap();
    let refused = stack.direct.store.finish_purge(&purge, &begun, &mut mint()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Conflict);
    assert_eq!(stack.recorded("organization.purged", begun.id).await, 0);
    stack.sweep().await;
    stack.assert_gone(&tenant).await;
}

#[tokio::test]
async fn two_sweeps_at_once_end_one_purge() {
    for placement in [Placement::Dedicated, Placement::Pooled] {
        let stack = Stack::start().await;
        let tenant = stack.tenant("Acme", placement).await;
        stack.delete(&tenant).await;
        pass_days(30);
        let (one, two) = (stack.app(), stack.app());
        let (one, two) = futures::join!(one.sweep(), two.sweep());
        assert!(one.unwrap().purged + two.unwrap().purged >= 1);
        stack.sweep().await;
        stack.assert_gone(&tenant).await;
    }
}
