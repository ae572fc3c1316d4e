//! `POST /v1/token-leases`, `POST /v1/token-leases/{id}/return`

use api::{At, Bearer, Body, ProblemView, Reply, answer, read_for};
use axum::extract::State;
use axum::response::IntoResponse;
use domain::id::ReservationId;
use domain::quota::{ReserveQuota, ReturnLease};
use domain::{Code, Error};
use store::quota::{AskedCheck, Outcome};

use crate::App;
use crate::lease_bodies::{LeaseBody, LeaseView, ReturnBody, lease};
use crate::views::{SettledView, rate_limit};

/// Take a block of tokens
///
/// For a runtime that makes many calls of one kind: it holds a block, from which calls are made for 60 seconds without asking.
/// The block counts as held, so nothing is overspent by it. Asked for again with the same id, it is the same block.
#[utoipa::path(post, path = "/v1/token-leases", tag = "Quotas", request_body = LeaseBody, responses(
    (status = 200, description = "It holds", body = LeaseView,
        headers(("RateLimit" = String), ("RateLimit-Policy" = String))),
    (status = 401, description = "No token that holds", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a service account of the platform, or the organization is not active",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 404, description = "No such organization, project or use case, or the person does not belong to it",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 409, description = "Too little is left for a lease; the project or use case is archived, or the person suspended; or it was returned",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 422, description = "The id stands for another call, or is not new enough", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 429, description = "A limit leaves no room; `quota` says which", body = ProblemView,
        content_type = "application/problem+json",
        headers(("Retry-After" = u32), ("RateLimit" = String), ("RateLimit-Policy" = String)))))]
pub(crate) async fn take(State(app): State<App>, bearer: Bearer, Body(asked): Body<LeaseBody>) -> Reply {
    let (core, organization) = (&app.core, asked.organization_id);
    let mut mint = core.mint();
    let (wanted, at_least) = asked.parts();
    let outside = |error: Error| match error.pointer().map(|pointer| pointer.replace("/calls/0", "")) {
        Some(pointer) => error.at(pointer),
        None => error,
    };
    ReserveQuota::new(vec![wanted], mint.now()).map_err(outside)?;
    let calls = [(wanted.id, wanted.set)];
    let asked = |by| AskedCheck { by, organization, calls: &calls, with_facts: true };
    let read = |by| core.store.read_check(asked(by), core.now());
    let (caller, check) = bearer.prove(core, organization, read).await?;
    let (granted, check) = (caller.grant(lease(wanted, at_least), organization)?, read_for(check)?);
    let outcome = caller.in_use(core, core.store.take_lease(&granted, &check, &mut mint)).await?;
    let reply = match &outcome {
        Outcome::Reserved { reserved, .. } => answer::ok(LeaseView::from(reserved)),
        Outcome::Ended(_) => Err(Error::new(Code::Conflict, "the lease was returned").into()),
        Outcome::Refused(shortage) => Err(shortage.refusal(mint.now()).into()),
    };
    match rate_limit(&[outcome], mint.now()) {
        Some(limit) => Ok(limit.on(reply)),
        None => Ok(reply.into_response()),
    }
}

/// Return a block of tokens
///
/// With what its calls used, in up to 50 lines, each of which stands in the ledger. The rest of the block is given back. Asking again
/// changes nothing and completes what an interrupted request left undone.
#[utoipa::path(post, path = "/v1/token-leases/{id}/return", tag = "Quotas", request_body = ReturnBody,
    params(("id" = String, Path, description = "The lease's id", example = "rsv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "It is charged", body = SettledView),
        (status = 401, description = "No token that holds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a service account of the platform, or the organization is gone",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such organization; or nothing was taken, and the project or use case is unknown",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "Others changed the counters each time", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "An id stands for another call, or the lease was returned with other numbers",
            body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn give_back(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<ReservationId>,
    Body(asked): Body<ReturnBody>,
) -> Reply {
    let (core, organization) = (&app.core, asked.organization_id);
    let mut mint = core.mint();
    let (set, lines) = asked.parts();
    let command = ReturnLease::new(id, set, lines, mint.now())?;
    let calls = [(id, set)];
    let asked = |by| AskedCheck { by, organization, calls: &calls, with_facts: false };
    let read = |by| core.store.read_check(asked(by), core.now());
    let (caller, check) = bearer.prove(core, organization, read).await?;
    let (granted, check) = (caller.grant(command, organization)?, read_for(check)?);
    let settled = caller.in_use(core, core.store.return_lease(&granted, &check, &mut mint)).await?;
    answer::ok(SettledView::from(&settled))
}
