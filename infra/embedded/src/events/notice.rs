//! One change of an object, and the JSON that S3 sends about it.

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// What happened, as S3 names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Put,
    Post,
    Copy,
    CompleteMultipartUpload,
    Delete,
    Expiration,
}

impl Cause {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Put => "ObjectCreated:Put",
            Self::Post => "ObjectCreated:Post",
            Self::Copy => "ObjectCreated:Copy",
            Self::CompleteMultipartUpload => "ObjectCreated:CompleteMultipartUpload",
            Self::Delete => "ObjectRemoved:Delete",
            Self::Expiration => "LifecycleExpiration:Delete",
        }
    }
}

/// Everything an event tells.
#[derive(Clone, Debug)]
pub(crate) struct Notice<'a> {
    pub(crate) name: Cause,
    pub(crate) at: Timestamp,
    pub(crate) region: &'a str,
    pub(crate) principal: &'a str,
    pub(crate) source: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    /// Size in bytes and ETag; removals have neither.
    pub(crate) content: Option<(u64, &'a str)>,
    pub(crate) sequencer: &'a str,
}

/// What Java's URL encoder leaves alone, and the slash; a space becomes `+`.
const KEPT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/').remove(b' ');

impl Notice<'_> {
    /// The event as the target's handler gets it, version 2.1 of the format.
    pub(super) fn event(&self, configuration: &str) -> Value {
        let mut object = json!({ "key": encoded(self.key), "sequencer": self.sequencer });
        if let (Some((size, e_tag)), Some(fields)) = (self.content, object.as_object_mut()) {
            fields.insert("size".to_owned(), size.into());
            fields.insert("eTag".to_owned(), e_tag.into());
        }
        json!({ "Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": self.region,
            "eventTime": format!("{:.3}", self.at),
            "eventName": self.name.as_str(),
            "userIdentity": { "principalId": self.principal },
            "requestParameters": { "sourceIPAddress": self.source },
            "responseElements": { "x-amz-request-id": self.request_id, "x-amz-id-2": self.request_id },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configuration,
                "bucket": {
                    "name": self.bucket,
                    "ownerIdentity": { "principalId": "A3NL1KOZZKExample" },
                    "arn": format!("arn:aws:s3:::{}", self.bucket),
                },
                "object": object,
            },
        }] })
    }
}

fn encoded(key: &str) -> String {
    utf8_percent_encode(key, &KEPT).to_string().replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn keys_are_encoded_as_s3_does_it() {
        assert_eq!(encoded("drops/a b+c~ü&.xlsx"), "drops/a+b%2Bc%7E%C3%BC%26.xlsx");
    }
}
