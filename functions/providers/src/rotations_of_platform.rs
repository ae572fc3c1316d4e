//! `/v1/providers/{id}/rotation…`

use api::{At, Body, Caller, IfMatch, Nothing, Once, OptionalBody, ProblemView, Reply, Routes};
use axum::extract::State;
use domain::PlatformScope;
use domain::id::ProviderId;
use domain::scope::Platform;
use http::Method;

use crate::rotation_bodies::{RotationBody, ScheduleBody};
use crate::rotation_views::RotationsView;
use crate::{App, rotations};

pub(crate) fn routes(routes: Routes<App>) -> Routes<App> {
    let schedule = "/v1/providers/{id}/rotation-schedule";
    routes
        .route(Method::GET, "/v1/providers/{id}/rotation", view)
        .route(Method::POST, "/v1/providers/{id}/rotations", request)
        .route(Method::POST, "/v1/providers/{id}/rotation/cancel", cancel)
        .route(Method::PUT, schedule, set_schedule)
        .route(Method::DELETE, schedule, remove_schedule)
}

/// Read the rotations of a platform provider
///
/// For superadmins. How often its credential is replaced, how far a rotation is, and what came of the last ten.
#[utoipa::path(get, path = "/v1/providers/{id}/rotation", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "Its rotations", body = RotationsView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn view(State(app): State<App>, caller: Caller, At(id): At<ProviderId>) -> Reply {
    rotations::view::<PlatformScope>(&app, &caller, Platform, id).await
}

/// Rotate the credential of a platform provider
///
/// For superadmins. The new one is tested within a minute, takes the place of the old one if it works, and the old one stays valid until its
/// grace ends. If it does not work, nothing changes. Without a `credential` a key is made at the provider and the old one ends there.
#[utoipa::path(post, path = "/v1/providers/{id}/rotations", tag = "Platform providers", request_body = RotationBody,
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` of the provider that was read", example = "\"1\""), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 202, description = "It begins", body = RotationsView, headers(("Location" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "One has not ended, or somebody stores a credential at this moment", body = ProblemView, content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, there is nothing to replace, or no key can be made", body = ProblemView, content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn request(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ProviderId>,
    IfMatch(version): IfMatch,
    Once(asked, sent): Once<RotationBody>,
) -> Reply {
    let place = format!("/v1/providers/{id}/rotation");
    rotations::request::<PlatformScope>(&app, &caller, Platform, (id, version), (asked, sent.as_ref()), &place).await
}

/// Call a rotation off of a platform provider
///
/// For superadmins. Until the new credential is current; what was made for it is ended.
#[utoipa::path(post, path = "/v1/providers/{id}/rotation/cancel", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "Called off", body = RotationsView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider, or none is running", body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "The new credential is current already", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ProviderId>,
    OptionalBody(_): OptionalBody<Nothing>,
) -> Reply {
    rotations::cancel::<PlatformScope>(&app, &caller, Platform, id).await
}

/// Set how often the credential of a platform provider is replaced
///
/// For superadmins. `automatic`: the product makes a new key, tests it, and ends the old one at the provider when its grace is over: of
/// `bedrock` the access keys of the user, of `azure_openai` the two keys of the resource, of `openai` service accounts of a project. Else
/// people are reminded when it is old enough, and again each week.
#[utoipa::path(put, path = "/v1/providers/{id}/rotation-schedule", tag = "Platform providers", request_body = ScheduleBody,
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000"), ("If-Match" = String, Header, description = "The `ETag` of the provider that was read", example = "\"1\"")),
    responses(
        (status = 200, description = "Set", body = RotationsView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "A rotation that makes keys has not ended", body = ProblemView, content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "A value is out of bounds, or not what the type needs", body = ProblemView, content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "The vault does not answer", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn set_schedule(
    State(app): State<App>,
    caller: Caller,
    At(id): At<ProviderId>,
    IfMatch(version): IfMatch,
    Body(asked): Body<ScheduleBody>,
) -> Reply {
    rotations::set_schedule::<PlatformScope>(&app, &caller, Platform, (id, version), asked).await
}

/// Remove how often the credential of a platform provider is replaced
///
/// For superadmins. The second credential of an automatic one goes with it. Without a schedule nothing happens.
#[utoipa::path(delete, path = "/v1/providers/{id}/rotation-schedule", tag = "Platform providers",
    params(("id" = String, Path, description = "The provider's id", example = "prv_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "There is none"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such provider", body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "A rotation that makes keys has not ended", body = ProblemView, content_type = "application/problem+json"),
        (status = 412, description = "Changed by somebody else at this moment", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn remove_schedule(State(app): State<App>, caller: Caller, At(id): At<ProviderId>) -> Reply {
    rotations::remove_schedule::<PlatformScope>(&app, &caller, Platform, id).await
}
