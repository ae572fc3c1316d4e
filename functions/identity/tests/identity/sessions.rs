//! Sessions: shown, ended, expired, forged.

use std::time::Duration;

use serde_json::json;

use crate::portal::{Ask, Portal, pass};
use crate::seed::{ANN, PASSWORD};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn the_list_marks_the_session_that_asks() {
    let portal = Portal::start().await;
    portal.ann().await;
    let here = portal.sign_in(ANN, PASSWORD).await;
    portal.sign_in(ANN, PASSWORD).await;
    let list = portal.call(Ask::get("/v1/sessions").by(&here.token())).await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    let current: Vec<_> = items.iter().filter(|item| item["current"] == true).map(|item| &item["id"]).collect();
    assert_eq!((items.len(), current), (2, vec![&here.json()["id"]]));
    assert_eq!(items[0]["address"], "192.0.2.1");
}

#[tokio::test]
async fn the_own_sessions_are_listed_page_by_page_once_each() {
    let portal = Portal::start().await;
    portal.ann().await;
    let here = portal.sign_in(ANN, PASSWORD).await.token();
    for _ in 0..2 {
        pass(Duration::from_secs(1));
        portal.sign_in(ANN, PASSWORD).await.expect(201);
    }
    let (mut path, mut sizes, mut begun) = ("/v1/sessions?limit=2".to_owned(), vec![], vec![]);
    loop {
        let page = portal.call(Ask::get(&path).by(&here)).await.expect(200).json();
        let items = page["items"].as_array().unwrap().clone();
        sizes.push(items.len());
        begun.extend(items.iter().map(|item| item["created_at"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/sessions?limit=2&cursor={next}");
    }
    assert_eq!(sizes, [2, 1]);
    assert!(begun.is_sorted_by(|newer, older| newer > older), "newest first: {begun:?}");
    portal.call(Ask::get("/v1/sessions?cursor=b3JnXzAx").by(&here)).await.problem(400, "request.cursor-invalid");
    portal.call(Ask::get("/v1/sessions?page=2").by(&here)).await.problem(400, "request.malformed");
}

#[tokio::test]
async fn one_session_ends_by_its_id_and_the_others_stay() {
    let portal = Portal::start().await;
    portal.ann().await;
    let (here, there) = (portal.sign_in(ANN, PASSWORD).await.token(), portal.sign_in(ANN, PASSWORD).await);
    let path = format!("/v1/sessions/{}", there.json()["id"].as_str().unwrap());
    portal.call(Ask::delete(&path).by(&here)).await.expect(204);
    portal.call(Ask::get("/v1/me").by(&there.token())).await.problem(401, "session.required");
    portal.call(Ask::get("/v1/me").by(&here)).await.expect(200);
    for gone in [path.as_str(), "/v1/sessions/everything"] {
        portal.call(Ask::delete(gone).by(&here)).await.problem(404, "resource.not-found");
    }
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    let ann = portal.sign_in(ANN, PASSWORD).await;
    let path = format!("/v1/sessions/{}", ann.json()["id"].as_str().unwrap());
    portal.call(Ask::delete(&path).by(&root)).await.problem(404, "resource.not-found");
    portal.call(Ask::get("/v1/me").by(&ann.token())).await.expect(200);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie_away() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let answer = portal.call(Ask::delete("/v1/sessions/current").cookie(&token)).await.expect(204);
    assert_eq!(answer.header("set-cookie"), "__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax");
    portal.call(Ask::get("/v1/me").cookie(&token)).await.problem(401, "session.required");
}

#[tokio::test]
async fn all_other_sessions_end_at_once_and_new_ones_can_begin() {
    let portal = Portal::start().await;
    portal.ann().await;
    let (here, there) = (portal.sign_in(ANN, PASSWORD).await.token(), portal.sign_in(ANN, PASSWORD).await.token());
    portal.call(Ask::delete("/v1/sessions/others").by(&here)).await.expect(204);
    portal.call(Ask::get("/v1/me").by(&here)).await.expect(200);
    portal.call(Ask::get("/v1/me").by(&there)).await.problem(401, "session.required");
    let anew = portal.sign_in(ANN, PASSWORD).await.token();
    portal.call(Ask::get("/v1/me").by(&anew)).await.expect(200);
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_use_keeps_it_for_seven_days() {
    let portal = Portal::start().await;
    portal.ann().await;
    let (used, idle) = (portal.sign_in(ANN, PASSWORD).await.token(), portal.sign_in(ANN, PASSWORD).await.token());
    for _ in 0..15 {
        pass(11 * HOUR);
        portal.call(Ask::get("/v1/me").by(&used)).await.expect(200);
    }
    portal.call(Ask::get("/v1/me").by(&idle)).await.problem(401, "session.required");
    pass(3 * HOUR);
    portal.call(Ask::get("/v1/me").by(&used)).await.problem(401, "session.required");
}

#[tokio::test]
async fn a_token_that_was_tampered_with_opens_nothing() {
    let portal = Portal::start().await;
    let root = portal.superadmin().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let parts: Vec<&str> = token.splitn(4, '_').collect();
    let other: Vec<&str> = root.splitn(4, '_').collect();
    let flipped = if token.ends_with('A') { "E" } else { "A" };
    for forged in [
        format!("{}{flipped}", &token[..token.len() - 1]),
        [other[0], other[1], parts[2], parts[3]].join("_"),
        [other[0], other[1], other[2], parts[3]].join("_"),
        token.to_lowercase(),
        String::new(),
    ] {
        let answer = portal.call(Ask::get("/v1/me").by(&forged)).await.problem(401, "session.required");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        portal.call(Ask::get("/v1/me").cookie(&forged)).await.problem(401, "session.required");
    }
    portal.call(Ask::get("/v1/me").cookie(&token)).await.expect(200);
}

#[tokio::test]
async fn a_cookie_from_another_sites_page_changes_nothing() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let ask = Ask::delete("/v1/sessions/current").cookie(&token);
    portal.call(ask.clone().with("sec-fetch-site", "cross-site")).await.problem(403, "request.cross-site");
    portal.call(ask.with("origin", "https://evil.example")).await.problem(403, "request.cross-site");
    let body = json!({"current_password": PASSWORD, "new_password": "plum-Harbour-58"});
    let ask = Ask::post("/v1/me/password", body).cookie(&token).with("sec-fetch-site", "same-site");
    portal.call(ask).await.problem(403, "request.cross-site");
    portal.call(Ask::get("/v1/me").cookie(&token)).await.expect(200);
}
