//! `GET` and `PATCH` of `/v1/notification-defaults` and of `/v1/organizations/{org}/notification-defaults`

use api::{Body, Caller, IfMatch, ProblemView, Reply, answer};
use axum::extract::State;
use domain::inbox::{
    EditChoices, EditOrganizationDefaults, EditPlatformDefaults, ReadOrganizationDefaults, ReadPlatformDefaults,
};
use domain::scope::Platform;
use store::ChoiceLayers;

use crate::App;
use crate::patches::ChoicesEdit;
use crate::views::ChoicesView;

/// Read the platform's notification defaults
///
/// For superadmins. By which channels people are told where neither they nor their organization chose.
#[utoipa::path(get, path = "/v1/notification-defaults", tag = "Platform", responses(
    (status = 200, description = "The defaults", body = ChoicesView, headers(("ETag" = String))),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a superadmin", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn of_platform(State(app): State<App>, caller: Caller) -> Reply {
    let granted = caller.grant(ReadPlatformDefaults, Platform)?;
    platforms(&app.core.store.platform_defaults(&granted).await?)
}

/// Edit the platform's notification defaults
///
/// For superadmins. A JSON merge patch on the version that `If-Match` names; `null` follows the product again. It acts on what
/// is told from now on, and overwrites nobody's choice.
#[utoipa::path(patch, path = "/v1/notification-defaults", tag = "Platform",
    request_body(content = ChoicesEdit, content_type = "application/merge-patch+json"),
    params(("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"0\"")),
    responses(
        (status = 200, description = "The defaults with the changes", body = ChoicesView,
            headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A kind that cannot be switched", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn edit_of_platform(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Body(patch): Body<ChoicesEdit>,
) -> Reply {
    let granted = caller.grant(EditPlatformDefaults(EditChoices { version, patch: patch.into() }), Platform)?;
    platforms(&app.core.store.edit_platform_defaults(&granted, &mut app.core.mint()).await?)
}

/// Read an organization's notification defaults
///
/// For its admins. By which channels its people are told of what happens in it where they did not choose.
#[utoipa::path(get, path = "/v1/organizations/{org}/notification-defaults", tag = "Organizations",
    params(("org" = String, Path, description = "The organization's id", example = "org_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The defaults", body = ChoicesView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "The role does not allow it, or the organization is not active",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn of_organization(State(app): State<App>, caller: Caller) -> Reply {
    let granted = caller.grant(ReadOrganizationDefaults, caller.organization_id()?)?;
    organizations(&app.core.store.organization_defaults(&granted).await?)
}

/// Edit an organization's notification defaults
///
/// For its admins. A JSON merge patch on the version that `If-Match` names; `null` follows the platform again. It acts on what
/// is told from now on, and overwrites nobody's choice.
#[utoipa::path(patch, path = "/v1/organizations/{org}/notification-defaults", tag = "Organizations",
    request_body(content = ChoicesEdit, content_type = "application/merge-patch+json"),
    params(("org" = String, Path, description = "The organization's id", example = "org_01JZA000000000000000000000"),
        ("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"0\"")),
    responses(
        (status = 200, description = "The defaults with the changes", body = ChoicesView,
            headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "The role does not allow it, or the organization is not active",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A kind that cannot be switched", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn edit_of_organization(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Body(patch): Body<ChoicesEdit>,
) -> Reply {
    let asked = EditOrganizationDefaults(EditChoices { version, patch: patch.into() });
    let granted = caller.grant(asked, caller.organization_id()?)?;
    let name = caller.organization()?.name.as_str();
    organizations(&app.core.store.edit_organization_defaults(&granted, name, &mut app.core.mint()).await?)
}

fn platforms(found: &ChoiceLayers) -> Reply {
    answer::ok_tagged(ChoicesView::of(&found.platform, found.layers()), found.platform.version)
}

fn organizations(found: &ChoiceLayers) -> Reply {
    answer::ok_tagged(ChoicesView::of(&found.organization, found.layers()), found.organization.version)
}
