//! Writing and deleting objects.

use std::path::PathBuf;

use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier, ServerSideEncryption};

use crate::fault::{Fault, Kind, chain};
use crate::{Blobs, fault};

/// What an object is to hold, at most 5 GB.
pub enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The content of that file, read while it is sent; it must not change until then.
    File(PathBuf),
}

impl Body {
    async fn into_stream(self) -> Result<ByteStream, Fault> {
        match self {
            Self::Bytes(bytes) => Ok(ByteStream::from(bytes)),
            Self::File(path) => {
                ByteStream::from_path(path).await.map_err(|error| Fault::new(Kind::Unexpected, chain(&error)))
            }
        }
    }
}

impl Blobs {
    /// Writes an object, encrypted at rest, in place of what was there.
    ///
    /// # Errors
    /// [`Kind::Unexpected`] if the file cannot be read; the general ones.
    pub async fn put(&self, key: &str, body: Body, content_type: &str) -> Result<(), Fault> {
        let asked = self.put_request(key, content_type).body(body.into_stream().await?);
        asked.send().await.map(|_| ()).map_err(Fault::of)
    }

    /// Writes an object if there is none of that key, and says whether it did. One of many at once succeeds.
    ///
    /// `false` may also mean that it was written, but the answer was lost and the client asked again.
    ///
    /// # Errors
    /// As [`Blobs::put`].
    pub async fn put_new(&self, key: &str, body: Body, content_type: &str) -> Result<bool, Fault> {
        let asked = self.put_request(key, content_type).if_none_match("*").body(body.into_stream().await?);
        match asked.send().await.map_err(Fault::of) {
            Ok(_) => Ok(true),
            Err(fault) if fault.kind() == Kind::Exists => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Deletes an object if its content is still the one with this entity tag, quoted or not, and says whether it did.
    /// That there is none, or another one, is no fault. Needs the right to read it.
    ///
    /// # Errors
    /// The general ones.
    pub async fn delete_unchanged(&self, key: &str, etag: &str) -> Result<bool, Fault> {
        let asked = self.client().delete_object().bucket(&self.config().bucket).key(key);
        match asked.if_match(format!("\"{}\"", etag.trim_matches('"'))).send().await.map_err(Fault::of) {
            Ok(_) => Ok(true),
            Err(fault) if matches!(fault.kind(), Kind::NotFound | Kind::Exists) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Deletes all objects whose keys begin with `prefix`, and says how many. Two requests for 1,000 objects. After a
    /// fault some are gone; asking again deletes the rest.
    ///
    /// # Errors
    /// [`Kind::Refused`] for an empty prefix, which would be the whole bucket; the general ones.
    pub async fn delete_under(&self, prefix: &str) -> Result<usize, Fault> {
        if prefix.is_empty() {
            return Err(Fault::new(Kind::Refused, "an empty prefix is the whole bucket"));
        }
        let asked = self.client().list_objects_v2().bucket(&self.config().bucket).prefix(prefix);
        let mut pages = asked.into_paginator().send();
        let mut deleted = 0;
        while let Some(page) = pages.next().await {
            let objects = page.map_err(Fault::of)?.contents.unwrap_or_default();
            deleted += self.delete_all(objects.into_iter().filter_map(|object| object.key)).await?;
        }
        Ok(deleted)
    }

    /// Deletes at most 1,000 objects in one request.
    async fn delete_all(&self, keys: impl Iterator<Item = String>) -> Result<usize, Fault> {
        let unbuilt = |error: aws_sdk_s3::error::BuildError| Fault::new(Kind::Unexpected, chain(&error));
        let objects: Result<Vec<_>, _> = keys.map(|key| ObjectIdentifier::builder().key(key).build()).collect();
        let objects = objects.map_err(unbuilt)?;
        let count = objects.len();
        if count == 0 {
            return Ok(0);
        }
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build().map_err(unbuilt)?;
        let asked = self.client().delete_objects().bucket(&self.config().bucket).delete(delete);
        let left = asked.send().await.map_err(Fault::of)?.errors.unwrap_or_default();
        match left.first().map(|error| error.code().unwrap_or_default()) {
            None => Ok(count),
            // Within an answer of 200 only the code tells what it is.
            Some(code) => Err(Fault::new(fault::kind_of_code(code), format!("{} objects stayed: {code}", left.len()))),
        }
    }

    fn put_request(&self, key: &str, content_type: &str) -> PutObjectFluentBuilder {
        let (encryption, kms_key) = self.encryption();
        let asked = self.client().put_object().bucket(&self.config().bucket).key(key).content_type(content_type);
        asked.server_side_encryption(encryption).set_ssekms_key_id(kms_key)
    }

    fn encryption(&self) -> (ServerSideEncryption, Option<String>) {
        match &self.config().server_side_kms_key {
            Some(key) => (ServerSideEncryption::AwsKms, Some(key.clone())),
            None => (ServerSideEncryption::Aes256, None),
        }
    }
}
