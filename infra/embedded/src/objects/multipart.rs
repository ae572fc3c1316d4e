//! Uploads in parts: begin, part, complete, abort.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, Checksum, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CompletedPart, CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag,
    UploadPartInput, UploadPartOutput,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};
use serde::{Deserialize, Serialize};

use super::index::{Attributes, Condition, Entry, e_tag};
use super::receive::Declared;
use super::rights::Action;
use super::state::State;
use crate::events::Cause;

/// Every part but the last.
const PART_BYTES_MIN: u64 = 5 * 1024 * 1024;
const PARTS_MAX: i32 = 10_000;

/// An upload under way, as kept in its folder.
#[derive(Serialize, Deserialize)]
struct Upload {
    bucket: String,
    key: String,
    attributes: Attributes,
}

/// A part that has arrived; its bytes are in the file of the same name without the ending.
#[derive(Serialize, Deserialize)]
struct Part {
    md5: [u8; 16],
    size_bytes: u64,
}

pub(super) fn create(
    state: &State,
    asked: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    state.principals.permit(&asked, Action::Write, &asked.input.bucket, &asked.input.key)?;
    let input = asked.input;
    state.check_target(&input.bucket, &input.key)?;
    let attributes = Attributes {
        metadata: input.metadata,
        cache_control: input.cache_control,
        content_disposition: input.content_disposition,
        content_encoding: input.content_encoding,
        content_language: input.content_language,
        content_type: input.content_type,
    };
    let upload_id = crate::clock::fresh();
    let folder = state.upload_folder(&upload_id);
    let upload = Upload { bucket: input.bucket.clone(), key: input.key.clone(), attributes };
    fs::create_dir_all(&folder).map_err(S3Error::internal_error)?;
    write_json(&folder.join("upload.json"), &upload).map_err(S3Error::internal_error)?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(upload_id),
        checksum_algorithm: input.checksum_algorithm,
        checksum_type: input.checksum_type,
        ..CreateMultipartUploadOutput::default()
    }))
}

pub(super) async fn part(state: &State, asked: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
    state.principals.permit(&asked, Action::Write, &asked.input.bucket, &asked.input.key)?;
    let input = asked.input;
    let (folder, _) = find(state, &input.upload_id, &input.bucket, &input.key)?;
    if !(1..=PARTS_MAX).contains(&input.part_number) {
        return Err(s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive"));
    }
    let checksum = Checksum {
        checksum_crc32: input.checksum_crc32,
        checksum_crc32c: input.checksum_crc32c,
        checksum_crc64nvme: input.checksum_crc64nvme,
        checksum_sha1: input.checksum_sha1,
        checksum_sha256: input.checksum_sha256,
        checksum_type: None,
    };
    let (content_md5, algorithm, trailers) = (input.content_md5, input.checksum_algorithm, asked.trailing_headers);
    let declared = Declared { content_md5, checksum, algorithm, trailers };
    let body = input.body.ok_or_else(|| s3_error!(IncompleteBody))?;
    let arriving = folder.join(crate::clock::fresh());
    let received = super::receive::receive(&arriving, body, declared).await?;
    let told = Part { md5: received.md5, size_bytes: received.size_bytes };
    let file = part_file(&folder, input.part_number);
    let stored = fs::rename(&arriving, &file).and_then(|()| write_json(&file.with_extension("json"), &told));
    stored.map_err(S3Error::internal_error)?;
    let found = received.checksum.clone();
    Ok(S3Response::new(UploadPartOutput {
        e_tag: Some(e_tag(&super::hex(&told.md5))),
        checksum_crc32: found.checksum_crc32,
        checksum_crc32c: found.checksum_crc32c,
        checksum_crc64nvme: found.checksum_crc64nvme,
        checksum_sha1: found.checksum_sha1,
        checksum_sha256: found.checksum_sha256,
        ..UploadPartOutput::default()
    }))
}

pub(super) fn complete(
    state: &State,
    asked: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    state.principals.permit(&asked, Action::Write, &asked.input.bucket, &asked.input.key)?;
    let origin = state.origin(&asked);
    let input = asked.input;
    let (folder, upload) = find(state, &input.upload_id, &input.bucket, &input.key)?;
    let listed = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let parts = chosen(&folder, &listed)?;
    let blob = crate::clock::fresh();
    let size_bytes = join(&parts, &state.blob_file(&blob)).map_err(S3Error::internal_error)?;
    let entry = Entry {
        bucket: upload.bucket,
        key: upload.key,
        size_bytes,
        e_tag: combined(&parts),
        modified: crate::clock::now(),
        blob,
        attributes: upload.attributes,
    };
    let written = entry.e_tag.clone();
    let condition = Condition { if_match: input.if_match, if_none_match: input.if_none_match };
    state.publish(entry, &condition, Cause::CompleteMultipartUpload, &origin)?;
    remove(&folder);
    Ok(S3Response::new(CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(e_tag(&written)),
        ..CompleteMultipartUploadOutput::default()
    }))
}

