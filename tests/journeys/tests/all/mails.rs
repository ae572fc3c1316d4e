//! What people are told by mail of what happens to their accounts.

use journeys::{PASSWORD, Portal, Row};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_from_elsewhere_and_a_changed_password_are_told_by_mail() {
    let portal = Portal::start().await;
    let org = portal.organization("Acme").await;
    let email = "olga@acme.example";
    let people = portal.people(&[Row { org: &org, email, role: "owner", ..Row::default() }]).await;
    portal.stack().idle().await;
    let told = || -> Vec<String> {
        let letters = portal.stack().mail().letters().into_iter();
        letters.filter(|letter| letter.to == [email]).map(|letter| letter.subject).collect()
    };
    assert_eq!(told().iter().filter(|subject| subject.starts_with("New sign-in")).count(), 0);
    let before = told().len();
    let elsewhere = portal.visitor().with("user-agent", "another browser").sign_in(email, PASSWORD).await;
    portal.stack().idle().await;
    let change = json!({ "current_password": PASSWORD, "new_password": "quiet-Harbour-72" });
    assert!(people[email].1.post("/v1/me/password", change).await.status() < 300);
    portal.stack().idle().await;
    assert_eq!(told()[before..], ["New sign-in to your account", "Your password was changed"]);
    elsewhere.get("/v1/me").await.expect_status(401);
}
