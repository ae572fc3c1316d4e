//! `GET /v1/audit-events` and `GET /v1/organizations/{org}/audit-events`

use api::{At, Caller, PageView, Params, ProblemView, Reply, answer, cursor};
use axum::extract::State;
use domain::audit::{ReadAudit, ReadOwnActivity, ReadPlatformAudit};
use domain::event::Outcome;
use domain::id::{EventId, OrganizationId, ProjectId, RequestId};
use domain::scope::Platform;
use domain::{Category, Event, EventKind, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Cursor, EventFilter, Page};
use utoipa::{IntoParams, ToSchema};

use crate::App;

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListParams {
    /// Not before this time.
    #[param(value_type = Option<String>, example = "2026-11-01T00:00:00.000Z")]
    from: Option<Timestamp>,
    /// Before this time.
    #[param(value_type = Option<String>)]
    to: Option<Timestamp>,
    /// By whom: an actor's id.
    actor: Option<String>,
    /// What, such as `organization.created`.
    #[param(value_type = Option<String>)]
    action: Option<EventKind>,
    /// About what: `activity`, `security` or `data`.
    #[param(value_type = Option<String>, example = "security")]
    category: Option<Category>,
    /// On what: a target's id.
    target: Option<String>,
    /// Whether it took place: `success` or `refused`.
    #[param(value_type = Option<String>, example = "refused")]
    outcome: Option<Outcome>,
    /// In which project.
    #[param(value_type = Option<String>)]
    project: Option<ProjectId>,
    /// In which request, by the id that its answer showed.
    #[param(value_type = Option<String>, example = "req_01JZA000000000000000000000")]
    request: Option<RequestId>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

impl ListParams {
    fn read(self) -> Result<(EventFilter, Option<Cursor>, u32)> {
        let Self { from, to, actor, action, category, target, outcome, project, request, cursor: sent, limit } = self;
        let (sent, limit) = cursor(sent, limit)?;
        Ok((EventFilter { from, to, actor, action, category, target, outcome, project, request }, sent, limit))
    }
}

/// An audit event.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventView {
    /// Its id, which sorts by time.
    #[schema(example = "evt_01JZA000000000000000000000")]
    id: String,
    /// When.
    at: String,
    /// In which organization; absent for the platform's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<String>,
    /// In which project.
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    /// Who, with the name of that time.
    actor: ActorView,
    /// What.
    #[schema(example = "organization.created")]
    action: String,
    /// `activity`, `security` or `data`.
    #[schema(value_type = String)]
    category: domain::Category,
    /// On what, with the name of that time.
    target: TargetView,
    /// `success` or `refused`.
    #[schema(value_type = String)]
    outcome: domain::event::Outcome,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Each field before and after.
    changes: Vec<ChangeView>,
    /// The request's id, as in its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// The request's method.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// The request's route.
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<String>,
    /// The client's network address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What the client calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

/// Who acted.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActorView {
    /// `user`, `service_account`, `operator`, `object-store`, `system` or `nobody`.
    kind: String,
    /// The id.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The name at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// For whom it acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<String>,
    /// Whether nothing but being a superadmin allowed it.
    as_superadmin: bool,
}

/// What was acted on.
#[derive(Serialize, ToSchema)]
pub(crate) struct TargetView {
    /// What kind of thing.
    kind: String,
    /// Its id.
    id: String,
    /// Its name at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// One field of a change.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeView {
    /// The field.
    field: String,
    /// What it was; absent where the thing is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// What it is; absent where the thing is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        let Event { id, at, organization, project, actor, action, category, target, outcome, reason, changes, origin } =
            event;
        let domain::event::ActorRecord { kind, id: actor_id, name, on_behalf_of, as_superadmin } = actor;
        let domain::Origin { request, address, user_agent, method, route } = origin;
        let change = |domain::change::Change { field, before, after }| ChangeView { field, before, after };
        Self {
            id: id.to_string(),
            at: at.to_string(),
            organization_id: organization.map(|id| id.to_string()),
            project_id: project.map(|id| id.to_string()),
            actor: ActorView { kind, id: actor_id, name, on_behalf_of, as_superadmin },
            action: action.name(),
            category,
            target: TargetView { kind: target.kind, id: target.id, name: target.name },
            outcome,
            reason,
            changes: changes.into_iter().map(change).collect(),
            request_id: request.map(|id| id.to_string()),
            method,
            route,
            address,
            user_agent,
        }
    }
}

/// Read the audit log of an organization
///
/// Newest first. A page may be empty and yet have a next one where nothing happened for a long time.
#[utoipa::path(get, path = "/v1/organizations/{org}/audit-events", tag = "Audit", params(("org" = String, Path), ListParams),
    responses((status = 200, body = PageView<EventView>), (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub(crate) async fn organizations(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<ListParams>,
) -> Reply {
    let granted = caller.grant(ReadAudit, org)?;
    let (filter, sent, limit) = asked.read()?;
    let since = caller.organization()?.created_at;
    let (store, mut mint) = (&app.core.store, app.core.mint());
    let read = store.list_events(&granted, &filter, since, sent.as_ref(), limit, mint.now());
    recorded(read, store.record_audit_read(&granted, &mut mint)).await
}

/// Read what one did oneself
///
/// For its members, newest first: the caller's own part of the organization's audit log. `actor` makes no difference.
#[utoipa::path(get, path = "/v1/organizations/{org}/activity", tag = "Audit", params(("org" = String, Path), ListParams),
    responses((status = 200, body = PageView<EventView>), (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub(crate) async fn own(
    State(app): State<App>,
    caller: Caller,
    At(org): At<OrganizationId>,
    Params(asked): Params<ListParams>,
) -> Reply {
    let granted = caller.grant(ReadOwnActivity, org)?;
    let (filter, sent, limit) = asked.read()?;
    let since = caller.organization()?.created_at;
    let now = app.core.now();
    let page = app.core.store.list_own_events(&granted, filter, since, sent.as_ref(), limit, now).await?;
    answer::ok(PageView::from(page.map(EventView::from)))
}

/// Read the audit log of everybody
///
/// Newest first, for superadmins.
#[utoipa::path(get, path = "/v1/audit-events", tag = "Audit", params(ListParams),
    responses((status = 200, body = PageView<EventView>), (status = 403, body = ProblemView)))]
pub(crate) async fn everybodys(State(app): State<App>, caller: Caller, Params(asked): Params<ListParams>) -> Reply {
    let granted = caller.grant(ReadPlatformAudit, Platform)?;
    let (filter, sent, limit) = asked.read()?;
    let (store, mut mint) = (&app.core.store, app.core.mint());
    let read = store.list_all_events(&granted, &filter, sent.as_ref(), limit, mint.now());
    recorded(read, store.record_platform_audit_read(&granted, &mut mint)).await
}

/// The page, and beside it the record that somebody read it: without that record there is no page, and the page is the
/// log as it was before it.
async fn recorded(
    read: impl Future<Output = Result<Page<Event>>>,
    record: impl Future<Output = Result<EventId>>,
) -> Reply {
    // A refusal comes before the first call, and then nothing is recorded.
    let (mut page, own) = futures::try_join!(read, record)?;
    page.items.retain(|event| event.id != own);
    answer::ok(PageView::from(page.map(EventView::from)))
}