pub(super) fn abort(
    state: &State,
    asked: &S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = &asked.input;
    state.principals.permit(asked, Action::Write, &input.bucket, &input.key)?;
    let (folder, _) = find(state, &input.upload_id, &input.bucket, &input.key)?;
    remove(&folder);
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

fn find(state: &State, id: &str, bucket: &str, key: &str) -> S3Result<(PathBuf, Upload)> {
    let unknown = || s3_error!(NoSuchUpload, "The specified multipart upload does not exist.");
    let well_formed = id.len() == 16 && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    let folder = well_formed.then(|| state.upload_folder(id)).ok_or_else(unknown)?;
    let upload: Upload = read_json(&folder.join("upload.json")).map_err(|_| unknown())?;
    if upload.bucket != bucket || upload.key != key {
        return Err(unknown());
    }
    Ok((folder, upload))
}

/// The parts that the caller lists, held against what arrived: rising numbers, known ETags, none but the last too small.
fn chosen(folder: &Path, listed: &[CompletedPart]) -> S3Result<BTreeMap<i32, (PathBuf, Part)>> {
    let mut parts = BTreeMap::new();
    for part in listed {
        let invalid = || s3_error!(InvalidPart, "One or more of the specified parts could not be found.");
        let number = part.part_number.ok_or_else(invalid)?;
        if parts.last_key_value().is_some_and(|(last, _)| *last >= number) {
            return Err(s3_error!(InvalidPartOrder, "The list of parts was not in ascending order."));
        }
        let file = part_file(folder, number);
        let found: Part = read_json(&file.with_extension("json")).map_err(|_| invalid())?;
        if part.e_tag.as_ref().map(ETag::value) != Some(super::hex(&found.md5).as_str()) {
            return Err(invalid());
        }
        parts.insert(number, (file, found));
    }
    let last = parts.last_key_value().map(|(number, _)| *number);
    let last = last.ok_or_else(|| s3_error!(MalformedXML, "You must specify at least one part"))?;
    if parts.iter().any(|(number, (_, part))| *number != last && part.size_bytes < PART_BYTES_MIN) {
        return Err(s3_error!(EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size"));
    }
    Ok(parts)
}

fn join(parts: &BTreeMap<i32, (PathBuf, Part)>, whole: &Path) -> io::Result<u64> {
    let mut writer = File::create_new(whole)?;
    let mut size_bytes: u64 = 0;
    for (file, _) in parts.values() {
        size_bytes = size_bytes.saturating_add(io::copy(&mut File::open(file)?, &mut writer)?);
    }
    Ok(size_bytes)
}

fn combined(parts: &BTreeMap<i32, (PathBuf, Part)>) -> String {
    let mut md5 = Md5::new();
    parts.values().for_each(|(_, part)| md5.update(&part.md5));
    format!("{}-{}", super::hex(&md5.finalize()), parts.len())
}

fn part_file(folder: &Path, number: i32) -> PathBuf {
    folder.join(format!("part-{number}"))
}

fn write_json(file: &Path, content: &impl Serialize) -> io::Result<()> {
    fs::write(file, serde_json::to_vec(content)?)
}

fn read_json<T: for<'de> Deserialize<'de>>(file: &Path) -> io::Result<T> {
    serde_json::from_slice(&fs::read(file)?).map_err(io::Error::other)
}

fn remove(folder: &Path) {
    if let Err(fault) = fs::remove_dir_all(folder) {
        tracing::warn!(%fault, folder = %folder.display(), "could not delete an upload's parts");
    }
}
