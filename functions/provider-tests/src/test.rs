//! `POST …/providers/{id}/test`

use api::{At, Caller, OptionalBody, ProblemView, Reply, answer};
use axum::extract::State;
use credentials::called;
use domain::home::{Home, InHome};
use domain::id::{OrganizationId, ProviderId};
use domain::provider::TestProvider;
use domain::scope::Platform;
use domain::settings::ModelId;
use domain::{Error, OrgScope, PlatformScope};
use serde::Deserialize;
use store::credential_path;
use utoipa::ToSchema;

use crate::App;
use crate::views::TestView;

/// What to try it with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestBody {
    /// The model, or at Azure the deployment, to say a word to where models are not listed; without it the provider's first
    /// enabled one.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 128, example = "gpt-5-mini")]
    model: Option<ModelId>,
}

/// Test a provider of the platform
///
/// For superadmins. A cheap call of the provider's own kind with the stored credential, 10 s at most; nothing that it answers is
/// shown but the names of its models.
#[utoipa::path(post, path = "/v1/providers/{id}/test", tag = "Platform providers",
    request_body = Option<TestBody>,
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "What came of it", body = TestView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn of_platform(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ProviderId>,
    OptionalBody(asked): OptionalBody<TestBody>,
) -> Reply {
    test::<PlatformScope>(&app, &caller, Platform, id, asked).await
}

/// Test a provider
///
/// For owners. A cheap call of the provider's own kind with the stored credential, 10 s at most; nothing that it answers is
/// shown but the names of its models.
#[utoipa::path(post, path = "/v1/organizations/{org}/providers/{id}/test", tag = "Providers",
    request_body = Option<TestBody>,
    params(("org" = String, Path),
        ("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "What came of it", body = TestView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not an owner", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such organization or provider", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn of_organization(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, ProviderId)>,
    OptionalBody(asked): OptionalBody<TestBody>,
) -> Reply {
    test::<OrgScope>(&app, &caller, org, id, asked).await
}

async fn test<H: Home>(app: &App, caller: &Caller, at: H::At, id: ProviderId, asked: Option<TestBody>) -> Reply {
    let granted = caller.grant(InHome::<H, _>::new(TestProvider { id }), at)?;
    let provider = app.core.store.read_provider(&granted, id).await?;
    let kept = match &provider.credential {
        Some(credential) => {
            let path = credential_path(granted.scope(), id);
            app.vault.read_version(&path, credential.version).await.map_err(Error::from)?
        }
        None => None,
    };
    let model = asked.and_then(|asked| asked.model);
    let view = match called(&provider, kept, model, None) {
        Ok(target) => TestView::from(probes::probe(&app.outbound, &target, app.core.now()).await),
        Err(why) => TestView::impossible(why),
    };
    app.core.store.record_provider_test(&granted, &provider, view.outcome(), &mut app.core.mint()).await?;
    answer::ok(view)
}
