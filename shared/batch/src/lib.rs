//! The one reading of messages: what an object store or a schedule tells a function, in the product's own words.
//!
//! Running a handler, logging its failures and handing them to the platform is `start::messages`.

mod notice;

pub use notice::Arrival;

use domain::{Code, Error, Result};
use serde_json::Value;

/// What a function was woken by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Objects were written; told at least once each, in no certain order.
    Objects(Vec<Arrival>),
    /// It is time for the regular work.
    Schedule,
}

impl Message {
    /// Reads an event as it came. Removed objects, and the test that S3 sends when notifications are set up, are no
    /// arrivals; whatever is not about objects is a schedule.
    ///
    /// # Errors
    /// [`Code::Malformed`] for an event about objects that is unlike those of S3: trying again cannot help.
    pub fn read(event: Value) -> Result<Self> {
        if event.get("Event").is_some_and(|kind| kind == "s3:TestEvent") {
            return Ok(Self::Objects(vec![]));
        }
        let Some(records) = event.get("Records").and_then(Value::as_array) else { return Ok(Self::Schedule) };
        let arrivals: Result<Vec<_>> = records.iter().map(notice::read).collect();
        Ok(Self::Objects(arrivals?.into_iter().flatten().collect()))
    }
}

fn malformed(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let why = why.into();
    Error::new(Code::Malformed, format!("not an event of the object store: {why}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(name: &str, key: &str) -> Value {
        json!({
            "eventName": name, "eventTime": "2026-11-23T12:00:00.123Z", "userIdentity": { "principalId": "AWS:ops" },
            "s3": { "bucket": { "name": "files" }, "object": { "key": key, "size": 5, "eTag": "abc", "sequencer": "00F1" } },
        })
    }

    fn arrivals(event: Value) -> Vec<Arrival> {
        match Message::read(event).unwrap() {
            Message::Objects(arrivals) => arrivals,
            Message::Schedule => panic!("taken for a schedule"),
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let found = arrivals(json!({ "Records": [record("ObjectCreated:Put", "drops/a+b%2Bc%7E%C3%BC%26.xlsx")] }));
        assert_eq!(found[0].key, "drops/a b+c~ü&.xlsx");
        assert_eq!((found[0].etag.as_deref(), found[0].at.millis() % 1000), (Some("abc"), 123));
    }

    #[test]
    fn only_objects_that_came_are_arrivals() {
        let records =
            ["ObjectCreated:Post", "ObjectRemoved:Delete", "LifecycleExpiration:Delete", "ObjectCreated:Copy"];
        let found = arrivals(json!({ "Records": records.map(|name| record(name, "a")) }));
        assert_eq!(found.len(), 2);
        assert!(arrivals(json!({ "Service": "Amazon S3", "Event": "s3:TestEvent" })).is_empty());
    }

    #[test]
    fn what_is_not_about_objects_is_a_schedule() {
        assert_eq!(Message::read(json!({ "source": "aws.events" })).unwrap(), Message::Schedule);
        let broken = Message::read(json!({ "Records": [{ "eventName": "ObjectCreated:Put" }] })).unwrap_err();
        assert_eq!((broken.code(), broken.code().is_retryable()), (Code::Malformed, false));
    }
}
