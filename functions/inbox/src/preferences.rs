//! `GET /v1/me/notification-preferences`, `PATCH /v1/me/notification-preferences`

use api::{Body, IfMatch, Params, Person, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::OrganizationId;
use domain::inbox::{EditChoices, EditPreferences, ReadPreferences};
use domain::scope::Own;
use domain::{Code, Error};
use serde::Deserialize;
use store::ChoiceLayers;
use utoipa::IntoParams;

use crate::App;
use crate::patches::ChoicesEdit;
use crate::views::ChoicesView;

/// Where the choices are looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreferencesParams {
    /// An organization of the caller, whose defaults lie below the own choices for what happens in it.
    organization: Option<String>,
}

/// Read the own notification preferences
///
/// What the caller chose, and for each kind and channel whether it is used and who says so: the caller, the organization that
/// is named, the platform or the product.
#[utoipa::path(get, path = "/v1/me/notification-preferences", tag = "Notifications", params(PreferencesParams), responses(
    (status = 200, description = "The preferences", body = ChoicesView, headers(("ETag" = String))),
    (status = 400, description = "The parameter is wrong", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "A temporary password has to be changed first, a service account asks, or the organization is not active",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 404, description = "The caller belongs to no such organization", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn read(State(app): State<App>, caller: Person, Params(asked): Params<PreferencesParams>) -> Reply {
    let organization: Option<OrganizationId> = match asked.organization {
        Some(id) => {
            let refused = |_| Error::new(Code::Malformed, "must be the id of an organization").at("organization");
            Some(id.parse().map_err(refused)?)
        }
        None => None,
    };
    let granted = caller.grant(ReadPreferences { organization }, Own)?;
    show(&app.core.store.preferences(&granted).await?)
}

/// Edit the own notification preferences
///
/// A JSON merge patch on the version that `If-Match` names; `null` follows the layer below again. What is about the security
/// of the account cannot be switched.
#[utoipa::path(patch, path = "/v1/me/notification-preferences", tag = "Notifications",
    request_body(content = ChoicesEdit, content_type = "application/merge-patch+json"),
    params(("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"0\"")),
    responses(
        (status = 200, description = "The preferences with the changes", body = ChoicesView,
            headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "A temporary password has to be changed first, or a service account asks",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A kind that cannot be switched", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Person,
    IfMatch(version): IfMatch,
    Body(patch): Body<ChoicesEdit>,
) -> Reply {
    let granted = caller.grant(EditPreferences(EditChoices { version, patch: patch.into() }), Own)?;
    show(&app.core.store.edit_preferences(&granted, &caller.user, &mut app.core.mint()).await?)
}

fn show(found: &ChoiceLayers) -> Reply {
    answer::ok_tagged(ChoicesView::of(&found.own, found.layers()), found.own.version)
}
