//! The whole system killed in the middle of an import, and started again.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use journeys::{Book, Client, Row, workbook};
use serde_json::{Value, json};

use crate::process::Process;

const PEOPLE: usize = 1_200;
/// After so many milliseconds of an import the system is killed; it takes some seconds from the upload to the result.
const KILLS_AFTER: [u64; 5] = [40, 300, 700, 1_100, 1_700];

/// How the import stands.
async fn job(ops: &Client, id: &str) -> Value {
    ops.get(&format!("/v1/imports/{id}")).await.expect_status(200).json()
}

async fn ended(ops: &Client, id: &str) -> Value {
    loop {
        let job = job(ops, id).await;
        if ["completed", "failed"].contains(&job["status"].as_str().unwrap()) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn result(ops: &Client, id: &str) -> Book {
    let link = ops.get(&format!("/v1/imports/{id}/result")).await.expect_status(200).text("url");
    Book::read(reqwest::get(link).await.unwrap().bytes().await.unwrap().to_vec())
}

/// The whole list, page by page.
async fn all(ops: &Client, path: &str) -> Vec<Value> {
    let (mut items, mut next) = (vec![], String::new());
    loop {
        let page = ops.get(&format!("{path}?limit=100{next}")).await.expect_status(200).json();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return items,
        }
    }
}

fn people(org: &str) -> Vec<u8> {
    let emails: Vec<String> = (0..PEOPLE).map(|number| format!("person{number}@acme.example")).collect();
    let rows: Vec<Row> = emails.iter().map(|email| Row { org, email, ..Row::default() }).collect();
    workbook(&rows)
}

async fn start_import(ops: &Client, org: &str) -> String {
    let asked = ops.post("/v1/imports", json!({ "dry_run": false })).await.expect_status(202);
    journeys::upload(&reqwest::Client::new(), &asked.json()["upload"], &people(org)).await;
    asked.text("id")
}

/// Kills and starts again until the import has ended; the last stack, and how often the import was still open then.
async fn through_kills(data: &Path, mut stack: Process, id: &str) -> (Process, usize) {
    let mut struck = 0;
    for after in KILLS_AFTER {
        tokio::time::sleep(Duration::from_millis(after)).await;
        stack.kill().await;
        stack = Process::start(data, &[]).await;
        let open = !matches!(job(&stack.superadmin(data).await, id).await["status"].as_str(), Some("completed"));
        struck += usize::from(open);
    }
    (stack, struck)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_again_and_again_makes_everybody_once_with_the_password_of_the_result() {
    let folder = tempfile::tempdir().unwrap();
    let stack = Process::start(folder.path(), &[]).await;
    let ops = stack.superadmin(folder.path()).await;
    let asked = json!({ "name": "Acme", "placement": "pooled" });
    let org = ops.post("/v1/organizations", asked).await.expect_status(201).text("id");
    let id = start_import(&ops, &org).await;
    let (stack, struck) = through_kills(folder.path(), stack, &id).await;
    assert!(struck > 0, "no kill came before the import was over");

    let ops = stack.superadmin(folder.path()).await;
    let job = ended(&ops, &id).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!((&job["counts"]["created"], &job["counts"]["errors"]), (&json!(PEOPLE), &json!(0)), "{job}");
    let members = all(&ops, &format!("/v1/organizations/{org}/members")).await;
    assert_eq!(members.len(), PEOPLE);
    assert_eq!(ops.get(&format!("/v1/organizations/{org}")).await.json()["member_count"], PEOPLE);
    let log = all(&ops, &format!("/v1/organizations/{org}/audit-events")).await;
    let mut joined: BTreeMap<&str, usize> = BTreeMap::new();
    for event in log.iter().filter(|event| event["action"] == "member.added") {
        *joined.entry(event["target"]["id"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(joined.len(), PEOPLE);
    assert!(joined.values().all(|times| *times == 1), "somebody joined twice");

    let book = result(&ops, &id).await;
    assert_eq!(book.sheet("Created").len(), PEOPLE);
    for number in [0, PEOPLE / 2, PEOPLE - 1] {
        let email = format!("person{number}@acme.example");
        let signed_in = Client::at(&stack.card.api).try_sign_in(&email, &book.password(&email)).await;
        // Which nobody is told who does not have the right password.
        assert_eq!(signed_in.expect_status(403).code(), "account.unverified");
    }
}
