//! `GetObject` and `HeadObject`.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use bytes::Bytes;
use s3s::dto::{
    ETag, ETagCondition, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, StreamingBlob, Timestamp,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use super::index::{Entry, e_tag};
use super::rights::Action;
use super::state::State;

const CHUNK_BYTES: u64 = 64 * 1024;

pub(super) fn get(state: &State, asked: &S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
    let input = &asked.input;
    state.principals.permit(asked, Action::Read, &input.bucket, &input.key)?;
    let (entry, mut file) = state.index().read(&input.bucket, &input.key)?;
    check(&entry, input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let whole = 0..entry.size_bytes;
    let part = input.range.map_or(Ok(whole), |range| range.check(entry.size_bytes).map_err(S3Error::from))?;
    file.seek(SeekFrom::Start(part.start)).map_err(S3Error::internal_error)?;
    let length = part.end.saturating_sub(part.start);
    let last = part.end.saturating_sub(1);
    let content_range = input.range.map(|_| format!("bytes {}-{last}/{}", part.start, entry.size_bytes));
    let attributes = entry.attributes.clone();
    Ok(S3Response::new(GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        body: Some(StreamingBlob::wrap(futures::stream::iter(Chunks { file, left: length }))),
        content_length: i64::try_from(length).ok(),
        content_range,
        e_tag: Some(e_tag(&entry.e_tag)),
        last_modified: Some(modified(&entry)),
        metadata: attributes.metadata,
        cache_control: attributes.cache_control,
        content_disposition: attributes.content_disposition,
        content_encoding: attributes.content_encoding,
        content_language: attributes.content_language,
        content_type: attributes.content_type.or_else(unknown_type),
        ..GetObjectOutput::default()
    }))
}

pub(super) fn head(state: &State, asked: &S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = &asked.input;
    state.principals.permit(asked, Action::Read, &input.bucket, &input.key)?;
    let entry = state.index().find(&input.bucket, &input.key)?;
    check(&entry, input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let attributes = entry.attributes.clone();
    Ok(S3Response::new(HeadObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        content_length: i64::try_from(entry.size_bytes).ok(),
        e_tag: Some(e_tag(&entry.e_tag)),
        last_modified: Some(modified(&entry)),
        metadata: attributes.metadata,
        cache_control: attributes.cache_control,
        content_disposition: attributes.content_disposition,
        content_encoding: attributes.content_encoding,
        content_language: attributes.content_language,
        content_type: attributes.content_type.or_else(unknown_type),
        ..HeadObjectOutput::default()
    }))
}

pub(super) fn modified(entry: &Entry) -> Timestamp {
    Timestamp::from(crate::clock::system_time(entry.modified))
}

fn unknown_type() -> Option<String> {
    Some("binary/octet-stream".to_owned())
}

fn check(entry: &Entry, if_match: Option<&ETagCondition>, if_none_match: Option<&ETagCondition>) -> S3Result<()> {
    let fits =
        |condition: &ETagCondition| condition.as_etag().map(ETag::value).is_none_or(|value| value == entry.e_tag);
    if if_match.is_some_and(|condition| !fits(condition)) {
        return Err(s3_error!(PreconditionFailed));
    }
    if if_none_match.is_some_and(fits) {
        return Err(S3Error::new(S3ErrorCode::NotModified));
    }
    Ok(())
}

/// A file's next bytes, piece by piece. Reads block for the moment that a local file takes.
struct Chunks {
    file: File,
    left: u64,
}

impl Iterator for Chunks {
    type Item = std::io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let wanted = usize::try_from(self.left.min(CHUNK_BYTES)).ok().filter(|wanted| *wanted > 0)?;
        let mut chunk = vec![0; wanted];
        self.left = self.left.saturating_sub(self.left.min(CHUNK_BYTES));
        Some(self.file.read_exact(&mut chunk).map(|()| Bytes::from(chunk)))
    }
}
