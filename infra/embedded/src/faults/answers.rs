//! The refusals that the real service gives under load, in its own JSON.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::serve::Abort;

const NAMESPACE: &str = "com.amazonaws.dynamodb.v20120810";

/// The first item of the request is part of another transaction.
pub(super) fn conflict(asked: &Value) -> Result<Response<Bytes>, Abort> {
    let Some(items) = asked.get("TransactItems").and_then(Value::as_array) else {
        let message = "Transaction is ongoing for the item";
        return refusal("TransactionConflictException", json!({ "message": message }));
    };
    let conflict = json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" });
    let others = items.iter().skip(1).map(|_| json!({ "Code": "None" }));
    let codes = std::iter::once("TransactionConflict").chain(items.iter().skip(1).map(|_| "None"));
    let listed = codes.collect::<Vec<_>>().join(", ");
    let message = format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{listed}]");
    let reasons: Vec<Value> = std::iter::once(conflict).chain(others).collect();
    refusal("TransactionCanceledException", json!({ "Message": message, "CancellationReasons": reasons }))
}

pub(super) fn throttled() -> Result<Response<Bytes>, Abort> {
    let message = "The level of configured provisioned throughput for the table was exceeded. \
                   Consider increasing your provisioning level with the UpdateTable API.";
    refusal("ProvisionedThroughputExceededException", json!({ "message": message }))
}

pub(super) fn unfinished() -> Result<Response<Bytes>, Abort> {
    let message = "The transaction with the given request token is already in progress.";
    refusal("TransactionInProgressException", json!({ "Message": message }))
}

pub(super) fn dropped() -> Abort {
    "dropped on a test's command".into()
}

fn refusal(kind: &str, mut body: Value) -> Result<Response<Bytes>, Abort> {
    if let Some(fields) = body.as_object_mut() {
        fields.insert("__type".to_owned(), format!("{NAMESPACE}#{kind}").into());
    }
    let answer = Response::builder()
        .status(StatusCode::BAD_REQUEST)
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amzn-requestid", crate::clock::fresh());
    Ok(answer.body(Bytes::from(serde_json::to_vec(&body)?))?)
}
