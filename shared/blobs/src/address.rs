//! Where a browser finds the bucket and its objects, and how times are written in signatures.

use domain::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::Config;

/// What S3 leaves as it is in a signed address.
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same in a path.
const ENCODED_IN_PATH: AsciiSet = ENCODED.remove(b'/');

/// The bucket's address as others reach it, without a slash at the end.
pub(crate) fn bucket(config: &Config) -> String {
    let Config { region, bucket, .. } = config;
    match config.public_endpoint.as_ref().or(config.endpoint.as_ref()) {
        Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
        None if region.starts_with("cn-") => format!("https://{bucket}.s3.{region}.amazonaws.com.cn"),
        None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
    }
}

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &ENCODED).to_string()
}

pub(crate) fn encoded_path(key: &str) -> String {
    utf8_percent_encode(key, &ENCODED_IN_PATH).to_string()
}

/// An instant as signatures write it, such as `20261123T120000Z`; its first eight characters are the day.
pub(crate) fn stamp(at: Timestamp) -> String {
    let digits: String = at.to_string().chars().filter(|char| !matches!(char, '-' | ':')).take(15).collect();
    format!("{digits}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_without_punctuation_and_fractions() {
        assert_eq!(stamp(Timestamp::from_millis(1_795_476_475_120)), "20261123T232755Z");
    }

    #[test]
    fn keys_are_encoded_but_their_slashes_stay() {
        assert_eq!(encoded_path("drops/a b+ü~.xlsx"), "drops/a%20b%2B%C3%BC~.xlsx");
        assert_eq!(encoded("a/b"), "a%2Fb");
    }
}
