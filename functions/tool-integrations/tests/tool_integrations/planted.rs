//! Known secrets are stored and used, and then looked for everywhere.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use journeys::{Answer, ToolServer};
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

/// Refused in every way that there is.
async fn refused(
    place: &Place,
    (server, headers): (&str, &Value),
    (client, secret): (&str, &Value),
    answers: &mut Vec<Vec<u8>>,
) {
    for (path, wrong) in [
        (server, json!({ "headers": [PLANTED] })),
        (server, json!({ "headers": { "Authorization": [PLANTED] } })),
        (server, json!({ "headers": { "Authorization": PLANTED }, PLANTED: PLANTED })),
        (server, json!({ "headers": { PLANTED: "line\nbreak" } })),
        (server, json!({ "headers": { "Host": PLANTED } })),
        (server, json!({ "headers": { "X-Key": format!("{PLANTED}\n") } })),
        (server, Value::String(PLANTED.to_owned())),
        (client, json!({ "client_secret": [PLANTED] })),
        (client, json!({ "client_secret": format!("{PLANTED} with space") })),
        (client, json!({ "client_secret": PLANTED, PLANTED: PLANTED })),
    ] {
        let refused = said(answers, place.store(path, wrong)).await;
        assert!((400..500).contains(&refused.status()));
    }
    for (path, credential) in [(server, headers), (client, secret)] {
        let at = format!("{path}/credential");
        for late in
            [place.owner().with("if-match", "\"1\""), place.owner().clone(), place.client("admin@acme.example").clone()]
        {
            let refused = said(answers, late.put(&at, credential.clone())).await;
            assert!((400..500).contains(&refused.status()));
        }
        let _ = said(answers, place.owner().get(path)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_credential_is_in_the_vault_and_in_no_table_log_answer_error_event_mail_or_file() {
    // Of every level that there is: below `info` nothing is compiled in, see `tracing` in the top `Cargo.toml`.
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    let (place, mut answers) = (Place::start().await, vec![]);
    // A server that repeats what it was sent where it refuses.
    let tools = ToolServer::start(&[("add", "Adds.")]).await;
    let server = place.made("mcp-servers", json!({ "name": "Tools", "url": tools.url() })).await;
    let client = place.oauth_client().await;
    let headers = json!({ "headers": { "Authorization": format!("Bearer {PLANTED}") } });
    let secret = json!({ "client_secret": PLANTED });
    for (path, credential) in [(&server, &headers), (&client, &secret)] {
        let stored = said(&mut answers, place.store(path, credential.clone())).await;
        assert_eq!(stored.status(), 200);
        assert!(place.kept(path).await.unwrap().to_string().contains(PLANTED), "it is where it belongs");
    }
    // Used, and refused by somebody who repeats it.
    for refuses in [None, Some(401), Some(400), Some(500)] {
        tools.refuse(refuses);
        let looked = said(&mut answers, place.owner().act(&format!("{server}/discover"))).await;
        assert_eq!(looked.status(), 200);
    }
    assert!(tools.authorizations().iter().all(|sent| *sent == format!("Bearer {PLANTED}")), "it was used");
    refused(&place, (&server, &headers), (&client, &secret), &mut answers).await;
    let _ = said(&mut answers, place.owner().get(&format!("{server}/tools"))).await;
    let _ = said(&mut answers, place.owner().get(&place.list("mcp-servers"))).await;
    let _ = said(&mut answers, place.owner().get(&place.list("oauth-clients"))).await;
    let _ = said(&mut answers, place.ops.get(&format!("/v1/organizations/{}/audit-events", place.org))).await;
    let _ = said(&mut answers, place.owner().edit(&server, json!({ "url": "https://other.example" }))).await;
    let _ = said(&mut answers, place.owner().edit(&client, json!({ "client_id": "other" }))).await;
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
