//! The operations that this store knows, each handed to its verb; all others answer `NotImplemented`.

use std::sync::Arc;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CopyObjectInput, CopyObjectOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput,
    DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, GetBucketLocationInput, GetBucketLocationOutput,
    GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput,
    ListBucketsInput, ListBucketsOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output,
    PutObjectInput, PutObjectOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result};

use super::rights::Action;
use super::state::State;
use super::{copy, delete, list, multipart, put, read};
use crate::events::Cause;

type Asked<T> = S3Request<T>;
type Reply<T> = S3Result<S3Response<T>>;

pub(super) struct Protocol(pub(super) Arc<State>);

#[async_trait::async_trait]
impl S3 for Protocol {
    async fn put_object(&self, asked: Asked<PutObjectInput>) -> Reply<PutObjectOutput> {
        // A form comes here too, through the trait's own `post_object`; the door has marked it.
        let cause = asked.extensions.get().copied().unwrap_or(Cause::Put);
        put::put(&self.0, asked, cause).await
    }

    async fn get_object(&self, asked: Asked<GetObjectInput>) -> Reply<GetObjectOutput> {
        read::get(&self.0, &asked)
    }

    async fn head_object(&self, asked: Asked<HeadObjectInput>) -> Reply<HeadObjectOutput> {
        read::head(&self.0, &asked)
    }

    async fn copy_object(&self, asked: Asked<CopyObjectInput>) -> Reply<CopyObjectOutput> {
        copy::copy(&self.0, asked)
    }

    async fn delete_object(&self, asked: Asked<DeleteObjectInput>) -> Reply<DeleteObjectOutput> {
        delete::delete(&self.0, asked)
    }

    async fn delete_objects(&self, asked: Asked<DeleteObjectsInput>) -> Reply<DeleteObjectsOutput> {
        delete::delete_many(&self.0, &asked)
    }

    async fn list_objects_v2(&self, asked: Asked<ListObjectsV2Input>) -> Reply<ListObjectsV2Output> {
        list::list(&self.0, asked)
    }

    async fn list_objects(&self, asked: Asked<ListObjectsInput>) -> Reply<ListObjectsOutput> {
        list::list_old(&self.0, asked)
    }

    async fn list_buckets(&self, asked: Asked<ListBucketsInput>) -> Reply<ListBucketsOutput> {
        list::buckets(&self.0, &asked)
    }

    async fn head_bucket(&self, asked: Asked<HeadBucketInput>) -> Reply<HeadBucketOutput> {
        self.0.principals.permit(&asked, Action::List, &asked.input.bucket, "")?;
        self.0.index().bucket(&asked.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn get_bucket_location(&self, asked: Asked<GetBucketLocationInput>) -> Reply<GetBucketLocationOutput> {
        self.0.principals.permit(&asked, Action::List, &asked.input.bucket, "")?;
        self.0.index().bucket(&asked.input.bucket)?;
        Ok(S3Response::new(GetBucketLocationOutput::default()))
    }

    async fn create_multipart_upload(
        &self,
        asked: Asked<CreateMultipartUploadInput>,
    ) -> Reply<CreateMultipartUploadOutput> {
        multipart::create(&self.0, asked)
    }

    async fn upload_part(&self, asked: Asked<UploadPartInput>) -> Reply<UploadPartOutput> {
        multipart::part(&self.0, asked).await
    }

    async fn complete_multipart_upload(
        &self,
        asked: Asked<CompleteMultipartUploadInput>,
    ) -> Reply<CompleteMultipartUploadOutput> {
        multipart::complete(&self.0, asked)
    }

    async fn abort_multipart_upload(
        &self,
        asked: Asked<AbortMultipartUploadInput>,
    ) -> Reply<AbortMultipartUploadOutput> {
        multipart::abort(&self.0, &asked)
    }
}
