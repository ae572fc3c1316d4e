//! From what somebody does to what another finds in the inbox.

use journeys::{Client, PASSWORD, Portal, Row};
use serde_json::{Value, json};

const INBOX: &str = "/v1/me/notifications";
const PREFERENCES: &str = "/v1/me/notification-preferences";

struct Place {
    portal: Portal,
    org: String,
    owner: Client,
    admin: Client,
    member: Client,
    member_id: String,
}

impl Place {
    async fn start() -> Self {
        let portal = Portal::start().await;
        let org = portal.organization("Acme").await;
        let row = |email, role| Row { org: &org, email, role, ..Row::default() };
        let people = portal
            .people(&[
                row("olga@acme.example", "owner"),
                row("adam@acme.example", "admin"),
                row("mia@acme.example", "member"),
            ])
            .await;
        let client = |email: &str| people[email].1.clone();
        let member_id = people["mia@acme.example"].0.clone();
        let (owner, admin, member) =
            (client("olga@acme.example"), client("adam@acme.example"), client("mia@acme.example"));
        Self { portal, org, owner, admin, member, member_id }
    }

    fn at(&self, rest: &str) -> String {
        format!("/v1/organizations/{}{rest}", self.org)
    }

    /// Somebody new is invited by the admin and accepts.
    async fn join(&self, email: &str) {
        let asked = json!({ "email": email, "role": "member" });
        let _ = self.admin.post(&self.at("/invitations"), asked).await.expect_status(201);
        let token = self.portal.mailed_token(email, "/invitation").await;
        let asked = json!({ "token": token, "display_name": "New", "password": PASSWORD });
        let accepted = self.portal.visitor().post("/v1/invitations/accept", asked).await;
        assert!(accepted.status() < 300, "{accepted:?}");
    }

    /// The inbox once nothing is under way.
    async fn inbox(&self, client: &Client, query: &str) -> Value {
        self.portal.stack().idle().await;
        client.get(&format!("{INBOX}{query}")).await.expect_status(200).json()
    }

    async fn unread(&self, client: &Client) -> u64 {
        self.portal.stack().idle().await;
        let counted = client.get(&format!("{INBOX}/unread-count")).await.expect_status(200).json();
        counted["unread"].as_u64().unwrap()
    }
}

