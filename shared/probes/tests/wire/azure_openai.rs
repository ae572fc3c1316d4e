//! OpenAI's models in an Azure resource.

use probes::{Label, Models, Provider, Trouble};
use serde_json::json;

use crate::support::{Says, Seen, Server, key, says, tried};

/// A resource with the deployments `chat`, `reason` and `embed`, the key `right` and one API version.
fn resource(seen: &Seen) -> Says {
    let refusal =
        |status, code: &str, message: &str| says(status, json!({"error": {"code": code, "message": message}}));
    if seen.header("api-key") != "right" {
        let message = format!("Access denied due to invalid subscription key {}.", seen.header("api-key"));
        return refusal(401, "401", &message);
    }
    if seen.query != "api-version=2024-10-21" {
        return refusal(404, "404", "Resource not found");
    }
    match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/openai/models") => {
            says(200, json!({"object": "list", "data": [{"id": "gpt-4o", "status": "succeeded"}]}))
        }
        ("POST", "/openai/deployments/chat/chat/completions") => {
            assert_eq!(seen.json(), json!({"messages": [{"role": "user", "content": "ping"}], "max_tokens": 1}));
            says(200, json!({"choices": [{"index": 0}], "model": "gpt-4o-2024-08-06"}))
        }
        ("POST", "/openai/deployments/reason/chat/completions") => refusal(400, "unsupported_parameter", "max_tokens"),
        ("POST", "/openai/deployments/embed/chat/completions") => refusal(400, "OperationNotSupported", "no chat"),
        ("POST", path) if path.starts_with("/openai/deployments/") => {
            refusal(404, "DeploymentNotFound", "The API deployment for this resource does not exist.")
        }
        _ => refusal(404, "404", "Resource not found"),
    }
}

async fn azure(secret: &str, version: &str, deployment: Option<&str>) -> (Result<Models, Trouble>, Vec<String>) {
    let server = Server::start(resource).await;
    let (base, api_version) = (server.base("/"), Label::try_from(version).unwrap());
    let deployment = deployment.map(str::to_owned);
    (tried(Provider::AzureOpenAi { base, api_version, deployment, key: key(secret) }).await, server.lines())
}

#[tokio::test]
async fn a_deployment_says_a_word_or_that_it_is_no_chat() {
    for deployment in ["chat", "reason", "embed"] {
        let (outcome, lines) = azure("right", "2024-10-21", Some(deployment)).await;
        assert_eq!(outcome, Ok(Models::default()), "{deployment}");
        let line = format!("POST /openai/deployments/{deployment}/chat/completions?api-version=2024-10-21");
        assert_eq!(lines, [line]);
    }
}

#[tokio::test]
async fn without_a_deployment_the_key_alone_is_tested() {
    let (outcome, lines) = azure("right", "2024-10-21", None).await;
    assert_eq!((outcome, lines), (Ok(Models::default()), vec!["GET /openai/models?api-version=2024-10-21".to_owned()]));
}

#[tokio::test]
async fn key_deployment_and_version_are_told_apart() {
    for deployment in [None, Some("chat")] {
        assert_eq!(azure("wrong", "2024-10-21", deployment).await.0, Err(Trouble::CredentialRefused));
        assert_eq!(azure("right", "1999-01-01", deployment).await.0, Err(Trouble::AddressWrong));
    }
    assert_eq!(azure("right", "2024-10-21", Some("gone")).await.0, Err(Trouble::ModelUnknown));
    let (outcome, lines) = azure("right", "2024-10-21", Some("../../models?x=")).await;
    assert_eq!(outcome, Err(Trouble::ModelUnknown));
    assert!(lines[0].starts_with("POST /openai/deployments/..%2F..%2Fmodels%3Fx=/chat/completions?"), "{lines:?}");
}
