//! `POST /v1/credential-leases`

use std::time::Duration;

use api::{Bearer, Body, ProblemView, Reply, answer, read_for};
use axum::extract::State;
use domain::provider::{LeaseCredential, Leased, Parameters, StoredParameters};
use domain::{Error, Granted, Result};
use store::leased_path;
use store::quota::AskedCheck;

use crate::App;
use crate::bodies::CredentialLeaseBody;
use crate::views::{CredentialLeaseView, WrappedView};

/// So long a token for a credential can be shown. The policy of this function allows no longer.
const LIFE: Duration = Duration::from_secs(60);

/// Get what a reserved call is made with
///
/// For service accounts of the platform, just before a call whose tokens are reserved. Which provider serves the model is decided by
/// the same rules as `model-access` tells. The credential itself is not in the answer: `credential.wrapped_token` is a token of the
/// vault with which that one secret is fetched once, within a minute, from `sys/wrapping/unwrap`. Each lease is recorded before it is
/// answered; asked for again, it is another one.
#[utoipa::path(post, path = "/v1/credential-leases", tag = "Models", request_body = CredentialLeaseBody, responses(
    (status = 200, description = "What the call is made with", body = CredentialLeaseView),
    (status = 401, description = "No token that holds", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a service account of the platform, or the organization is not active",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 404, description = "No such organization, project or use case, or the person does not belong to it",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 409, description = "No live reservation; the project or use case is archived, or the person suspended; no provider serves the model",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 422, description = "The reservation is of another call, or nobody names a model", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 503, description = "The vault does not answer", body = ProblemView,
        content_type = "application/problem+json", headers(("Retry-After" = u32)))))]
pub(crate) async fn lease(State(app): State<App>, bearer: Bearer, Body(asked): Body<CredentialLeaseBody>) -> Reply {
    let core = &app.core;
    let (organization, command) = asked.parts();
    let calls = [(command.reservation, command.set)];
    let asked = |by| AskedCheck { by, organization, calls: &calls, with_facts: true };
    let read = |by| core.store.read_check(asked(by), core.now());
    let (caller, check) = bearer.prove(core, organization, read).await?;
    let (granted, check) = (caller.grant(command, organization)?, read_for(check)?);
    let mut mint = core.mint();
    let leased = caller.in_use(core, core.store.leased(&granted, &check, mint.now())).await?;
    let parameters = app.parameters(&granted, &leased).await?;
    let credential = app.wrapped(&granted, &leased, mint.now()).await?;
    // Recorded before it is handed out: what was wrapped for nobody ends by itself.
    core.store.record_lease(&granted, &leased, &mut mint).await?;
    answer::ok(CredentialLeaseView::of(&granted, leased, parameters, credential))
}

impl App {
    /// What goes along with the call where the runtime says nothing else.
    async fn parameters(&self, granted: &Granted<LeaseCredential>, leased: &Leased) -> Result<Parameters> {
        match &leased.provider.parameters {
            None => Ok(Parameters::default()),
            Some(StoredParameters::Open(parameters)) => Ok(parameters.clone()),
            Some(StoredParameters::Sealed(sealed)) => {
                let at = self.core.store.parameters_of_provider(granted.scope(), leased.provider.id);
                let opened = self.sealer.open(&at, sealed).await?;
                serde_json::from_slice(&opened).map_err(|_| Error::internal("parameters that cannot be read"))
            }
        }
    }

    /// The way to the credential; none where the provider has none and needs none.
    async fn wrapped(
        &self,
        granted: &Granted<LeaseCredential>,
        leased: &Leased,
        now: domain::Timestamp,
    ) -> Result<Option<WrappedView>> {
        let Some(credential) = &leased.provider.credential else { return Ok(None) };
        let path = leased_path(granted.scope(), leased);
        let wrapped = self.vault.wrap_version(&path, credential.version, LIFE).await?;
        WrappedView::of(&wrapped, credential.version, self.vault.address(), now).map(Some)
    }
}
