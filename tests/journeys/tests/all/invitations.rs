//! From an invitation to its mail, from the mail to the organization.

use embedded::mail::{Letter, Mode};
use journeys::{Client, PASSWORD, Portal, Row};
use serde_json::{Value, json};

struct Place {
    portal: Portal,
    org: String,
    owner: Client,
}

impl Place {
    async fn start() -> Self {
        let portal = Portal::start().await;
        let org = portal.organization("Acme").await;
        let email = "olga@acme.example";
        let people = portal.people(&[Row { org: &org, email, role: "owner", ..Row::default() }]).await;
        let owner = people[email].1.clone();
        Self { portal, org, owner }
    }

    async fn invite(&self, email: &str) -> Value {
        let list = format!("/v1/organizations/{}/invitations", self.org);
        self.owner.post(&list, json!({ "email": email, "role": "member" })).await.expect_status(201).json()
    }

    /// The invitation as it is once nothing is under way.
    async fn told(&self, id: &Value) -> Value {
        self.portal.stack().idle().await;
        let path = format!("/v1/organizations/{}/invitations/{}", self.org, id.as_str().unwrap());
        self.owner.get(&path).await.expect_status(200).json()
    }

    async fn mails_to(&self, email: &str) -> Vec<Letter> {
        self.portal.stack().idle().await;
        self.portal.stack().mail().letters().into_iter().filter(|letter| letter.to == [email]).collect()
    }

    /// The token of the link in a mail.
    fn token(&self, mail: &Letter) -> String {
        let page = format!("{}/invitation#token=", self.portal.stack().card().api);
        let text = mail.text.clone().unwrap();
        let (_, rest) = text.split_once(&page).unwrap_or_else(|| panic!("no link in {text}"));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_comes_in_by_the_link_in_the_mail() {
    let place = Place::start().await;
    let made = place.invite("new@acme.example").await;
    assert_eq!(made["mail"]["state"], "queued");
    let mails = place.mails_to("new@acme.example").await;
    assert_eq!(mails.iter().map(|mail| mail.tags["kind"].as_str()).collect::<Vec<_>>(), ["invitation-new-person"]);
    assert!(mails[0].text.as_ref().unwrap().contains("Acme"));
    assert_eq!(place.told(&made["id"]).await["mail"]["state"], "sent");
    let visitor = place.portal.visitor();
    let token = place.token(&mails[0]);
    let seen = visitor.post("/v1/invitations/look-up", json!({ "token": token })).await.expect_status(200);
    assert_eq!(seen.text("state"), "pending");
    let accept = json!({ "token": token, "display_name": "New", "password": PASSWORD });
    visitor.post("/v1/invitations/accept", accept).await.expect_status(200);
    let client = visitor.sign_in("new@acme.example", PASSWORD).await;
    client.get(&format!("/v1/organizations/{}", place.org)).await.expect_status(200);
    assert_eq!(place.told(&made["id"]).await["state"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_an_account_comes_in_signed_in() {
    let place = Place::start().await;
    let beta = place.portal.organization("Beta").await;
    let email = "bo@beta.example";
    let people = place.portal.people(&[Row { org: &beta, email, role: "owner", ..Row::default() }]).await;
    place.invite(email).await;
    let mails = place.mails_to(email).await;
    let mail = mails.iter().find(|mail| mail.tags["kind"] == "invitation-known-person").unwrap();
    let accept = json!({ "token": place.token(mail) });
    assert_eq!(place.portal.visitor().post("/v1/invitations/accept", accept.clone()).await.status(), 401);
    people[email].1.post("/v1/invitations/accept", accept).await.expect_status(200);
    people[email].1.get(&format!("/v1/organizations/{}", place.org)).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_of_a_resend_carries_the_link_that_works() {
    let place = Place::start().await;
    let id = place.invite("new@acme.example").await["id"].clone();
    assert_eq!(place.mails_to("new@acme.example").await.len(), 1);
    let resend = format!("/v1/organizations/{}/invitations/{}/resend", place.org, id.as_str().unwrap());
    place.owner.act(&resend).await.expect_status(200);
    let mails = place.mails_to("new@acme.example").await;
    assert_eq!(mails.len(), 2);
    let accept = |mail| json!({ "token": place.token(mail), "display_name": "New", "password": PASSWORD });
    let old = place.portal.visitor().post("/v1/invitations/accept", accept(&mails[0])).await.expect_status(409);
    assert_eq!(old.code(), "invitation.superseded");
    place.portal.visitor().post("/v1/invitations/accept", accept(&mails[1])).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_mail_was_not_sent_shows_on_the_invitation() {
    let place = Place::start().await;
    place.portal.stack().idle().await;
    place.portal.stack().mail().set_mode(Mode::Refuse);
    let id = place.invite("new@acme.example").await["id"].clone();
    let mail = place.told(&id).await["mail"].clone();
    assert_eq!(mail["state"], "failed");
    assert!(mail["why"].as_str().is_some_and(|why| !why.is_empty()), "{mail}");
}
