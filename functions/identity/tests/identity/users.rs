//! People over all organizations: found by how their e-mail or name begins, and where they are members.

use std::collections::BTreeSet;

use domain::EventKind;
use serde_json::json;

use crate::portal::{Ask, Portal};
use crate::seed::{ANN, PASSWORD, ROOT};

impl Portal {
    /// E-mails of a list, page by page.
    async fn listed(&self, by: &str, query: &str, limit: usize) -> Vec<String> {
        let (mut seen, mut next) = (vec![], String::new());
        loop {
            let path = format!("/v1/users?limit={limit}{query}{next}");
            let page = self.call(Ask::get(&path).by(by)).await.expect(200).json();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            seen.extend(items.iter().map(|item| item["email"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return seen,
            }
        }
    }

    /// People of two organizations: `p00@acme.example`, `P01@beta.example` and so on.
    async fn crowd(&self, size: usize) -> Vec<String> {
        let (acme, beta) = (self.organization("Alpha").await, self.organization("Beta").await);
        let mut emails = vec![];
        for number in 0..size {
            let (place, email) = match number % 2 {
                0 => (&acme, format!("p{number:02}@acme.example")),
                _ => (&beta, format!("P{number:02}@beta.example")),
            };
            self.member(place, &email, "none".to_owned(), None).await;
            emails.push(email);
        }
        emails
    }
}

#[tokio::test]
async fn everybody_is_listed_by_e_mail_once_whatever_the_size_of_a_page() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let mut wanted = portal.crowd(23).await;
    for limit in [1, 2, 5, 100] {
        assert_eq!(portal.listed(&root, "&email_prefix=p", limit).await, wanted, "{limit}");
    }
    assert_eq!(portal.listed(&root, "&email_prefix=P1", 4).await, wanted[10..20]);
    assert_eq!(portal.listed(&root, "&email_prefix=p07%40beta.example", 4).await, wanted[7..8]);
    assert_eq!(portal.listed(&root, "&email_prefix=q", 4).await, Vec::<String>::new());
    wanted.push(ROOT.to_owned());
    assert_eq!(portal.listed(&root, "", 7).await, wanted);
    assert_eq!(portal.listed(&root, "&email=p03%40BETA.example", 7).await, wanted[3..4]);
}

#[tokio::test]
async fn the_list_can_be_of_those_of_one_status() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let everybody = portal.crowd(12).await;
    for email in &everybody[4..6] {
        let found = portal.call(Ask::get(&format!("/v1/users?email={email}")).by(&root)).await.expect(200).json();
        let suspend = format!("/v1/users/{}/suspend", found["items"][0]["id"].as_str().unwrap());
        portal.call(Ask::post(&suspend, json!({})).by(&root)).await.expect(200);
    }
    for limit in [1, 100] {
        assert_eq!(portal.listed(&root, "&status=suspended", limit).await, everybody[4..6]);
        assert_eq!(portal.listed(&root, "&status=active&email_prefix=p", limit).await.len(), 10);
        assert_eq!(portal.listed(&root, "&status=pending", limit).await, Vec::<String>::new());
    }
    let email = format!("&status=active&email={}", everybody[4]);
    assert_eq!(portal.listed(&root, &email, 1).await, Vec::<String>::new());
}

#[tokio::test]
async fn somebody_is_found_by_the_name_they_have_now() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.crowd(3).await;
    portal.ann().await;
    assert_eq!(portal.listed(&root, "&name_prefix=ANN%20l", 2).await.len(), 4);
    let ann = portal.sign_in(ANN, PASSWORD).await.token();
    let tag = portal.call(Ask::get("/v1/me").by(&ann)).await.header("etag");
    let rename = Ask::patch("/v1/me", json!({"display_name": "Ёлка Ωmega"})).by(&ann).version(&tag);
    portal.call(rename).await.expect(200);
    assert_eq!(portal.listed(&root, "&name_prefix=Ann", 2).await.len(), 3);
    // "ёлка ω", in another case.
    assert_eq!(portal.listed(&root, "&name_prefix=%D1%91%D0%9B%D0%9A%D0%90%20%CF%89", 2).await, [ANN]);
}

