//! Amazon Bedrock, by a server that checks signatures as AWS documents them.

use hmac::{Hmac, KeyInit, Mac};
use probes::{AwsKeys, Label, Models, Provider, Trouble};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::{Says, Seen, Server, key, named, says, tried};

const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The scope and the signature that the request must have: version 4, spelled out.
fn expected(seen: &Seen, signed: &str, secret: &str) -> String {
    let date = seen.header("x-amz-date");
    let scope = format!("{}/eu-central-1/bedrock/aws4_request", &date[..8]);
    let headers: String = signed.split(';').map(|name| format!("{name}:{}\n", seen.header(name))).collect();
    let Seen { method, path, query, body, .. } = seen;
    let canonical = format!("{method}\n{path}\n{query}\n{headers}\n{signed}\n{}", hex(Sha256::digest(body)));
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(Sha256::digest(canonical)));
    let day = hmac(format!("AWS4{secret}").as_bytes(), &date[..8]);
    let signing = hmac(&hmac(&hmac(&day, "eu-central-1"), "bedrock"), "aws4_request");
    let signature = hex(hmac(&signing, &text));
    format!("AWS4-HMAC-SHA256 Credential={ID}/{scope}, SignedHeaders={signed}, Signature={signature}")
}

fn typed(status: u16, name: &str) -> Says {
    let header = ("x-amzn-errortype", format!("{name}:http://internal.amazon.com/coral/com.amazon.bedrock/"));
    Says(status, json!({"message": "x"}).to_string(), Some(header))
}

/// The control endpoint of one region as it answers to one key, permanent or with the session token `token`.
fn real(seen: &Seen) -> Says {
    let authorization = seen.header("authorization");
    if !authorization.contains(&format!("Credential={ID}/")) {
        return typed(403, "UnrecognizedClientException");
    }
    let signed = authorization.split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
    let wanted = if seen.headers.contains_key("x-amz-security-token") {
        "host;x-amz-date;x-amz-security-token"
    } else {
        "host;x-amz-date"
    };
    if signed != wanted || authorization != expected(seen, signed, SECRET) {
        return typed(403, "InvalidSignatureException");
    }
    match (seen.header("x-amz-security-token"), seen.line().as_str()) {
        ("" | "token", "GET /foundation-models?byOutputModality=TEXT") => {
            let model = |id| json!({"modelId": id, "providerName": "x", "outputModalities": ["TEXT"]});
            says(
                200,
                json!({"modelSummaries": [model("amazon.nova-lite-v1:0"), model("meta.llama3-8b-instruct-v1:0")]}),
            )
        }
        ("" | "token", _) => typed(404, "UnknownOperationException"),
        _ => typed(403, "ExpiredTokenException"),
    }
}

async fn bedrock(
    server: &Server,
    path: &str,
    (id, secret, token): (&str, &str, Option<&str>),
) -> Result<Models, Trouble> {
    let access_key_id = Label::try_from(id).unwrap();
    let keys = AwsKeys { access_key_id, secret_access_key: key(secret), session_token: token.map(key) };
    let region = Label::try_from("eu-central-1").unwrap();
    tried(Provider::Bedrock { control: Some(server.base(path)), region, keys }).await
}

#[tokio::test]
async fn a_request_is_signed_so_that_amazon_takes_it() {
    let server = Server::start(real).await;
    for token in [None, Some("token")] {
        let outcome = bedrock(&server, "", (ID, SECRET, token)).await;
        assert_eq!(outcome, Ok(named(&["amazon.nova-lite-v1:0", "meta.llama3-8b-instruct-v1:0"])));
    }
    assert_eq!(server.seen()[0].header("x-amz-date"), "20260725T172000Z");
}

#[tokio::test]
async fn id_secret_and_token_must_all_be_right() {
    let server = Server::start(real).await;
    for keys in [("AKIDWRONG", SECRET, None), (ID, "wrong", None), (ID, SECRET, Some("old"))] {
        assert_eq!(bedrock(&server, "", keys).await, Err(Trouble::CredentialRefused));
    }
    assert_eq!(bedrock(&server, "/v1", (ID, SECRET, None)).await, Err(Trouble::AddressWrong));
}

#[tokio::test]
async fn a_refusal_is_known_by_its_name_in_the_header_or_in_the_body() {
    let plain = |status: u16, name: &str| says(status, json!({"__type": name, "message": "x"}));
    for (answer, trouble) in [
        (typed(403, "AccessDeniedException"), Trouble::Forbidden),
        (typed(400, "ThrottlingException"), Trouble::RateLimited),
        (typed(429, "ThrottlingException"), Trouble::RateLimited),
        (typed(500, "InternalServerException"), Trouble::Unavailable),
        (plain(403, "com.amazon.coral.service#UnrecognizedClientException"), Trouble::CredentialRefused),
        (plain(403, "com.amazon.coral.service#AccessDeniedException"), Trouble::Forbidden),
        (says(403, "<html>"), Trouble::Forbidden),
    ] {
        let Says(status, body, header) = answer;
        let server = Server::start(move |_| Says(status, body.clone(), header.clone())).await;
        assert_eq!(bedrock(&server, "", (ID, SECRET, None)).await, Err(trouble), "{status}");
    }
}
