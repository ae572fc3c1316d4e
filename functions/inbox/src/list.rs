//! `GET /v1/me/notifications`

use api::{Params, Person, ProblemView, Reply, answer, cursor};
use axum::extract::State;
use domain::inbox::ListNotices;
use domain::scope::Own;
use domain::{Code, Error};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::views::NotificationPageView;

/// Which notifications.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListParams {
    /// `true`: only those that were not read.
    #[param(value_type = Option<bool>)]
    unread: Option<String>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// List the own notifications
///
/// What the caller was told, the latest events first: for 90 days and the day of the event. A page of unread ones may be empty
/// and yet have a next one.
#[utoipa::path(get, path = "/v1/me/notifications", tag = "Notifications", params(ListParams), responses(
    (status = 200, description = "A page", body = NotificationPageView),
    (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "A temporary password has to be changed first, or a service account asks",
        body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<App>, caller: Person, Params(asked): Params<ListParams>) -> Reply {
    let unread = match asked.unread.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(Error::new(Code::Malformed, "must be true or false").at("unread").into()),
    };
    let (cursor, limit) = cursor(asked.cursor, asked.limit)?;
    let granted = caller.grant(ListNotices { unread }, Own)?;
    let found = app.core.store.list_notices(&granted, app.core.now(), cursor.as_ref(), limit).await?;
    answer::ok(NotificationPageView::from(found))
}
