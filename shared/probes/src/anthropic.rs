//! Anthropic's format.

use http::HeaderName;
use outbound::{Address, Outbound, Request};
use serde::Deserialize;

use crate::credential::{Key, header};
use crate::label::Label;
use crate::models::Models;
use crate::trouble::Trouble;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const VERSION: HeaderName = HeaderName::from_static("anthropic-version");

#[derive(Deserialize)]
struct List {
    data: Vec<Model>,
    has_more: bool,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

/// `GET /v1/models`, its first hundred.
pub(crate) async fn probe(
    outbound: &Outbound,
    base: &Address,
    api_version: Option<&Label>,
    key: &Key,
) -> Result<Models, Trouble> {
    let version = api_version.map_or("2023-06-01", Label::as_str);
    let address = base.clone().under(&["v1", "models"]).asking("limit", "100");
    let request = Request::get(address).with(API_KEY, header(&[key.expose()])?).with(VERSION, header(&[version])?);
    let answer = outbound.call(request).await?;
    if answer.status() >= 300 {
        return Err(Trouble::of(&answer));
    }
    let List { data, has_more } = answer.json()?;
    Ok(Models::new(data.into_iter().map(|model| model.id), has_more, &[key.expose()]))
}
