//! Amazon Bedrock's control endpoint, with requests signed by AWS's own signer.

use domain::Timestamp;
use outbound::{Address, Answer, Outbound, Request};
use serde::Deserialize;

use crate::credential::{AwsKeys, Key};
use crate::label::Label;
use crate::models::Models;
use crate::signature::Asked;
use crate::trouble::Trouble;

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
    let asked = Asked { method: "GET", body: &[], service: "bedrock", region: region.as_str() };
    let signature = asked.signed(&address, keys, now)?;
    let answer = outbound.call(signature.onto(Request::get(address))).await?;
    if answer.status() >= 300 {
        return Err(refusal(&answer));
    }
    let List { model_summaries } = answer.json()?;
    let secrets: Vec<_> =
        [Some(&keys.secret_access_key), keys.session_token.as_ref()].into_iter().flatten().map(Key::expose).collect();
    Ok(Models::new(model_summaries.into_iter().map(|model| model.model_id), false, &secrets))
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
