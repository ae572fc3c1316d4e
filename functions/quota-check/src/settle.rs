//! `POST /v1/quota-reservations/{id}/settle`

use api::{At, Bearer, Body, ProblemView, Reply, answer, read_for};
use axum::extract::State;
use domain::id::ReservationId;
use domain::quota::SettleQuota;
use store::quota::AskedCheck;

use crate::App;
use crate::bodies::SettleBody;
use crate::views::SettledView;

/// Settle what a call used
///
/// In place of what it held, in full also where that is more. A call whose hold has lapsed is charged as well, where its
/// windows still are. Asking again changes nothing and completes what an interrupted request left undone.
#[utoipa::path(post, path = "/v1/quota-reservations/{id}/settle", tag = "Quotas", request_body = SettleBody,
    params(("id" = String, Path, description = "The call's id", example = "rsv_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "It is charged", body = SettledView),
        (status = 401, description = "No token that holds", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 403, description = "Not a service account of the platform, or the organization is gone",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "No such organization; or nothing was reserved, and the project or use case is unknown",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "Others changed the counters each time", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "The id stands for another call, or the call was settled with other numbers",
            body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn settle(
    State(app): State<App>,
    bearer: Bearer,
    At(id): At<ReservationId>,
    Body(asked): Body<SettleBody>,
) -> Reply {
    let (core, (organization, set, usage)) = (&app.core, asked.parts());
    let mut mint = core.mint();
    let command = SettleQuota::new(id, set, usage, mint.now())?;
    let calls = [(id, set)];
    let asked = |by| AskedCheck { by, organization, calls: &calls, with_facts: false };
    let read = |by| core.store.read_check(asked(by), core.now());
    let (caller, check) = bearer.prove(core, organization, read).await?;
    let (granted, check) = (caller.grant(command, organization)?, read_for(check)?);
    let settled = caller.in_use(core, core.store.settle_quota(&granted, &check, &mut mint)).await?;
    answer::ok(SettledView::from(&settled))
}
