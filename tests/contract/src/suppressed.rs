//! Addresses that get no mail, to ask about: each is lifted by one request.

use domain::mail_suppression::SuppressionId;
use serde_json::json;

use crate::World;

/// The id of an address to which a mail has bounced.
pub(crate) async fn fresh(world: &World) -> String {
    let email = format!("gone-{}@acme.example", world.number());
    let list = format!("/v1/organizations/{}/invitations", world.beta.org);
    let _ = world.ops.post(&list, json!({ "email": email, "role": "member" })).await.expect_status(201);
    world.portal.bounce(&email).await;
    SuppressionId::of(&email.parse().unwrap()).to_string()
}
