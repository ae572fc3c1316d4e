//! What becomes of an invitation through those who invite.

use serde_json::json;

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_before_a_resend_says_that_a_newer_one_was_sent() {
    let place = Place::start().await;
    let id = place.invite("new@acme.example").await;
    let resent = place.admin.act(&format!("{}/resend", place.at(&id))).await.expect_status(200);
    assert_eq!(resent.json()["mail"]["state"], "queued");
    let (old, new) = (place.token(&id, 1).await, place.token(&id, 2).await);
    assert_eq!(place.look_up(&old).await.expect_status(200).json()["state"], "superseded");
    assert_eq!(place.accept(&old).await.expect_status(409).code(), "invitation.superseded");
    place.accept(&new).await.expect_status(200);
    for link in [&old, &new] {
        assert_eq!(place.look_up(link).await.expect_status(200).json()["state"], "accepted");
        let second = place.accept(link).await.expect_status(409);
        assert_eq!((second.code().as_str(), second.text("detail").contains("sign in")), ("invitation.accepted", true));
    }
    assert_eq!(
        place.admin.act(&format!("{}/resend", place.at(&id))).await.expect_status(409).code(),
        "invitation.accepted"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_mail_within_a_day_waits() {
    let place = Place::start().await;
    let id = place.invite("new@acme.example").await;
    let resend = format!("{}/resend", place.at(&id));
    let keyed = place.admin.with("idempotency-key", "again");
    for _ in 0..2 {
        assert_eq!(keyed.act(&resend).await.expect_status(200).header("etag"), "\"2\"");
    }
    for _ in 0..3 {
        place.admin.act(&resend).await.expect_status(200);
    }
    let refused = place.admin.act(&resend).await.expect_status(429);
    let seconds: u32 = refused.header("retry-after").parse().unwrap();
    assert!((86_000..=86_400).contains(&seconds), "{seconds}");
    assert_eq!(keyed.act(&resend).await.expect_status(200).header("etag"), "\"5\"");
    assert_eq!(place.recorded("invitation.resent").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_is_dead_and_the_e_mail_can_be_invited_anew() {
    let place = Place::start().await;
    let id = place.invite("new@acme.example").await;
    let taken = json!({ "email": "NEW@acme.example", "role": "member" });
    let twice = place.owner.post(&place.list(), taken.clone()).await.expect_status(409);
    assert_eq!(twice.code(), "invitation.pending");
    let revoke = format!("{}/revoke", place.at(&id));
    assert_eq!(place.admin.act(&revoke).await.expect_status(200).json()["state"], "revoked");
    assert_eq!(place.admin.act(&revoke).await.expect_status(409).code(), "invitation.revoked");
    let token = place.token(&id, 1).await;
    assert_eq!(place.look_up(&token).await.expect_status(200).json()["state"], "revoked");
    assert_eq!(place.accept(&token).await.expect_status(409).code(), "invitation.revoked");
    place.owner.post(&place.list(), taken).await.expect_status(201);
    let list = place.admin.get(&place.list()).await.expect_status(200).json();
    let states: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["pending", "revoked"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_is_copied_once_by_who_invited_and_opens_the_invitation() {
    let place = Place::start().await;
    let id = place.invite("new@acme.example").await;
    let link = format!("{}/link", place.at(&id));
    assert_eq!(place.owner.act(&link).await.expect_status(403).code(), "permission.denied");
    let url = place.admin.act(&link).await.expect_status(200).text("url");
    let (page, token) = url.split_once("#token=").unwrap();
    assert_eq!(page, format!("{}/invitation", place.portal.stack().card().api));
    assert_eq!(place.admin.act(&link).await.expect_status(409).code(), "invitation.link-copied");
    place.accept(token).await.expect_status(200);
    assert_eq!(place.recorded("invitation.link-copied").await, 1);
}
