//! Clients without the SDK's own retries, so that each fault is seen; stores and forms for the tests.

use std::path::Path;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use embedded::objects::{Action, Grant, Options, Principal};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const BUCKET: &str = "files";
pub(crate) const SECRET: &str = "secret-of-the-functions";

pub(crate) fn functions() -> Principal {
    Principal {
        key_id: "FUNCTIONS".to_owned(),
        secret: SECRET.to_owned(),
        name: "AWS:functions".to_owned(),
        grants: vec![Grant::everything()],
    }
}

pub(crate) fn operator() -> Principal {
    let drops = Grant::on(BUCKET, "drops/", &[Action::Write, Action::List]);
    let results = Grant::on(BUCKET, "results/", &[Action::Read, Action::List]);
    Principal {
        key_id: "OPERATOR".to_owned(),
        secret: "secret-of-the-operator".to_owned(),
        name: "AWS:operator".to_owned(),
        grants: vec![drops, results],
    }
}

pub(crate) fn options(folder: &Path) -> Options {
    let mut options = Options::new(folder, BUCKET, functions());
    options.principals.push(operator());
    options.retry.pauses = vec![Duration::ZERO, Duration::ZERO];
    options
}

fn credentials(principal: &Principal) -> Credentials {
    Credentials::new(&principal.key_id, &principal.secret, None, None, "test")
}

pub(crate) fn s3(endpoint: &str, principal: &Principal) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
        .region(aws_sdk_s3::config::Region::new("eu-central-1"))
        .credentials_provider(credentials(principal))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .http_client(Builder::new().build_http())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

pub(crate) fn dynamodb(endpoint: &str) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodb::config::Region::new("eu-central-1"))
        .credentials_provider(credentials(&functions()))
        .endpoint_url(endpoint)
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
        .http_client(Builder::new().build_http())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

pub(crate) fn ses(endpoint: &str) -> aws_sdk_sesv2::Client {
    let config = aws_sdk_sesv2::Config::builder()
        .behavior_version(aws_sdk_sesv2::config::BehaviorVersion::latest())
        .region(aws_sdk_sesv2::config::Region::new("eu-central-1"))
        .credentials_provider(credentials(&functions()))
        .endpoint_url(endpoint)
        .retry_config(aws_sdk_sesv2::config::retry::RetryConfig::disabled())
        .http_client(Builder::new().build_http())
        .build();
    aws_sdk_sesv2::Client::from_conf(config)
}

/// Waits at most ten seconds for what should come at once.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("should have happened by now")
}

/// A signed upload form: its fields in the order of sending, to be changed by a test before it is sent.
pub(crate) struct Form {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) file_name: String,
    pub(crate) content: Vec<u8>,
}

impl Form {
    /// Allows keys under `drops/`, 1 to 1,000 bytes, until `valid` from now (or ago, if negative), signed `age` ago.
    pub(crate) fn signed(key: &str, valid_seconds: i64, age_seconds: i64) -> Self {
        let now = i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap();
        let date = stamp(now - age_seconds).replace(['-', ':'], "");
        let credential = format!("FUNCTIONS/{}/eu-central-1/s3/aws4_request", &date[..8]);
        let policy = json!({
            "expiration": stamp(now + valid_seconds),
            "conditions": [
                { "bucket": BUCKET },
                ["starts-with", "$key", "drops/"],
                { "success_action_status": "201" },
                ["eq", "$Content-Type", "application/octet-stream"],
                ["content-length-range", 1, 1000],
                { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
                { "x-amz-credential": credential },
                { "x-amz-date": date },
            ],
        });
        let policy = BASE64_STANDARD.encode(policy.to_string());
        let fields = [
            ("key", key),
            ("success_action_status", "201"),
            ("Content-Type", "application/octet-stream"),
            ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
            ("x-amz-credential", &credential),
            ("x-amz-date", &date),
            ("x-amz-signature", &signature(&policy, &date[..8])),
            ("policy", &policy),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { fields, file_name: "list.xlsx".to_owned(), content: b"content".to_vec() }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Status and body.
    pub(crate) async fn send(&self, endpoint: &str) -> (u16, String) {
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            let head = format!("--XXX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
        }
        let head = format!("name=\"file\"; filename=\"{}\"\r\nContent-Type: application/octet-stream", self.file_name);
        body.extend_from_slice(format!("--XXX\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(&self.content);
        body.extend_from_slice(b"\r\n--XXX--\r\n");
        let request = reqwest::Client::new()
            .post(format!("{endpoint}/{BUCKET}"))
            .header("content-type", "multipart/form-data; boundary=XXX")
            .body(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

fn stamp(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

fn signature(policy: &str, day: &str) -> String {
    let hmac = |key: &[u8], text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let scope = [day, "eu-central-1", "s3", "aws4_request"];
    let key = scope.iter().fold(format!("AWS4{SECRET}").into_bytes(), |key, part| hmac(&key, part));
    hmac(&key, policy).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn key_of(event: &Value) -> &str {
    event.pointer("/Records/0/s3/object/key").and_then(Value::as_str).unwrap()
}
