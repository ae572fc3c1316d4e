//! `/v1/organizations/{org}/quota-requests`, one of them, and `/approve`, `/deny`, `/cancel`

use api::{At, Caller, Nothing, Object, Once, OptionalBody, PageView, Params, ProblemView, Reply, answer, cursor};
use axum::extract::State;
use domain::id::{OrganizationId, QuotaRequestId};
use domain::quota::{
    AskForMore, CancelRequest, DecideRequest, Decision, Period, QuotaRequest, ReadQuotaRequests, Reason,
    RequestStanding, RequestState, Tokens, some,
};
use domain::{Code, Error, OrgScope, Result};
use futures::future::{join, join_all};
use serde::Deserialize;
use store::quota::SealedReason;
use store::{Idempotency, Made, Page};
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::named::ScopeBody;
use crate::request_view::QuotaRequestView;

/// More tokens, please.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskBody {
    /// Of what: the organization, a project or use case in which the caller runs, or the caller's own use.
    #[schema(value_type = ScopeBody)]
    scope: Object<ScopeBody>,
    /// In which period: `daily`, `weekly` or `monthly`; `monthly` if left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "monthly")]
    period: Period,
    /// How many more, at least 1.
    #[schema(value_type = u64, minimum = 1, example = 50_000)]
    tokens: Tokens,
    /// Why, in 1 to 500 characters. It stands in no record and no log.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

/// As what a request is approved.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ApprovedAs {
    /// Tokens for the present window.
    #[default]
    TopUp,
    /// A limit that stays.
    Limit,
}

/// How a request is approved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApproveBody {
    /// As a top-up of the present window, or as a limit that stays; a top-up if left out.
    #[serde(default, rename = "as")]
    approved_as: ApprovedAs,
    /// Of a top-up: how many tokens; as many as were asked for if left out.
    #[schema(value_type = Option<u64>, minimum = 1)]
    tokens: Option<Tokens>,
    /// Of a limit: the new one; the present limit and what was asked for together if left out.
    #[schema(value_type = Option<u64>)]
    limit: Option<Tokens>,
}

impl ApproveBody {
    fn decision(self) -> Result<Decision> {
        let refused = |words: &'static str, pointer: &'static str| Err(Error::new(Code::Invalid, words).at(pointer));
        match (self.approved_as, self.tokens, self.limit) {
            (ApprovedAs::TopUp, _, Some(_)) => refused("must be left out of a top-up", "/limit"),
            (ApprovedAs::Limit, Some(_), _) => refused("must be left out of a limit", "/tokens"),
            (ApprovedAs::TopUp, Some(tokens), None) => Ok(Decision::TopUp(Some(some(tokens, "/tokens")?))),
            (ApprovedAs::TopUp, None, None) => Ok(Decision::TopUp(None)),
            (ApprovedAs::Limit, None, limit) => Ok(Decision::Limit(limit)),
        }
    }
}

/// Why a request is denied.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DenyBody {
    /// Words for who asked, at most 500 characters.
    #[schema(value_type = Option<String>, max_length = 500)]
    note: Option<Reason>,
}

/// Ask for more tokens
///
/// By a person who is subject to the limit, once 80 % of it are used and held. One request of a person, scope and period waits at
/// a time, for 30 days at most.
#[utoipa::path(post, path = "/v1/organizations/{org}/quota-requests", tag = "Quotas", request_body = AskBody,
    params(("org" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = QuotaRequestView), (status = 403, body = ProblemView),
        (status = 404, body = ProblemView), (status = 409, body = ProblemView), (status = 422, body = ProblemView)))]
pub(crate) async fn ask(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Once(asked, sent): Once<AskBody>,
) -> Reply {
    let AskBody { scope: Object(scope), period, tokens, reason } = asked;
    let object = scope.object(org)?;
    let granted = caller.grant(AskForMore { object, period, tokens: some(tokens, "/tokens")? }, org)?;
    let (store, mut mint) = (&app.core.store, app.core.mint());
    let id = mint.id();
    let sealed = app.seal(&store.reason_of_request(granted.scope(), id), &reason).await?;
    let reason = SealedReason { id, sealed };
    let request = match store.ask_for_more(&granted, &reason, sent.as_ref(), &mut mint).await? {
        Made::Now(request) => request,
        Made::Before(id) => {
            let id = id.parse().map_err(Error::internal)?;
            store.read_quota_request(&caller.grant(ReadQuotaRequests, org)?, id).await?
        }
    };
    let (version, location) = (request.version, format!("/v1/organizations/{org}/quota-requests/{}", request.id));
    answer::created(view(&app, granted.scope(), request).await, version, &location)
}

/// Which requests, and which page of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestParams {
    /// `pending`, `approved`, `denied`, `cancelled` or `expired`; all if left out.
    #[param(value_type = Option<String>)]
    state: Option<RequestStanding>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// List requests for more tokens
