//! `GET /v1/users?email=`

use api::{Caller, PageView, Params, ProblemView, Reply, answer};
use axum::extract::State;
use domain::Email;
use domain::scope::Platform;
use domain::user::ReadUsers;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::views::UserView;

/// Whom.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindParams {
    /// The e-mail, in any case.
    #[param(value_type = String, format = "email", example = "ann@acme.example")]
    email: Email,
}

/// Find somebody by e-mail
///
/// For superadmins. A page of one, or of none.
#[utoipa::path(get, path = "/v1/users", tag = "People", params(FindParams), responses(
    (status = 200, description = "Who has that e-mail", body = PageView<UserView>),
    (status = 400, description = "The parameter is missing or no e-mail", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a superadmin", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn find(State(app): State<App>, caller: Caller, Params(asked): Params<FindParams>) -> Reply {
    let granted = caller.grant(ReadUsers, Platform)?;
    let found = app.core.store.find_user(&granted, &asked.email).await?;
    answer::ok(PageView { items: found.iter().map(UserView::from).collect(), next: None })
}
