//! Uploading a workbook as a browser does, and reading what came of it.

use serde_json::Value;

use crate::{Book, Client};

/// An import that has ended.
pub struct Finished {
    /// The job as the API shows it.
    pub job: Value,
    /// The result; none if it failed.
    pub result: Option<Book>,
}

impl Finished {
    pub(crate) async fn read(ops: &Client, http: &reqwest::Client, id: &str) -> Self {
        let job = ops.get(&format!("/v1/imports/{id}")).await.expect_status(200).json();
        let result = match job["status"].as_str() {
            Some("completed") => {
                let link = ops.get(&format!("/v1/imports/{id}/result")).await.expect_status(200).text("url");
                let answer = http.get(link).send().await.unwrap();
                assert_eq!(answer.status().as_u16(), 200);
                Some(Book::read(answer.bytes().await.unwrap().to_vec()))
            }
            Some("failed") => None,
            _ => panic!("not over: {job}"),
        };
        Self { job, result }
    }
}

/// Sends the form with the workbook; every field first, the file last.
pub async fn upload(http: &reqwest::Client, form: &Value, workbook: &[u8]) {
    let mut body = Vec::new();
    for (name, value) in form["fields"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let field = format!("--XXX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(field.as_bytes());
    }
    let kind = form["fields"]["Content-Type"].as_str().unwrap_or("application/octet-stream");
    let head = format!(
        "--XXX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.xlsx\"\r\nContent-Type: {kind}\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(workbook);
    body.extend_from_slice(b"\r\n--XXX--\r\n");
    let request = http.post(form["url"].as_str().unwrap()).header("content-type", "multipart/form-data; boundary=XXX");
    let answer = request.body(body).send().await.unwrap();
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert!((200..300).contains(&status), "{status} {text}");
}
