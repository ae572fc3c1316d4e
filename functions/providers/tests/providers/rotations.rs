//! Rotations as people ask for them; what becomes of them is tested in `provider-rotations`.

use serde_json::{Value, json};

use crate::place::Place;

const NEXT: &str = "sk-next-0123456789abcdef";

impl Place {
    async fn rotate(&self, provider: &str, body: Value) -> journeys::Answer {
        let tag = self.owner().get(provider).await.header("etag").to_owned();
        self.owner().with("if-match", &tag).post(&format!("{provider}/rotations"), body).await
    }

    async fn schedule(&self, provider: &str, body: Value) -> journeys::Answer {
        let tag = self.owner().get(provider).await.header("etag").to_owned();
        self.owner().with("if-match", &tag).put(&format!("{provider}/rotation-schedule"), body).await
    }

    /// A provider at an address where nobody listens, with a credential.
    async fn nowhere(&self) -> String {
        let path = self.provider(json!({ "name": "Own", "type": "custom", "base_url": "http://127.0.0.1:9" })).await;
        let _ = self.store(&path, json!({ "api_key": "sk-used-0123456789abcdef" })).await.expect_status(200);
        path
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_is_begun_once_shown_without_its_credential_and_called_off() {
    let place = Place::start().await;
    let path = place.nowhere().await;
    let tag = place.owner().get(&path).await.header("etag").to_owned();
    let owner = place.owner().with("if-match", &tag).with("idempotency-key", "once");
    let asked = json!({ "credential": { "api_key": NEXT }, "grace_hours": 2 });
    let begun = owner.post(&format!("{path}/rotations"), asked.clone()).await.expect_status(202);
    assert_eq!(begun.header("location"), format!("{path}/rotation"));
    assert!(!String::from_utf8_lossy(begun.bytes()).contains(NEXT), "the answer shows the credential");
    let running = begun.json()["running"].clone();
    assert_eq!(
        (&running["mask"], &running["version"], &running["grace_hours"]),
        (&json!("••••cdef"), &json!(2), &json!(2))
    );
    let again = owner.post(&format!("{path}/rotations"), asked).await.expect_status(202).json();
    assert_eq!(again["running"]["id"], running["id"], "a repetition is no second one");
    let _ = place.rotate(&path, json!({ "credential": { "api_key": "sk-other" } })).await.expect_status(409);
    let provider = place.owner().get(&path).await.expect_status(200).json();
    assert_eq!(provider["credential"]["version"], 1, "the one in use is the old one until the new one was tested");
    let over = place.owner().act(&format!("{path}/rotation/cancel")).await.expect_status(200).json();
    assert_eq!((&over["running"], &over["past"][0]["outcome"]), (&json!(null), &json!("cancelled")));
    let _ = place.owner().act(&format!("{path}/rotation/cancel")).await.expect_status(404);
    assert_eq!(place.recorded("provider.rotation-requested").await.len(), 1);
    assert_eq!(place.recorded("provider.rotation-cancelled").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_rotated_is_refused_and_leaves_nothing_in_the_vault() {
    let place = Place::start().await;
    let path = place.custom().await;
    let next = json!({ "credential": { "api_key": NEXT } });
    let _ = place.rotate(&path, next.clone()).await.expect_status(422);
    let _ = place.store(&path, json!({ "api_key": "sk-used" })).await.expect_status(200);
    let refused = place.rotate(&path, json!({})).await.expect_status(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/credential", "there is no API that makes keys of this type");
    let _ =
        place.rotate(&path, json!({ "credential": { "api_key": NEXT }, "grace_hours": 721 })).await.expect_status(422);
    let stale = place.owner().with("if-match", "\"1\"");
    let _ = stale.post(&format!("{path}/rotations"), next.clone()).await.expect_status(412);
    let _ = place.owner().post(&format!("{path}/rotations"), next.clone()).await.expect_status(428);
    for (client, status) in [(place.client("admin@acme.example"), 403), (place.client("owner@beta.example"), 404)] {
        let _ = client
            .with("if-match", "\"2\"")
            .post(&format!("{path}/rotations"), next.clone())
            .await
            .expect_status(status);
        let _ = client.get(&format!("{path}/rotation")).await.expect_status(status);
    }
    assert_eq!(place.kept(&path).await, Some(json!({ "api_key": "sk-used" })), "a refused one lies in the vault");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_automatic_where_there_is_an_api_and_its_second_credential_is_shown_by_nothing_but_a_mask() {
    let place = Place::start().await;
    let custom = place.custom().await;
    let refused =
        place.schedule(&custom, json!({ "every_days": 30, "automatic": true })).await.expect_status(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/automatic");
    let set = place.schedule(&custom, json!({ "every_days": 30, "automatic": false })).await.expect_status(200).json();
    assert_eq!((&set["can_be_automatic"], &set["schedule"]["automatic"]), (&json!(false), &json!(false)));
    let openai = place.provider(json!({ "name": "OpenAI", "type": "openai" })).await;
    let bare = place.schedule(&openai, json!({ "every_days": 30, "automatic": true })).await.expect_status(422).json();
    assert_eq!(bare["errors"][0]["pointer"], "/rotation_credential");
    let keeper = json!({ "project_id": "proj_1", "admin_key": "sk-admin-0123456789abcdef" });
    let asked = json!({ "every_days": 30, "automatic": true, "rotation_credential": keeper });
    let set = place.schedule(&openai, asked).await.expect_status(200);
    assert!(!String::from_utf8_lossy(set.bytes()).contains("sk-admin"), "the answer shows the second credential");
    assert_eq!(set.json()["schedule"]["rotation_credential"], "••••cdef");
    let (_, id) = openai.rsplit_once('/').unwrap();
    let kept = format!("data/orgs/{}/rotations/{id}", place.org);
    assert_eq!(place.vault(&kept).await.expect_status(200).json()["data"]["data"], keeper);
    // The one that is stored stays.
    let _ = place.schedule(&openai, json!({ "every_days": 60, "automatic": true })).await.expect_status(200);
    assert_eq!(place.vault(&kept).await.expect_status(200).json()["data"]["data"], keeper);
    let traversal = json!({ "project_id": "../../users", "admin_key": "sk-admin" });
    let asked = json!({ "every_days": 30, "automatic": true, "rotation_credential": traversal });
    let refused = place.schedule(&openai, asked).await.expect_status(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/rotation_credential/project_id");
    for _ in 0..2 {
        let _ = place.owner().delete(&format!("{openai}/rotation-schedule")).await.expect_status(204);
    }
    let _ = place.vault(&kept).await.expect_status(404);
    assert_eq!(place.recorded("provider.rotation-schedule-changed").await.len(), 4);
}
