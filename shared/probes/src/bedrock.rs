//! Amazon Bedrock's control endpoint, with requests signed by AWS's own signer.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use domain::Timestamp;
use http::HeaderName;
use outbound::{Address, Answer, Outbound, Request};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::credential::{AwsKeys, Key, header};
use crate::label::Label;
use crate::models::Models;
use crate::trouble::Trouble;

/// What cannot be signed with is no credential.
const UNSIGNED: Trouble = Trouble::CredentialRefused;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    model_summaries: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    model_id: String,
}

/// `GET /foundation-models`, those that write text.
pub(crate) async fn probe(
    outbound: &Outbound,
    control: &Address,
    region: &Label,
    keys: &AwsKeys,
    now: Timestamp,
) -> Result<Models, Trouble> {
    let address = control.clone().under(&["foundation-models"]).asking("byOutputModality", "TEXT");
    let answer = outbound.call(signed(address, region, keys, now)?).await?;
    if answer.status() >= 300 {
        return Err(refusal(&answer));
    }
    let List { model_summaries } = answer.json()?;
    let secrets: Vec<_> =
        [Some(&keys.secret_access_key), keys.session_token.as_ref()].into_iter().flatten().map(Key::expose).collect();
    Ok(Models::new(model_summaries.into_iter().map(|model| model.model_id), false, &secrets))
}

fn signed(address: Address, region: &Label, keys: &AwsKeys, now: Timestamp) -> Result<Request, Trouble> {
    let signature = signature(&address, region, keys, now)?;
    signature.iter().try_fold(Request::get(address), |request, (name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| UNSIGNED)?;
        Ok(request.with(name, header(&[value])?))
    })
}

/// The headers that sign the request; one of them is the session token.
fn signature(
    address: &Address,
    region: &Label,
    keys: &AwsKeys,
    now: Timestamp,
) -> Result<Vec<(String, Zeroizing<String>)>, Trouble> {
    let AwsKeys { access_key_id, secret_access_key, session_token } = keys;
    let token = session_token.as_ref().map(|token| token.expose().to_owned());
    let identity = Credentials::new(access_key_id.as_str(), secret_access_key.expose(), token, None, "provider").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region.as_str())
        .name("bedrock")
        .time(system_time(now))
        .settings(SigningSettings::default())
        .build()
        .map_err(|_| UNSIGNED)?
        .into();
    let request = SignableRequest::new("GET", address.as_str(), std::iter::empty(), SignableBody::Bytes(&[]));
    let (headers, _) = sign(request.map_err(|_| UNSIGNED)?, &params).map_err(|_| UNSIGNED)?.into_parts().0.into_parts();
    Ok(headers.iter().map(|header| (header.name().to_owned(), Zeroizing::new(header.value().to_owned()))).collect())
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(at.millis())
}

/// Amazon tells what is wrong by the error's name: in a header, followed by an address, or in the body, behind a namespace.
fn refusal(answer: &Answer) -> Trouble {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "__type")]
        name: String,
    }
    let typed = || answer.json::<Typed>().ok().map(|typed| typed.name);
    let name = answer.header("x-amzn-errortype").map(str::to_owned).or_else(typed).unwrap_or_default();
    let name = name.split(':').next().and_then(|name| name.rsplit('#').next()).unwrap_or_default();
    match name {
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignatureException"
        | "MissingAuthenticationTokenException"
        | "ExpiredTokenException"
        | "ExpiredToken" => Trouble::CredentialRefused,
        "ThrottlingException" | "TooManyRequestsException" => Trouble::RateLimited,
        _ => Trouble::of(answer),
    }
}
