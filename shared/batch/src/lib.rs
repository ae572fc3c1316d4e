//! The one reading of messages: what an object store, a table's stream, the mail service or a schedule tells a function, in the
//! product's own words.
//!
//! Running a handler, logging its failures and handing them to the platform is `start::messages`.

mod insertion;
mod mail_report;
mod notice;
mod unhandled;

pub use insertion::Insertion;
pub use mail_report::{MailReport, MailTags};
pub use notice::Arrival;
pub use unhandled::Unhandled;

use domain::{Code, Error, Result};
use serde_json::Value;

/// What a function was woken by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Objects were written; told at least once each, in no certain order.
    Objects(Vec<Arrival>),
    /// Items were put into a table; told at least once each, those of one key in the order of their writes. What was not
    /// handled is answered with [`Unhandled`], or by an error for all of them.
    Items(Vec<Insertion>),
    /// The mail service says what became of a mail; told perhaps twice, in no certain order.
    Mail(MailReport),
    /// It is time for the regular work.
    Schedule,
}

impl Message {
    /// Reads an event as it came. Removed objects, and the test that S3 sends when notifications are set up, are no
    /// arrivals; changed and removed items are no insertions; whatever is about nothing of it is a schedule.
    ///
    /// # Errors
    /// [`Code::Malformed`] for what is unlike the records of S3 and of DynamoDB's streams, and the events of SES: trying again
    /// cannot help.
    pub fn read(event: Value) -> Result<Self> {
        if event.get("Event").is_some_and(|kind| kind == "s3:TestEvent") {
            return Ok(Self::Objects(vec![]));
        }
        if mail_report::is_report(&event) {
            return mail_report::read(&event).map(Self::Mail);
        }
        let Some(records) = event.get("Records").and_then(Value::as_array) else { return Ok(Self::Schedule) };
        if records.first().is_some_and(insertion::is_record) {
            let insertions: Result<Vec<_>> = records.iter().map(insertion::read).collect();
            return Ok(Self::Items(insertions?.into_iter().flatten().collect()));
        }
        let arrivals: Result<Vec<_>> = records.iter().map(notice::read).collect();
        Ok(Self::Objects(arrivals?.into_iter().flatten().collect()))
    }
}

fn malformed(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let why = why.into();
    Error::new(Code::Malformed, format!("not a message that is known here: {why}"))
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
            other => panic!("taken for {other:?}"),
        }
    }

    fn change(name: &str, number: &str, image: Value) -> Value {
        let about = json!({ "Keys": { "pk": { "S": "a" } }, "NewImage": image, "SequenceNumber": number });
        json!({ "eventID": "1", "eventName": name, "eventSource": "aws:dynamodb", "dynamodb": about })
    }

    fn insertions(records: &[Value]) -> Vec<Insertion> {
        match Message::read(json!({ "Records": records })).unwrap() {
            Message::Items(insertions) => insertions,
            other => panic!("taken for {other:?}"),
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
    #[test]
    fn an_inserted_item_is_read_as_plain_values() {
        let image = json!({
            "text": { "S": "x" }, "whole": { "N": "18446744073709551615" }, "part": { "N": "-1.5" }, "yes": { "BOOL": true },
            "nothing": { "NULL": true }, "bytes": { "B": "AAE=" }, "names": { "SS": ["a", "b"] }, "counts": { "NS": ["1", "2"] },
            "map": { "M": { "inner": { "L": [{ "S": "y" }, { "M": {} }] } } },
        });
        let found = insertions(&[change("INSERT", "100", image)]);
        let plain = json!({
            "text": "x", "whole": u64::MAX, "part": -1.5, "yes": true, "nothing": null, "bytes": "AAE=", "names": ["a", "b"],
            "counts": [1, 2], "map": { "inner": ["y", {}] },
        });
        assert_eq!((Value::Object(found[0].item.clone()), found[0].sequence_number.as_str()), (plain, "100"));
    }

    #[test]
    fn changed_and_removed_items_are_no_insertions() {
        let image = || json!({ "pk": { "S": "a" } });
        let removed =
            json!({ "eventName": "REMOVE", "eventSource": "aws:dynamodb", "dynamodb": { "SequenceNumber": "2" } });
        let records = [change("MODIFY", "1", image()), removed, change("INSERT", "3", image())];
        let found: Vec<_> = insertions(&records).into_iter().map(|insertion| insertion.sequence_number).collect();
        assert_eq!(found, ["3"]);
        assert!(insertions(&records[..2]).is_empty());
    }

    #[test]
    fn a_record_of_a_stream_that_cannot_be_read_is_malformed() {
        let without_image =
            json!({ "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": { "SequenceNumber": "1" } });
        let images =
            [json!({ "a": "x" }), json!({ "a": {} }), json!({ "a": { "X": "x" } }), json!({ "a": { "N": "one" } })];
        for record in images.map(|image| change("INSERT", "1", image)).into_iter().chain([without_image]) {
            let refused = Message::read(json!({ "Records": [record] })).unwrap_err();
            assert_eq!((refused.code(), refused.code().is_retryable()), (Code::Malformed, false));
        }
    }

    #[test]
    fn what_was_not_handled_is_named_by_its_sequence_number() {
        let found = insertions(&["7", "8", "9"].map(|number| change("INSERT", number, json!({}))));
        let unhandled: Unhandled = found[1..].iter().collect();
        let failures = json!({ "batchItemFailures": [{ "itemIdentifier": "8" }, { "itemIdentifier": "9" }] });
        assert_eq!(Value::from(unhandled), failures);
        assert_eq!(Value::from(Unhandled::default()), json!({ "batchItemFailures": [] }));
    }
}
