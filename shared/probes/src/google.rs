//! The format of Google's Gemini API.

use http::HeaderName;
use outbound::{Address, Answer, Outbound, Request};
use serde::Deserialize;

use crate::credential::{Key, header};
use crate::models::Models;
use crate::trouble::Trouble;

const API_KEY: HeaderName = HeaderName::from_static("x-goog-api-key");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    models: Vec<Model>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Model {
    name: String,
}

/// `GET /v1beta/models`, its first two hundred.
pub(crate) async fn probe(outbound: &Outbound, base: &Address, key: &Key) -> Result<Models, Trouble> {
    let address = base.clone().under(&["v1beta", "models"]).asking("pageSize", "200");
    let answer = outbound.call(Request::get(address).with(API_KEY, header(&[key.expose()])?)).await?;
    if answer.status() >= 300 {
        return Err(refusal(&answer));
    }
    let List { models, next_page_token } = answer.json()?;
    let plain = |Model { name }| name.strip_prefix("models/").map(str::to_owned).unwrap_or(name);
    Ok(Models::new(models.into_iter().map(plain), next_page_token.is_some(), &[key.expose()]))
}

/// A key that Google does not know is a bad request to it, told from others by the reason in its details.
fn refusal(answer: &Answer) -> Trouble {
    #[derive(Deserialize)]
    struct Refusal {
        error: Status,
    }
    #[derive(Deserialize)]
    struct Status {
        status: String,
        #[serde(default)]
        details: Vec<Detail>,
    }
    #[derive(Deserialize)]
    struct Detail {
        reason: Option<String>,
    }
    match answer.json::<Refusal>() {
        Ok(Refusal { error })
            if error.details.iter().any(|detail| detail.reason.as_deref() == Some("API_KEY_INVALID")) =>
        {
            Trouble::CredentialRefused
        }
        // Where Google does not offer it.
        Ok(Refusal { error }) if error.status == "FAILED_PRECONDITION" => Trouble::Forbidden,
        _ => Trouble::of(answer),
    }
}
