//! `GET /v1/me/notifications/unread-count`, `POST /v1/me/notifications/{notification}/read`,
//! `POST /v1/me/notifications/read-all`

use api::{At, Nothing, OptionalBody, Person, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::NoticeId;
use domain::inbox::{CountUnread, MarkAllRead, MarkRead};
use domain::scope::Own;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

/// How many notifications are unread.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnreadView {
    /// Of those that are kept.
    #[schema(example = 3)]
    unread: u64,
}

/// Count the own unread notifications
///
/// For a page that asks often: it reads one small item, however many there are.
#[utoipa::path(get, path = "/v1/me/notifications/unread-count", tag = "Notifications", responses(
    (status = 200, description = "The number", body = UnreadView),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "A temporary password has to be changed first, or a service account asks",
        body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn count(State(app): State<App>, caller: Person) -> Reply {
    let granted = caller.grant(CountUnread, Own)?;
    answer::ok(UnreadView { unread: app.core.store.count_unread(&granted, app.core.now()).await? })
}

/// Mark a notification as read
///
/// Says how many are left unread. Repeating it changes nothing.
#[utoipa::path(post, path = "/v1/me/notifications/{notification}/read", tag = "Notifications",
    params(("notification" = String, Path, description = "The notification's id",
        example = "ntc_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "Read", body = UnreadView),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "A temporary password has to be changed first, or a service account asks",
            body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "The caller has no such notification", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Person,
    At(id): At<NoticeId>,
    _: OptionalBody<Nothing>,
) -> Reply {
    let granted = caller.grant(MarkRead { id }, Own)?;
    answer::ok(UnreadView { unread: app.core.store.mark_read(&granted, app.core.now()).await? })
}

/// Mark all notifications as read
///
/// All that were there at this moment, in one write. What arrives meanwhile stays unread.
#[utoipa::path(post, path = "/v1/me/notifications/read-all", tag = "Notifications", responses(
    (status = 204, description = "Read"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "A temporary password has to be changed first, or a service account asks",
        body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn read_all(State(app): State<App>, caller: Person, _: OptionalBody<Nothing>) -> Reply {
    let granted = caller.grant(MarkAllRead, Own)?;
    app.core.store.mark_all_read(&granted, app.core.now()).await?;
    answer::no_content()
}
