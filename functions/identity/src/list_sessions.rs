//! `GET /v1/sessions`

use api::{PageParams, PageView, Params, Person, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::SessionId;
use domain::scope::Own;
use domain::session::{ListSessions, Session};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

/// A session of the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Its id.
    #[schema(example = "ses_01JZA000000000000000000000")]
    id: String,
    /// Whether it is the one of this request.
    current: bool,
    /// Since when.
    #[schema(format = "date-time")]
    created_at: String,
    /// Its last request, to within five minutes.
    #[schema(format = "date-time")]
    last_used_at: String,
    /// When it ends if nothing more happens.
    #[schema(format = "date-time")]
    expires_at: String,
    /// The network address where it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What the client called itself then.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

impl SessionView {
    fn of(session: Session, current: SessionId) -> Self {
        let expires_at = session.expires_at().to_string();
        let Session { id, user: _, created_at, last_used_at, address, user_agent, epoch: _ } = session;
        Self {
            id: id.to_string(),
            current: id == current,
            created_at: created_at.to_string(),
            last_used_at: last_used_at.to_string(),
            expires_at,
            address,
            user_agent,
        }
    }
}

/// List the own sessions
///
/// Those that still hold, newest first.
#[utoipa::path(get, path = "/v1/sessions", tag = "Sessions", params(PageParams), responses(
    (status = 200, description = "A page", body = PageView<SessionView>),
    (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "A temporary password has to be changed first", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<App>, caller: Person, Params(asked): Params<PageParams>) -> Reply {
    let granted = caller.grant(ListSessions, Own)?;
    let (now, cursor) = (app.core.now(), asked.cursor());
    let page = app.core.store.list_sessions(&granted, &caller.user, now, cursor.as_ref(), asked.limit()).await?;
    answer::ok(PageView::from(page.map(|session| SessionView::of(session, caller.session.id))))
}
