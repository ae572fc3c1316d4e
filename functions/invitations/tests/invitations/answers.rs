//! What a link is worth to whoever shows it.

use std::cell::Cell;
use std::time::Duration;

use domain::Timestamp;
use futures::future::join_all;
use journeys::{PASSWORD, Row};
use serde_json::json;

use crate::place::{Place, ask};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_accepts_with_name_and_password_and_signs_in() {
    let place = Place::start().await;
    let team = place.ops.post(&format!("/v1/organizations/{}/projects", place.org), json!({ "name": "Team" })).await;
    let team = team.expect_status(201).text("id");
    let asked = json!({ "email": "New@acme.example", "role": "admin", "projects": { (team.clone()): "builder" } });
    let id = place.admin.post(&place.list(), asked).await.expect_status(201).text("id");
    let token = place.token(&id, 1).await;
    let seen = place.look_up(&token).await.expect_status(200).json();
    assert_eq!(seen["organization_name"], "Acme");
    assert_eq!(
        (&seen["state"], &seen["email"], &seen["inviter_email"], &seen["role"], &seen["has_account"]),
        (&json!("pending"), &json!("New@acme.example"), &json!("admin@acme.example"), &json!("admin"), &json!(false))
    );
    let visitor = place.portal.visitor();
    for (missing, pointer) in [
        (json!({ "token": token, "password": PASSWORD }), "/display_name"),
        (json!({ "token": token, "display_name": "New" }), "/password"),
        (json!({ "token": token, "display_name": "\u{200b}", "password": PASSWORD }), "/display_name"),
        (json!({ "token": token, "display_name": "New", "password": "password1234" }), "/password"),
    ] {
        let refused = visitor.post("/v1/invitations/accept", missing).await.expect_status(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer);
    }
    let accepted = place.accept(&token).await.expect_status(200).json();
    assert_eq!((&accepted["account_created"], &accepted["role"]), (&json!(true), &json!("admin")));
    let me = visitor.sign_in("new@acme.example", PASSWORD).await.get("/v1/me").await.expect_status(200).json();
    assert_eq!((&me["display_name"], &me["email_verified"]), (&json!("New"), &json!(true)));
    let members = place.members().await;
    let joined = members.as_array().unwrap().iter().find(|member| member["email"] == "New@acme.example").unwrap();
    assert_eq!((&joined["source"], &joined["projects"][&team]), (&json!("invitation"), &json!("builder")));
    let told = place.admin.get(&place.at(&id)).await.expect_status(200).json();
    assert_eq!((&told["state"], &told["accepted_by"]), (&json!("accepted"), &accepted["user_id"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_an_account_accepts_signed_in_and_nobody_else_does() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    let email = "bo@beta.example";
    let people = place.portal.people(&[Row { org: &beta, email, role: "owner", ..Row::default() }]).await;
    let id = place.invite("BO@beta.example").await;
    let token = place.token(&id, 1).await;
    assert_eq!(place.look_up(&token).await.json()["has_account"], true);
    let nobody = place.accept(&token).await.expect_status(401);
    assert_eq!(nobody.code(), "invitation.sign-in");
    let other = place.accept_as(&place.member, &token).await.expect_status(409);
    assert_eq!(other.code(), "invitation.of-another");
    let words = other.text("detail");
    assert!(words.contains("member@acme.example") && words.contains("BO@beta.example"), "{words}");
    let accepted = place.accept_as(&people[email].1, &token).await.expect_status(200).json();
    assert_eq!((&accepted["account_created"], &accepted["email"]), (&json!(false), &json!(email)));
    assert_eq!(place.counts(email).await, (1, 4, 4));
    let again = place.accept_as(&people[email].1, &token).await.expect_status(409);
    assert_eq!(again.code(), "invitation.accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_is_signed_in_does_not_accept_for_an_e_mail_without_an_account() {
    let place = Place::start().await;
    let token = place.token(&place.invite("new@acme.example").await, 1).await;
    let refused = place.accept_as(&place.owner, &token).await.expect_status(409);
    assert_eq!(refused.code(), "invitation.of-another");
    assert_eq!(place.counts("new@acme.example").await, (0, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_acceptances_at_once_make_one_membership_and_63_clear_answers() {
    let place = Place::start().await;
    let token = place.token(&place.invite("new@acme.example").await, 1).await;
    let answers = join_all((0..64).map(|_| place.accept(&token))).await;
    let accepted = answers.iter().filter(|answer| answer.status() == 200).count();
    let told = answers.iter().filter(|answer| answer.json()["code"] == "invitation.accepted").count();
    assert_eq!((accepted, told), (1, 63), "{answers:?}");
    assert_eq!(place.counts("new@acme.example").await, (1, 4, 4));
    assert_eq!(place.recorded("invitation.accepted").await, 1);
    let users = place.ops.get("/v1/users?email=new@acme.example").await.expect_status(200).json();
    assert_eq!(users["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_acceptances_of_somebody_known_at_once_make_one_membership() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    let email = "bo@beta.example";
    let people = place.portal.people(&[Row { org: &beta, email, role: "owner", ..Row::default() }]).await;
    let token = place.token(&place.invite(email).await, 1).await;
    let answers = join_all((0..64).map(|_| place.accept_as(&people[email].1, &token))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 200).count(), 1);
    let told = answers.iter().filter(|answer| answer.json()["code"] == "invitation.accepted").count();
    assert_eq!((told, place.counts(email).await), (63, (1, 4, 4)), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_opened_a_hundred_times_changes_nothing() {
    let place = Place::start().await;
    let id = place.invite("new@acme.example").await;
    let token = place.token(&id, 1).await;
    place.portal.stack().idle().await;
    let before = place.admin.get(&place.at(&id)).await.json();
    let _ = place.portal.stack().proxy().unwrap().take_log();
    for _ in 0..100 {
        assert_eq!(place.look_up(&token).await.expect_status(200).json()["state"], "pending");
    }
    let calls = place.portal.stack().proxy().unwrap().take_log();
    assert!(calls.iter().all(|call| ["GetItem", "BatchGetItem"].contains(&call.operation.as_str())), "{calls:?}");
    assert_eq!(place.admin.get(&place.at(&id)).await.json(), before);
    place.accept(&token).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_token_that_leads_nowhere_has_the_same_answer() {
    let place = Place::start().await;
    let token = place.token(&place.invite("new@acme.example").await, 1).await;
    let (head, mac) = token.rsplit_once('_').unwrap();
    let other = place.token("inv_00000000000000000000000001", 1).await;
    let forged = format!("{head}_{}{}", if mac.starts_with('A') { 'B' } else { 'A' }, &mac[1..]);
    let newer = token.replacen("_1_", "_2_", 1);
    for bad in ["", "x", &forged, &newer, &other] {
        for path in ["/v1/invitations/look-up", "/v1/invitations/accept"] {
            let refused = place.portal.visitor().post(path, json!({ "token": bad })).await.expect_status(422);
            assert_eq!(refused.text("detail"), "must be the token of an invitation's link", "{bad}");
        }
    }
}

thread_local! {
    static LOOKS: Cell<u32> = const { Cell::new(0) };
}

fn later() -> Timestamp {
    start::clock().plus(Duration::from_secs(7 * 24 * 3600 + 60))
}

/// Now for the edge and the first look at the invitation; for the write the link has expired.
fn meanwhile() -> Timestamp {
    LOOKS.set(LOOKS.get() + 1);
    if LOOKS.get() <= 2 { start::clock() } else { later() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_link_says_so_and_is_refused_by_the_table_where_it_expires_meanwhile() {
    let place = Place::start().await;
    let token = place.token(&place.invite("new@acme.example").await, 1).await;
    let accept = json!({ "token": token, "display_name": "New", "password": PASSWORD });
    let (status, seen) = ask(&place.app(later), "/v1/invitations/look-up", json!({ "token": token })).await;
    assert_eq!((status, &seen["state"]), (200, &json!("expired")));
    let _ = place.portal.stack().proxy().unwrap().take_log();
    let cases: [(fn() -> Timestamp, usize); 2] = [(later, 0), (meanwhile, 1)];
    for (clock, writes) in cases {
        let (status, refused) = ask(&place.app(clock), "/v1/invitations/accept", accept.clone()).await;
        assert_eq!((status, &refused["code"]), (409, &json!("invitation.expired")));
        let calls = place.portal.stack().proxy().unwrap().take_log();
        assert_eq!(calls.iter().filter(|call| call.operation == "TransactWriteItems").count(), writes);
    }
    assert_eq!(place.counts("new@acme.example").await, (0, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_organization_is_neither_shown_nor_joined_by_a_link() {
    let place = Place::start().await;
    let token = place.token(&place.invite("new@acme.example").await, 1).await;
    place.ops.act(&format!("/v1/organizations/{}/archive", place.org)).await.expect_status(200);
    assert_eq!(place.look_up(&token).await.expect_status(403).code(), "organization.not-active");
    assert_eq!(place.accept(&token).await.expect_status(403).code(), "organization.not-active");
    place.ops.act(&format!("/v1/organizations/{}/restore", place.org)).await.expect_status(200);
    place.accept(&token).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_in_a_project_that_was_deleted_meanwhile_is_left_out() {
    let place = Place::start().await;
    let list = format!("/v1/organizations/{}/projects", place.org);
    let mut projects = vec![];
    for name in ["Gone", "Stays"] {
        projects.push(place.ops.post(&list, json!({ "name": name })).await.expect_status(201).text("id"));
    }
    let roles = json!({ (projects[0].clone()): "viewer", (projects[1].clone()): "operator" });
    let asked = json!({ "email": "new@acme.example", "role": "member", "projects": roles });
    let id = place.admin.post(&place.list(), asked).await.expect_status(201).text("id");
    place.ops.delete(&format!("{list}/{}", projects[0])).await.expect_status(204);
    place.accept(&place.token(&id, 1).await).await.expect_status(200);
    let members = place.members().await;
    let joined = members.as_array().unwrap().iter().find(|member| member["email"] == "new@acme.example").unwrap();
    assert_eq!(joined["projects"], json!({ (projects[1].clone()): "operator" }));
}
