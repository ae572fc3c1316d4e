//! Default parameters of providers: an organization's are sealed before they are stored and opened where they are shown.

use api::{Caller, Reply, answer};
use domain::home::{Home, InHome};
use domain::id::ProviderId;
use domain::provider::{Parameters, Provider, ReadParameters, SetParameters, StoredParameters};
use domain::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::App;

/// What goes along with every call of a provider where the caller does not say otherwise.
#[derive(Serialize, ToSchema)]
pub(crate) struct ParametersView {
    /// At most 50, 8 kB as JSON, 5 levels deep; names of letters, digits, `_`, `-` and `.`, and none of a model, a prompt or a secret.
    #[schema(value_type = Object, example = json!({ "temperature": 0.2 }))]
    parameters: Map<String, Value>,
    /// The provider's version; the `ETag`.
    version: u64,
}

/// All default parameters of a provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParametersBody {
    /// The parameters; `{}` for none. At most 50, 8 kB as JSON, 5 levels deep; names of letters, digits, `_`, `-` and `.`, and none of
    /// a model, a prompt or a secret.
    #[schema(value_type = Object, example = json!({ "temperature": 0.2 }))]
    pub(crate) parameters: Parameters,
}

impl ParametersView {
    fn of(provider: &Provider, parameters: Parameters) -> Self {
        Self { parameters: parameters.into(), version: provider.version }
    }
}

pub(crate) async fn read<H: Home>(app: &App, caller: &Caller, at: H::At, id: ProviderId) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(ReadParameters), at)?;
    let provider = app.core.store.read_provider(&granted, id).await?;
    let parameters = app.opened(granted.scope(), &provider).await?;
    answer::ok_tagged(ParametersView::of(&provider, parameters), provider.version)
}

pub(crate) async fn set<H: Home>(
    app: &App,
    caller: &Caller,
    at: H::At,
    (id, version): (ProviderId, u64),
    asked: Parameters,
) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(SetParameters { id, version }), at)?;
    let stored = app.sealed(granted.scope(), id, &asked).await?;
    let provider = app.core.store.set_parameters(&granted, stored, &mut app.core.mint()).await?;
    answer::ok_tagged(ParametersView::of(&provider, asked), provider.version)
}

impl App {
    /// None are not stored.
    async fn sealed(
        &self,
        home: &impl Home,
        id: ProviderId,
        parameters: &Parameters,
    ) -> Result<Option<StoredParameters>> {
        if parameters.is_empty() {
            return Ok(None);
        }
        let Some(scope) = home.organization() else { return Ok(Some(StoredParameters::Open(parameters.clone()))) };
        let text = serde_json::to_vec(parameters).map_err(Error::internal)?;
        let sealed = self.sealer.seal(&self.core.store.parameters_of_provider(scope, id), &text).await?;
        Ok(Some(StoredParameters::Sealed(sealed)))
    }

    async fn opened(&self, home: &impl Home, provider: &Provider) -> Result<Parameters> {
        match (&provider.parameters, home.organization()) {
            (None, _) => Ok(Parameters::default()),
            (Some(StoredParameters::Open(parameters)), _) => Ok(parameters.clone()),
            (Some(StoredParameters::Sealed(sealed)), Some(scope)) => {
                let at = self.core.store.parameters_of_provider(scope, provider.id);
                let opened = self.sealer.open(&at, sealed).await?;
                serde_json::from_slice(&opened).map_err(|_| Error::internal("parameters that cannot be read"))
            }
            (Some(StoredParameters::Sealed(_)), None) => Err(Error::internal("sealed parameters of the platform")),
        }
    }
}
