//! Since when and by whom an organization is archived.

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
