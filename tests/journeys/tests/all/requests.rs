//! A request for more tokens that nobody decides, up to what is told of it.

use journeys::Client;
use serde_json::{Value, json};

use crate::metered::{Place, later};

async fn titles(who: &Client) -> Vec<String> {
    let inbox = who.get("/v1/me/notifications?limit=100").await.expect_status(200).json();
    let items = inbox["items"].as_array().unwrap().iter();
    let of_requests = items.filter(|item| item["kind"] == "quota-request.decided");
    of_requests.map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asked_is_told_once_that_nobody_decided_and_nobody_decides_it_any_more() {
    let place = Place::start().await;
    place.limit(0).await;
    let member = &place.member.1;
    let list = place.at("quota-requests");
    let asked = json!({ "scope": { "kind": "organization" }, "tokens": 5, "reason": "a secret merger" });
    let id = member.post(&list, asked.clone()).await.expect_status(201).text("id");
    let runs = [place.reset(later).await.expired, place.reset(later).await.expired];
    assert_eq!(runs, [1, 0]);
    place.portal.stack().idle().await;
    let title = "Your request for more tokens for the organization “=Acme()” has expired: nobody decided in 30 days";
    assert_eq!(titles(member).await, [title]);
    assert!(titles(&place.owner).await.is_empty() && titles(&place.admin).await.is_empty());
    let letters = place.portal.stack().mail().letters();
    let told = letters.iter().filter(|letter| letter.subject == "Your request for more tokens has expired");
    assert_eq!(told.map(|letter| letter.to.clone()).collect::<Vec<_>>(), [["m@a.example"]]);
    let states = async |state: &str| {
        let page = member.get(&format!("{list}?state={state}")).await.expect_status(200).json();
        page["items"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!((states("expired").await, states("pending").await), (vec![json!("expired")], vec![]));
    let approved = place.ops.post(&format!("{list}/{id}/approve"), json!({})).await.expect_status(409);
    assert_eq!(approved.code(), "quota-request.over");
}
