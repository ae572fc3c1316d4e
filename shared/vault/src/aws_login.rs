//! The proof of who one is to AWS: a signed request that Vault sends to AWS's token service in one's place.
//!
//! As Vault documents it for the login type `iam` of its method `aws`: method, address, headers and body of a
//! `GetCallerIdentity`, the latter three in base64.

use std::collections::BTreeMap;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::config::AwsIdentity;
use crate::fault::{Fault, Kind};
use crate::session::token_text;

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// A request as Vault takes it.
pub(crate) struct Proof {
    pub(crate) address: String,
    pub(crate) headers: Zeroizing<String>,
    pub(crate) body: String,
}

impl Proof {
    /// Signed now; AWS takes it for a quarter of an hour.
    pub(crate) fn of(identity: &AwsIdentity) -> Result<Self, Fault> {
        let host = format!("sts.{}.amazonaws.com", identity.region);
        let address = format!("https://{host}/");
        let mut headers: BTreeMap<String, String> = BTreeMap::from([
            ("content-type".to_owned(), "application/x-www-form-urlencoded; charset=utf-8".to_owned()),
            ("host".to_owned(), host),
        ]);
        headers.extend(identity.server_id.clone().map(|id| ("x-vault-aws-iam-server-id".to_owned(), id)));
        let signature = signature(identity, &address, &headers)?;
        headers.extend(signature);
        let text = Zeroizing::new(serde_json::to_string(&headers).map_err(|_| unsigned())?);
        Ok(Self {
            address: STANDARD.encode(address),
            headers: Zeroizing::new(STANDARD.encode(text.as_bytes())),
            body: STANDARD.encode(BODY),
        })
    }
}

fn signature(
    identity: &AwsIdentity,
    address: &str,
    headers: &BTreeMap<String, String>,
) -> Result<Vec<(String, String)>, Fault> {
    let AwsIdentity { region, access_key_id, secret_access_key, session_token, time, .. } = identity;
    let text = |secret: &crate::Secret| token_text(secret.expose());
    let token = session_token.as_ref().map(text).transpose()?;
    let keys = Credentials::new(access_key_id, text(secret_access_key)?, token, None, "function").into();
    let params = SigningParams::builder()
        .identity(&keys)
        .region(region)
        .name("sts")
        .time(time())
        .settings(SigningSettings::default())
        .build()
        .map_err(|_| unsigned())?
        .into();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let request = SignableRequest::new("POST", address, headers, SignableBody::Bytes(BODY.as_bytes()));
    let (signed, _) =
        sign(request.map_err(|_| unsigned())?, &params).map_err(|_| unsigned())?.into_parts().0.into_parts();
    Ok(signed.iter().map(|header| (header.name().to_owned(), header.value().to_owned())).collect())
}

fn unsigned() -> Fault {
    Fault::new(Kind::Unexpected, "a login at AWS that cannot be signed")
}
