//! `POST /v1/users/{user}/verify`

use api::{At, Caller, Nothing, OptionalBody, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::UserId;
use domain::scope::Platform;
use domain::user::VouchForEmail;

use crate::App;
use crate::views::UserView;

/// Confirm somebody's e-mail for them
///
/// For superadmins, who answer for it: the account can sign in without the link, unless it is suspended. Repeating it changes
/// nothing.
#[utoipa::path(post, path = "/v1/users/{user}/verify", tag = "People",
    params(("user" = String, Path, description = "The person's id", example = "usr_01JZA000000000000000000000")),
    responses(
        (status = 200, description = "Confirmed", body = UserView, headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such person", body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "The account was changed at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn vouch(
    State(app): State<App>,
    caller: Caller,
    At(user): At<UserId>,
    _: OptionalBody<Nothing>,
) -> Reply {
    let granted = caller.grant(VouchForEmail { user }, Platform)?;
    let user = app.core.store.vouch_for_email(&granted, &mut app.core.mint()).await?;
    answer::ok_tagged(UserView::from(&user), user.version)
}
