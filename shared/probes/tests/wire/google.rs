//! Google's Gemini API.

use probes::{Models, Provider, Trouble};
use serde_json::{Value, json};

use crate::support::{Says, Seen, Server, key, named, says, tried};

fn refusal(code: u16, status: &str, reason: Option<&str>) -> Says {
    let details: Vec<Value> = reason
        .map(|reason| json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}))
        .into_iter()
        .chain([json!({"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": "x"})])
        .collect();
    says(code, json!({"error": {"code": code, "message": "x", "status": status, "details": details}}))
}

/// `generativelanguage.googleapis.com` as it answers to the key `AIza-right`.
fn real(seen: &Seen) -> Says {
    match (seen.header("x-goog-api-key"), seen.line().as_str()) {
        ("AIza-right", "GET /v1beta/models?pageSize=200") => {
            let model =
                |name: &str| json!({"name": format!("models/{name}"), "version": "001", "inputTokenLimit": 1_048_576});
            says(200, json!({"models": [model("gemini-2.5-flash"), model("gemini-2.5-pro")]}))
        }
        ("AIza-right", _) => says(404, "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>"),
        ("AIza-blocked", _) => refusal(403, "PERMISSION_DENIED", Some("API_KEY_SERVICE_BLOCKED")),
        ("AIza-abroad", _) => refusal(400, "FAILED_PRECONDITION", None),
        ("AIza-busy", _) => refusal(429, "RESOURCE_EXHAUSTED", None),
        ("AIza-odd", _) => refusal(400, "INVALID_ARGUMENT", None),
        ("AIza-token", _) => refusal(401, "UNAUTHENTICATED", Some("ACCESS_TOKEN_TYPE_UNSUPPORTED")),
        ("AIza-down", _) => refusal(503, "UNAVAILABLE", None),
        _ => refusal(400, "INVALID_ARGUMENT", Some("API_KEY_INVALID")),
    }
}

async fn google(path: &str, secret: &str) -> Result<Models, Trouble> {
    let server = Server::start(real).await;
    tried(Provider::Google { base: Some(server.base(path)), key: key(secret) }).await
}

#[tokio::test]
async fn a_good_key_lists_models_by_the_names_that_calls_use() {
    assert_eq!(google("", "AIza-right").await, Ok(named(&["gemini-2.5-flash", "gemini-2.5-pro"])));
}

#[tokio::test]
async fn each_refusal_is_told_from_the_others() {
    for (secret, trouble) in [
        ("AIza-wrong", Trouble::CredentialRefused),
        ("AIza-token", Trouble::CredentialRefused),
        ("AIza-blocked", Trouble::Forbidden),
        ("AIza-abroad", Trouble::Forbidden),
        ("AIza-busy", Trouble::RateLimited),
        ("AIza-odd", Trouble::AddressWrong),
        ("AIza-down", Trouble::Unavailable),
    ] {
        assert_eq!(google("", secret).await, Err(trouble), "{secret}");
    }
    assert_eq!(google("/v1beta", "AIza-right").await, Err(Trouble::AddressWrong));
}

#[tokio::test]
async fn a_list_that_goes_on_says_so() {
    let server = Server::start(|_| says(200, json!({"models": [{"name": "tuned/a"}], "nextPageToken": "x"}))).await;
    let models = tried(Provider::Google { base: Some(server.base("")), key: key("AIza") }).await.unwrap();
    assert_eq!((models.names, models.more), (vec!["tuned/a".to_owned()], true));
}
