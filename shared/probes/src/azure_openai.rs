//! OpenAI's format as Azure has it: the key in a header of its own, the API's version in the query, deployments for models.

use http::HeaderName;
use outbound::{Address, Outbound, Request};
use serde_json::json;

use crate::credential::{Key, header};
use crate::label::Label;
use crate::models::Models;
use crate::openai::{models, spoken};
use crate::trouble::Trouble;

const API_KEY: HeaderName = HeaderName::from_static("api-key");

/// A word to the deployment; without one the list of models, which proves key and version. What that list names are the
/// models one could deploy, so none of them is told.
pub(crate) async fn probe(
    outbound: &Outbound,
    base: &Address,
    api_version: &Label,
    deployment: Option<&str>,
    key: &Key,
) -> Result<Models, Trouble> {
    let at = |path: &[&str]| base.clone().under(path).asking("api-version", api_version.as_str());
    let as_caller = |request: Request| Ok::<_, Trouble>(request.with(API_KEY, header(&[key.expose()])?));
    match deployment {
        Some(deployment) => {
            let asked = json!({"messages": [{"role": "user", "content": "ping"}], "max_tokens": 1}).to_string();
            let address = at(&["openai", "deployments", deployment, "chat", "completions"]);
            spoken(&outbound.call(as_caller(Request::post(address, asked))?).await?)
        }
        None => {
            let answer = outbound.call(as_caller(Request::get(at(&["openai", "models"])))?).await?;
            models(&answer, Some(key)).map(|_| Models::default())
        }
    }
}
