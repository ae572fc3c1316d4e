//! What exists: one small file per object, all of them in memory, and the only place where an object appears or goes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use s3s::dto::{ETag, ETagCondition};
use s3s::{S3Error, S3Result, s3_error};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// An object without its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) size_bytes: u64,
    pub(super) e_tag: String,
    pub(super) modified: Timestamp,
    /// The file of its bytes, under `blobs/`. Never written again once an entry names it.
    pub(super) blob: String,
    pub(super) attributes: Attributes,
}

/// What the writer said about an object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Attributes {
    pub(super) metadata: Option<std::collections::HashMap<String, String>>,
    pub(super) cache_control: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) content_type: Option<String>,
}

/// `If-Match` and `If-None-Match` of a write.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
}

impl Condition {
    /// Holds while the object is the one that was seen.
    pub(super) fn unchanged(entry: &Entry) -> Self {
        Self { if_match: Some(ETagCondition::ETag(e_tag(&entry.e_tag))), if_none_match: None }
    }

    fn check(&self, existing: Option<&Entry>) -> S3Result<()> {
        let refused = || s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold");
        match (&self.if_match, existing) {
            (Some(_), None) => return Err(s3_error!(NoSuchKey, "The specified key does not exist.")),
            (Some(ETagCondition::ETag(wanted)), Some(entry)) if wanted.value() != entry.e_tag => return Err(refused()),
            _ => {}
        }
        match (&self.if_none_match, existing) {
            (Some(ETagCondition::Any), Some(_)) => Err(refused()),
            (Some(ETagCondition::ETag(_)), _) => {
                Err(s3_error!(NotImplemented, "If-None-Match of a write can only be *"))
            }
            _ => Ok(()),
        }
    }
}

/// All objects of all buckets.
#[derive(Debug)]
pub(super) struct Index {
    entries: PathBuf,
    blobs: PathBuf,
    buckets: BTreeMap<String, BTreeMap<String, Arc<Entry>>>,
}

impl Index {
    /// Reads what is there, makes the buckets, and deletes what an interrupted write left.
    pub(super) fn open(data: &Path, buckets: &[String]) -> io::Result<Self> {
        let (entries, blobs) = (data.join("objects"), data.join("blobs"));
        fs::create_dir_all(&entries)?;
        fs::create_dir_all(&blobs)?;
        let mut index =
            Self { entries, blobs, buckets: buckets.iter().map(|name| (name.clone(), BTreeMap::new())).collect() };
        index.load()?;
        Ok(index)
    }

    pub(super) fn bucket_names(&self) -> impl Iterator<Item = &String> {
        self.buckets.keys()
    }

    pub(super) fn bucket(&self, name: &str) -> S3Result<&BTreeMap<String, Arc<Entry>>> {
        self.buckets.get(name).ok_or_else(|| s3_error!(NoSuchBucket, "The specified bucket does not exist"))
    }

    pub(super) fn find(&self, bucket: &str, key: &str) -> S3Result<Arc<Entry>> {
        let entry = self.bucket(bucket)?.get(key).cloned();
        entry.ok_or_else(|| s3_error!(NoSuchKey, "The specified key does not exist."))
    }

    /// All objects whose key begins like this.
    pub(super) fn under(&self, bucket: &str, key_prefix: &str) -> S3Result<Vec<Arc<Entry>>> {
        let keys = self.bucket(bucket)?.range::<str, _>((Bound::Included(key_prefix), Bound::Unbounded));
        Ok(keys.take_while(|(key, _)| key.starts_with(key_prefix)).map(|(_, entry)| Arc::clone(entry)).collect())
    }

    /// An object with its bytes, which stay readable when it is replaced meanwhile.
    pub(super) fn read(&self, bucket: &str, key: &str) -> S3Result<(Arc<Entry>, File)> {
        let entry = self.find(bucket, key)?;
        let file = File::open(self.blobs.join(&entry.blob)).map_err(S3Error::internal_error)?;
        Ok((entry, file))
    }

    /// Makes an object visible: bytes, attributes and all, or not at all. `announce` runs after the condition has held and
    /// before anyone can see the object.
    pub(super) fn publish<T>(
        &mut self,
        entry: Entry,
        condition: &Condition,
        announce: impl FnOnce(&Entry) -> io::Result<T>,
    ) -> S3Result<T> {
        let file = self.entry_file(&entry.bucket, &entry.key);
        condition.check(self.bucket(&entry.bucket)?.get(&entry.key).map(Arc::as_ref))?;
        let announced = announce(&entry).map_err(S3Error::internal_error)?;
        write_whole(&file, &entry).map_err(S3Error::internal_error)?;
        let bucket = self.buckets.entry(entry.bucket.clone()).or_default();
        if let Some(replaced) = bucket.insert(entry.key.clone(), Arc::new(entry)) {
            self.discard(&replaced.blob);
        }
        Ok(announced)
    }

    /// Takes an object away; `None` if there was none.
    pub(super) fn remove<T>(
        &mut self,
        bucket: &str,
        key: &str,
        condition: &Condition,
        announce: impl FnOnce(&Entry) -> io::Result<T>,
    ) -> S3Result<Option<T>> {
        let file = self.entry_file(bucket, key);
        let existing = self.bucket(bucket)?.get(key).cloned();
        condition.check(existing.as_deref())?;
        let Some(entry) = existing else { return Ok(None) };
        let announced = announce(&entry).map_err(S3Error::internal_error)?;
        fs::remove_file(file).map_err(S3Error::internal_error)?;
        self.buckets.entry(bucket.to_owned()).or_default().remove(key);
        self.discard(&entry.blob);
        Ok(Some(announced))
    }

    /// Another name for the same bytes, for a copy.
    pub(super) fn link(&self, blob: &str, link: &str) -> io::Result<()> {
        fs::hard_link(self.blobs.join(blob), self.blobs.join(link))
    }

    /// Any key is a file name this way: no length, character or path in a key matters.
    fn entry_file(&self, bucket: &str, key: &str) -> PathBuf {
        let digest = Sha256::new().chain_update(bucket).chain_update("/").chain_update(key).finalize();
        self.entries.join(format!("{}.json", super::hex(&digest)))
    }

    fn discard(&self, blob: &str) {
        if let Err(fault) = fs::remove_file(self.blobs.join(blob)) {
            tracing::warn!(%fault, blob, "could not delete the bytes of a replaced object");
        }
    }

    fn load(&mut self) -> io::Result<()> {
        let mut blobs = std::collections::HashSet::new();
        for file in fs::read_dir(&self.entries)? {
            let path = file?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                fs::remove_file(path)?;
                continue;
            }
            let entry: Entry = serde_json::from_slice(&fs::read(path)?)?;
            blobs.insert(entry.blob.clone());
            self.buckets.entry(entry.bucket.clone()).or_default().insert(entry.key.clone(), Arc::new(entry));
        }
        for file in fs::read_dir(&self.blobs)? {
            let file = file?;
            if file.file_name().to_str().is_none_or(|name| !blobs.contains(name)) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }
}

/// The ETag in the protocol's type.
pub(super) fn e_tag(value: &str) -> ETag {
    ETag::Strong(value.to_owned())
}

fn write_whole(file: &Path, entry: &Entry) -> io::Result<()> {
    let unfinished = file.with_extension("part");
    fs::write(&unfinished, serde_json::to_vec(entry)?)?;
    fs::rename(unfinished, file)
}
