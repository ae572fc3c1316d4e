//! One bucket, and the client that is made when it is first needed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::config::Config;

const CONNECT_MAX: Duration = Duration::from_secs(3);
/// Until the first byte of an answer.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// Before the second try, less by chance; twice that before the third. The client's own second is long for a neighbour.
const PAUSE: Duration = Duration::from_millis(100);

/// The objects of one bucket. Cheap to clone; clones share their connections.
///
/// Making one costs nothing: the client, and for `https` the platform's root certificates, come with the first call that
/// goes to the network. Forms and links need neither. Every call is tried three times.
#[derive(Clone)]
pub struct Blobs(Arc<Inner>);

struct Inner {
    config: Config,
    client: OnceLock<Client>,
}

impl Blobs {
    /// The bucket of that configuration. Nothing is asked of the store yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self(Arc::new(Inner { config, client: OnceLock::new() }))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn client(&self) -> &Client {
        self.0.client.get_or_init(|| client(&self.0.config))
    }
}

fn client(config: &Config) -> Client {
    let Config { access_key_id, secret_access_key, session_token, region, endpoint, .. } = config;
    let credentials = Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, "blobs");
    let mut builder = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.clone()))
        .credentials_provider(credentials)
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_MAX).read_timeout(ANSWER_MAX).build())
        .retry_config(RetryConfig::standard().with_initial_backoff(PAUSE))
        .http_client(http_client(endpoint.as_deref()));
    if let Some(endpoint) = endpoint {
        builder = builder.endpoint_url(endpoint).force_path_style(true);
    }
    Client::from_conf(builder.build())
}

/// Without TLS where the endpoint needs none: reading certificates takes longer than starting the rest.
fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    match endpoint {
        Some(endpoint) if endpoint.starts_with("http://") => Builder::new().build_http(),
        _ => Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https(),
    }
}
