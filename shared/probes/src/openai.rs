//! OpenAI's format: a list of models, or one token of an answer where none is offered.

use http::HeaderName;
use http::header::AUTHORIZATION;
use outbound::{Address, Answer, Fault, Outbound, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::credential::{Key, header};
use crate::label::Label;
use crate::models::Models;
use crate::trouble::Trouble;

const ORGANIZATION: HeaderName = HeaderName::from_static("openai-organization");

/// Who asks.
pub(crate) struct Caller<'a> {
    pub(crate) key: Option<&'a Key>,
    pub(crate) organization: Option<&'a Label>,
}

impl Caller<'_> {
    fn asks(&self, mut request: Request) -> Result<Request, Trouble> {
        if let Some(key) = self.key {
            request = request.with(AUTHORIZATION, header(&["Bearer ", key.expose()])?);
        }
        if let Some(organization) = self.organization {
            request = request.with(ORGANIZATION, header(&[organization.as_str()])?);
        }
        Ok(request)
    }
}

/// `GET models`, and where there is no such list, or it is beyond all measure, a word to the model.
pub(crate) async fn probe(
    outbound: &Outbound,
    base: &Address,
    caller: Caller<'_>,
    model: Option<&str>,
    limit: &str,
) -> Result<Models, Trouble> {
    let listed = outbound.call(caller.asks(Request::get(base.clone().under(&["models"])))?).await;
    let unlisted = match &listed {
        Ok(answer) => matches!(answer.status(), 404 | 405),
        Err(fault) => *fault == Fault::TooLarge,
    };
    match model.filter(|_| unlisted) {
        None => models(&listed?, caller.key),
        Some(model) => {
            let asked = json!({"model": model, "messages": [{"role": "user", "content": "ping"}], limit: 1});
            let address = base.clone().under(&["chat", "completions"]);
            spoken(&outbound.call(caller.asks(Request::post(address, asked.to_string()))?).await?)
        }
    }
}

/// The list. Some servers send it bare.
pub(crate) fn models(answer: &Answer, key: Option<&Key>) -> Result<Models, Trouble> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum List {
        Wrapped { data: Vec<Model> },
        Bare(Vec<Model>),
    }
    #[derive(Deserialize)]
    struct Model {
        id: String,
    }
    if answer.status() >= 300 {
        return Err(Trouble::of(answer));
    }
    let (List::Wrapped { data } | List::Bare(data)) = answer.json()?;
    let secrets: Vec<_> = key.iter().map(|key| key.expose()).collect();
    Ok(Models::new(data.into_iter().map(|model| model.id), false, &secrets))
}

/// One token of an answer, or a refusal that could only come after the credential and the model had been found good.
pub(crate) fn spoken(answer: &Answer) -> Result<Models, Trouble> {
    #[derive(Deserialize)]
    struct Spoken {
        #[serde(rename = "choices")]
        _choices: Vec<Value>,
    }
    match answer.status() {
        ..300 => answer.json::<Spoken>().map(|_| Models::default()).map_err(Trouble::from),
        400 | 404 => refused(answer),
        _ => Err(Trouble::of(answer)),
    }
}

fn refused(answer: &Answer) -> Result<Models, Trouble> {
    let Some(refusal) = Refusal::of(answer) else { return Err(Trouble::of(answer)) };
    match (answer.status(), refusal.code.as_str()) {
        // Newer models want the limit under its other name; deployments that do not chat cannot say a word.
        (400, Some("unsupported_parameter" | "OperationNotSupported")) => Ok(Models::default()),
        (_, Some("model_not_found" | "DeploymentNotFound")) => Err(Trouble::ModelUnknown),
        // Azure's word, and OpenAI's kind, for an address that they do not have.
        (_, Some("404")) => Err(Trouble::AddressWrong),
        (404, _) if refusal.kind.as_deref() == Some("invalid_request_error") => Err(Trouble::AddressWrong),
        (404, _) => Err(Trouble::ModelUnknown),
        _ => Err(Trouble::of(answer)),
    }
}

/// A refusal as the format has it; older servers send it unwrapped.
#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    code: Value,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "message")]
    _message: String,
}

impl Refusal {
    fn of(answer: &Answer) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wrapped {
            Error { error: Refusal },
            Bare(Refusal),
        }
        let (Wrapped::Error { error } | Wrapped::Bare(error)) = answer.json().ok()?;
        Some(error)
    }
}
