//! `POST /v1/organizations`, `GET /v1/organizations`, `GET /v1/organizations/{org}`

use api::{At, Caller, Object, Once, PageView, Params, ProblemView, Reply, StatusName, answer, cursor};
use axum::extract::State;
use domain::id::OrganizationId;
use domain::metadata::Metadata;
use domain::name::{OrgName, Slug};
use domain::organization::{CreateOrganization, ListOrganizations, Organization, Placement, ReadOrganization, Status};
use domain::scope::Platform;
use domain::settings::OrganizationSettings;
use domain::{Code, Error};
use serde::Deserialize;
use store::Made;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::views::{OrganizationView, PlacementName, SettingsView};

/// A new organization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateOrganizationBody {
    /// Its name, unique ignoring case.
    #[schema(value_type = String, min_length = 1, max_length = 120, example = "Acme")]
    name: OrgName,
    /// Its name in addresses; made from the name if left out.
    #[schema(value_type = Option<String>, example = "acme")]
    slug: Option<Slug>,
    /// Free pairs: at most 50, keys of up to 64, values of up to 512 characters.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    #[serde(default)]
    metadata: Metadata,
    /// Settings.
    #[schema(value_type = SettingsView)]
    #[serde(default)]
    settings: Object<OrganizationSettings>,
    /// `dedicated` if left out.
    #[schema(value_type = PlacementName)]
    #[serde(default)]
    placement: Placement,
}

impl From<CreateOrganizationBody> for CreateOrganization {
    fn from(CreateOrganizationBody { name, slug, metadata, settings, placement }: CreateOrganizationBody) -> Self {
        Self { name, slug, metadata, settings: settings.0, placement }
    }
}

/// Make an organization
///
/// Its table, key and default project are made with it; where that takes longer it is `provisioning` and becomes
/// `active` by itself. A repetition with the same `Idempotency-Key` shows the organization as it is then.
#[utoipa::path(post, path = "/v1/organizations", tag = "Organizations", request_body = CreateOrganizationBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repetition harmless for 7 days")),
    responses((status = 201, body = OrganizationView), (status = 409, body = ProblemView), (status = 422, body = ProblemView)))]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    Once(asked, sent): Once<CreateOrganizationBody>,
) -> Reply {
    let granted = caller.grant(CreateOrganization::from(asked), Platform)?;
    let mut mint = app.core.mint();
    let made = match app.core.store.create_organization(&granted, sent.as_ref(), &mut mint).await? {
        Made::Now(made) => made,
        Made::Before(id) => app.core.store.created_organization(&granted, id.parse().map_err(Error::internal)?).await?,
    };
    let organization = finished(&app, made).await;
    let location = format!("/v1/organizations/{}", organization.id);
    answer::created(OrganizationView::from(&organization), organization.version, &location)
}

/// What could not be made at once is made by the sweep: the organization is acknowledged already.
async fn finished(app: &App, made: Organization) -> Organization {
    if made.state.status() != Status::Provisioning {
        return made;
    }
    match app.tenancy.provision(&made, &mut app.core.mint()).await {
        Ok(organization) => organization,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(organization = %made.id, error = %error, source, "provisioning is left to the sweep");
            made
        }
    }
}

/// Which organizations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListParams {
    /// The beginning of the name, ignoring case.
    name: Option<String>,
    /// Only those.
    #[param(value_type = Option<StatusName>)]
    status: Option<Status>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// List organizations by name
#[utoipa::path(get, path = "/v1/organizations", tag = "Organizations", params(ListParams),
    responses((status = 200, body = PageView<OrganizationView>)))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Params(asked): Params<ListParams>) -> Reply {
    let (cursor, limit) = cursor(asked.cursor, asked.limit)?;
    if asked.status == Some(Status::Deleted) {
        // A tombstone has no name to be listed by.
        return Err(Error::new(Code::Malformed, "is not one of the values that are taken").at("status").into());
    }
    let granted = caller.grant(ListOrganizations { name_prefix: asked.name, status: asked.status }, Platform)?;
    let page = app.core.store.list_organizations(&granted, cursor.as_ref(), limit).await?;
    answer::ok(PageView::from(page.map(|organization| OrganizationView::from(&organization))))
}

/// Read an organization
#[utoipa::path(get, path = "/v1/organizations/{org}", tag = "Organizations", params(("org" = String, Path)),
    responses((status = 200, body = OrganizationView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(State(app): State<App>, caller: Caller, At(org): At<OrganizationId>) -> Reply {
    let granted = caller.grant(ReadOrganization, org)?;
    let (organization, members) = (caller.organization()?, app.core.store.count_members(&granted).await?);
    answer::ok_tagged(OrganizationView::from(organization).with_members(members), organization.version)
}
