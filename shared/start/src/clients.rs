//! Amazon's clients: one TLS stack, only the roots it needs, and no time lost at start.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Builder, IdentityCache, Region, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

use crate::{Fault, Settings};

pub(crate) const CONNECT_MAX: Duration = Duration::from_secs(1);
/// One try; there are [`ATTEMPTS`].
pub(crate) const ATTEMPT_MAX: Duration = Duration::from_secs(3);
const ATTEMPTS: u32 = 3;

/// The roots that Amazon's own certificates end in: RSA and ECDSA.
const ROOTS: [&str; 4] = [
    include_str!("../roots/amazon-root-ca-1.pem"),
    include_str!("../roots/amazon-root-ca-2.pem"),
    include_str!("../roots/amazon-root-ca-3.pem"),
    include_str!("../roots/amazon-root-ca-4.pem"),
];

/// A client of the database. Makes no call and reads no file.
pub(crate) fn database(settings: &Settings) -> Result<Client, Fault> {
    let Settings { region, access_key_id, secret_access_key, session_token, database_endpoint, .. } = settings;
    let credentials = Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, "environment");
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_MAX).operation_attempt_timeout(ATTEMPT_MAX);
    let mut config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.clone()))
        .credentials_provider(credentials)
        // The environment's credentials stay the same as long as the process lives.
        .identity_cache(IdentityCache::no_cache())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts.build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(transport(database_endpoint.as_deref())?);
    if let Some(endpoint) = database_endpoint {
        config = config.endpoint_url(endpoint);
    }
    Ok(Client::from_conf(config.build()))
}

/// Amazon's roots for Amazon, the system's for another `https` address, and no TLS at all for `http`.
pub(crate) fn transport(endpoint: Option<&str>) -> Result<SharedHttpClient, Fault> {
    let builder = aws_smithy_http_client::Builder::new();
    let tls = |roots| {
        let context = TlsContext::builder().with_trust_store(roots).build();
        context.map_err(|_| Fault::new("the trust store", "cannot be built"))
    };
    let roots = match endpoint {
        Some(endpoint) if endpoint.starts_with("http://") => return Ok(builder.build_http()),
        Some(_) => TrustStore::default(),
        None => ROOTS.iter().fold(TrustStore::empty(), |roots, root| roots.with_pem_certificate(root.as_bytes())),
    };
    Ok(builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls(roots)?).build_https())
}
