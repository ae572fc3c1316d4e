//! What all verbs of the store share, and the two ways in which objects change.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use s3s::{S3Request, S3Result, s3_error};

use super::index::{Attributes, Condition, Entry, Index};
use super::receive::Received;
use super::rights::Principals;
use crate::events::{Cause, Intent, Notice, Queue};
use crate::serve::Peer;

/// Keys are at most this long, in UTF-8.
const KEY_BYTES_MAX: usize = 1024;

pub(super) struct State {
    data: PathBuf,
    region: String,
    pub(super) principals: Principals,
    index: Mutex<Index>,
    pub(super) queue: Queue,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("data", &self.data).finish_non_exhaustive()
    }
}

/// Who asked, for the event.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) principal: String,
    pub(super) source: String,
    pub(super) request_id: String,
}

/// The request's id, an extension of every request.
#[derive(Clone, Debug)]
pub(super) struct RequestId(pub(super) String);

impl State {
    pub(super) fn new(data: PathBuf, region: String, principals: Principals, index: Index, queue: Queue) -> Self {
        Self { data, region, principals, index: Mutex::new(index), queue }
    }

    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn blob_file(&self, blob: &str) -> PathBuf {
        self.data.join("blobs").join(blob)
    }

    pub(super) fn upload_folder(&self, id: &str) -> PathBuf {
        self.data.join("uploads").join(id)
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    pub(super) fn origin<T>(&self, asked: &S3Request<T>) -> Origin {
        let key_id = asked.credentials.as_ref().map(|credentials| credentials.access_key.as_str()).unwrap_or_default();
        Origin {
            principal: self.principals.name(key_id).to_owned(),
            source: asked.extensions.get::<Peer>().map(|peer| peer.0.to_string()).unwrap_or_default(),
            request_id: asked.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        }
    }

    /// Refuses what cannot be written, before its bytes arrive.
    pub(super) fn check_target(&self, bucket: &str, key: &str) -> S3Result<()> {
        match key.len() {
            0 => Err(s3_error!(InvalidArgument, "Object key must not be empty")),
            1..=KEY_BYTES_MAX => self.index().bucket(bucket).map(drop),
            _ => Err(s3_error!(KeyTooLongError, "Your key is too long")),
        }
    }

    pub(super) fn entry(
        &self,
        bucket: String,
        key: String,
        blob: String,
        attributes: Attributes,
        received: &Received,
    ) -> Entry {
        let (size_bytes, e_tag) = (received.size_bytes, super::hex(&received.md5));
        Entry { bucket, key, size_bytes, e_tag, modified: crate::clock::now(), blob, attributes }
    }

    /// Makes the object visible and has its event on file before.
    pub(super) fn publish(&self, entry: Entry, condition: &Condition, cause: Cause, origin: &Origin) -> S3Result<()> {
        let announce = |entry: &Entry| self.announce(entry, Some((entry.size_bytes, &entry.e_tag)), cause, origin);
        let mut index = self.index();
        let intents = index.publish(entry, condition, announce)?;
        self.queue.dispatch(intents);
        drop(index);
        Ok(())
    }

    /// Takes the object away, if there is one, and has its event on file before.
    pub(super) fn remove(
        &self,
        bucket: &str,
        key: &str,
        condition: &Condition,
        cause: Cause,
        origin: &Origin,
    ) -> S3Result<bool> {
        let announce = |entry: &Entry| self.announce(entry, None, cause, origin);
        let intents = self.index().remove(bucket, key, condition, announce)?;
        let removed = intents.is_some();
        self.queue.dispatch(intents.unwrap_or_default());
        Ok(removed)
    }

    fn announce(
        &self,
        entry: &Entry,
        content: Option<(u64, &str)>,
        cause: Cause,
        origin: &Origin,
    ) -> io::Result<Vec<Intent>> {
        self.queue.record(&Notice {
            name: cause,
            at: crate::clock::now(),
            region: &self.region,
            principal: &origin.principal,
            source: &origin.source,
            request_id: &origin.request_id,
            bucket: &entry.bucket,
            key: &entry.key,
            content,
            sequencer: &crate::clock::fresh(),
        })
    }
}
