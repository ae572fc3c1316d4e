//! `/v1/organizations/{org}/top-ups`, one of them, and `/revoke`

use api::{At, Caller, Nothing, Object, Once, OptionalBody, PageParams, PageView, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::{OrganizationId, TopUpId};
use domain::quota::{
    GiveTopUp, Limiting, OpenTopUp, Period, ReadTopUps, Reason, RevokeTopUp, Revoked, Tokens, TopUp, some,
};
use domain::{Error, OrgScope, Timestamp};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use store::quota::SealedReason;
use store::{Made, Page};
use utoipa::ToSchema;

use crate::App;
use crate::named::ScopeBody;
use crate::views::ScopeView;
use crate::words::Shown;

/// Tokens to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopUpBody {
    /// To what.
    #[schema(value_type = ScopeBody)]
    scope: Object<ScopeBody>,
    /// To the present window of which period: `daily`, `weekly` or `monthly`; `monthly` if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "monthly")]
    period: Period,
    /// How many, at least 1.
    #[schema(value_type = u64, minimum = 1, example = 50_000)]
    tokens: Tokens,
    /// Why, in 1 to 500 characters. It stands in no record and no log.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

/// A top-up.
#[derive(Serialize, ToSchema)]
pub(crate) struct TopUpView {
    /// Its id.
    id: String,
    /// Of what.
    scope: ScopeView,
    /// `daily`, `weekly` or `monthly`.
    period: &'static str,
    /// For which window.
    #[schema(example = "2026-11")]
    window: String,
    /// When that is over.
    ends_at: String,
    /// How many.
    tokens: u64,
    /// Why; left out where it cannot be shown now, and where a request was answered, which has it.
    reason: Option<String>,
    /// Why the reason is left out: `unavailable` for the moment, `unreadable`, or `in_request`.
    reason_left_out: Option<&'static str>,
    /// The request that it answers.
    request_id: Option<String>,
    /// `active`, `revoked`, or `over` where its window is over.
    state: &'static str,
    /// Who gave it.
    created_by: String,
    /// When.
    created_at: String,
    /// Who took it back.
    revoked_by: Option<String>,
    /// When.
    revoked_at: Option<String>,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl TopUpView {
    fn of(org: OrganizationId, top_up: TopUp, shown: Shown, now: Timestamp) -> Self {
        let is_over = top_up.window.end() <= now;
        let TopUp { id, on, window, tokens, reason: _, request, by, at, revoked, version } = top_up;
        let state = match (&revoked, is_over) {
            (Some(_), _) => "revoked",
            (None, true) => "over",
            (None, false) => "active",
        };
        let (revoked_by, revoked_at) = revoked.map(|Revoked { by, at }| (by, at.to_string())).unzip();
        Self {
            id: id.to_string(),
            scope: ScopeView::of(org, on),
            period: window.period().as_str(),
            window: window.to_string(),
            ends_at: window.end().to_string(),
            tokens: tokens.get(),
            reason: shown.words,
            reason_left_out: shown.left_out,
            request_id: request.map(|id| id.to_string()),
            state,
            created_by: by,
            created_at: at.to_string(),
            revoked_by,
            revoked_at,
            version,
        }
    }
}

/// Add tokens to the present window
///
/// Of one period of one thing, by whoever may set its limits; several add up. They are worth nothing in the next window.
#[utoipa::path(post, path = "/v1/organizations/{org}/top-ups", tag = "Quotas", request_body = TopUpBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = TopUpView), (status = 403, body = ProblemView), (status = 404, body = ProblemView),
        (status = 409, body = ProblemView), (status = 422, body = ProblemView)))]
pub(crate) async fn give(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<TopUpBody>,
) -> Reply {
    let TopUpBody { scope: Object(scope), period, tokens, reason } = asked;
    let object = scope.object(org)?;
    let what = GiveTopUp { period, tokens: some(tokens, "/tokens")? };
    let granted = caller.grant(Limiting { object, what }, org)?;
    let (store, mut mint) = (&app.core.store, app.core.mint());
    let id = mint.id();
    let sealed = app.seal(&store.reason_of_top_up(granted.scope(), id), &reason).await?;
    let top_up = match store.give_top_up(&granted, &SealedReason { id, sealed }, sent.as_ref(), &mut mint).await? {
        Made::Now(top_up) => top_up,
        Made::Before(id) => store.top_up_given_before(&granted, id.parse().map_err(Error::internal)?).await?,
    };
    let (version, location) = (top_up.version, format!("/v1/organizations/{org}/top-ups/{}", top_up.id));
    answer::created(view(&app, granted.scope(), top_up).await, version, &location)
}

/// List top-ups
///
/// For the organization's admins; newest first, also those that were taken back or are over.
#[utoipa::path(get, path = "/v1/organizations/{org}/top-ups", tag = "Quotas", params(("org" = String, Path), PageParams),
    responses((status = 200, body = PageView<TopUpView>), (status = 403, body = ProblemView)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<PageParams>,
) -> Reply {
    let granted = caller.grant(ReadTopUps, org)?;
    let page = app.core.store.list_top_ups(&granted, asked.cursor().as_ref(), asked.limit()).await?;
    let Page { items, next } = page;
    let items = join_all(items.into_iter().map(|top_up| view(&app, granted.scope(), top_up))).await;
    answer::ok(PageView::from(Page { items, next }))
}

/// Read a top-up
///
/// For the organization's admins.
#[utoipa::path(get, path = "/v1/organizations/{org}/top-ups/{id}", tag = "Quotas",
    params(("org" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = TopUpView), (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, TopUpId)>,
) -> Reply {
    let granted = caller.grant(ReadTopUps, org)?;
    let top_up = app.core.store.read_top_up(&granted, id).await?;
    let version = top_up.version;
    answer::ok_tagged(view(&app, granted.scope(), top_up).await, version)
}

/// Take a top-up back
///
/// By whoever may set the limits of its scope, while its window lasts. What was spent of it stays spent: nothing more passes
/// then until the window is over.
#[utoipa::path(post, path = "/v1/organizations/{org}/top-ups/{id}/revoke", tag = "Quotas",
    params(("org" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = TopUpView), (status = 403, body = ProblemView), (status = 404, body = ProblemView),
        (status = 409, body = ProblemView)))]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, TopUpId)>,
    _: OptionalBody<Nothing>,
) -> Reply {
    let object = app.core.store.open_top_up(&caller.grant(OpenTopUp { id }, org)?).await?;
    let granted = caller.grant(Limiting { object, what: RevokeTopUp { id } }, org)?;
    let top_up = app.core.store.revoke_top_up(&granted, &mut app.core.mint()).await?;
    let version = top_up.version;
    answer::ok_tagged(view(&app, granted.scope(), top_up).await, version)
}

/// With the reason, if it can be opened now.
async fn view(app: &App, scope: &OrgScope, top_up: TopUp) -> TopUpView {
    let reason = match (&top_up.reason, top_up.request) {
        (None, Some(_)) => Shown::left_out("in_request"),
        (reason, _) => app.open(&app.core.store.reason_of_top_up(scope, top_up.id), reason.as_ref()).await,
    };
    TopUpView::of(scope.organization(), top_up, reason, app.core.now())
}
