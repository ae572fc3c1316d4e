//! Since when and by whom an organization is archived, and what an edit leaves of that.

use domain::organization::EditOrganization;
use domain::{Code, OrgRole};
use serde_json::{Value, json};

use crate::portal::Portal;

#[tokio::test]
async fn a_deletion_that_is_called_off_leaves_the_archiving_as_it_was() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let root = portal.superadmin().await;
    let step = async |step: &str, body: Value| {
        portal.post(&root.token, &format!("/v1/organizations/{}/{step}", acme.id), body).await.expect(200).json()
    };
    let archived = step("archive", Value::Null).await;
    let by = root.id.to_string();
    assert_eq!((archived["archived_by"].as_str(), archived["archived_at"].is_string()), (Some(by.as_str()), true));
    let deleting = step("delete", json!({"confirm": "Acme"})).await;
    let kept = step("cancel-deletion", Value::Null).await;
    for view in [&deleting, &kept] {
        assert_eq!((&view["archived_at"], &view["archived_by"]), (&archived["archived_at"], &archived["archived_by"]));
    }
    assert_eq!(kept["status"], "archived");
    let restored = step("restore", Value::Null).await;
    assert!(restored.get("archived_at").is_none() && restored.get("archived_by").is_none());
}

#[tokio::test]
async fn an_edit_that_was_read_before_a_step_never_takes_the_step_back() {
    let portal = Portal::start().await;
    let (acme, root) = (portal.organization("Acme").await, portal.superadmin().await);
    let path = format!("/v1/organizations/{}", acme.id);
    let deletion = json!({"confirm": "Acme"});
    for (step, body, status) in [("archive", Value::Null, "archived"), ("delete", deletion, "deleting")] {
        let read = portal.registered(&acme).await;
        let moved = portal.post(&root.token, &format!("{path}/{step}"), body).await.expect(200).json();
        // The version that the step makes, named in advance by somebody who still sees the one before.
        let version = moved["version"].as_u64().unwrap();
        let name = Some("Acme anew".to_owned().try_into().unwrap());
        let edit = EditOrganization { version, name, ..EditOrganization::default() };
        assert_eq!(portal.edit(&read, edit).await.unwrap_err().code(), Code::PreconditionFailed);
        let kept = portal.get(&root.token, &path).await.expect(200).json();
        for field in ["name", "version", "archived_at", "purge_at", "updated_at"] {
            assert_eq!(kept[field], moved[field], "{field} after {step}");
        }
        assert_eq!(kept["status"], status);
    }
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_refused_too_on_a_version_that_is_not_the_last() {
    let portal = Portal::start().await;
    let acme = portal.organization("Acme").await;
    let olga = portal.person(&acme, "olga", OrgRole::Owner).await;
    let path = format!("/v1/organizations/{}", acme.id);
    let version = portal.get(&olga.token, &path).await.expect(200).json()["version"].as_u64().unwrap();
    portal.patch(&olga.token, &path, 999, json!({})).await.problem(412, "precondition.failed");
    portal.patch(&olga.token, &path, version, json!({})).await.expect(200);
}

#[tokio::test]
async fn a_rename_that_was_read_before_another_leaves_the_name_to_who_has_it_now() {
    let portal = Portal::start().await;
    let (acme, root) = (portal.organization("Acme").await, portal.superadmin().await);
    let path = format!("/v1/organizations/{}", acme.id);
    let read = portal.registered(&acme).await;
    let renamed = portal.patch(&root.token, &path, read.version, json!({"name": "Bolt"})).await.expect(200).json();
    let other = portal.organization("Acme").await;
    let edit = EditOrganization {
        version: renamed["version"].as_u64().unwrap(),
        name: Some("Crew".to_owned().try_into().unwrap()),
        ..EditOrganization::default()
    };
    assert_eq!(portal.edit(&read, edit).await.unwrap_err().code(), Code::PreconditionFailed);
    let taken = portal.post(&root.token, "/v1/organizations", json!({"name": "ACME", "placement": "pooled"})).await;
    taken.problem(409, "organization.name-taken");
    assert_eq!(portal.registered(&other).await.name.as_str(), "Acme");
}
