//! `CopyObject`.

use s3s::dto::{CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, MetadataDirective};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::index::{Attributes, Condition, Entry, e_tag};
use super::rights::Action;
use super::state::State;
use crate::events::Cause;

pub(super) fn copy(state: &State, asked: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
    let CopySource::Bucket { bucket, key, .. } = &asked.input.copy_source else {
        return Err(s3_error!(NotImplemented, "only objects of a bucket can be copied"));
    };
    state.principals.permit(&asked, Action::Read, bucket, key)?;
    state.principals.permit(&asked, Action::Write, &asked.input.bucket, &asked.input.key)?;
    state.check_target(&asked.input.bucket, &asked.input.key)?;
    let origin = state.origin(&asked);
    let blob = crate::clock::fresh();
    let source = {
        let index = state.index();
        let source = index.find(bucket, key)?;
        index.link(&source.blob, &blob).map_err(S3Error::internal_error)?;
        source
    };
    let replaced = asked.input.metadata_directive.as_ref().map(MetadataDirective::as_str) == Some("REPLACE");
    let entry = Entry {
        size_bytes: source.size_bytes,
        e_tag: source.e_tag.clone(),
        modified: crate::clock::now(),
        blob,
        attributes: if replaced { attributes(&asked.input) } else { source.attributes.clone() },
        bucket: asked.input.bucket,
        key: asked.input.key,
    };
    let result = CopyObjectResult {
        e_tag: Some(e_tag(&entry.e_tag)),
        last_modified: Some(super::read::modified(&entry)),
        ..CopyObjectResult::default()
    };
    state.publish(entry, &Condition::default(), Cause::Copy, &origin)?;
    Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() }))
}

fn attributes(input: &CopyObjectInput) -> Attributes {
    Attributes {
        metadata: input.metadata.clone(),
        cache_control: input.cache_control.clone(),
        content_disposition: input.content_disposition.clone(),
        content_encoding: input.content_encoding.clone(),
        content_language: input.content_language.clone(),
        content_type: input.content_type.clone(),
    }
}
