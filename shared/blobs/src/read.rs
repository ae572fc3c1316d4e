//! Reading objects and what is known about them.

use std::path::Path;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::Blobs;
use crate::fault::{Fault, Kind, chain};
use crate::stream::Chunks;

/// What is known about an object besides its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its size.
    pub size_bytes: u64,
    /// Its entity tag, with quotes: another content has another one.
    pub etag: String,
    /// What its writer said it was.
    pub content_type: Option<String>,
}

impl Head {
    pub(crate) fn new(size: Option<i64>, etag: Option<String>, content_type: Option<String>) -> Result<Self, Fault> {
        let size_bytes = size.and_then(|size| u64::try_from(size).ok());
        let (Some(size_bytes), Some(etag)) = (size_bytes, etag) else {
            return Err(Fault::new(Kind::Unexpected, "an answer without a size or an entity tag"));
        };
        Ok(Self { size_bytes, etag, content_type })
    }
}

impl Blobs {
    /// An object's content, in memory.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::TooLarge`] above `bytes_max`, before anything is read; the general ones.
    pub async fn get(&self, key: &str, bytes_max: u64) -> Result<Vec<u8>, Fault> {
        let mut chunks = Chunks::open(self, key, bytes_max).await?;
        let mut content = Vec::with_capacity(usize::try_from(chunks.head().size_bytes).unwrap_or_default());
        while let Some(bytes) = chunks.next().await? {
            content.extend_from_slice(&bytes);
        }
        Ok(content)
    }

    /// Writes an object's content to a new file at `path`, in constant memory. What was there is replaced; after a
    /// fault nothing is there.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::TooLarge`] above `bytes_max`, before anything is read; [`Kind::Unexpected`] if the file
    /// cannot be written; the general ones.
    pub async fn download(&self, key: &str, path: &Path, bytes_max: u64) -> Result<Head, Fault> {
        let chunks = Chunks::open(self, key, bytes_max).await?;
        let head = chunks.head().clone();
        if let Err(fault) = write_file(chunks, path).await {
            tokio::fs::remove_file(path).await.ok();
            return Err(fault);
        }
        Ok(head)
    }

    /// What is known about an object, or none if it does not exist.
    ///
    /// # Errors
    /// The general ones. Without the right to list the bucket, S3 says [`Kind::Refused`] of an object that does not exist.
    pub async fn head(&self, key: &str) -> Result<Option<Head>, Fault> {
        let asked = self.client().head_object().bucket(&self.config().bucket).key(key);
        match asked.send().await.map_err(Fault::of) {
            Ok(HeadObjectOutput { content_length, e_tag, content_type, .. }) => {
                Head::new(content_length, e_tag, content_type).map(Some)
            }
            Err(fault) if fault.kind() == Kind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// All keys that begin with `prefix`, in the order of their bytes. One request for 1,000 keys.
    ///
    /// # Errors
    /// The general ones.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, Fault> {
        let asked = self.client().list_objects_v2().bucket(&self.config().bucket).prefix(prefix);
        let mut pages = asked.into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            let objects = page.map_err(Fault::of)?.contents.unwrap_or_default();
            keys.extend(objects.into_iter().filter_map(|object| object.key));
        }
        Ok(keys)
    }
}

async fn write_file(mut chunks: Chunks, path: &Path) -> Result<(), Fault> {
    let unwritten = |error: std::io::Error| Fault::new(Kind::Unexpected, chain(&error));
    let mut file = File::create(path).await.map_err(unwritten)?;
    while let Some(bytes) = chunks.next().await? {
        file.write_all(&bytes).await.map_err(unwritten)?;
    }
    // Writing goes on in the background until then.
    file.flush().await.map_err(unwritten)
}
