//! A known secret is stored, and then looked for everywhere.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use journeys::Answer;
use serde_json::{Value, json};

use crate::place::Place;

const PLANTED: &str = "sk-planted-7c1e55aa90f2b3d4e6f8";

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether any form in which it could lie there is in it: in clear, or as base64 at any of its three offsets.
fn shows(bytes: &[u8]) -> bool {
    let inside = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let encoded = (0..3).map(|offset| {
        let text = STANDARD.encode(format!("{}{PLANTED}", " ".repeat(offset)));
        text[4..text.len() - 4].to_owned()
    });
    inside(PLANTED) || encoded.into_iter().any(|text| inside(&text))
}

/// The files below a folder that show it.
fn found_below(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found_below(&path, found),
            false if shows(&std::fs::read(&path).unwrap_or_default()) => found.push(path.display().to_string()),
            false => {}
        }
    }
}

async fn said(answers: &mut Vec<Vec<u8>>, answer: impl Future<Output = Answer>) -> Answer {
    let answer = answer.await;
    answers.push(answer.bytes().to_vec());
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_credential_is_in_the_vault_and_in_no_table_log_answer_error_event_mail_or_file() {
    // Of every level that there is: below `info` nothing is compiled in, see `tracing` in the top `Cargo.toml`.
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    let place = Place::start().await;
    let (path, mut answers) = (place.custom().await, vec![]);
    let at = format!("{path}/credential");
    let stored = said(&mut answers, place.store(&path, json!({ "api_key": PLANTED }))).await;
    assert_eq!(stored.status(), 200);
    assert_eq!(place.kept(&path).await, Some(json!({ "api_key": PLANTED })), "it is where it belongs");
    // Handed out: the answer leads to it and does not show it.
    let leased = said(&mut answers, place.leased(&path)).await;
    assert_eq!((leased.status(), leased.json()["credential"]["version"].clone()), (200, json!(1)));
    // Refused in every way that there is.
    let tag = place.owner().get(&path).await.header("etag").to_owned();
    let owner = place.owner().with("if-match", &tag);
    for wrong in [
        json!({ "api_key": [PLANTED] }),
        json!({ "api_key": PLANTED, PLANTED: PLANTED }),
        json!({ "secret_access_key": PLANTED }),
        json!({ "api_key": format!("{PLANTED} with space") }),
        Value::String(PLANTED.to_owned()),
    ] {
        let refused = said(&mut answers, owner.put(&at, wrong)).await;
        assert!((400..500).contains(&refused.status()));
    }
    for late in
        [place.owner().with("if-match", "\"1\""), place.owner().clone(), place.client("admin@acme.example").clone()]
    {
        let refused = said(&mut answers, late.put(&at, json!({ "api_key": PLANTED }))).await;
        assert!((400..500).contains(&refused.status()));
    }
    let _ = said(&mut answers, place.owner().get(&path)).await;
    let _ = said(&mut answers, place.owner().get(&place.list())).await;
    let _ = said(&mut answers, place.ops.get(&format!("/v1/organizations/{}/audit-events", place.org))).await;
    let _ = said(&mut answers, place.owner().edit(&path, json!({ "base_url": "https://other.example" }))).await;
    place.portal.stack().idle().await;
    let showing: Vec<_> =
        answers.iter().filter(|answer| shows(answer)).map(|answer| String::from_utf8_lossy(answer)).collect();
    assert_eq!(showing, [""; 0], "answers show it");
    let logged = log.0.lock().unwrap().clone();
    assert!(String::from_utf8_lossy(&logged).contains("request.malformed"), "refusals are logged");
    assert!(!shows(&logged), "the log shows it");
    let mut found = vec![];
    found_below(place.portal.folder(), &mut found);
    found.retain(|file| !file.ends_with("vault.json"));
    assert_eq!(found, [""; 0], "files show it");
}

#[test]
fn what_is_looked_for_is_found_in_every_form() {
    assert!(shows(format!("a{PLANTED}b").as_bytes()));
    for before in ["", "x", "xy"] {
        assert!(shows(STANDARD.encode(format!("{before}{PLANTED} and more")).as_bytes()), "{before:?}");
    }
    assert!(!shows(b"sk-planted-7c1e55aa"));
}