#[tokio::test]
async fn what_cannot_be_asked_together_or_was_not_given_out_is_refused() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.crowd(3).await;
    let page = portal.call(Ask::get("/v1/users?limit=1&email_prefix=p").by(&root)).await.expect(200).json();
    let cursor = page["next"].as_str().unwrap();
    let long = "x".repeat(255);
    for wrong in [
        "email_prefix=a&name_prefix=b".to_owned(),
        "email=a%40b.co&name_prefix=b".to_owned(),
        "email=a%40b.co&email_prefix=b".to_owned(),
        format!("email=a%40b.co&cursor={cursor}"),
        "status=gone".to_owned(),
        format!("email_prefix={long}"),
        format!("name_prefix={long}"),
    ] {
        portal.call(Ask::get(&format!("/v1/users?{wrong}")).by(&root)).await.problem(400, "request.malformed");
    }
    for elsewhere in ["name_prefix=p", "email_prefix=q", "email_prefix=p00%40acme.example.x"] {
        let path = format!("/v1/users?{elsewhere}&cursor={cursor}");
        portal.call(Ask::get(&path).by(&root)).await.problem(400, "request.cursor-invalid");
    }
}

#[tokio::test]
async fn memberships_are_shown_with_their_sources_and_each_organization_gets_a_record() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    let places = [portal.organization("Acme").await, portal.organization("Beta").await, portal.organization("C").await];
    for place in &places[..2] {
        portal.member(place, ANN, "none".to_owned(), None).await;
    }
    let found = portal.call(Ask::get(&format!("/v1/users?email={ANN}")).by(&root)).await.expect(200).json();
    let id = found["items"][0]["id"].as_str().unwrap();
    let (mut next, mut seen) = (String::new(), vec![]);
    loop {
        let path = format!("/v1/users/{id}/memberships?limit=1{next}");
        let page = portal.call(Ask::get(&path).by(&root)).await.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    let named: BTreeSet<_> = seen.iter().map(|one| one["organization_name"].as_str().unwrap()).collect();
    assert_eq!((seen.len(), named), (2, BTreeSet::from(["Acme", "Beta"])));
    for one in &seen {
        assert_eq!((&one["role"], &one["source"], &one["projects"]), (&json!("member"), &json!("import"), &json!([])));
        assert_eq!(one["organization_status"], "active");
    }
    let looks = portal.events(EventKind::TenantAccessed).await;
    let of: BTreeSet<_> = looks.iter().map(|event| event.organization.unwrap()).collect();
    assert_eq!(of, places[..2].iter().map(|place| place.id).collect());
    assert!(looks.iter().all(|event| event.target.id == id && event.actor.as_superadmin), "{looks:?}");
    let unknown = "/v1/users/usr_01JZA000000000000000000000/memberships";
    portal.call(Ask::get(unknown).by(&root)).await.problem(404, "resource.not-found");
    portal.call(Ask::get(&format!("/v1/users/{id}/memberships?x=1")).by(&root)).await.problem(400, "request.malformed");
}

#[tokio::test]
async fn a_suspension_ends_every_session_of_a_person_on_its_next_request() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    let sessions = [portal.sign_in(ANN, PASSWORD).await, portal.sign_in(ANN, PASSWORD).await];
    let id = sessions[0].json()["user"]["id"].as_str().unwrap().to_owned();
    let step = |step: &str| format!("/v1/users/{id}/{step}");
    portal.call(Ask::post(&step("suspend"), json!({})).by(&root)).await.expect(200);
    for session in &sessions {
        for path in ["/v1/me", "/v1/whoami", "/v1/sessions"] {
            portal.call(Ask::get(path).by(&session.token())).await.problem(401, "session.required");
        }
    }
    portal.sign_in(ANN, PASSWORD).await.problem(403, "account.suspended");
    portal.call(Ask::post(&step("reactivate"), json!({})).by(&root)).await.expect(200);
    for session in &sessions {
        portal.whoami(&session.token()).await.problem(401, "session.required");
    }
    let anew = portal.sign_in(ANN, PASSWORD).await.expect(201).token();
    portal.whoami(&anew).await.expect(200);
}
