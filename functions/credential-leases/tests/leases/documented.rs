//! The lines that the README shows to runtimes do what it says.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::place::{KEY, Place};

const README: &str = include_str!("../../README.md");

/// The block of that language.
fn block(language: &str) -> &'static str {
    let (_, begin) = README.split_once(&format!("```{language}\n")).unwrap();
    begin.split_once("```").unwrap().0
}

/// The fields of the leased credential, such as `{"api_key": "…"}`.
async fn unwrap(http: &reqwest::Client, lease: &serde_json::Value) -> Result<serde_json::Value, reqwest::Error> {
    let way = &lease["credential"];
    let (address, token) = (way["vault_address"].as_str(), way["wrapped_token"].as_str());
    let asked = http.post(format!("{}/v1/sys/wrapping/unwrap", address.unwrap_or_default()));
    let answer = asked.header("X-Vault-Token", token.unwrap_or_default()).send().await?.error_for_status()?;
    Ok(answer.json::<serde_json::Value>().await?["data"]["data"].take())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_in_rust_fetch_the_credential_and_are_those_of_the_readme() {
    let place = Place::start().await;
    let _ = place.own("Own", json!({ "small": {} })).await;
    let lease = place.leased("small").await.expect_status(200).json();
    let fetched = unwrap(&reqwest::Client::new(), &lease).await.unwrap();
    assert_eq!(fetched, json!({ "api_key": KEY }));
    assert!(unwrap(&reqwest::Client::new(), &lease).await.is_err(), "fetched twice");
    let here = include_str!("documented.rs");
    assert!(here.contains(block("rust")), "the README shows other lines than those that were tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_in_python_fetch_the_credential() {
    let place = Place::start().await;
    let _ = place.own("Own", json!({ "small": {} })).await;
    let lease = place.leased("small").await.expect_status(200).json();
    let program = format!("{}\nimport sys\nprint(json.dumps(unwrap(json.load(sys.stdin))))\n", block("python"));
    let mut child =
        Command::new("python3").arg("-c").arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lease.to_string().as_bytes()).unwrap();
    let done = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
    assert!(done.status.success());
    assert_eq!(serde_json::from_slice::<Value>(&done.stdout).unwrap(), json!({ "api_key": KEY }));
}
