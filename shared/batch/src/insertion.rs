//! One record of a table's stream, as DynamoDB tells it.

use domain::Result;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crate::malformed;

/// An item that was put where there was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// Its attributes as plain JSON: sets are lists, bytes are Base64 text. Numbers beyond 64 bits lose digits.
    pub item: Map<String, Value>,
    /// The record's place in its part of the stream; names it in [`Unhandled`](crate::Unhandled).
    pub sequence_number: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    dynamodb: About,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct About {
    new_image: Option<Map<String, Value>>,
    sequence_number: String,
}

/// Whether the record is one of a table's stream.
pub(crate) fn is_record(record: &Value) -> bool {
    record.get("eventSource").is_some_and(|source| source == "aws:dynamodb")
}

/// The insertion that a record tells of; none for changes and removals.
pub(crate) fn read(record: &Value) -> Result<Option<Insertion>> {
    let Record { event_name, dynamodb } = Record::deserialize(record).map_err(malformed)?;
    if event_name != "INSERT" {
        return Ok(None);
    }
    let About { new_image, sequence_number } = dynamodb;
    let image = new_image.ok_or_else(|| malformed("a record without its new image"))?;
    Ok(Some(Insertion { item: attributes(image)?, sequence_number }))
}

fn attributes(image: Map<String, Value>) -> Result<Map<String, Value>> {
    image.into_iter().map(|(name, typed)| Ok((name, plain(typed)?))).collect()
}

/// The value of `{"S": "text"}` and the like.
fn plain(typed: Value) -> Result<Value> {
    let Value::Object(typed) = typed else { return Err(malformed("an attribute without a type")) };
    let Some((kind, value)) = typed.into_iter().next() else { return Err(malformed("an attribute without a type")) };
    match (kind.as_str(), value) {
        ("S" | "B" | "BOOL" | "SS" | "BS", value) => Ok(value),
        ("NULL", _) => Ok(Value::Null),
        ("N", Value::String(digits)) => number(&digits),
        ("NS", Value::Array(all)) => all.iter().filter_map(Value::as_str).map(number).collect(),
        ("M", Value::Object(fields)) => attributes(fields).map(Value::Object),
        ("L", Value::Array(values)) => values.into_iter().map(plain).collect(),
        _ => Err(malformed("an attribute of an unknown type")),
    }
}

fn number(digits: &str) -> Result<Value> {
    digits.parse::<Number>().map(Value::Number).map_err(malformed)
}
