//! Workbooks that somebody drops with the operator's access key, as any S3 client would.

use blobs::{Blobs, Body, Kind};
use journeys::{Portal, Row, workbook};
use serde_json::json;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn operator(portal: &Portal) -> Blobs {
    let card = portal.stack().card();
    Blobs::new(blobs::Config {
        endpoint: Some(card.s3_endpoint.clone()),
        public_endpoint: None,
        region: card.region.clone(),
        bucket: card.bucket.clone(),
        access_key_id: card.operator_key.id.clone(),
        secret_access_key: card.operator_key.secret.clone(),
        session_token: None,
        server_side_kms_key: None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_is_imported_whatever_the_case_of_its_name_and_the_job_shows_the_name() {
    let portal = Portal::start().await;
    let (ops, org) = (portal.superadmin().await, portal.organization("Acme").await);
    let ann = Row { org: &org, email: "ann@acme.example", ..Row::default() };
    operator(&portal).put("drops/March/USERS.XLSX", Body::Bytes(workbook(&[ann])), XLSX).await.unwrap();
    portal.stack().idle().await;
    let jobs = ops.get("/v1/imports").await.expect_status(200).json();
    let job = &jobs["items"][0];
    assert_eq!(
        (job["file"].as_str(), job["counts"]["created"].as_u64()),
        (Some("March/USERS.XLSX"), Some(1)),
        "{jobs}"
    );
    let asked = ops.post("/v1/imports", json!({})).await.expect_status(202);
    assert!(asked.json().get("file").is_none(), "a form's workbook has no name");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_drop_workbooks_reads_no_result() {
    let portal = Portal::start().await;
    let org = portal.organization("Acme").await;
    let done = portal.import(&workbook(&[Row { org: &org, email: "ann@acme.example", ..Row::default() }])).await;
    let id = done.job["id"].as_str().unwrap();
    let operator = operator(&portal);
    for key in ["result.xlsx", "upload.xlsx", "plan.jsonl"] {
        let refused = operator.get(&format!("imports/{id}/{key}"), 1 << 20).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Refused, "{key}");
    }
    assert_eq!(operator.list("imports/").await.unwrap_err().kind(), Kind::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_offered_again_only_until_its_import_is_over() {
    let portal = Portal::start().await;
    let ops = portal.superadmin().await.with("idempotency-key", "one-import");
    let asked = ops.post("/v1/imports", json!({})).await.expect_status(202);
    let again = ops.post("/v1/imports", json!({})).await.expect_status(202);
    assert_eq!((again.text("id"), &again.json()["upload"]["url"]), (asked.text("id"), &asked.json()["upload"]["url"]));
    journeys::upload(&reqwest::Client::new(), &asked.json()["upload"], b"no workbook").await;
    portal.stack().idle().await;
    let over = ops.post("/v1/imports", json!({})).await.expect_status(202).json();
    assert_eq!((&over["status"], over.get("upload")), (&json!("failed"), None), "{over}");
}
