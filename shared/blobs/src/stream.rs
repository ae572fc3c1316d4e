//! An object's bytes as they come, taken up again where a connection broke.

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use crate::fault::{Fault, Kind};
use crate::read::Head;
use crate::{Blobs, fault};

/// So many times in a row an answer may break off without a byte in between.
const BREAKS_MAX: u32 = 3;

/// The bytes of one version of an object, in order.
pub(crate) struct Chunks {
    blobs: Blobs,
    key: String,
    head: Head,
    body: ByteStream,
    /// How many bytes were handed out.
    offset: u64,
    breaks: u32,
}

impl Chunks {
    /// Opens an object, unless it is larger than `bytes_max`.
    pub(crate) async fn open(blobs: &Blobs, key: &str, bytes_max: u64) -> Result<Self, Fault> {
        let asked = blobs.client().get_object().bucket(&blobs.config().bucket).key(key);
        let GetObjectOutput { body, content_length, e_tag, content_type, .. } =
            asked.send().await.map_err(Fault::of)?;
        let head = Head::new(content_length, e_tag, content_type)?;
        if head.size_bytes > bytes_max {
            return Err(Fault::new(Kind::TooLarge, format!("an object of {} bytes", head.size_bytes)));
        }
        Ok(Self { blobs: blobs.clone(), key: key.to_owned(), head, body, offset: 0, breaks: 0 })
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    /// The next bytes, or none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            let why = match self.body.next().await {
                Some(Ok(bytes)) => {
                    self.offset = self.offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                    self.breaks = 0;
                    return Ok(Some(bytes));
                }
                None if self.offset >= self.head.size_bytes => return Ok(None),
                None => "the answer ended too early".to_owned(),
                Some(Err(error)) => fault::chain(&error),
            };
            self.resume(why).await?;
        }
    }

    /// Opens the same version again behind what was read. A fault after the last byte is a wrong checksum: that is final.
    async fn resume(&mut self, why: String) -> Result<(), Fault> {
        self.breaks += 1;
        if self.breaks > BREAKS_MAX || self.offset >= self.head.size_bytes {
            return Err(Fault::new(Kind::Unavailable, why));
        }
        let asked = self.blobs.client().get_object().bucket(&self.blobs.config().bucket).key(&self.key);
        let asked = asked.range(format!("bytes={}-", self.offset)).if_match(&self.head.etag);
        let GetObjectOutput { body, content_range, .. } =
            asked.send().await.map_err(|error| changed(Fault::of(error)))?;
        let wanted = format!("bytes {}-", self.offset);
        if !content_range.is_some_and(|range| range.starts_with(&wanted)) {
            return Err(Fault::new(Kind::Unexpected, "a part was asked for and something else answered"));
        }
        self.body = body;
        Ok(())
    }
}

/// An object that was replaced while it was read: from the start, the reading may succeed.
fn changed(fault: Fault) -> Fault {
    match fault.kind() {
        Kind::Exists => Fault::new(Kind::Unavailable, "the object was replaced while it was read"),
        _ => fault,
    }
}
