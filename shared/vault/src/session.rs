//! Being logged in: a token and when to do something about it.

use std::time::Duration;

use reqwest::Url;
use reqwest::redirect::Policy;
use vaultrs::api::{AuthInfo, EndpointMiddleware};
use vaultrs::auth::{approle, aws};
use vaultrs::client::{Client, VaultClient, VaultClientSettings};
use vaultrs::error::ClientError;

use crate::aws_login::Proof;
use crate::config::Login;
use crate::fault::{Fault, Kind};
use crate::secret::Secret;

/// Where approle is enabled.
const MOUNT_APPROLE: &str = "approle";
/// Where the login of AWS's roles is enabled.
const MOUNT_AWS: &str = "aws";

/// A client that carries a token.
pub(crate) struct Session {
    pub(crate) client: VaultClient,
    /// `None`: somebody else keeps the token alive.
    lease: Option<Lease>,
}

/// How long the token lives; times are the clock's.
#[derive(Clone, Copy)]
struct Lease {
    life: Duration,
    /// Two thirds of its life after it was last given or renewed.
    due: Duration,
    renewable: bool,
}

impl Session {
    /// Logs in; a given token is taken as it is, without asking Vault.
    pub(crate) async fn open(
        http: reqwest::Client,
        address: &Url,
        login: &Login,
        now: Duration,
    ) -> Result<Self, Fault> {
        match login {
            Login::Token(token) => Ok(Self { client: client(http, address, token_text(token.expose())?), lease: None }),
            Login::AppRole { role_id, secret_id } => {
                let mut client = client(http, address, String::new());
                let auth =
                    approle::login(&client, MOUNT_APPROLE, role_id, token_text(secret_id.expose())?.as_str()).await?;
                client.set_token(&token_text(auth.client_token.as_bytes())?);
                Ok(Self { client, lease: Some(Lease::of(&auth, now)) })
            }
            Login::Aws { role, identity } => {
                let mut client = client(http, address, String::new());
                let Proof { address, headers, body } = Proof::of(identity)?;
                let auth = aws::iam_login(&client, MOUNT_AWS, "POST", &address, &headers, &body, Some(role)).await?;
                client.set_token(&token_text(auth.client_token.as_bytes())?);
                Ok(Self { client, lease: Some(Lease::of(&auth, now)) })
            }
        }
    }

    /// Whether it can be used as it is.
    pub(crate) fn is_fresh(&self, now: Duration) -> bool {
        self.lease.is_none_or(|lease| now < lease.due)
    }

    /// The same token with a new lease; `None` if only a new login helps.
    pub(crate) async fn renewed(
        &self,
        http: reqwest::Client,
        address: &Url,
        now: Duration,
    ) -> Result<Option<Self>, Fault> {
        let Some(lease) = self.lease.filter(|lease| lease.renewable) else { return Ok(None) };
        let auth = match self.client.renew(None).await.map_err(Fault::from) {
            Ok(auth) => auth,
            Err(fault) if fault.is_retryable() => return Err(fault),
            Err(_) => return Ok(None),
        };
        // Near its maximum a token is renewed for less and less: then it is time for another.
        let next = Lease::of(&auth, now);
        let client = client(http, address, self.client.middle.token.clone());
        Ok((next.life * 2 >= lease.life).then_some(Self { client, lease: Some(Lease { life: lease.life, ..next }) }))
    }

    /// Whether Vault still knows the token; a role's token may always look at itself.
    pub(crate) async fn is_known(&self) -> bool {
        let gone = |error: &ClientError| matches!(error, ClientError::APIError { code: 403, .. });
        self.client.lookup().await.err().is_none_or(|error| !gone(&error))
    }

    /// Whether a refusal can mean that the token has ended and another can be had.
    pub(crate) fn is_replaceable(&self) -> bool {
        self.lease.is_some()
    }
}

impl Lease {
    fn of(auth: &AuthInfo, now: Duration) -> Self {
        let life = Duration::from_secs(auth.lease_duration);
        Self { life, due: now.saturating_add(life * 2 / 3), renewable: auth.renewable }
    }
}

/// A connection pool for Vault alone: no proxy from the environment, and no redirect, which would carry the token elsewhere.
pub(crate) fn http(address: &Url, timeout: Duration) -> Result<reqwest::Client, Fault> {
    let builder = reqwest::Client::builder()
        .tls_backend_rustls()
        .timeout(timeout)
        .no_proxy()
        .redirect(Policy::none())
        .tcp_nodelay(true);
    // Without TLS the system's certificates need not be read.
    let builder = if address.scheme() == "http" { builder.tls_certs_only(Vec::new()) } else { builder };
    builder.build().map_err(|_| Fault::new(Kind::Unexpected, "the HTTP client cannot be built"))
}

/// Tokens go into a header, which takes visible ASCII only.
pub(crate) fn token_text(bytes: &[u8]) -> Result<String, Fault> {
    let visible = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_graphic);
    let text = std::str::from_utf8(bytes).ok().filter(|_| visible).map(str::to_owned);
    text.ok_or_else(|| Fault::new(Kind::Unexpected, "a token or secret id that is not visible ASCII"))
}

/// Every setting is given here, because the client's own defaults read the environment.
fn client(http: reqwest::Client, address: &Url, token: String) -> VaultClient {
    VaultClient {
        http: rustify::clients::reqwest::Client::new(address.as_str(), http),
        middle: EndpointMiddleware { token: token.clone(), version: "v1".to_owned(), wrap: None, namespace: None },
        settings: VaultClientSettings {
            address: address.clone(),
            ca_certs: Vec::new(),
            identity: None,
            timeout: None,
            token,
            verify: true,
            version: 1,
            wrapping: false,
            namespace: None,
            proxy: None,
        },
    }
}

/// Checks a login without using it.
pub(crate) fn check(login: &Login) -> Result<(), Fault> {
    let secret: &Secret = match login {
        Login::Token(token) => token,
        Login::AppRole { secret_id, .. } => secret_id,
        Login::Aws { identity, .. } => &identity.secret_access_key,
    };
    token_text(secret.expose()).map(drop)
}
