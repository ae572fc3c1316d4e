//! `PutObject` and the POST of a form.

use s3s::dto::{Checksum, PutObjectInput, PutObjectOutput};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::index::{Attributes, Condition, e_tag};
use super::receive::Declared;
use super::rights::Action;
use super::state::State;
use crate::events::Cause;

pub(super) async fn put(
    state: &State,
    asked: S3Request<PutObjectInput>,
    cause: Cause,
) -> S3Result<S3Response<PutObjectOutput>> {
    state.principals.permit(&asked, Action::Write, &asked.input.bucket, &asked.input.key)?;
    let origin = state.origin(&asked);
    let PutObjectInput { body, bucket, key, if_match, if_none_match, .. } = asked.input;
    state.check_target(&bucket, &key)?;
    let declared = Declared {
        content_md5: asked.input.content_md5,
        checksum: Checksum {
            checksum_crc32: asked.input.checksum_crc32,
            checksum_crc32c: asked.input.checksum_crc32c,
            checksum_crc64nvme: asked.input.checksum_crc64nvme,
            checksum_sha1: asked.input.checksum_sha1,
            checksum_sha256: asked.input.checksum_sha256,
            checksum_type: None,
        },
        algorithm: asked.input.checksum_algorithm,
        trailers: asked.trailing_headers,
    };
    let attributes = Attributes {
        metadata: asked.input.metadata,
        cache_control: asked.input.cache_control,
        content_disposition: asked.input.content_disposition,
        content_encoding: asked.input.content_encoding,
        content_language: asked.input.content_language,
        content_type: asked.input.content_type,
    };
    let body = body.ok_or_else(|| s3_error!(IncompleteBody))?;
    let blob = crate::clock::fresh();
    let received = super::receive::receive(&state.blob_file(&blob), body, declared).await?;
    let checksum = received.checksum.clone();
    let entry = state.entry(bucket, key, blob, attributes, &received);
    let written = entry.e_tag.clone();
    state.publish(entry, &Condition { if_match, if_none_match }, cause, &origin)?;
    received.keep();
    Ok(S3Response::new(PutObjectOutput {
        e_tag: Some(e_tag(&written)),
        checksum_crc32: checksum.checksum_crc32,
        checksum_crc32c: checksum.checksum_crc32c,
        checksum_crc64nvme: checksum.checksum_crc64nvme,
        checksum_sha1: checksum.checksum_sha1,
        checksum_sha256: checksum.checksum_sha256,
        ..PutObjectOutput::default()
    }))
}
