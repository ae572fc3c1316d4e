//! Requests to Amazon, signed by its own signer.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use domain::Timestamp;
use http::HeaderName;
use outbound::{Address, Request, Sensitive};
use zeroize::Zeroizing;

use crate::credential::{AwsKeys, header};
use crate::trouble::Trouble;

/// What cannot be signed with is no credential.
const UNSIGNED: Trouble = Trouble::CredentialRefused;

/// What is asked of which service.
pub struct Asked<'a> {
    /// Such as `GET`.
    pub method: &'a str,
    /// The whole body.
    pub body: &'a [u8],
    /// Such as `bedrock`.
    pub service: &'a str,
    /// Such as `eu-central-1`.
    pub region: &'a str,
}

/// The headers that sign a request; one of them is the session token. No `Debug`.
pub struct Signature(Vec<(HeaderName, Sensitive)>);

impl Signature {
    /// The request with its signature.
    #[must_use]
    pub fn onto(self, request: Request) -> Request {
        self.0.into_iter().fold(request, |request, (name, value)| request.with(name, value))
    }
}

impl Asked<'_> {
    /// Signs it, version 4.
    ///
    /// # Errors
    /// [`Trouble::CredentialRefused`]: what cannot be signed with is no credential.
    pub fn signed(&self, address: &Address, keys: &AwsKeys, now: Timestamp) -> Result<Signature, Trouble> {
        let AwsKeys { access_key_id, secret_access_key, session_token } = keys;
        let token = session_token.as_ref().map(|token| token.expose().to_owned());
        let secret = secret_access_key.expose();
        let identity = Credentials::new(access_key_id.as_str(), secret, token, None, "provider").into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(system_time(now))
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| UNSIGNED)?
            .into();
        let body = SignableBody::Bytes(self.body);
        let request = SignableRequest::new(self.method, address.as_str(), std::iter::empty(), body);
        let signed = sign(request.map_err(|_| UNSIGNED)?, &params).map_err(|_| UNSIGNED)?;
        let (headers, _) = signed.into_parts().0.into_parts();
        let headers = headers.iter().map(|signed| {
            let name = HeaderName::from_bytes(signed.name().as_bytes()).map_err(|_| UNSIGNED)?;
            Ok((name, header(&[&Zeroizing::new(signed.value().to_owned())])?))
        });
        headers.collect::<Result<_, Trouble>>().map(Signature)
    }
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(at.millis())
}
