//! What people do with the links that they are mailed.

use journeys::{Client, PASSWORD, Portal, Row, workbook};
use serde_json::json;

const OTHER: &str = "quiet-Harbour-72";
const EVE: &str = "eve@acme.example";

/// A person who was imported while verification is required.
async fn imported(portal: &Portal) {
    let org = portal.organization("Acme").await;
    portal.require_verification(true).await;
    let done = portal.import(&workbook(&[Row { org: &org, email: EVE, password: PASSWORD, ..Row::default() }])).await;
    assert_eq!(done.job["counts"]["created"], 1, "{:?}", done.job);
    portal.stack().idle().await;
}

fn subjects(portal: &Portal, email: &str) -> Vec<String> {
    let letters = portal.stack().mail().letters().into_iter();
    letters.filter(|letter| letter.to == [email]).map(|letter| letter.subject).collect()
}

async fn confirm(visitor: &Client, what: &str, token: &str) {
    let _ = visitor.post(&format!("/v1/{what}/confirm"), json!({ "token": token })).await.expect_status(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_imported_is_mailed_a_link_and_gets_in_by_it() {
    let portal = Portal::start().await;
    imported(&portal).await;
    assert_eq!(subjects(&portal, EVE), ["Confirm your e-mail address"], "one mail, not two");
    let refused = portal.visitor().try_sign_in(EVE, PASSWORD).await.expect_status(403);
    assert_eq!(refused.code(), "account.unverified");
    let token = portal.mailed_token(EVE, "/verify").await;
    for _ in 0..3 {
        let _ = portal.visitor().get("/verify").await;
    }
    assert_eq!(portal.visitor().try_sign_in(EVE, PASSWORD).await.status(), 403, "opening the page changes nothing");
    confirm(&portal.visitor(), "email-verifications", &token).await;
    let _ = portal.visitor().sign_in(EVE, PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_a_link_and_the_person_is_told() {
    let portal = Portal::start().await;
    imported(&portal).await;
    let (visitor, path) = (portal.visitor(), "/v1/password-resets");
    for email in [EVE, "nobody@acme.example"] {
        let answer = visitor.post(path, json!({ "email": email })).await.expect_status(202);
        assert!(answer.bytes().is_empty());
    }
    let token = portal.mailed_token(EVE, "/reset").await;
    let reset = json!({ "token": token, "password": OTHER });
    let _ = visitor.post("/v1/password-resets/confirm", reset).await.expect_status(204);
    let _ = visitor.sign_in(EVE, OTHER).await;
    portal.stack().idle().await;
    let told = subjects(&portal, EVE);
    assert_eq!(told, ["Confirm your e-mail address", "Set a new password", "Your password was changed"]);
    assert!(subjects(&portal, "nobody@acme.example").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_e_mail_moves_an_account_with_its_memberships_and_both_addresses_are_told() {
    let portal = Portal::start().await;
    let org = portal.organization("Acme").await;
    let people = portal.people(&[Row { org: &org, email: EVE, role: "owner", ..Row::default() }]).await;
    let (id, eve) = &people[EVE];
    let new = "eve.new@acme.example";
    let asked = json!({ "email": new, "password": PASSWORD });
    let _ = eve.post("/v1/me/email", asked).await.expect_status(202);
    let token = portal.mailed_token(new, "/email-change").await;
    confirm(&portal.visitor(), "email-changes", &token).await;
    let _ = eve.get("/v1/me").await.expect_status(401);
    let eve = portal.visitor().sign_in(new, PASSWORD).await;
    let members = eve.get(&format!("/v1/organizations/{org}/members?email=eve.new")).await.expect_status(200).json();
    let listed = &members["items"][0];
    assert_eq!((listed["email"].as_str(), listed["user_id"].as_str()), (Some(new), Some(id.as_str())), "{members}");
    for (prefix, wanted) in [("eve.new", 1), (EVE, 0)] {
        let path = format!("/v1/users?email_prefix={prefix}");
        let found = portal.superadmin().await.get(&path).await.expect_status(200).json();
        assert_eq!(found["items"].as_array().unwrap().len(), wanted, "{prefix}: {found}");
    }
    portal.stack().idle().await;
    let changed = "Your e-mail address was changed".to_owned();
    assert!(subjects(&portal, EVE).ends_with(&["Another e-mail address was asked for".to_owned(), changed.clone()]));
    assert!(subjects(&portal, new).contains(&changed));
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_verification_on_locks_nobody_out() {
    let portal = Portal::start().await;
    let ops = portal.superadmin().await;
    let org = portal.organization("Acme").await;
    let _ = portal.people(&[Row { org: &org, email: EVE, ..Row::default() }]).await;
    let rules = ops.get("/v1/settings/authentication").await.expect_status(200).json();
    assert_eq!(rules["unaffected_accounts"], 1);
    portal.require_verification(true).await;
    let _ = portal.visitor().sign_in(EVE, PASSWORD).await;
    let _ = ops.get("/v1/organizations").await.expect_status(200);
}
