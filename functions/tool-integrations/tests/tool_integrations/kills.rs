//! Requests that are cut off at any call to the database.

use embedded::faults::{Fault, nth};
use serde_json::{Value, json};

use crate::place::Place;

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_stored_by_a_request_that_dies_anywhere_is_the_old_one_or_the_new_one() {
    let place = Place::start().await;
    let header = |key: &str| json!({ "headers": { "X-Key": key } });
    let secret = |key: &str| json!({ "client_secret": key });
    dying(&place, &place.server().await, ("x-key", header), "mcp-server.credential-set").await;
    dying(&place, &place.oauth_client().await, ("client_secret", secret), "oauth-client.credential-set").await;
}

async fn dying(place: &Place, path: &str, (field, body): (&str, impl Fn(&str) -> Value), event: &str) {
    let _ = place.store(path, body("key-0")).await.expect_status(200);
    let proxy = place.portal.stack().proxy().unwrap();
    let (mut number, mut before) = (0, "key-0".to_owned());
    for kind in [Fault::KillBefore, Fault::KillAfter] {
        for call in 1..30 {
            number += 1;
            let key = format!("key-{number}");
            let tag = place.owner().get(path).await.header("etag").to_owned();
            let owner = place.owner().with("if-match", &tag);
            let _ = proxy.take_log();
            proxy.script(nth(call, kind));
            let answer = owner.put(&format!("{path}/credential"), body(&key)).await;
            let struck = proxy.take_log().iter().any(|call| call.fault != Fault::Pass);
            proxy.clear();
            let named = place.owner().get(path).await.expect_status(200).json()["credential"]["version"].clone();
            let kept = place.vault(&format!("data/{}?version={named}", Place::secret(path))).await;
            let kept = kept.expect_status(200).json()["data"]["data"][field].as_str().unwrap().to_owned();
            assert!(kept == before || kept == key, "{kind:?} {call}: neither the old nor the new one");
            assert!(answer.status() != 200 || kept == key, "{kind:?} {call}: acknowledged and not stored");
            before = kept;
            if !struck {
                assert!(call > 2, "only {call} calls were cut off");
                break;
            }
        }
    }
    let told = place.recorded(event).await.len();
    let version = place.owner().get(path).await.json()["version"].as_u64().unwrap();
    assert_eq!(u64::try_from(told).unwrap() + 1, version, "each change has its record, and each record its change");
}
