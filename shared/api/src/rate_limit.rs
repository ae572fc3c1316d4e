//! `RateLimit` and `RateLimit-Policy`, as draft-ietf-httpapi-ratelimit-headers-10 spells them.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Reply;

pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A limit that a request counts towards, and what it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The limit's name.
    pub policy: &'static str,
    /// How many a window takes.
    pub quota: u64,
    /// How long the window is.
    pub window: Duration,
    /// How many more it takes now.
    pub left: u64,
    /// When it takes more again.
    pub resets_in: Duration,
}

impl RateLimit {
    /// The answer with both headers, whether it is a refusal or not.
    #[must_use]
    pub fn on(self, reply: Reply) -> Response {
        let mut response = reply.into_response();
        self.write(response.headers_mut());
        response
    }

    fn write(self, headers: &mut HeaderMap) {
        let Self { policy, quota, window, left, resets_in } = self;
        let limit = format!("\"{policy}\";r={left};t={}", whole_seconds(resets_in));
        let policy = format!("\"{policy}\";q={quota};w={}", whole_seconds(window));
        for (name, value) in [(RATE_LIMIT, limit), (RATE_LIMIT_POLICY, policy)] {
            headers.extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
        }
    }
}

/// Rounded up: who waits that long has waited long enough.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer;

    #[test]
    fn both_headers_are_structured_fields_in_whole_seconds() {
        let (window, resets_in) = (Duration::from_secs(900), Duration::from_millis(61_001));
        let limit = RateLimit { policy: "sign-in", quota: 10, window, left: 3, resets_in };
        let response = limit.on(answer::no_content());
        assert_eq!(response.headers()[RATE_LIMIT], "\"sign-in\";r=3;t=62");
        assert_eq!(response.headers()[RATE_LIMIT_POLICY], "\"sign-in\";q=10;w=900");
    }
}
