//! Bytes on their way in: written where nobody sees them, and held to every checksum their sender declared.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::StreamExt;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{Checksum, ChecksumAlgorithm, StreamingBlob};
use s3s::{S3Error, S3Result, TrailingHeaders, s3_error};

/// What the sender says its bytes amount to.
#[derive(Default)]
pub(super) struct Declared {
    pub(super) content_md5: Option<String>,
    pub(super) checksum: Checksum,
    pub(super) algorithm: Option<ChecksumAlgorithm>,
    /// Checksums that follow the bytes.
    pub(super) trailers: Option<TrailingHeaders>,
}

/// Bytes that have arrived whole. Their file goes when this does, unless it is kept.
pub(super) struct Received {
    file: Option<PathBuf>,
    pub(super) size_bytes: u64,
    pub(super) md5: [u8; 16],
    pub(super) checksum: Checksum,
}

impl Received {
    /// Leaves the file where it is.
    pub(super) fn keep(mut self) {
        self.file = None;
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            std::fs::remove_file(file).ok();
        }
    }
}

/// Writes the stream to `file`, which must not exist.
///
/// # Errors
/// `BadDigest` if the bytes are not what the sender declared; `IncompleteBody` if they ended early.
pub(super) async fn receive(file: &Path, mut body: StreamingBlob, declared: Declared) -> S3Result<Received> {
    let mut writer = File::create_new(file).map_err(S3Error::internal_error)?;
    let empty = Checksum::default();
    let mut received = Received { file: Some(file.to_owned()), size_bytes: 0, md5: [0; 16], checksum: empty };
    let (mut md5, mut hasher) = (Md5::new(), hasher(&declared)?);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|fault| S3Error::with_source(s3s::S3ErrorCode::IncompleteBody, fault))?;
        md5.update(&chunk);
        hasher.update(&chunk);
        writer.write_all(&chunk).map_err(S3Error::internal_error)?;
        received.size_bytes = received.size_bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
    }
    received.md5 = md5.finalize();
    received.checksum = hasher.finalize();
    compare(&received, declared)?;
    Ok(received)
}

fn hasher(declared: &Declared) -> S3Result<ChecksumHasher> {
    let named = declared.algorithm.as_ref().map(ChecksumAlgorithm::as_str);
    if let Some(unknown) = named.filter(|name| !["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"].contains(name)) {
        return Err(s3_error!(InvalidRequest, "Unsupported checksum algorithm: {unknown}"));
    }
    let given = &declared.checksum;
    let wanted = |name: &str, value: &Option<String>| value.is_some() || named == Some(name);
    Ok(ChecksumHasher {
        crc32: wanted("CRC32", &given.checksum_crc32).then(Default::default),
        crc32c: wanted("CRC32C", &given.checksum_crc32c).then(Default::default),
        sha1: wanted("SHA1", &given.checksum_sha1).then(Default::default),
        sha256: wanted("SHA256", &given.checksum_sha256).then(Default::default),
        crc64nvme: wanted("CRC64NVME", &given.checksum_crc64nvme).then(Default::default),
    })
}

fn compare(received: &Received, declared: Declared) -> S3Result<()> {
    let trailers = declared.trailers.and_then(|trailers| trailers.take()).unwrap_or_default();
    let trailing = |name: &str| trailers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (told, found) = (&declared.checksum, &received.checksum);
    let pairs = [
        ("x-amz-checksum-crc32", &told.checksum_crc32, &found.checksum_crc32),
        ("x-amz-checksum-crc32c", &told.checksum_crc32c, &found.checksum_crc32c),
        ("x-amz-checksum-sha1", &told.checksum_sha1, &found.checksum_sha1),
        ("x-amz-checksum-sha256", &told.checksum_sha256, &found.checksum_sha256),
        ("x-amz-checksum-crc64nvme", &told.checksum_crc64nvme, &found.checksum_crc64nvme),
    ];
    for (name, told, found) in pairs {
        let told = trailing(name).or_else(|| told.clone());
        if told.is_some() && told != *found {
            return Err(s3_error!(BadDigest, "The {name} you specified did not match the calculated checksum."));
        }
    }
    match declared.content_md5 {
        Some(told) if told != BASE64_STANDARD.encode(received.md5) => {
            Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received."))
        }
        _ => Ok(()),
    }
}
