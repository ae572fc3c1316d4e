//! The real AWS clients, pointed at the local parts over plain HTTP.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, IdentityCache, Region, StalledStreamProtectionConfig};
use aws_smithy_http_client::Builder;

use crate::card::AccessKey;

/// The region that local clients name.
pub(crate) const REGION: &str = "eu-central-1";

/// A client of the database, as the functions' own is: nothing between it and the database but tries and their limits in time.
pub(crate) fn dynamodb(endpoint: &str, key: &AccessKey) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(credentials(key))
        .identity_cache(IdentityCache::no_cache())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .endpoint_url(endpoint)
        .retry_config(retries())
        .timeout_config(timeouts())
        .http_client(Builder::new().build_http())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

/// A client of the mail sink, which tries once, as the function's own does.
pub(crate) fn mail(endpoint: &str, key: &AccessKey) -> aws_sdk_sesv2::Client {
    let config = aws_sdk_sesv2::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .credentials_provider(credentials(key))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts())
        .http_client(Builder::new().build_http())
        .build();
    aws_sdk_sesv2::Client::from_conf(config)
}

fn credentials(key: &AccessKey) -> Credentials {
    Credentials::new(&key.id, &key.secret, None, None, "local stack")
}

/// On loopback a second try soon after the first is enough.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(20))
}

fn timeouts() -> TimeoutConfig {
    let builder = TimeoutConfig::builder().connect_timeout(Duration::from_secs(1));
    builder.operation_attempt_timeout(Duration::from_secs(5)).operation_timeout(Duration::from_secs(15)).build()
}
