//! OpenAI and what speaks like it.

use outbound::Fault;
use probes::{Label, Models, Provider, Trouble};
use serde_json::json;

use crate::support::{Says, Seen, Server, key, named, says, tried};

fn refusal(message: &str, kind: &str, code: Option<&str>) -> serde_json::Value {
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

/// `api.openai.com` as it answers to the key `sk-right`.
fn real(seen: &Seen) -> Says {
    let Some(key) = seen.header("authorization").strip_prefix("Bearer ") else {
        return says(401, refusal("You didn't provide an API key.", "invalid_request_error", None));
    };
    match (key, seen.line().as_str()) {
        ("sk-right", "GET /v1/models") => {
            let model = |id| json!({"id": id, "object": "model", "created": 1_686_935_002, "owned_by": "openai"});
            says(200, json!({"object": "list", "data": [model("gpt-5"), model("gpt-5-mini"), model("sk-right")]}))
        }
        ("sk-right", line) => says(404, refusal(&format!("Invalid URL ({line})"), "invalid_request_error", None)),
        (key, _) => {
            let message = format!("Incorrect API key provided: {key}.");
            says(401, refusal(&message, "invalid_request_error", Some("invalid_api_key")))
        }
    }
}

async fn openai(server: &Server, path: &str, secret: &str) -> Result<Models, Trouble> {
    let organization = Some(Label::try_from("org-7").unwrap());
    let base = Some(server.base(path));
    tried(Provider::OpenAi { base, organization, model: Some("gpt-5".to_owned()), key: key(secret) }).await
}

async fn custom(server: &Server, model: Option<&str>, secret: Option<&str>) -> Result<Models, Trouble> {
    let base = server.base("/v1");
    tried(Provider::Custom { base, model: model.map(str::to_owned), key: secret.map(key) }).await
}

#[tokio::test]
async fn a_good_key_lists_models_and_never_shows_up_among_them() {
    let server = Server::start(real).await;
    assert_eq!(openai(&server, "/v1", "sk-right").await, Ok(named(&["gpt-5", "gpt-5-mini"])));
    assert_eq!(server.lines(), ["GET /v1/models"]);
    assert_eq!(server.seen()[0].header("openai-organization"), "org-7");
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let server = Server::start(real).await;
    assert_eq!(openai(&server, "/v1/", "sk-wrong").await, Err(Trouble::CredentialRefused));
}

#[tokio::test]
async fn an_address_without_the_version_is_a_wrong_address_and_not_an_unknown_model() {
    let server = Server::start(real).await;
    assert_eq!(openai(&server, "", "sk-right").await, Err(Trouble::AddressWrong));
    assert_eq!(server.lines(), ["GET /models", "POST /chat/completions"]);
}

#[tokio::test]
async fn where_models_are_not_listed_one_token_is_asked_for() {
    for (status, limit) in [(404, "max_tokens"), (405, "max_tokens"), (404, "max_completion_tokens")] {
        let server = Server::start(move |seen| match seen.line().as_str() {
            "POST /v1/chat/completions" => says(200, json!({"object": "chat.completion", "choices": [{"index": 0}]})),
            _ => says(status, json!({"detail": "Not Found"})),
        })
        .await;
        let outcome = match limit {
            "max_tokens" => custom(&server, Some("gpt-5"), Some("k")).await,
            _ => openai(&server, "/v1", "k").await,
        };
        assert_eq!(outcome, Ok(Models::default()));
        let asked = server.seen().pop().unwrap();
        let ping = json!({"model": "gpt-5", "messages": [{"role": "user", "content": "ping"}], limit: 1});
        assert_eq!((asked.json(), asked.header("authorization")), (ping, "Bearer k"));
        assert_eq!(asked.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn where_neither_is_offered_or_no_model_is_given_the_address_is_wrong() {
    let server = Server::start(|_| says(404, json!({"detail": "Not Found"}))).await;
    assert_eq!(custom(&server, Some("m"), None).await, Err(Trouble::AddressWrong));
    assert_eq!(custom(&server, None, None).await, Err(Trouble::AddressWrong));
    assert_eq!(server.lines(), ["GET /v1/models", "POST /v1/chat/completions", "GET /v1/models"]);
}

#[tokio::test]
async fn a_model_that_the_server_does_not_know_is_told_from_a_wrong_address() {
    let vllm =
        json!({"object": "error", "message": "The model `m` does not exist.", "type": "NotFoundError", "code": 404});
    let newer = json!({"error": {"message": "The model `m` does not exist.", "type": "NotFoundError", "code": 404}});
    let ollama = refusal("model \"m\" not found, try pulling it first", "api_error", None);
    let openai = refusal("The model `m` does not exist", "invalid_request_error", Some("model_not_found"));
    for (status, body) in [(404, vllm), (404, newer), (404, ollama), (404, openai.clone()), (400, openai)] {
        let server = Server::start(move |seen| match seen.method.as_str() {
            "POST" => says(status, &body),
            _ => says(404, ""),
        })
        .await;
        assert_eq!(custom(&server, Some("m"), None).await, Err(Trouble::ModelUnknown));
    }
}

#[tokio::test]
async fn a_model_that_wants_the_limit_under_another_name_was_found_with_the_key() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "POST" => {
            says(400, refusal("Use 'max_completion_tokens'.", "invalid_request_error", Some("unsupported_parameter")))
        }
        _ => says(404, ""),
    })
    .await;
    assert_eq!(custom(&server, Some("o3"), None).await, Ok(Models::default()));
}

#[tokio::test]
async fn a_server_that_wants_no_key_is_sent_none() {
    let server = Server::start(|_| says(200, json!({"object": "list", "data": [{"id": "llama3.2:1b"}]}))).await;
    assert_eq!(custom(&server, None, None).await, Ok(named(&["llama3.2:1b"])));
    assert_eq!(server.seen()[0].header("authorization"), "");
}

#[tokio::test]
async fn a_bare_list_is_read_and_a_list_without_measure_is_passed_over_for_one_token() {
    let server = Server::start(|_| says(200, json!([{"id": "a/b"}]))).await;
    assert_eq!(custom(&server, None, None).await, Ok(named(&["a/b"])));
    let server = Server::start(|seen| match seen.method.as_str() {
        "POST" => says(200, json!({"choices": []})),
        _ => says(200, json!({"data": [{"id": "x".repeat(300_000)}]})),
    })
    .await;
    assert_eq!(custom(&server, Some("m"), None).await, Ok(Models::default()));
    assert_eq!(custom(&server, None, None).await, Err(Trouble::Unreachable(Fault::TooLarge)));
}
