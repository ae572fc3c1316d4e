//! `PATCH /v1/organizations/{org}`

use std::collections::BTreeMap;

use api::{At, Body, Caller, IfMatch, Object, ProblemView, Reply, answer};
use axum::extract::State;
use domain::Patch;
use domain::id::OrganizationId;
use domain::name::{OrgName, Slug};
use domain::organization::EditOrganization;
use domain::settings::SettingsPatch;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::views::{OrganizationView, SettingsView};

/// A merge patch of an organization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditOrganizationBody {
    /// A new name.
    #[schema(value_type = String, min_length = 1, max_length = 120)]
    #[serde(default)]
    name: Patch<OrgName>,
    /// A new slug.
    #[schema(value_type = String)]
    #[serde(default)]
    slug: Patch<Slug>,
    /// Pairs to set, or to remove with `null`; `null` removes all.
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    #[serde(default)]
    metadata: Patch<BTreeMap<String, Option<String>>>,
    /// Settings to set, or to reset with `null`; `null` resets all.
    #[schema(value_type = Option<SettingsView>)]
    #[serde(default)]
    settings: Patch<Object<SettingsPatch>>,
}

/// Edit an organization
///
/// A JSON merge patch on the version that `If-Match` names.
#[utoipa::path(patch, path = "/v1/organizations/{org}", tag = "Organizations",
    request_body(content = EditOrganizationBody, content_type = "application/merge-patch+json"),
    params(("org" = String, Path), ("If-Match" = String, Header, description = "The ETag that was read")),
    responses((status = 200, body = OrganizationView), (status = 409, body = ProblemView),
        (status = 412, body = ProblemView), (status = 428, body = ProblemView)))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    IfMatch(version): IfMatch,
    Body(asked): Body<EditOrganizationBody>,
) -> Reply {
    let EditOrganizationBody { name, slug, metadata, settings } = asked;
    let (name, slug) = (name.unless_cleared("/name")?, slug.unless_cleared("/slug")?);
    let settings = settings.map(|Object(settings)| settings);
    let granted = caller.grant(EditOrganization { version, name, slug, metadata, settings }, org)?;
    let edited = app.core.store.edit_organization(&granted, caller.organization()?, &mut app.core.mint()).await?;
    answer::ok_tagged(OrganizationView::from(&edited), edited.version)
}
