//! What an invitation is worth after what became of who invited, and of who was invited.

use journeys::{Client, Row};
use serde_json::{Value, json};

use crate::place::Place;

const NEW: &str = "new@acme.example";

impl Place {
    /// The id of one of its people.
    async fn id_of(&self, email: &str) -> String {
        let members = self.members().await;
        let member = members.as_array().unwrap().iter().find(|member| member["email"] == email).unwrap();
        member["user_id"].as_str().unwrap().to_owned()
    }

    async fn member(&self, email: &str) -> String {
        format!("/v1/organizations/{}/members/{}", self.org, self.id_of(email).await)
    }

    /// What the list says of the only invitation.
    async fn listed(&self) -> Value {
        let list = self.owner.get(&self.list()).await.expect_status(200).json();
        list["items"][0].clone()
    }

    /// A program of the organization.
    async fn program(&self, role: &str) -> (String, Client) {
        let list = format!("/v1/organizations/{}/service-accounts", self.org);
        let made = self.owner.post(&list, json!({ "name": "Robot", "role": role })).await.expect_status(201);
        let path = format!("{list}/{}", made.text("id"));
        let key = self.owner.post(&format!("{path}/tokens"), json!({ "name": "Key" })).await.expect_status(201);
        (path, self.portal.visitor().with_token(&key.text("token")))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_worth_nothing_while_who_invited_may_not_give_its_role() {
    let place = Place::start().await;
    let id = place.invite(NEW).await;
    let token = place.token(&id, 1).await;
    let (admin, user) = (place.member("admin@acme.example").await, place.id_of("admin@acme.example").await);
    let steps: [(&str, Value); 3] =
        [("demoted", json!("member")), ("suspended", Value::Null), ("removed", Value::Null)];
    for (step, role) in steps {
        match step {
            "demoted" => place.owner.edit(&admin, json!({ "role": role })).await.expect_status(200),
            "suspended" => place.ops.act(&format!("/v1/users/{user}/suspend")).await.expect_status(200),
            _ => place.owner.delete(&admin).await.expect_status(204),
        };
        assert_eq!(place.look_up(&token).await.expect_status(200).json()["state"], "lapsed", "{step}");
        assert_eq!(place.accept(&token).await.expect_status(409).code(), "invitation.lapsed", "{step}");
        let listed = place.listed().await;
        assert_eq!((&listed["state"], &listed["lapsed"]), (&json!("pending"), &json!(true)), "{step}");
        match step {
            "demoted" => place.owner.edit(&admin, json!({ "role": "admin" })).await.expect_status(200),
            "suspended" => place.ops.act(&format!("/v1/users/{user}/reactivate")).await.expect_status(200),
            _ => continue,
        };
        assert_eq!(place.look_up(&token).await.expect_status(200).json()["state"], "pending", "{step}");
        assert_eq!(place.listed().await["lapsed"], false, "{step}");
    }
    assert_eq!(place.counts(NEW).await, (0, 2, 2));
    // Whoever sends it again answers for it.
    let resent = place.owner.act(&format!("{}/resend", place.at(&id))).await.expect_status(200).json();
    assert_eq!((&resent["lapsed"], &resent["inviter"]["email"]), (&json!(false), &json!("owner@acme.example")));
    let token = place.token(&id, 2).await;
    assert_eq!(place.look_up(&token).await.expect_status(200).json()["inviter_email"], "owner@acme.example");
    place.accept(&token).await.expect_status(200);
    assert_eq!(place.counts(NEW).await, (1, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_became_an_admin_makes_no_owners_by_an_earlier_invitation() {
    let place = Place::start().await;
    place.ops.edit(&place.member("admin@acme.example").await, json!({ "role": "owner" })).await.expect_status(200);
    let asked = json!({ "email": NEW, "role": "owner" });
    let id = place.admin.post(&place.list(), asked).await.expect_status(201).text("id");
    place.owner.edit(&place.member("admin@acme.example").await, json!({ "role": "admin" })).await.expect_status(200);
    let token = place.token(&id, 1).await;
    assert_eq!(place.accept(&token).await.expect_status(409).code(), "invitation.lapsed");
    assert_eq!(place.counts(NEW).await, (0, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_invites_as_its_role_allows_and_answers_for_it() {
    let place = Place::start().await;
    let (path, robot) = place.program("admin").await;
    let owner = json!({ "email": NEW, "role": "owner" });
    assert_eq!(robot.post(&place.list(), owner).await.expect_status(403).code(), "permission.denied");
    let asked = json!({ "email": NEW, "role": "member" });
    let made = robot.post(&place.list(), asked).await.expect_status(201).json();
    let inviter = &made["inviter"];
    assert_eq!((&inviter["display_name"], &inviter["email"]), (&json!("Robot"), &Value::Null));
    assert!(path.ends_with(inviter["service_account_id"].as_str().unwrap()));
    let id = made["id"].as_str().unwrap();
    let link = format!("{}/link", place.at(id));
    assert_eq!(place.owner.act(&link).await.expect_status(403).code(), "permission.denied");
    let url = robot.act(&link).await.expect_status(200).text("url");
    let token = url.split_once("#token=").unwrap().1.to_owned();
    place.owner.edit(&path, json!({ "suspended": true })).await.expect_status(200);
    assert_eq!(place.accept(&token).await.expect_status(409).code(), "invitation.lapsed");
    place.owner.edit(&path, json!({ "suspended": false })).await.expect_status(200);
    let seen = place.look_up(&token).await.expect_status(200).json();
    assert_eq!((&seen["inviter_name"], &seen["inviter_email"]), (&json!("Robot"), &Value::Null));
    place.accept(&token).await.expect_status(200);
    let events = place.portal.events(&place.org).await;
    let invited = events.iter().find(|event| event["action"] == "invitation.created").unwrap();
    assert_eq!(invited["actor"]["kind"], "service_account");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_added_by_hand_has_accepted_the_invitation() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    let email = "bo@beta.example";
    let people = place.portal.people(&[Row { org: &beta, email, role: "member", ..Row::default() }]).await;
    let id = place.invite(email).await;
    let members = format!("/v1/organizations/{}/members", place.org);
    place.ops.post(&members, json!({ "email": email, "role": "member" })).await.expect_status(201);
    let listed = place.listed().await;
    assert_eq!((&listed["state"], &listed["accepted_by"]), (&json!("accepted"), &json!(people[email].0)));
    let refused = place.accept_as(&people[email].1, &place.token(&id, 1).await).await.expect_status(409);
    assert_eq!((refused.code().as_str(), place.counts(email).await), ("invitation.accepted", (1, 4, 4)));
    let events = place.portal.events(&place.org).await;
    let added = events.iter().find(|event| event["action"] == "member.added" && event["target"]["name"] == email);
    let changes = added.unwrap()["changes"].as_array().unwrap();
    assert!(changes.iter().any(|change| change["field"] == "invitation_id" && change["after"] == id.as_str()));
    // Nor does it bring anybody back.
    place.ops.delete(&format!("{members}/{}", people[email].0)).await.expect_status(204);
    let refused = place.accept_as(&people[email].1, &place.token(&id, 1).await).await.expect_status(409);
    assert_eq!((refused.code().as_str(), place.counts(email).await), ("invitation.accepted", (0, 3, 3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_imported_and_removed_does_not_come_back_by_a_link_of_before() {
    let place = Place::start().await;
    let id = place.invite(NEW).await;
    let token = place.token(&id, 1).await;
    let row = Row { org: &place.org, email: NEW, role: "member", ..Row::default() };
    let (user, client) = place.portal.people(&[row]).await.remove(NEW).unwrap();
    assert_eq!(place.accept_as(&client, &token).await.expect_status(409).code(), "member.already");
    assert_eq!(place.counts(NEW).await, (1, 4, 4));
    place.owner.delete(&format!("/v1/organizations/{}/members/{user}", place.org)).await.expect_status(204);
    assert_eq!(place.listed().await["state"], "revoked");
    assert_eq!(place.accept_as(&client, &token).await.expect_status(409).code(), "invitation.revoked");
    assert_eq!(place.counts(NEW).await, (0, 3, 3));
    // Somebody who may invites anew.
    place.invite(NEW).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_mail_to_an_e_mail_within_a_day_waits_however_many_invitations_it_was() {
    let place = Place::start().await;
    for _ in 0..5 {
        let id = place.invite(NEW).await;
        place.admin.act(&format!("{}/revoke", place.at(&id))).await.expect_status(200);
    }
    let asked = json!({ "email": "NEW@acme.example", "role": "member" });
    let refused = place.owner.post(&place.list(), asked.clone()).await.expect_status(429);
    assert_eq!(refused.code(), "request.too-many");
    let seconds: u32 = refused.header("retry-after").parse().unwrap();
    assert!((86_000..=86_400).contains(&seconds), "{seconds}");
    // Another e-mail, and another organization, have a day of their own.
    let id = place.invite("other@acme.example").await;
    for _ in 0..4 {
        place.admin.act(&format!("{}/resend", place.at(&id))).await.expect_status(200);
    }
    place.admin.act(&format!("{}/resend", place.at(&id))).await.expect_status(429);
    place.admin.act(&format!("{}/revoke", place.at(&id))).await.expect_status(200);
    let other = json!({ "email": "other@acme.example", "role": "member" });
    place.admin.post(&place.list(), other).await.expect_status(429);
    let beta = place.portal.organization("Beta").await;
    place.ops.post(&format!("/v1/organizations/{beta}/invitations"), asked).await.expect_status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superadmin_invites_and_accepts_the_own_invitation() {
    let place = Place::start().await;
    let root = place.ops.get("/v1/me").await.expect_status(200).text("email");
    let asked = json!({ "email": root, "role": "member" });
    let id = place.ops.post(&place.list(), asked).await.expect_status(201).text("id");
    place.accept_as(&place.ops, &place.token(&id, 1).await).await.expect_status(200);
    assert_eq!(place.counts(&root).await, (1, 4, 4));
}
