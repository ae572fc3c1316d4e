//! `ListObjectsV2`, its first version, and the buckets.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    Bucket, CommonPrefix, EncodingType, ListBucketsInput, ListBucketsOutput, ListObjectsInput, ListObjectsOutput,
    ListObjectsV2Input, ListObjectsV2Output, Object,
};
use s3s::{S3Request, S3Response, S3Result};

use super::index::{Entry, e_tag};
use super::rights::Action;
use super::state::State;

const KEPT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/');

pub(super) fn list(state: &State, asked: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
    let prefix = asked.input.prefix.clone().unwrap_or_default();
    state.principals.permit(&asked, Action::List, &asked.input.bucket, &prefix)?;
    let input = asked.input;
    let after = input.continuation_token.clone().or_else(|| input.start_after.clone()).unwrap_or_default();
    let limit = input.max_keys.unwrap_or(1000).clamp(0, 1000);
    let delimiter = input.delimiter.clone().unwrap_or_default();
    let page = page(state.index().bucket(&input.bucket)?, &prefix, &delimiter, &after, limit.unsigned_abs());
    let encode = encoder(input.encoding_type.as_ref());
    let count = page.keys.len().saturating_add(page.prefixes.len());
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(encode(&prefix)),
        max_keys: Some(limit),
        key_count: i32::try_from(count).ok(),
        is_truncated: Some(page.next.is_some()),
        contents: Some(page.keys.iter().map(|entry| object(entry, encode)).collect()),
        common_prefixes: Some(
            page.prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(encode(prefix)) }).collect(),
        ),
        continuation_token: input.continuation_token,
        next_continuation_token: page.next,
        delimiter: input.delimiter,
        encoding_type: input.encoding_type,
        start_after: input.start_after,
        ..ListObjectsV2Output::default()
    }))
}

pub(super) fn list_old(state: &State, asked: S3Request<ListObjectsInput>) -> S3Result<S3Response<ListObjectsOutput>> {
    let marker = asked.input.marker.clone();
    let mut asked: S3Request<ListObjectsV2Input> = asked.map_input(Into::into);
    asked.input.start_after.clone_from(&marker);
    asked.input.continuation_token = None;
    Ok(list(state, asked)?.map_output(|listed| ListObjectsOutput {
        name: listed.name,
        prefix: listed.prefix,
        marker,
        max_keys: listed.max_keys,
        is_truncated: listed.is_truncated,
        contents: listed.contents,
        common_prefixes: listed.common_prefixes,
        delimiter: listed.delimiter,
        next_marker: listed.next_continuation_token,
        encoding_type: listed.encoding_type,
        ..ListObjectsOutput::default()
    }))
}

/// The buckets in which the caller may list anything.
pub(super) fn buckets(state: &State, asked: &S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
    let index = state.index();
    let seen = index.bucket_names().filter(|name| state.principals.permit(asked, Action::List, name, "").is_ok());
    let buckets = seen.map(|name| Bucket { name: Some(name.clone()), ..Bucket::default() }).collect();
    Ok(S3Response::new(ListBucketsOutput { buckets: Some(buckets), ..ListBucketsOutput::default() }))
}

#[derive(Default)]
struct Page {
    keys: Vec<Arc<Entry>>,
    prefixes: Vec<String>,
    next: Option<String>,
}

fn page(bucket: &BTreeMap<String, Arc<Entry>>, prefix: &str, delimiter: &str, after: &str, limit: u32) -> Page {
    let start = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
    let mut page = Page::default();
    let (mut last, mut left) = (None, limit);
    for (key, entry) in bucket.range::<str, _>((start, Bound::Unbounded)) {
        let Some(rest) = key.strip_prefix(prefix) else { break };
        let shared = rest
            .split_once(delimiter)
            .filter(|_| !delimiter.is_empty())
            .map(|(name, _)| format!("{prefix}{name}{delimiter}"));
        // A page that ended with a common prefix goes on after all of its keys.
        if shared.as_ref().is_some_and(|shared| page.prefixes.last() == Some(shared) || shared == after) {
            continue;
        }
        if left == 0 {
            page.next = last.filter(|_| limit > 0);
            break;
        }
        left = left.saturating_sub(1);
        last = Some(shared.clone().unwrap_or_else(|| key.clone()));
        match shared {
            Some(shared) => page.prefixes.push(shared),
            None => page.keys.push(Arc::clone(entry)),
        }
    }
    page
}

fn object(entry: &Entry, encode: fn(&str) -> String) -> Object {
    Object {
        key: Some(encode(&entry.key)),
        size: i64::try_from(entry.size_bytes).ok(),
        e_tag: Some(e_tag(&entry.e_tag)),
        last_modified: Some(super::read::modified(entry)),
        ..Object::default()
    }
}

fn encoder(wanted: Option<&EncodingType>) -> fn(&str) -> String {
    match wanted.map(EncodingType::as_str) {
        Some("url") => |text| utf8_percent_encode(text, &KEPT).to_string(),
        _ => str::to_owned,
    }
}
