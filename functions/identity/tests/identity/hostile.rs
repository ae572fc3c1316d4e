//! Bodies that nobody sends by mistake.

use serde_json::json;

use crate::portal::{Ask, Portal};
use crate::seed::{ANN, PASSWORD};

#[tokio::test]
async fn a_hostile_body_is_refused_with_its_own_status_and_no_echo() {
    let portal = Portal::start().await;
    let fine = format!("\"password\":\"{PASSWORD}\"");
    for (body, status, code) in [
        (String::new(), 400, "request.malformed"),
        ("{".to_owned(), 400, "request.malformed"),
        ("null".to_owned(), 400, "request.malformed"),
        (format!("{{\"email\":\"{ANN}\"}}"), 400, "request.malformed"),
        (format!("{{\"email\":7,{fine}}}"), 400, "request.malformed"),
        (format!("{{\"email\":[\"{ANN}\"],{fine}}}"), 400, "request.malformed"),
        (format!("{{\"email\":\"{ANN}\",{fine},\"superadmin\":true}}"), 400, "request.malformed"),
        (format!("{{\"email\":\"{ANN}\",{fine},\"email\":\"{ANN}\"}}"), 400, "request.malformed"),
        (format!("{{\"email\":\"{ANN}\",{fine}}} []"), 400, "request.malformed"),
        (format!("{{\"email\":\"no address\",{fine}}}"), 422, "request.invalid"),
        (format!("{{\"email\":{}", "[".repeat(10_000)), 400, "request.malformed"),
        (format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000)), 400, "request.malformed"),
        (format!("{{\"email\":\"{ANN}\",\"password\":\"{}\"}}", "x".repeat(1 << 20)), 413, "request.too-large"),
    ] {
        let start: String = body.chars().take(60).collect();
        let answer = portal.call(Ask::post("/v1/sessions", json!({})).text(body)).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{start}");
        let answer = answer.problem(status, code);
        assert!(!answer.text.contains(PASSWORD) && !answer.text.contains("no address"), "{}", answer.text);
    }
}

#[tokio::test]
async fn another_media_type_method_or_path_is_refused_as_such() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let form = Ask::delete("/v1/sessions").with("content-type", "text/plain");
    let answer = portal.call(form.by(&token)).await.problem(405, "request.method-not-allowed");
    assert!(answer.header("allow").contains("GET"), "{}", answer.header("allow"));
    portal.call(Ask::get("/v1/nothing").by(&token)).await.problem(404, "resource.not-found");
    let mut request = http::Request::post("/v1/sessions").body(axum::body::Body::from("email=a&password=b")).unwrap();
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    portal.send(request).await.problem(415, "request.unsupported-media-type");
}

#[tokio::test]
async fn a_body_in_a_content_coding_is_of_a_type_that_is_not_taken() {
    let portal = Portal::start().await;
    portal.ann().await;
    let token = portal.sign_in(ANN, PASSWORD).await.token();
    let tag = portal.call(Ask::get("/v1/me").by(&token)).await.header("etag");
    let edit = Ask::patch("/v1/me", json!({"display_name": "A"})).by(&token).version(&tag);
    for coding in ["gzip", "br", "identity, gzip", ""] {
        let answer = portal.call(edit.clone().with("content-encoding", coding)).await;
        let answer = answer.problem(415, "request.unsupported-media-type");
        assert_eq!(answer.json()["errors"][0]["pointer"], "Content-Encoding");
    }
    portal.call(edit.with("content-encoding", "Identity")).await.expect(200);
}

#[tokio::test]
async fn every_401_names_the_scheme_and_every_problem_has_a_title_of_its_kind() {
    let portal = Portal::start().await;
    let (unknown, nobody) = (portal.sign_in(ANN, PASSWORD).await, portal.call(Ask::get("/v1/me")).await);
    let (unknown, nobody) = (unknown.problem(401, "session.refused"), nobody.problem(401, "session.required"));
    assert_eq!(
        (unknown.header("www-authenticate"), nobody.header("www-authenticate")),
        ("Bearer".into(), "Bearer".into())
    );
    assert_ne!(unknown.json()["title"], nobody.json()["title"]);
}
