//! What people are told by mail of what happens to their accounts.

use journeys::{Client, PASSWORD, Portal, Row};
use serde_json::{Value, json};

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

struct Inviting {
    portal: Portal,
    org: String,
    owner: Client,
}

impl Inviting {
    async fn start() -> Self {
        let portal = Portal::start().await;
        let org = portal.organization("Acme").await;
        let email = "olga@acme.example";
        let people = portal.people(&[Row { org: &org, email, role: "owner", ..Row::default() }]).await;
        let owner = people[email].1.clone();
        Self { portal, org, owner }
    }

    async fn invite(&self, email: &str) -> String {
        let list = format!("/v1/organizations/{}/invitations", self.org);
        self.owner.post(&list, json!({ "email": email, "role": "member" })).await.expect_status(201).text("id")
    }

    async fn resend(&self, id: &str) {
        let path = format!("/v1/organizations/{}/invitations/{id}/resend", self.org);
        self.owner.act(&path).await.expect_status(200);
    }

    /// How far the mail of an invitation is, read and in the list.
    async fn mail(&self, id: &str) -> Value {
        self.portal.stack().idle().await;
        let list = format!("/v1/organizations/{}/invitations", self.org);
        let one = self.owner.get(&format!("{list}/{id}")).await.expect_status(200).json()["mail"].clone();
        let all = self.owner.get(&list).await.expect_status(200).json();
        let listed = all["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap();
        assert_eq!(listed["mail"], one);
        one
    }

    async fn actions(&self) -> Vec<String> {
        let events = self.portal.events(&self.org).await;
        events.iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounced_invitation_says_why_and_can_be_sent_again_once_a_superadmin_has_lifted_that() {
    let inviting = Inviting::start().await;
    let (portal, email) = (&inviting.portal, "gone@acme.example");
    let id = inviting.invite(email).await;
    portal.bounce(email).await;
    let mail = inviting.mail(&id).await;
    assert_eq!(mail["state"], "bounced");
    assert!(mail["why"].as_str().unwrap().contains("user unknown"), "{mail}");
    assert!(inviting.actions().await.contains(&"invitation.mail-bounced".to_owned()));
    inviting.resend(&id).await;
    let mail = inviting.mail(&id).await;
    assert_eq!(mail["state"], "failed");
    assert!(mail["why"].as_str().unwrap().starts_with("address refused mail before"), "{mail}");
    let ops = portal.superadmin().await;
    inviting.owner.get("/v1/mail-suppressions").await.expect_status(403);
    let listed = ops.get("/v1/mail-suppressions").await.expect_status(200).json();
    let found = ops.get("/v1/mail-suppressions?email=GONE@acme.example").await.expect_status(200).json();
    assert_eq!((&listed["items"], found["items"].as_array().unwrap().len()), (&found["items"], 1));
    assert_eq!((&found["items"][0]["email"], &found["items"][0]["reason"]), (&json!(email), &json!("bounced")));
    let one = format!("/v1/mail-suppressions/{}", found["items"][0]["id"].as_str().unwrap());
    inviting.owner.delete(&one).await.expect_status(403);
    ops.delete(&one).await.expect_status(204);
    ops.delete(&one).await.expect_status(404);
    inviting.resend(&id).await;
    assert_eq!(inviting.mail(&id).await["state"], "sent");
    portal.mail_became(email, "deliver").await;
    assert!(inviting.mail(&id).await["delivered_at"].is_string());
    assert_eq!(portal.stack().mail().letters().iter().filter(|letter| letter.to == [email]).count(), 2);
    let log = ops.get("/v1/audit-events?limit=100").await.expect_status(200).json();
    for action in ["mail.suppressed", "mail.suppression-lifted"] {
        let of = |event: &&Value| event["action"] == action && event["target"]["name"] == email;
        assert_eq!(log["items"].as_array().unwrap().iter().filter(of).count(), 1, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_called_an_invitation_unwanted_gets_no_other_and_a_full_mailbox_does() {
    let inviting = Inviting::start().await;
    let (angry, full) = ("angry@acme.example", "full@acme.example");
    let (first, second) = (inviting.invite(angry).await, inviting.invite(full).await);
    inviting.portal.mail_became(angry, "complain").await;
    inviting.portal.mail_became(full, "bounce-once").await;
    assert_eq!(inviting.mail(&first).await["state"], "complained");
    let mail = inviting.mail(&second).await;
    assert_eq!(mail["state"], "sent");
    assert!(mail["why"].as_str().unwrap().contains("mailbox full"), "{mail}");
    inviting.resend(&first).await;
    inviting.resend(&second).await;
    assert_eq!(inviting.mail(&first).await["state"], "failed");
    let mail = inviting.mail(&second).await;
    assert_eq!((&mail["state"], &mail["why"]), (&json!("sent"), &Value::Null));
}