fn titles(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|notice| notice["title"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_invited_somebody_finds_out_in_the_inbox_that_they_joined_and_marks_it() {
    let place = Place::start().await;
    let before = place.unread(&place.admin).await;
    place.join("new@acme.example").await;
    assert_eq!(place.unread(&place.admin).await, before + 1);
    let page = place.inbox(&place.admin, "?limit=1").await;
    let notice = &page["items"][0];
    assert_eq!(notice["title"], "new@acme.example joined “Acme”, as member");
    assert_eq!((&notice["kind"], &notice["read"]), (&json!("membership.member-joined"), &json!(false)));
    assert_eq!(notice["organization"], json!({ "id": place.org, "name": "Acme" }));
    assert_eq!(notice["link"], format!("/organizations/{}/members", place.org));
    let mark = format!("{INBOX}/{}/read", notice["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(place.admin.act(&mark).await.expect_status(200).json(), json!({ "unread": before }));
    }
    assert_eq!(place.unread(&place.admin).await, before);
    assert_eq!(place.inbox(&place.admin, "?limit=1").await["items"][0]["read"], true);
    let unread = place.inbox(&place.admin, "?unread=true").await;
    assert!(!titles(&unread).iter().any(|title| title.starts_with("new@")), "{unread}");
    // Nobody else's: another person marks nothing of it, and a member was not told.
    let _ = place.owner.act(&mark).await.expect_status(200);
    assert_eq!(place.member.act(&mark).await.expect_status(404).code(), "resource.not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_is_read_page_by_page_and_marked_as_a_whole() {
    let place = Place::start().await;
    for number in 0..5 {
        place.join(&format!("new{number}@acme.example")).await;
    }
    let all = place.inbox(&place.owner, "").await;
    assert_eq!(all["unread"], titles(&all).len());
    for query in ["?limit=2", "?limit=2&unread=true"] {
        let (mut seen, mut page) = (vec![], place.inbox(&place.owner, query).await);
        loop {
            seen.extend(titles(&page).into_iter().map(str::to_owned));
            let Some(next) = page["next"].as_str() else { break };
            page = place.inbox(&place.owner, &format!("{query}&cursor={next}")).await;
        }
        assert_eq!(seen, titles(&all), "{query}");
    }
    assert_eq!(titles(&all)[0], "new4@acme.example joined “Acme”, as member");
    let _ = place.owner.act(&format!("{INBOX}/read-all")).await.expect_status(204);
    let marked = place.inbox(&place.owner, "").await;
    assert_eq!((titles(&marked), &marked["unread"]), (titles(&all), &json!(0)));
    assert!(marked["items"].as_array().unwrap().iter().all(|notice| notice["read"] == true));
    assert_eq!(place.inbox(&place.owner, "?unread=true").await["items"], json!([]));
    place.join("another@acme.example").await;
    assert_eq!(
        titles(&place.inbox(&place.owner, "?unread=true").await),
        ["another@acme.example joined “Acme”, as member"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_organization_and_a_person_chose_decides_what_is_told() {
    let place = Place::start().await;
    let defaults = place.at("/notification-defaults");
    let role = async |role: &str| {
        let path = place.at(&format!("/members/{}", place.member_id));
        let read = place.owner.get(&path).await;
        let changed = place.owner.with("if-match", read.header("etag")).patch(&path, json!({ "role": role })).await;
        let _ = changed.expect_status(200);
        place.portal.stack().idle().await;
    };
    let told = async || {
        let letters = place.portal.stack().mail().letters();
        let mails =
            letters.iter().filter(|mail| mail.to == ["mia@acme.example"] && mail.tags["kind"] == "role-changed");
        let page = place.inbox(&place.member, "").await;
        let is = |title: &&str| title.starts_with("Your role in");
        (titles(&page).into_iter().filter(is).count(), mails.count())
    };
    role("admin").await;
    assert_eq!(told().await, (1, 1));
    let choice = json!({ "choices": { "membership.role-changed": { "email": false } } });
    let chosen = place.admin.edit(&defaults, choice).await.expect_status(200).json();
    assert_eq!(chosen["choices"], json!({ "membership.role-changed": { "email": false } }));
    role("member").await;
    assert_eq!(told().await, (2, 1));
    let choice = json!({ "choices": { "membership.role-changed": { "email": true, "in_app": false } } });
    let _ = place.member.edit(PREFERENCES, choice).await.expect_status(200);
    role("admin").await;
    assert_eq!(told().await, (2, 2));
    let events = place.portal.events(&place.org).await;
    let changed: Vec<&Value> =
        events.iter().filter(|event| event["action"] == "notification-preferences.changed").collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0]["changes"], json!([{ "field": "membership.role-changed.email", "after": false }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_an_organization_are_told_to_its_owners_by_mail_and_inbox_whoever_made_them() {
    let place = Place::start().await;
    let accounts = place.at("/service-accounts");
    let asked = json!({ "name": "Robot", "role": "member" });
    let account = place.owner.post(&accounts, asked).await.expect_status(201).text("id");
    let tokens = format!("{accounts}/{account}/tokens");
    let token = place.owner.post(&tokens, json!({ "name": "ci" })).await.expect_status(201);
    let _ = place.owner.delete(&format!("{tokens}/{}", token.text("id"))).await.expect_status(204);
    let page = place.inbox(&place.owner, "?limit=2").await;
    let key = "The API token “ci” of the service account “Robot” of “Acme” was";
    assert_eq!(titles(&page), [format!("{key} revoked"), format!("{key} created")]);
    assert!(!page.to_string().contains(&token.text("token")), "no secret is in an inbox");
    let letters = place.portal.stack().mail().letters();
    let mails = letters.iter().filter(|mail| mail.tags["kind"] == "key-changed");
    let subjects: Vec<_> = mails.map(|mail| (mail.to.clone(), mail.subject.as_str())).collect();
    let olga = || vec!["olga@acme.example".to_owned()];
    assert_eq!(subjects, [(olga(), "An API token was created"), (olga(), "An API token was revoked")]);
    assert!(!titles(&place.inbox(&place.admin, "").await).iter().any(|title| title.contains("API token")));
}
