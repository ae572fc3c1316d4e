//! Somebody who speaks to the API.

use reqwest::Method;
use serde_json::Value;

use crate::Answer;

/// A visitor, or somebody who is signed in.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
    headers: Vec<(String, String)>,
}

impl Client {
    pub(crate) fn visitor(http: reqwest::Client, base: String) -> Self {
        Self { http, base, token: None, headers: Vec::new() }
    }

    /// A visitor of the stack at that address.
    #[must_use]
    pub fn at(api: &str) -> Self {
        // The name may resolve to an IPv6 address first, on which nothing listens.
        Self::visitor(reqwest::Client::new(), api.replace("localhost", "127.0.0.1"))
    }

    /// The same with that token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same with one more header on every request.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut with = self.clone();
        with.headers.push((name.to_owned(), value.to_owned()));
        with
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// `POST` without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(Method::POST, path, None).await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// Reads the thing and edits it, if nobody did so in between.
    pub async fn edit(&self, path: &str, body: Value) -> Answer {
        let read = self.get(path).await;
        self.with("if-match", read.header("etag")).patch(path, body).await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Any request with a JSON body or none.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send_bytes(method, path, body).await
    }

    /// Any request with any bytes, and what they are said to be; nothing if that is empty.
    pub async fn send_bytes(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        let asked = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some((kind, bytes)) = body {
            request = if kind.is_empty() { request } else { request.header("content-type", kind) };
            request = request.body(bytes);
        }
        Answer::of(asked, request.send().await.unwrap()).await
    }

    /// Signs in and changes the password where that is demanded.
    pub async fn sign_in(&self, email: &str, password: &str) -> Client {
        let started = self.try_sign_in(email, password).await.expect_status(201);
        let client = self.with_token(&started.text("token"));
        if started.json()["password_change_required"] == true {
            let change = serde_json::json!({ "current_password": password, "new_password": crate::PASSWORD });
            let changed = client.post("/v1/me/password", change).await;
            assert!(changed.status() < 300, "{changed:?}");
        }
        client
    }

    /// Only tries to sign in.
    pub async fn try_sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/v1/sessions", serde_json::json!({ "email": email, "password": password })).await
    }
}
