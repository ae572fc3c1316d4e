//! When there is no lease: nothing is handed out, and nothing recorded.

use std::sync::Arc;

use domain::Timestamp;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::place::{LEASES, Place, fresh};

/// Asks the function as it is at another time, or with another vault, on the same tables.
async fn asked(place: &Place, clock: fn() -> Timestamp, vault: vault::Vault, body: &Value) -> (u16, Value, bool) {
    let stack = place.portal.stack();
    let settings = api::Settings { public_url: stack.card().api.clone() };
    let core = api::Core { store: stack.store().clone(), settings, clock, random: start::random };
    let sealer = seal::Sealer::new(vault.clone(), Arc::new(start::monotonic));
    let app = credential_leases::App { core: core.clone(), vault, sealer };
    let router = api::finish(credential_leases::router(app), &core);
    let request = http::Request::post(LEASES).header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {}", place.token));
    let answer = router.oneshot(request.body(axum::body::Body::from(body.to_string())).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let says_when = parts.headers.contains_key("retry-after");
    (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap(), says_when)
}

fn vault_at(address: &str, token: &str) -> vault::Vault {
    let config = vault::Config {
        address: address.to_owned(),
        login: vault::Login::Token(vault::Secret::new(token.as_bytes().to_vec())),
        mount_kv: "secret".to_owned(),
        mount_transit: "transit".to_owned(),
    };
    vault::Vault::new(config, Arc::new(start::monotonic)).unwrap_or_else(|fault| panic!("{fault}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_live_reservation_of_that_very_call_there_is_no_lease() {
    let place = Place::start().await;
    let _ = place.own("Own", json!({ "small": {} })).await;
    let refused = async |body: Value| {
        let answer = place.runtime.post(LEASES, body).await;
        (answer.status(), answer.code())
    };
    let not_live = (409, "reservation.not-live".to_owned());
    assert_eq!(refused(place.body(&fresh(), json!("small"))).await, not_live, "never reserved");
    let within = json!({ "organization_id": place.org, "project_id": place.project, "user_id": place.user });
    let released = place.reserved().await;
    let _ = place
        .runtime
        .post(&format!("/v1/quota-reservations/{released}/release"), within.clone())
        .await
        .expect_status(204);
    assert_eq!(refused(place.body(&released, json!("small"))).await, not_live, "released");
    let settled = place.reserved().await;
    let mut used = within;
    used.as_object_mut().unwrap().extend(
        [("prompt_tokens", json!(1)), ("completion_tokens", json!(1)), ("source", json!("provider"))]
            .map(|(name, value)| (name.to_owned(), value)),
    );
    let _ = place.runtime.post(&format!("/v1/quota-reservations/{settled}/settle"), used).await.expect_status(200);
    assert_eq!(refused(place.body(&settled, json!("small"))).await, not_live, "settled");
    // Of somebody else's call.
    let live = place.reserved().await;
    let mut other = place.body(&live, json!("small"));
    other.as_object_mut().unwrap().remove("user_id");
    assert_eq!(refused(other).await, (422, "reservation.reused".to_owned()));
    assert!(place.recorded().await.is_empty());
    let _ = place.lease(&live, "small").await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reservation_that_lapsed_or_is_held_by_a_limit_counts_as_it_stands() {
    let place = Place::start().await;
    let _ = place.own("Own", json!({ "small": {} })).await;
    let card = place.portal.stack().card();
    let vault = || vault_at(&card.vault_address, &card.vault_token);
    let later: fn() -> Timestamp = || start::clock().plus(std::time::Duration::from_secs(16 * 60));
    let unlimited = place.body(&place.reserved().await, json!("small"));
    let limits = place.at(&format!("/quotas/project/{}", place.project));
    let _ = place.ops.edit(&limits, json!({ "monthly": 1_000 })).await.expect_status(200);
    let limited = place.body(&place.reserved().await, json!("small"));
    for body in [&unlimited, &limited] {
        let (status, told, _) = asked(&place, start::clock, vault(), body).await;
        assert_eq!(status, 200, "{told}");
        let (status, told, _) = asked(&place, later, vault(), body).await;
        assert_eq!((status, &told["code"]), (409, &json!("reservation.not-live")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_runtime_gets_a_lease_and_none_for_what_is_out_of_use() {
    let place = Place::start().await;
    let own = place.own("Own", json!({ "small": {} })).await;
    let body = place.body(&place.reserved().await, json!("small"));
    for (client, status) in [(&place.owner, 403), (&place.ops, 403), (&place.portal.visitor(), 401)] {
        assert_eq!(client.post(LEASES, body.clone()).await.status(), status);
    }
    let disabled = json!({ "models": { "small": { "enabled": false } } });
    let _ = place.ops.edit(&own, disabled).await.expect_status(200);
    let refused = place.runtime.post(LEASES, body.clone()).await.expect_status(409);
    assert_eq!(
        (refused.code().as_str(), refused.text("detail").as_str()),
        ("model.not-usable", "the model is disabled")
    );
    let _ = place.ops.edit(&own, json!({ "models": { "small": { "enabled": true } } })).await.expect_status(200);
    let project = place.at(&format!("/projects/{}", place.project));
    let _ = place.ops.edit(&project, json!({ "archived": true })).await.expect_status(200);
    let _ = place.runtime.post(LEASES, body.clone()).await.expect_status(409);
    let _ = place.ops.edit(&project, json!({ "archived": false })).await.expect_status(200);
    let _ = place.runtime.post(LEASES, body.clone()).await.expect_status(200);
    let recorded = place.recorded().await.len();
    let _ = place.ops.act(&place.at("/archive")).await.expect_status(200);
    let refused = place.runtime.post(LEASES, body).await.expect_status(403);
    assert_eq!(refused.code(), "organization.not-active");
    assert_eq!(place.recorded().await.len(), recorded);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_vault_a_lease_says_when_to_come_again_and_one_that_needs_none_is_given() {
    let place = Place::start().await;
    let _ = place.own("Own", json!({ "small": {} })).await;
    let bare = json!({ "name": "Bare", "type": "custom", "base_url": "https://bare.example.com/v1", "models": { "open": {} } });
    let _ = place.ops.post(&place.at("/providers"), bare).await.expect_status(201);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let vault = vault_at(&format!("http://{closed}"), "none");
    let reservation = place.reserved().await;
    let body = place.body(&reservation, json!("small"));
    let (status, told, says_when) = asked(&place, start::clock, vault.clone(), &body).await;
    assert_eq!((status, says_when), (503, true), "{told}");
    assert!(place.recorded().await.is_empty());
    let (status, told, _) = asked(&place, start::clock, vault, &place.body(&reservation, json!("open"))).await;
    assert_eq!((status, told["credential"].is_null()), (200, true), "{told}");
    assert_eq!(place.recorded().await.len(), 1);
}
