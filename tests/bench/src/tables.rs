//! The stack's database, past the proxy.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, IdentityCache, Region, StalledStreamProtectionConfig};
use journeys::Portal;

/// A client of it, with the functions' key.
pub(crate) fn client(portal: &Portal) -> Client {
    Client::from_conf(config(portal).http_client(aws_smithy_http_client::Builder::new().build_http()).build())
}

/// The settings of one, without what the functions' own client does without.
pub(crate) fn config(portal: &Portal) -> Builder {
    let card = portal.stack().card();
    let key = &card.functions_key;
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(card.region.clone()))
        .credentials_provider(Credentials::new(&key.id, &key.secret, None, None, "bench"))
        .identity_cache(IdentityCache::no_cache())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .endpoint_url(portal.stack().database().endpoint())
}
