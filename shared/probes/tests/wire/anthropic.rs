//! Anthropic.

use probes::{Label, Models, Provider, Trouble};
use serde_json::json;

use crate::support::{Says, Seen, Server, key, named, says, tried};

fn refusal(status: u16, kind: &str) -> Says {
    says(status, json!({"type": "error", "error": {"type": kind, "message": "x"}, "request_id": "req_1"}))
}

/// `api.anthropic.com` as it answers to the key `sk-ant-right`.
fn real(seen: &Seen) -> Says {
    match (seen.header("x-api-key"), seen.header("anthropic-version"), seen.line().as_str()) {
        ("sk-ant-right", "2023-06-01", "GET /v1/models?limit=100") => {
            let model =
                |id| json!({"type": "model", "id": id, "display_name": "x", "created_at": "2025-02-19T00:00:00Z"});
            let data = [model("claude-opus-4-1"), model("claude-sonnet-4-5")];
            says(200, json!({"data": data, "has_more": false, "first_id": "a", "last_id": "b"}))
        }
        ("sk-ant-right", "", _) => refusal(400, "invalid_request_error"),
        ("sk-ant-right", ..) => refusal(404, "not_found_error"),
        ("sk-ant-narrow", ..) => refusal(403, "permission_error"),
        ("sk-ant-busy", ..) => refusal(429, "rate_limit_error"),
        ("sk-ant-late", ..) => refusal(529, "overloaded_error"),
        _ => refusal(401, "authentication_error"),
    }
}

async fn anthropic(path: &str, secret: &str) -> Result<Models, Trouble> {
    let server = Server::start(real).await;
    tried(Provider::Anthropic { base: Some(server.base(path)), api_version: None, key: key(secret) }).await
}

#[tokio::test]
async fn a_good_key_lists_models() {
    assert_eq!(anthropic("", "sk-ant-right").await, Ok(named(&["claude-opus-4-1", "claude-sonnet-4-5"])));
}

#[tokio::test]
async fn each_refusal_is_told_from_the_others() {
    for (secret, trouble) in [
        ("sk-ant-wrong", Trouble::CredentialRefused),
        ("sk-ant-narrow", Trouble::Forbidden),
        ("sk-ant-busy", Trouble::RateLimited),
        ("sk-ant-late", Trouble::Unavailable),
    ] {
        assert_eq!(anthropic("", secret).await, Err(trouble), "{secret}");
    }
    assert_eq!(anthropic("/v1", "sk-ant-right").await, Err(Trouble::AddressWrong));
}

#[tokio::test]
async fn a_list_that_goes_on_says_so_in_another_version_as_well() {
    let server = Server::start(|_| says(200, json!({"data": [{"id": "a"}], "has_more": true}))).await;
    let models = tried(Provider::Anthropic {
        base: Some(server.base("")),
        api_version: Some(Label::try_from("2099-01-01").unwrap()),
        key: key("sk"),
    })
    .await
    .unwrap();
    assert_eq!(server.seen()[0].header("anthropic-version"), "2099-01-01");
    assert_eq!((models.names, models.more), (vec!["a".to_owned()], true));
}
