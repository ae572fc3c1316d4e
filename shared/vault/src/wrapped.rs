//! Secrets that stay in Vault and are fetched by somebody else, once.

use std::time::Duration;

use rustify::Endpoint;
use rustify::errors::ClientError as RestError;
use vaultrs::api::EndpointResult;
use vaultrs::api::kv2::requests::ReadSecretRequest;
use vaultrs::api::kv2::responses::ReadSecretResponse;
use vaultrs::client::Client;
use vaultrs::error::ClientError;

use crate::fault::Fault;
use crate::secret::Secret;
use crate::session::Session;
use crate::vault::{Vault, check_path};

/// A token for one secret: whoever shows it to Vault's `sys/wrapping/unwrap` gets that secret, once, and nothing else.
pub struct Wrapped {
    /// The token.
    pub token: Secret,
    /// How long it can be shown.
    pub life: Duration,
}

impl Vault {
    /// Wraps one version of the texts at a path, for so many whole seconds. Vault's answer holds nothing of them, and neither does
    /// this program: its policy need not let it read them in clear. One call.
    ///
    /// # Errors
    /// `Unexpected` where there never was such a version; see [`Kind`](crate::Kind).
    pub async fn wrap_version(&self, path: &str, version: u64, life: Duration) -> Result<Wrapped, Fault> {
        check_path(path)?;
        let mount = self.mount_kv();
        let asked = self.call(|session| async move { wrap(&session, mount, path, version, life).await });
        let (token, seconds) = asked.await?;
        Ok(Wrapped { token, life: Duration::from_secs(seconds) })
    }
}

/// The library wraps for ten minutes, always; so the header is set here.
async fn wrap(
    session: &Session,
    mount: &str,
    path: &str,
    version: u64,
    life: Duration,
) -> Result<(Secret, u64), ClientError> {
    let request = ReadSecretRequest::builder().mount(mount).path(path).version(version).build();
    let request = request.map_err(|_| ClientError::ResponseWrapError {})?;
    let mut middle = session.client.middle().clone();
    middle.wrap = Some(format!("{}s", life.as_secs()));
    let answer = request.with_middleware(&middle).exec(session.client.http()).await.map_err(told)?;
    let answer = answer.wrap::<EndpointResult<ReadSecretResponse>>()?;
    let info = answer.wrap_info.ok_or(ClientError::ResponseWrapError {})?;
    Ok((Secret::new(info.token.into_bytes()), info.ttl))
}

/// A refusal as every other call has it: that is how a token is noticed that has ended.
fn told(error: RestError) -> ClientError {
    match error {
        RestError::ServerResponseError { code, .. } => ClientError::APIError { code, errors: vec![] },
        source => ClientError::RestClientError { source },
    }
}
