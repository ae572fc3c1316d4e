//! Provisioning that is cut off anywhere.

use domain::organization::{Organization, Placement, State};
use domain::project::ListProjects;
use domain::{Code, EventKind};
use embedded::faults::Fault;
use tenant_lifecycle::Swept;

use crate::content::superadmin;
use crate::mortal::Part;
use crate::stack::Stack;

#[tokio::test]
async fn an_organization_that_was_only_acknowledged_becomes_active_in_either_placement() {
    let stack = Stack::start().await;
    for placement in [Placement::Dedicated, Placement::Pooled] {
        stack.begun(&format!("{placement:?}"), placement).await;
    }
    assert_eq!(stack.app().sweep().await.unwrap(), Swept { provisioned: 2, purged: 0, left: 0 });
    assert_eq!(stack.app().sweep().await.unwrap(), Swept::default());
}

#[tokio::test]
async fn not_even_a_superadmin_reaches_content_that_is_not_made_yet() {
    let stack = Stack::start().await;
    for placement in [Placement::Dedicated, Placement::Pooled] {
        let begun = stack.begun(&format!("{placement:?}"), placement).await;
        let refused = superadmin(Some(&begun)).grant(ListProjects, begun.id).unwrap_err();
        assert_eq!(refused.code(), Code::OrganizationNotActive);
        // A request that was let in by an earlier version, or raced, meets the table itself.
        let mut raced = begun.clone();
        raced.state = State::Active;
        let refused = stack.project(&raced, "Early").await.unwrap_err();
        assert_eq!(refused.code(), Code::OrganizationNotActive, "{placement:?}");
        let granted = superadmin(Some(&raced)).grant(ListProjects, begun.id).unwrap();
        match (placement, stack.direct.store.list_projects(&granted, None, 10).await) {
            (Placement::Dedicated, found) => assert_eq!(found.unwrap_err().code(), Code::OrganizationNotActive),
            (Placement::Pooled, found) => assert!(found.unwrap().items.is_empty()),
        }
    }
}

/// Kills the provisioning of a fresh organization at call 1, 2, 3, … until it needs fewer calls.
async fn cut_off_anywhere(placement: Placement, part: Part, kind: Fault) {
    let stack = Stack::start().await;
    for number in 1..40 {
        let begun = stack.begun(&format!("k{number}"), placement).await;
        let died = stack.dying_sweep(part, number, kind).await;
        stack.sweep().await;
        let name = EventKind::OrganizationProvisioned.name();
        assert_eq!(stack.recorded(&name, begun.id).await, 1, "{part:?} {number}");
        let active = Organization { state: State::Active, ..begun };
        let granted = superadmin(Some(&active)).grant(ListProjects, active.id).unwrap();
        let projects = stack.direct.store.list_projects(&granted, None, 10).await.unwrap().items;
        assert_eq!(projects.iter().map(|project| project.id).collect::<Vec<_>>(), [active.default_project]);
        assert!(stack.direct.vault.data_key(&active.id.to_string()).await.is_ok(), "{part:?} {number}");
        stack.project(&active, "Team").await.unwrap();
        if !died {
            assert!(number > 2, "only {number} calls were killed");
            return;
        }
    }
    panic!("there is no end of calls");
}

#[tokio::test]
async fn provisioning_a_dedicated_organization_survives_a_kill_at_any_call_to_the_database() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        cut_off_anywhere(Placement::Dedicated, Part::Database, kind).await;
    }
}

#[tokio::test]
async fn provisioning_a_pooled_organization_survives_a_kill_at_any_call_to_the_database() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        cut_off_anywhere(Placement::Pooled, Part::Database, kind).await;
    }
}

#[tokio::test]
async fn provisioning_survives_a_kill_at_any_call_to_the_secrets_server() {
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        cut_off_anywhere(Placement::Dedicated, Part::Secrets, kind).await;
    }
}
