//! One record of an S3 notification, version 2 of its format.

use domain::{Result, Timestamp};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use crate::malformed;

/// An object that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The bucket.
    pub bucket: String,
    /// The object's key, decoded.
    pub key: String,
    /// The content's tag, without quotes.
    pub etag: Option<String>,
    /// Tells writes of one key apart; the same in every notice of one write.
    pub sequencer: String,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it, as the object store knows them.
    pub principal: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    event_time: Timestamp,
    user_identity: Identity,
    s3: About,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    principal_id: String,
}

#[derive(Deserialize)]
struct About {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    key: String,
    e_tag: Option<String>,
    #[serde(default)]
    sequencer: String,
}

/// The arrival that a record tells of; none for other records.
pub(crate) fn read(record: &Value) -> Result<Option<Arrival>> {
    let Record { event_name, event_time, user_identity, s3 } = Record::deserialize(record).map_err(malformed)?;
    if !event_name.trim_start_matches("s3:").starts_with("ObjectCreated:") {
        return Ok(None);
    }
    let Object { key, e_tag, sequencer } = s3.object;
    let spaced = key.replace('+', " ");
    let key = percent_decode_str(&spaced).decode_utf8().map_err(malformed)?.into_owned();
    Ok(Some(Arrival {
        bucket: s3.bucket.name,
        key,
        etag: e_tag.map(|etag| etag.trim_matches('"').to_owned()),
        sequencer,
        at: event_time,
        principal: user_identity.principal_id,
    }))
}
