//! `GET /v1/users/{user}`

use api::{At, Caller, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::UserId;
use domain::scope::Platform;
use domain::user::ReadUsers;

use crate::App;
use crate::views::UserView;

/// Read somebody's account
///
/// For superadmins.
#[utoipa::path(get, path = "/v1/users/{user}", tag = "People",
    params(("user" = String, Path, description = "The person's id", example = "usr_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "The account", body = UserView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such person", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn read(State(app): State<App>, caller: Caller, At(user): At<UserId>) -> Reply {
    let granted = caller.grant(ReadUsers, Platform)?;
    let user = app.core.store.read_user(&granted, user).await?;
    answer::ok_tagged(UserView::from(&user), user.version)
}