///
/// The caller's own, and those that the caller may decide; newest first. A page may be empty and yet have a next one.
#[utoipa::path(get, path = "/v1/organizations/{org}/quota-requests", tag = "Quotas",
    params(("org" = String, Path), RequestParams), responses((status = 200, body = PageView<QuotaRequestView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<RequestParams>,
) -> Reply {
    let (granted, now) = (caller.grant(ReadQuotaRequests, org)?, app.core.now());
    let RequestParams { state, cursor: sent, limit } = asked;
    let (sent, limit) = cursor(sent, limit)?;
    let page = app.core.store.list_quota_requests(&granted, (state, now), sent.as_ref(), limit).await?;
    let Page { items, next } = page;
    let items = join_all(items.into_iter().map(|request| view(&app, granted.scope(), request))).await;
    answer::ok(PageView::from(Page { items, next }))
}

/// Read a request for more tokens
#[utoipa::path(get, path = "/v1/organizations/{org}/quota-requests/{id}", tag = "Quotas",
    params(("org" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = QuotaRequestView), (status = 404, body = ProblemView)))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, QuotaRequestId)>,
) -> Reply {
    let granted = caller.grant(ReadQuotaRequests, org)?;
    let request = app.core.store.read_quota_request(&granted, id).await?;
    shown(&app, granted.scope(), request).await
}

/// Approve a request for more tokens
///
/// By whoever may set the limits of its scope, and never by who asked. The decision and what it gives take place together.
#[utoipa::path(post, path = "/v1/organizations/{org}/quota-requests/{id}/approve", tag = "Quotas",
    request_body = ApproveBody,
    params(("org" = String, Path), ("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = QuotaRequestView), (status = 403, body = ProblemView),
        (status = 404, body = ProblemView), (status = 409, body = ProblemView), (status = 422, body = ProblemView)))]
pub(crate) async fn approve(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, QuotaRequestId)>,
    Once(asked, sent): Once<ApproveBody>,
) -> Reply {
    decide(&app, &caller, (org, id), (asked.decision()?, None), sent.as_ref()).await
}

/// Deny a request for more tokens
///
/// By whoever may set the limits of its scope, and never by who asked, who may take it back.
#[utoipa::path(post, path = "/v1/organizations/{org}/quota-requests/{id}/deny", tag = "Quotas", request_body = DenyBody,
    params(("org" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = QuotaRequestView), (status = 403, body = ProblemView),
        (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn deny(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, QuotaRequestId)>,
    OptionalBody(asked): OptionalBody<DenyBody>,
) -> Reply {
    let DenyBody { note } = asked.unwrap_or_default();
    decide(&app, &caller, (org, id), (Decision::Deny, note), None).await
}

/// Take a request for more tokens back
///
/// By who asked.
#[utoipa::path(post, path = "/v1/organizations/{org}/quota-requests/{id}/cancel", tag = "Quotas",
    params(("org" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = QuotaRequestView), (status = 403, body = ProblemView),
        (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub(crate) async fn cancel(
    State(app): State<App>,
    caller: Caller,
    At((org, id)): At<(OrganizationId, QuotaRequestId)>,
    _: OptionalBody<Nothing>,
) -> Reply {
    let granted = caller.grant(CancelRequest { id }, org)?;
    let request = app.core.store.cancel_quota_request(&granted, &mut app.core.mint()).await?;
    shown(&app, granted.scope(), request).await
}

/// Of what a request is says who may decide; who is not even shown it learns of nothing.
async fn decide(
    app: &App,
    caller: &Caller,
    (org, id): (OrganizationId, QuotaRequestId),
    (decision, note): (Decision, Option<Reason>),
    sent: Option<&Idempotency>,
) -> Reply {
    let (store, reading) = (&app.core.store, caller.grant(ReadQuotaRequests, org)?);
    let object = store.read_quota_request(&reading, id).await?.on;
    let granted = caller.grant(DecideRequest { id, object, decision }, org)?;
    let note = match note {
        Some(note) => Some(app.seal(&store.note_of_request(granted.scope(), id), &note).await?),
        None => None,
    };
    let request = match store.decide_quota_request(&granted, note.as_ref(), sent, &mut app.core.mint()).await? {
        Made::Now(request) => request,
        Made::Before(_) => store.read_quota_request(&reading, id).await?,
    };
    shown(app, granted.scope(), request).await
}

async fn shown(app: &App, scope: &OrgScope, request: QuotaRequest) -> Reply {
    let version = request.version;
    answer::ok_tagged(view(app, scope, request).await, version)
}

/// With the words that can be opened now.
async fn view(app: &App, scope: &OrgScope, request: QuotaRequest) -> QuotaRequestView {
    let store = &app.core.store;
    let note = match &request.state {
        RequestState::Denied { note, .. } => note.as_ref(),
        RequestState::Pending { .. }
        | RequestState::Approved { .. }
        | RequestState::Cancelled { .. }
        | RequestState::Expired { .. } => None,
    };
    let (reason_at, note_at) = (store.reason_of_request(scope, request.id), store.note_of_request(scope, request.id));
    let (reason, note) = join(app.open(&reason_at, Some(&request.reason)), app.open(&note_at, note)).await;
    QuotaRequestView::of(scope.organization(), request, (reason, note), app.core.now())
}
