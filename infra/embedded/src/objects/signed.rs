//! What S3 demands of a signature and `s3s` lets pass: a fresh date, every `x-amz-` header signed, at most seven days.

use std::borrow::Cow;

use http::HeaderMap;
use http::request::Parts;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;
use s3s::{S3Result, s3_error};

const SKEW_SECONDS_MAX: u64 = 15 * 60;
const PRESIGNED_SECONDS_MAX: u64 = 7 * 24 * 3600;

/// Refuses a request that real S3 would refuse before it looks at the signature itself. Forms pass: their policy has an
/// expiry of its own, and its date may be as old as that allows.
pub(super) fn check(parts: &Parts) -> S3Result<()> {
    let query = parts.uri.query().unwrap_or_default();
    if let Some(signed) = parameter(query, "X-Amz-SignedHeaders") {
        check_presigned(query)?;
        return check_headers(&parts.headers, &signed);
    }
    let Some(authorization) = parts.headers.get("authorization").and_then(|value| value.to_str().ok()) else {
        return Ok(());
    };
    let date = parts.headers.get("x-amz-date").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if ahead_seconds(date).is_none_or(|ahead| ahead.unsigned_abs() > SKEW_SECONDS_MAX) {
        return Err(s3_error!(
            RequestTimeTooSkewed,
            "The difference between the request time and the server's time is too large."
        ));
    }
    let signed = authorization.split_once("SignedHeaders=").map(|(_, rest)| rest);
    check_headers(&parts.headers, signed.and_then(|rest| rest.split(',').next()).unwrap_or_default())
}

fn check_presigned(query: &str) -> S3Result<()> {
    let seconds = parameter(query, "X-Amz-Expires").and_then(|seconds| seconds.parse::<u64>().ok());
    if seconds.is_none_or(|seconds| seconds > PRESIGNED_SECONDS_MAX) {
        let message = "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds";
        return Err(s3_error!(AuthorizationQueryParametersError, "{message}"));
    }
    let ahead = parameter(query, "X-Amz-Date").and_then(|date| ahead_seconds(&date)).unwrap_or(i64::MAX);
    if ahead > 0 && ahead.unsigned_abs() > SKEW_SECONDS_MAX {
        return Err(s3_error!(AccessDenied, "Request is not valid yet"));
    }
    Ok(())
}

fn check_headers(headers: &HeaderMap, signed: &str) -> S3Result<()> {
    let is_signed = |name: &str| signed.split(';').any(|listed| listed.trim() == name);
    // Its value is part of what is signed, or stands for "not signed".
    let exempt = |name: &str| name == "x-amz-content-sha256";
    let unsigned = headers.keys().find(|name| {
        let name = name.as_str();
        name.starts_with("x-amz-") && !exempt(name) && !is_signed(name)
    });
    match unsigned {
        Some(name) => {
            Err(s3_error!(AccessDenied, "There were headers present in the request which were not signed: {name}"))
        }
        None if !is_signed("host") => Err(s3_error!(AccessDenied, "The host header must be signed")),
        None => Ok(()),
    }
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    percent_decode_str(found).decode_utf8().ok()
}

/// How far the date lies in the future; negative if it is past.
fn ahead_seconds(date: &str) -> Option<i64> {
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok()?;
    let at = TimeZone::UTC.to_timestamp(civil).ok()?;
    Some(at.as_second().saturating_sub(crate::clock::now().as_second()))
}
