//! Providers whose credentials are rotated.

use serde_json::json;

use crate::{Place, World};

/// A provider of its own with a credential, and for whoever calls a rotation off one with a rotation; its id.
pub(crate) async fn provider(world: &World, path: &str, place: &Place) -> String {
    let list = match path.starts_with("/v1/providers") {
        true => "/v1/providers".to_owned(),
        false => format!("/v1/organizations/{}/providers", place.org),
    };
    // Nothing listens there: whoever tests the new credential tries again for some minutes.
    let nowhere =
        json!({ "name": format!("Rotated {}", world.number()), "type": "custom", "base_url": "http://127.0.0.1:9" });
    let id = world.ops.post(&list, nowhere).await.expect_status(201).text("id");
    let at = format!("{list}/{id}");
    let first = world.ops.with("if-match", "\"1\"");
    let _ = first.put(&format!("{at}/credential"), json!({ "api_key": "of-the-contract" })).await.expect_status(200);
    if path.ends_with("/cancel") {
        let second = world.ops.with("if-match", "\"2\"");
        let asked = json!({ "credential": { "api_key": "the-next-one" } });
        let _ = second.post(&format!("{at}/rotations"), asked).await.expect_status(202);
    }
    id
}
