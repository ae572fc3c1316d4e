//! `PATCH /v1/me`

use api::{Body, IfMatch, Person, ProblemView, Reply};
use axum::extract::State;
use domain::name::DisplayName;
use domain::scope::Own;
use domain::user::EditMe;
use domain::{Error, Patch};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::read_me::show;
use crate::views::ProfileView;

/// A merge patch of the own profile.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfilePatch {
    /// The name, at most 120 characters; `null` empties it.
    #[schema(value_type = Option<String>, max_length = 120, example = "Ann Lee")]
    #[serde(default)]
    display_name: Patch<DisplayName>,
}

/// Edit the own profile
#[utoipa::path(patch, path = "/v1/me", tag = "Profile",
    request_body(content = ProfilePatch, content_type = "application/merge-patch+json"),
    params(("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "The profile with its changes", body = ProfileView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "A temporary password has to be changed first", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "The memberships changed at this moment", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "The name is out of bounds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Person,
    IfMatch(version): IfMatch,
    Body(ProfilePatch { display_name }): Body<ProfilePatch>,
) -> Reply {
    let before = &caller.user;
    let says_nothing = display_name == Patch::Keep;
    let display_name = match display_name {
        Patch::Keep => before.display_name.clone(),
        Patch::Clear => DisplayName::default(),
        Patch::Set(name) => name,
    };
    let granted = caller.grant(EditMe { version, display_name }, Own)?;
    if version != before.version {
        return Err(Error::stale().into());
    }
    if says_nothing {
        return show(&app, &caller, before).await;
    }
    let after = app.core.store.edit_me(&granted, before, &mut app.core.mint()).await?;
    show(&app, &caller, &after).await
}
