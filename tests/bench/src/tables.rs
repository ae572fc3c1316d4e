//! The stack's database, past the proxy.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::http::HttpClient;
use journeys::Portal;

/// A client of it, with the functions' key.
pub(crate) fn client(portal: &Portal) -> Client {
    client_over(portal, aws_smithy_http_client::Builder::new().build_http())
}

/// One whose calls go through that.
pub(crate) fn client_over(portal: &Portal, http: impl HttpClient + 'static) -> Client {
    let card = portal.stack().card();
    let key = &card.functions_key;
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(card.region.clone()))
        .credentials_provider(Credentials::new(&key.id, &key.secret, None, None, "bench"))
        .endpoint_url(portal.stack().database().endpoint())
        .http_client(http)
        .build();
    Client::from_conf(config)
}
