//! `POST /v1/users/{user}/suspend`, `POST /v1/users/{user}/reactivate`

use api::{At, Caller, Nothing, OptionalBody, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::UserId;
use domain::scope::Platform;
use domain::user::SetUserStatus;
use domain::{Code, Error};

use crate::App;
use crate::views::UserView;

/// Suspend somebody
///
/// For superadmins, never of one: whom the operator made a superadmin, the operator unmakes first. Ends the person's sessions; nothing they made is lost. Repeating it changes nothing.
#[utoipa::path(post, path = "/v1/users/{user}/suspend", tag = "People",
    params(("user" = String, Path, description = "The person's id", example = "usr_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "Suspended, from the next request on", body = UserView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin, or the person is one", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such person", body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "The account was changed at this moment", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "It is the caller's own account", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn suspend(
    State(app): State<App>,
    caller: Caller,
    At(user): At<UserId>,
    _: OptionalBody<Nothing>,
) -> Reply {
    set(&app, &caller, SetUserStatus { user, suspended: true }).await
}

/// Let somebody in again
///
/// For superadmins. The person signs in anew. Repeating it changes nothing.
#[utoipa::path(post, path = "/v1/users/{user}/reactivate", tag = "People",
    params(("user" = String, Path, description = "The person's id", example = "usr_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "Active", body = UserView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such person", body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "The account was changed at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn reactivate(
    State(app): State<App>,
    caller: Caller,
    At(user): At<UserId>,
    _: OptionalBody<Nothing>,
) -> Reply {
    set(&app, &caller, SetUserStatus { user, suspended: false }).await
}

async fn set(app: &App, caller: &Caller, asked: SetUserStatus) -> Reply {
    let granted = caller.grant(asked, Platform)?;
    if asked.suspended && caller.actor.user() == Some(asked.user) {
        return Err(Error::new(Code::Invalid, "you cannot suspend yourself").into());
    }
    let user = app.core.store.set_user_status(&granted, &mut app.core.mint()).await?;
    answer::ok_tagged(UserView::from(&user), user.version)
}
