//! `POST /v1/quota-reservations`

use api::{Bearer, Body, ProblemView, Reply, answer, read_for};
use axum::extract::State;
use axum::response::IntoResponse;
use domain::quota::{Call, ReserveQuota};
use store::quota::AskedCheck;

use crate::App;
use crate::bodies::ReserveBody;
use crate::views::{ReservationsView, rate_limit, refusal};

/// Reserve tokens for model calls
///
/// Before each call, by a service account of the platform. Every limit that a call falls under has to have room, in every
/// period; the tokens are held until the call is settled or released, or for 15 minutes. Several calls are reserved together
/// or not at all. The same call asked for again, with the same id, holds once: after an answer that was lost, ask again.
#[utoipa::path(post, path = "/v1/quota-reservations", tag = "Quotas", request_body = ReserveBody, responses(
    (status = 200, description = "They hold", body = ReservationsView,
        headers(("RateLimit" = String), ("RateLimit-Policy" = String))),
    (status = 401, description = "No token that holds", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a service account of the platform, or the organization is not active",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 404, description = "No such organization, project or use case, or the person does not belong to it",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 409, description = "The project or use case is archived, or the person is suspended; or others were faster each time",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 422, description = "The id stands for another call, or is not new enough", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 429, description = "A limit leaves no room; `quota` says which", body = ProblemView,
        content_type = "application/problem+json",
        headers(("Retry-After" = u32), ("RateLimit" = String), ("RateLimit-Policy" = String)))))]
pub(crate) async fn reserve(State(app): State<App>, bearer: Bearer, Body(asked): Body<ReserveBody>) -> Reply {
    let (core, organization) = (&app.core, asked.organization_id);
    let mut mint = core.mint();
    let command = ReserveQuota::new(asked.calls.into_iter().map(Call::from).collect(), mint.now())?;
    let calls: Vec<_> = command.calls.iter().map(|call| (call.id, call.set)).collect();
    let asked = |by| AskedCheck { by, organization, calls: &calls, with_facts: true };
    let read = |by| core.store.read_check(asked(by), core.now());
    let (caller, check) = bearer.prove(core, organization, read).await?;
    let (granted, check) = (caller.grant(command, organization)?, read_for(check)?);
    let outcomes = caller.in_use(core, core.store.reserve_quota(&granted, &check, &mut mint)).await?;
    let reply = match refusal(&outcomes) {
        Some(shortage) => Err(shortage.refusal(mint.now()).into()),
        None => answer::ok(ReservationsView::of(&outcomes)),
    };
    match rate_limit(&outcomes, mint.now()) {
        Some(limit) => Ok(limit.on(reply)),
        None => Ok(reply.into_response()),
    }
}
