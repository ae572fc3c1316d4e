//! `/v1/model-catalogue`

use std::collections::BTreeMap;

use api::{Body, Caller, IfMatch, ProblemView, Reply, Routes, answer};
use axum::extract::State;
use domain::provider::{Catalogue, EditCatalogue, ModelsPatch, ProviderType, ReadCatalogue};
use domain::scope::{Own, Platform};
use domain::settings::ModelId;
use domain::{Patch, Result};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::bodies::{ModelBody, patches};
use crate::views::ModelView;

/// Well-known models, by the types of providers that have them and their ids there. Sizes and prices are those that were known when
/// the product was made, or what superadmins made of them: a beginning for a provider, and no promise of its maker.
#[derive(Serialize, ToSchema)]
pub(crate) struct CatalogueView {
    /// The models: `openai`, `anthropic`, `google`, `azure_openai`, `bedrock`, `custom`.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, ModelView>>)]
    models: BTreeMap<ProviderType, BTreeMap<String, ModelView>>,
    /// Counts changes; the `ETag`. 0 for what comes with the product.
    version: u64,
}

impl From<&Catalogue> for CatalogueView {
    fn from(catalogue: &Catalogue) -> Self {
        let of_type = |models: BTreeMap<ModelId, domain::provider::Model>| {
            models.iter().map(|(id, model)| (String::from(id.clone()), ModelView::from(model))).collect()
        };
        let models = catalogue.models().into_iter().map(|(kind, models)| (kind, of_type(models))).collect();
        Self { models, version: catalogue.version }
    }
}

/// What becomes of the models of one type.
type TypePatch = Patch<BTreeMap<ModelId, Option<ModelBody>>>;

/// A merge patch of the catalogue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CataloguePatch {
    /// Models by types and ids: one that is named is changed or made, `null` takes it away, all others stay. `null` for a type, or for
    /// all of them, brings back what comes with the product.
    #[schema(value_type = Option<BTreeMap<String, BTreeMap<String, ModelBody>>>,
        example = json!({ "openai": { "gpt-5-mini": { "enabled": false } } }))]
    #[serde(default)]
    models: Patch<BTreeMap<ProviderType, TypePatch>>,
}

impl CataloguePatch {
    fn command(self, version: u64) -> Result<EditCatalogue> {
        let of_type = |(kind, patch): (ProviderType, TypePatch)| {
            let models: Patch<ModelsPatch> = match patch {
                Patch::Keep => Patch::Keep,
                Patch::Clear => Patch::Clear,
                Patch::Set(models) => Patch::Set(patches(models)?),
            };
            Ok((kind, models))
        };
        let models = match self.models {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(types) => Patch::Set(types.into_iter().map(of_type).collect::<Result<_>>()?),
        };
        Ok(EditCatalogue { version, models })
    }
}

pub(crate) fn routes(routes: Routes<App>) -> Routes<App> {
    let at = "/v1/model-catalogue";
    routes.route(Method::GET, at, read).route(Method::PATCH, at, edit)
}

/// Read the catalogue of well-known models
///
/// For whoever is signed in. A provider that is made with `with_catalogue` begins with the models of its type.
#[utoipa::path(get, path = "/v1/model-catalogue", tag = "Platform providers", responses(
    (status = 200, description = "The catalogue", body = CatalogueView, headers(("ETag" = String))),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "The temporary password was not changed yet", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn read(State(app): State<App>, caller: Caller) -> Reply {
    let granted = caller.grant(ReadCatalogue, Own)?;
    let catalogue = app.core.store.read_catalogue(&granted).await?;
    answer::ok_tagged(CatalogueView::from(&catalogue), catalogue.version)
}

/// Edit the catalogue of well-known models
///
/// For superadmins. What providers have by now stays as it is.
#[utoipa::path(patch, path = "/v1/model-catalogue", tag = "Platform providers",
    request_body(content = CataloguePatch, content_type = "application/merge-patch+json"),
    params(("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"0\"")),
    responses(
        (status = 200, description = "With the changes", body = CatalogueView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Body(asked): Body<CataloguePatch>,
) -> Reply {
    let granted = caller.grant(asked.command(version)?, Platform)?;
    let catalogue = app.core.store.edit_catalogue(&granted, &mut app.core.mint()).await?;
    answer::ok_tagged(CatalogueView::from(&catalogue), catalogue.version)
}
