//! `POST /v1/quota-reservations/{id}/release`

use api::{At, Bearer, Body, ProblemView, Reply, answer, read_for};
use axum::extract::State;
use domain::id::ReservationId;
use domain::quota::ReleaseQuota;
use store::quota::AskedCheck;

use crate::App;
use crate::bodies::ReleaseBody;

/// Release what a call held
///
/// For a call that is not made. Nothing is held afterwards, also where nothing was; a call that was settled stays so.
#[utoipa::path(post, path = "/v1/quota-reservations/{id}/release", tag = "Quotas", request_body = ReleaseBody,
    params(("id" = String, Path, description = "The call's id", example = "rsv_01JZA000000000000000000000")),
    responses(
        (status = 204, description = "Nothing is held"),
        (status = 401, description = "No token that holds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a service account of the platform, or the organization is gone",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such organization", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "Others changed the counters each time", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "The id stands for another call", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn release(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<ReservationId>,
    Body(asked): Body<ReleaseBody>,
) -> Reply {
    let (core, organization, set) = (&app.core, asked.organization_id, asked.set());
    let calls = [(id, set)];
    let asked = |by| AskedCheck { by, organization, calls: &calls, with_facts: false };
    let read = |by| core.store.read_check(asked(by), core.now());
    let (caller, check) = bearer.prove(core, organization, read).await?;
    let (granted, check) = (caller.grant(ReleaseQuota { id, set }, organization)?, read_for(check)?);
    caller.in_use(core, core.store.release_quota(&granted, &check, core.now())).await?;
    answer::no_content()
}
