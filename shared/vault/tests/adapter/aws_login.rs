//! Logging in as a role of AWS: against a server that takes a login as Vault does, and checks the signature as AWS does, by its own
//! arithmetic (AWS Signature Version 4, "Create a signed AWS API request").

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vault::{AwsIdentity, Config, Kind, Login, Secret, Vault};

const ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "session-token-of-the-function";
const SERVER_ID: &str = "vault.acme.example";
/// 2026-12-01T08:00:00Z.
const NOW: u64 = 1_796_112_000;
const GIVEN: &str = "hvs.given-to-the-role";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mut hash = Hmac::<Sha256>::new_from_slice(key).unwrap();
    hash.update(text.as_bytes());
    hash.finalize().into_bytes().to_vec()
}

/// What AWS computes of such a request.
fn signature(headers: &BTreeMap<String, String>, signed: &str, scope: &[&str], body: &str) -> String {
    let canonical: String = signed.split(';').map(|name| format!("{name}:{}\n", headers[name].trim())).collect();
    let request = format!("POST\n/\n\n{canonical}\n{signed}\n{}", hex(&Sha256::digest(body)));
    let [date, region, service, end] = scope else { panic!("{scope:?}") };
    let at = &headers["x-amz-date"];
    let to_sign = format!("AWS4-HMAC-SHA256\n{at}\n{}\n{}", scope.join("/"), hex(&Sha256::digest(request)));
    let key = [region, service, end]
        .into_iter()
        .fold(keyed(format!("AWS4{ACCESS_KEY}").as_bytes(), date), |key, part| keyed(&key, part));
    hex(&keyed(&key, &to_sign))
}

/// Whether Vault would let that in: what it needs is there and signed, and AWS says who it is.
fn lets_in(asked: &Value) -> Result<(), String> {
    let text = |name: &str| {
        let encoded = asked[name].as_str().ok_or(format!("no {name}"))?;
        let bytes = STANDARD.decode(encoded).map_err(|why| why.to_string())?;
        String::from_utf8(bytes).map_err(|why| why.to_string())
    };
    let (address, body) = (text("iam_request_url")?, text("iam_request_body")?);
    if asked["iam_http_request_method"] != "POST" || asked["role"] != "prod-identity" {
        return Err("another method or role".to_owned());
    }
    if address != "https://sts.eu-central-1.amazonaws.com/" || body != "Action=GetCallerIdentity&Version=2011-06-15" {
        return Err(format!("{address} {body}"));
    }
    let headers: BTreeMap<String, String> =
        serde_json::from_str(&text("iam_request_headers")?).map_err(|why| why.to_string())?;
    let bound = headers["authorization"].strip_prefix("AWS4-HMAC-SHA256 ").ok_or("no signature")?;
    let parts: BTreeMap<&str, &str> = bound.split(", ").filter_map(|part| part.split_once('=')).collect();
    let scope: Vec<&str> = parts["Credential"].split('/').collect();
    let signed = parts["SignedHeaders"];
    for needed in ["host", "x-amz-date", "x-amz-security-token", "x-vault-aws-iam-server-id"] {
        if !signed.split(';').any(|name| name == needed) {
            return Err(format!("{needed} is not signed"));
        }
    }
    let right = headers["x-vault-aws-iam-server-id"] == SERVER_ID
        && headers["x-amz-security-token"] == SESSION
        && headers["x-amz-date"] == "20261201T080000Z"
        && scope[0] == "AKIDEXAMPLE"
        && parts["Signature"] == signature(&headers, signed, &scope[1..], &body);
    right.then_some(()).ok_or(format!("{headers:?}"))
}

/// What the server was asked, in order.
type Asked = Arc<Mutex<Vec<String>>>;

async fn answer(State(asked): State<Asked>, request: Request) -> (StatusCode, Json<Value>) {
    let path = request.uri().path().to_owned();
    let token =
        request.headers().get("x-vault-token").and_then(|token| token.to_str().ok()).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(path.clone());
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let of = |data: Value, auth: Value| {
        Json(json!({
            "request_id": "1", "lease_id": "", "renewable": false, "lease_duration": 0, "data": data, "wrap_info": null, "warnings": null,
            "auth": auth
        }))
    };
    match path.as_str() {
        "/v1/auth/aws/login" => match lets_in(&serde_json::from_slice(&body).unwrap()) {
            Ok(()) => {
                let auth = json!({
                    "client_token": GIVEN, "accessor": "a", "policies": ["default"], "token_policies": ["default"], "metadata": {},
                    "lease_duration": 1200, "renewable": true, "entity_id": "e", "token_type": "service", "orphan": true
                });
                (StatusCode::OK, of(Value::Null, auth))
            }
            Err(why) => (StatusCode::BAD_REQUEST, Json(json!({ "errors": [why] }))),
        },
        "/v1/secret/data/a" if token == GIVEN => {
            let metadata = json!({
                "created_time": "2026-12-01T08:00:00Z", "custom_metadata": null, "deletion_time": "", "destroyed": false, "version": 1
            });
            let kept = json!({ "data": { "value": STANDARD.encode("kept") }, "metadata": metadata });
            (StatusCode::OK, of(kept, Value::Null))
        }
        _ => (StatusCode::FORBIDDEN, Json(json!({ "errors": ["permission denied"] }))),
    }
}

async fn vault(access_key: &str) -> (Vault, Asked) {
    let asked = Asked::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(Arc::clone(&asked));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let secret = |text: &str| Secret::new(text.as_bytes().to_vec());
    let identity = AwsIdentity {
        region: "eu-central-1".to_owned(),
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: secret(access_key),
        session_token: Some(secret(SESSION)),
        server_id: Some(SERVER_ID.to_owned()),
        time: Arc::new(|| UNIX_EPOCH + Duration::from_secs(NOW)),
    };
    let login = Login::Aws { role: "prod-identity".to_owned(), identity };
    let (mount_kv, mount_transit) = ("secret".to_owned(), "transit".to_owned());
    let config = Config { address, login, mount_kv, mount_transit };
    (Vault::new(config, Arc::new(|| Duration::ZERO)).unwrap_or_else(|fault| panic!("{fault}")), asked)
}

#[tokio::test]
async fn a_role_of_aws_logs_in_once_by_a_request_that_aws_would_take_for_its_own() {
    let (vault, asked) = vault(ACCESS_KEY).await;
    for _ in 0..2 {
        let read = vault.read_secret("a").await.unwrap_or_else(|fault| panic!("{fault:?}"));
        assert_eq!(read.unwrap().expose(), b"kept");
    }
    assert_eq!(*asked.lock().unwrap(), ["/v1/auth/aws/login", "/v1/secret/data/a", "/v1/secret/data/a"]);
}

#[tokio::test]
async fn with_another_key_the_login_is_refused_and_the_refusal_shows_no_key() {
    let (vault, asked) = vault("another-key").await;
    let refused = vault.read_secret("a").await.err().unwrap();
    assert_eq!(refused.kind(), Kind::Refused);
    assert!(!format!("{refused:?}").contains("another-key") && !format!("{refused:?}").contains(SESSION));
    assert_eq!(*asked.lock().unwrap(), ["/v1/auth/aws/login"]);
}
