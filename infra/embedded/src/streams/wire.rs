//! As much of the protocol of DynamoDB and its streams as reading a stream needs, over HTTP.

use std::fmt;
use std::io;

use bytes::Bytes;
use http::{Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::serve::Abort;

const TABLES: &str = "DynamoDB_20120810";
const STREAMS: &str = "DynamoDBStreams_20120810";
/// The database wants a signature and does not verify it.
const UNSIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

/// Why a call gave nothing.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database refused: the error's name without its namespace, and its words.
    Refused { name: String, words: String },
    /// There was no answer, or none that could be read.
    Lost(Abort),
}

impl Fault {
    /// Whether the stream holds no such place: what was there is trimmed, or the number was never given out.
    pub(super) fn is_unknown_place(&self) -> bool {
        matches!(self, Self::Refused { name, .. } if ["TrimmedDataAccessException", "ValidationException"].contains(&name.as_str()))
    }

    fn unlike(what: &str) -> Self {
        Self::Lost(format!("an answer without {what}").into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { name, words } => write!(f, "{name}: {words}"),
            Self::Lost(why) => why.fmt(f),
        }
    }
}

impl<E: Into<Abort>> From<E> for Fault {
    fn from(why: E) -> Self {
        Self::Lost(why.into())
    }
}

/// A stream's one shard. The embedded database never splits a shard and never closes one.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    pub(super) stream_arn: String,
    id: String,
}

/// What a read gave.
pub(super) struct Page {
    pub(super) records: Vec<Value>,
    /// Where to read on; none at the end of a shard.
    pub(super) next: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Wire {
    endpoint: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Wire {
    pub(super) fn to(endpoint: &str) -> io::Result<Self> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let endpoint = endpoint.parse().map_err(io::Error::other)?;
        Ok(Self { endpoint, client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    pub(super) async fn shard(&self, table: &str) -> Result<Shard, Fault> {
        let table = self.call(TABLES, "DescribeTable", json!({ "TableName": table })).await?;
        let stream_arn = text(&table, "/Table/LatestStreamArn").ok_or_else(|| Fault::unlike("a stream"))?;
        let stream = self.call(STREAMS, "DescribeStream", json!({ "StreamArn": stream_arn })).await?;
        let id = text(&stream, "/StreamDescription/Shards/0/ShardId").ok_or_else(|| Fault::unlike("a shard"))?;
        Ok(Shard { stream_arn, id })
    }

    /// An iterator that begins after this sequence number, or else with the oldest record.
    pub(super) async fn iterator(&self, shard: &Shard, after: Option<&str>) -> Result<String, Fault> {
        let Shard { stream_arn, id } = shard;
        let mut asked = json!({ "StreamArn": stream_arn, "ShardId": id, "ShardIteratorType": "TRIM_HORIZON" });
        if let (Some(after), Some(fields)) = (after, asked.as_object_mut()) {
            fields.insert("ShardIteratorType".to_owned(), "AFTER_SEQUENCE_NUMBER".into());
            fields.insert("SequenceNumber".to_owned(), after.into());
        }
        let answer = self.call(STREAMS, "GetShardIterator", asked).await?;
        text(&answer, "/ShardIterator").ok_or_else(|| Fault::unlike("an iterator"))
    }

    pub(super) async fn records(&self, iterator: &str, limit: usize) -> Result<Page, Fault> {
        let mut answer = self.call(STREAMS, "GetRecords", json!({ "ShardIterator": iterator, "Limit": limit })).await?;
        let next = text(&answer, "/NextShardIterator");
        match answer.get_mut("Records").map(Value::take) {
            Some(Value::Array(records)) => Ok(Page { records, next }),
            _ => Err(Fault::unlike("records")),
        }
    }

    async fn call(&self, api: &str, operation: &str, body: Value) -> Result<Value, Fault> {
        let request = Request::post(self.endpoint.clone())
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.0")
            .header(header::AUTHORIZATION, UNSIGNED)
            .header("x-amz-date", "20260101T000000Z")
            .header("x-amz-target", format!("{api}.{operation}"))
            .body(Full::new(body.to_string().into()))?;
        let (head, body) = self.client.request(request).await?.into_parts();
        read(&Response::from_parts(head, body.collect().await?.to_bytes()))
    }
}

fn read(answer: &Response<Bytes>) -> Result<Value, Fault> {
    let body: Value = serde_json::from_slice(answer.body())?;
    if answer.status().is_success() {
        return Ok(body);
    }
    let name = text(&body, "/__type").unwrap_or_default();
    let name = name.rsplit('#').next().unwrap_or_default().to_owned();
    Err(Fault::Refused { name, words: text(&body, "/message").unwrap_or_default() })
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}
