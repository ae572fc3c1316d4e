//! `GET /v1/me`

use api::{Person, ProblemView, Reply, answer};
use axum::extract::State;
use domain::id::OrganizationId;
use domain::scope::Own;
use domain::user::{ReadMe, User};

use crate::App;
use crate::views::ProfileView;

/// So many organizations come with the profile.
const SHOWN: usize = 50;

/// Read the own profile
#[utoipa::path(get, path = "/v1/me", tag = "Profile", responses(
    (status = 200, description = "The profile", body = ProfileView, headers(("ETag" = String))),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn read(State(app): State<App>, caller: Person) -> Reply {
    show(&app, &caller, &caller.user).await
}

/// The caller's profile, as it is now.
pub(crate) async fn show(app: &App, caller: &Person, user: &User) -> Reply {
    let granted = caller.grant(ReadMe, Own)?;
    let first: Vec<OrganizationId> = user.organizations.iter().copied().take(SHOWN).collect();
    let organizations = app.core.store.my_organizations(&granted, &first).await?;
    let organizations = organizations.into_iter().map(Into::into).collect();
    answer::ok_tagged(ProfileView::of(user, organizations), user.version)
}
