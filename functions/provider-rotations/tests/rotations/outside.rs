//! The providers, as their makers document them: which keys are valid there, and the APIs that make and end them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use outbound::Address;
use serde_json::{Value, json};

use crate::stack::now;

/// A key that was made is not known to the models for so many calls.
const UNKNOWN_CALLS: u32 = 2;

#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub(crate) struct State {
    /// Keys that somebody made by hand, and AWS's by their ids.
    pub(crate) keys: BTreeMap<String, Known>,
    /// Azure's two.
    pub(crate) pair: [String; 2],
    /// OpenAI's service accounts: name and key.
    pub(crate) accounts: BTreeMap<String, (String, String)>,
    made: u32,
    /// What the APIs that make keys were asked.
    pub(crate) asked: Vec<String>,
    /// What they answer instead.
    pub(crate) refusal: Option<(u16, String)>,
}

#[derive(Default)]
pub(crate) struct Known {
    made_at: String,
    unknown_calls: u32,
    is_off: bool,
}

impl Outside {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let outside = Self { url, state: Arc::default() };
        let answering = outside.clone();
        let router = Router::new().fallback(async move |request: Request| answering.answer(request).await);
        tokio::spawn(async move { axum::serve(listener, router).await });
        outside
    }

    pub(crate) fn at(&self, path: &str) -> Address {
        Address::try_from(format!("{}{path}", self.url).as_str()).unwrap()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    async fn answer(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let header = |name: &str| head.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (path, method) = (head.uri.path().to_owned(), head.method.to_string());
        let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        let bearer = header("authorization").strip_prefix("Bearer ").unwrap_or_default().to_owned();
        let mut state = self.state();
        match path.as_str() {
            "/v1/models" => models(state.takes(&bearer)),
            "/openai/models" => models(state.takes(&header("api-key"))),
            "/foundation-models" => {
                let known = state.takes(&signer(&header("authorization")));
                let refused = json!({ "__type": "UnrecognizedClientException", "message": "no such key" });
                if known { json_of(200, json!({ "modelSummaries": [] })) } else { json_of(403, refused) }
            }
            "/" => state.iam(&signer(&header("authorization")), &body),
            "/tenant-1/oauth2/v2.0/token" => {
                assert!(
                    body.contains("client_secret=principal%2Bsecret") && body.contains("grant_type=client_credentials")
                );
                json_of(200, json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": "token-1" }))
            }
            _ if path.starts_with("/subscriptions/") => state.azure(&path, &bearer, &body),
            _ => state.openai(&method, &path, &bearer, &body),
        }
    }
}

impl State {
    pub(crate) fn know(&mut self, key: &str) {
        let made_at = now().to_string();
        self.keys.insert(key.to_owned(), Known { made_at, ..Known::default() });
    }

    /// Whether the models take a key. One that was made a moment ago they do not know yet.
    pub(crate) fn takes(&mut self, key: &str) -> bool {
        if let Some(known) = self.keys.get_mut(key) {
            let is_known = known.unknown_calls == 0;
            known.unknown_calls = known.unknown_calls.saturating_sub(1);
            return is_known && !known.is_off;
        }
        self.pair.iter().any(|one| one == key) || self.accounts.values().any(|(_, one)| one == key)
    }

    fn is_refused(&mut self, asked: &str) -> Option<Response> {
        self.asked.push(asked.to_owned());
        let (status, body) = self.refusal.clone()?;
        Some((StatusCode::from_u16(status).unwrap(), body).into_response())
    }

    /// IAM's Query API, whose answers are XML.
    fn iam(&mut self, signer: &str, body: &str) -> Response {
        let form: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        assert_eq!((form["Version"].as_str(), form.get("UserName")), ("2010-05-08", None));
        if let Some(refused) = self.is_refused(&form["Action"]) {
            return refused;
        }
        if self.keys.get(signer).is_none_or(|known| known.is_off) {
            return iam_error(403, "InvalidClientTokenId");
        }
        let id = form.get("AccessKeyId").cloned().unwrap_or_default();
        match form["Action"].as_str() {
            "ListAccessKeys" => {
                let member = |(id, known): (&String, &Known)| {
                    let status = if known.is_off { "Inactive" } else { "Active" };
                    format!(
                        "<member><UserName>u</UserName><AccessKeyId>{id}</AccessKeyId><Status>{status}</Status><CreateDate>{}</CreateDate></member>",
                        known.made_at
                    )
                };
                let all: String = self.keys.iter().map(member).collect();
                xml(&format!(
                    "<UserName>u</UserName><AccessKeyMetadata>{all}</AccessKeyMetadata><IsTruncated>false</IsTruncated>"
                ))
            }
            "CreateAccessKey" if self.keys.len() >= 2 => iam_error(409, "LimitExceeded"),
            "CreateAccessKey" => {
                self.made += 1;
                let (id, secret) = (format!("AKIAMADE{:08}", self.made), format!("made/secret+{:030}", self.made));
                self.know(&id);
                self.keys.get_mut(&id).unwrap().unknown_calls = UNKNOWN_CALLS;
                xml(&format!(
                    "<AccessKey><UserName>u</UserName><AccessKeyId>{id}</AccessKeyId><Status>Active</Status><SecretAccessKey>{secret}</SecretAccessKey></AccessKey>"
                ))
            }
            _ if !self.keys.contains_key(&id) => iam_error(404, "NoSuchEntity"),
            "UpdateAccessKey" => {
                self.keys.get_mut(&id).unwrap().is_off = form["Status"] == "Inactive";
                xml("")
            }
            "DeleteAccessKey" => {
                assert!(self.keys.remove(&id).unwrap().is_off, "it was not switched off before");
                xml("")
            }
            other => panic!("{other}"),
        }
    }

    fn azure(&mut self, path: &str, bearer: &str, body: &str) -> Response {
        assert_eq!(bearer, "token-1");
        let account = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a";
        let verb = path.strip_prefix(account).unwrap();
        if let Some(refused) = self.is_refused(verb) {
            return refused;
        }
        if verb == "/regenerateKey" {
            self.made += 1;
            let asked: Value = serde_json::from_str(body).unwrap();
            let at = usize::from(asked["keyName"] == "Key2");
            assert!(asked["keyName"] == "Key1" || asked["keyName"] == "Key2");
            self.pair[at] = format!("made-azure-key-{:020}", self.made);
        } else {
            assert_eq!(verb, "/listKeys");
        }
        json_of(200, json!({ "key1": self.pair[0], "key2": self.pair[1] }))
    }

    fn openai(&mut self, method: &str, path: &str, bearer: &str, body: &str) -> Response {
        if bearer != "sk-admin-0123456789abcdef" {
            return json_of(401, json!({ "error": { "message": "no such key", "code": "invalid_api_key" } }));
        }
        let id = path.strip_prefix("/v1/organization/projects/proj_1/service_accounts").unwrap();
        if let Some(refused) = self.is_refused(&format!("{method} {id}")) {
            return refused;
        }
        match (method, id.trim_start_matches('/')) {
            ("GET", "") => {
                let one = |(id, (name, _)): (&String, &(String, String))| json!({ "object": "organization.project.service_account", "id": id, "name": name, "role": "member", "created_at": 1 });
                let all: Vec<Value> = self.accounts.iter().map(one).collect();
                json_of(200, json!({ "object": "list", "data": all, "has_more": false }))
            }
            ("POST", "") => {
                self.made += 1;
                let asked: Value = serde_json::from_str(body).unwrap();
                let (id, key) = (format!("svc_acct_{}", self.made), format!("sk-svcacct-{:024}", self.made));
                let name = asked["name"].as_str().unwrap().to_owned();
                self.accounts.insert(id.clone(), (name.clone(), key.clone()));
                json_of(
                    200,
                    json!({ "object": "organization.project.service_account", "id": id, "name": name, "role": "member",
                    "created_at": 1, "api_key": { "object": "organization.project.service_account.api_key", "value": key, "name": "Secret Key", "created_at": 1, "id": "key_abc" } }),
                )
            }
            ("DELETE", id) if self.accounts.remove(id).is_some() => json_of(
                200,
                json!({ "object": "organization.project.service_account.deleted", "id": id, "deleted": true }),
            ),
            ("DELETE", _) => json_of(404, json!({ "error": { "message": "no such account" } })),
            other => panic!("{other:?}"),
        }
    }
}

/// Whose key signed.
fn signer(authorization: &str) -> String {
    let (_, rest) = authorization.split_once("Credential=").unwrap_or_default();
    rest.split('/').next().unwrap_or_default().to_owned()
}

fn models(known: bool) -> Response {
    match known {
        true => json_of(200, json!({ "object": "list", "data": [] })),
        false => json_of(401, json!({ "error": { "message": "no such key" } })),
    }
}

fn json_of(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

fn xml(result: &str) -> Response {
    let body = format!(
        "<Answer xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Result>{result}</Result><ResponseMetadata><RequestId>7a62c49f</RequestId></ResponseMetadata></Answer>"
    );
    ([("content-type", "text/xml")], body).into_response()
}

fn iam_error(status: u16, code: &str) -> Response {
    let body = format!(
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>it&apos;s refused</Message></Error><RequestId>7a62c49f</RequestId></ErrorResponse>"
    );
    (StatusCode::from_u16(status).unwrap(), [("content-type", "text/xml")], body).into_response()
}
