//! `DeleteObject` and `DeleteObjects`.

use s3s::dto::{DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, Error};
use s3s::{S3Request, S3Response, S3Result};

use super::index::Condition;
use super::rights::Action;
use super::state::State;
use crate::events::Cause;

pub(super) fn delete(state: &State, asked: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
    state.principals.permit(&asked, Action::Delete, &asked.input.bucket, &asked.input.key)?;
    let origin = state.origin(&asked);
    let DeleteObjectInput { bucket, key, if_match, .. } = asked.input;
    state.remove(&bucket, &key, &Condition { if_match, if_none_match: None }, Cause::Delete, &origin)?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

/// Each key on its own: what may not or cannot be deleted is named in the answer, the rest goes.
pub(super) fn delete_many(
    state: &State,
    asked: &S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    state.index().bucket(&asked.input.bucket)?;
    let origin = state.origin(asked);
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for object in &asked.input.delete.objects {
        let bucket = &asked.input.bucket;
        let permitted = state.principals.permit(asked, Action::Delete, bucket, &object.key);
        let gone =
            permitted.and_then(|_| state.remove(bucket, &object.key, &Condition::default(), Cause::Delete, &origin));
        let key = Some(object.key.clone());
        match gone {
            Ok(_) => deleted.push(DeletedObject { key, ..DeletedObject::default() }),
            Err(fault) => errors.push(Error {
                code: Some(fault.code().as_str().to_owned()),
                message: fault.message().map(str::to_owned),
                key,
                ..Error::default()
            }),
        }
    }
    let deleted = (!asked.input.delete.quiet.unwrap_or(false)).then_some(deleted);
    Ok(S3Response::new(DeleteObjectsOutput { deleted, errors: Some(errors), ..DeleteObjectsOutput::default() }))
}
