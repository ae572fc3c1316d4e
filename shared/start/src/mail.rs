//! The mail service, for a function that sends: feature `mail`.

use aws_credential_types::Credentials;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::config::{BehaviorVersion, Builder, IdentityCache, Region, StalledStreamProtectionConfig};

use crate::clients::{ATTEMPT_MAX, CONNECT_MAX, transport};
use crate::{Fault, Parts, Settings};

impl Parts {
    /// The mail service.
    ///
    /// # Errors
    /// The client cannot be built.
    pub fn mail(&self) -> Result<Client, Fault> {
        client(self.settings())
    }
}

/// A client of the mail service, which tries once: nobody knows what became of a call that was not answered, and whoever
/// sends tries again by a rule of its own.
fn client(settings: &Settings) -> Result<Client, Fault> {
    let Settings { region, access_key_id, secret_access_key, session_token, mail_endpoint, .. } = settings;
    let credentials = Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, "environment");
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_MAX).operation_timeout(ATTEMPT_MAX);
    let mut config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.clone()))
        .credentials_provider(credentials)
        .identity_cache(IdentityCache::no_cache())
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts.build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(transport(mail_endpoint.as_deref())?);
    if let Some(endpoint) = mail_endpoint {
        config = config.endpoint_url(endpoint);
    }
    Ok(Client::from_conf(config.build()))
}
