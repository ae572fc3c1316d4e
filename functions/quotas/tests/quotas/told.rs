//! Whom requests and decisions are told to, in inboxes and by mail.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::place::Place;

impl Place {
    /// The newest sentence of that kind in somebody's inbox.
    async fn told(&self, client: &journeys::Client, kind: &str) -> Option<String> {
        self.portal.stack().idle().await;
        let inbox = client.get("/v1/me/notifications?limit=100").await.expect_status(200).json();
        let found = inbox["items"].as_array().unwrap().iter().find(|notice| notice["kind"] == kind).cloned();
        found.map(|notice: Value| notice["title"].as_str().unwrap().to_owned())
    }

    /// To whom mails with those words in the subject went.
    async fn mailed(&self, words: &str) -> BTreeSet<String> {
        self.portal.stack().idle().await;
        let letters = self.portal.stack().mail().letters();
        letters.iter().filter(|letter| letter.subject.contains(words)).flat_map(|letter| letter.to.clone()).collect()
    }
}

fn people(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| format!("{name}@acme.example")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_told_to_those_who_may_decide_and_the_decision_to_who_asked() {
    let place = Place::start().await;
    place.limit("use_case", json!({ "monthly": 0 })).await;
    let id = place.ask("operator", "use_case", 5).await;
    let asked = "operator@acme.example asks for 5 more tokens a month for the use case “Answering” of “Acme”";
    for who in ["owner", "admin", "other-admin", "p-admin"] {
        assert_eq!(place.told(place.client(who), "quota-request.created").await.as_deref(), Some(asked), "{who}");
    }
    for who in ["operator", "member"] {
        assert_eq!(place.told(place.client(who), "quota-request.created").await, None, "{who}");
    }
    let deciders = people(&["owner", "admin", "other-admin", "p-admin"]);
    assert_eq!(place.mailed("operator@acme.example asks for more tokens").await, deciders);
    let _ = place
        .client("p-admin")
        .post(&place.at(&format!("quota-requests/{id}/approve")), json!({}))
        .await
        .expect_status(200);
    let told = place.told(place.client("operator"), "quota-request.decided").await.unwrap();
    assert!(told.ends_with("was approved: 5 more for this month"), "{told}");
    assert_eq!(place.mailed("Your request for more tokens was approved").await, people(&["operator"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_more_of_the_ceiling_is_told_to_the_superadmins() {
    let place = Place::start().await;
    place.limit("organization", json!({ "monthly": 0 })).await;
    let id = place.ask("admin", "organization", 5).await;
    let told = place.told(&place.ops, "quota-request.created").await.unwrap();
    assert_eq!(told, "admin@acme.example asks for 5 more tokens a month for the organization “Acme”");
    assert_eq!(place.told(place.client("owner"), "quota-request.created").await, None);
    let denied = place.ops.act(&place.at(&format!("quota-requests/{id}/deny"))).await;
    let _ = denied.expect_status(200);
    let told = place.told(place.client("admin"), "quota-request.decided").await.unwrap();
    assert_eq!(told, "Your request for more tokens for the organization “Acme” was denied");
}
