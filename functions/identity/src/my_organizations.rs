//! `GET /v1/me/organizations`

use api::{PageParams, PageView, Params, Person, ProblemView, Reply, answer};
use axum::extract::State;
use domain::Error;
use domain::id::OrganizationId;
use domain::scope::Own;
use domain::user::ReadMe;
use store::Cursor;

use crate::App;
use crate::views::MyOrganizationView;

/// What one look-up takes.
const AT_ONCE: usize = 50;
/// Names the list, so that a cursor of another one is refused.
const LIST: &str = "my-organizations";

/// List the own organizations
///
/// By id, which is the order in which they were made.
#[utoipa::path(get, path = "/v1/me/organizations", tag = "Profile", params(PageParams), responses(
    (status = 200, description = "A page", body = PageView<MyOrganizationView>),
    (status = 400, description = "A parameter or the cursor is wrong", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<App>, caller: Person, Params(page): Params<PageParams>) -> Reply {
    let granted = caller.grant(ReadMe, Own)?;
    // The last organization of the page before.
    let after: Option<OrganizationId> = page.cursor().map(|cursor| cursor.place(LIST)).transpose()?;
    let limit = usize::try_from(page.limit()).map_err(Error::internal)?;
    let mut left = caller.user.organizations.iter().copied().filter(|id| after.is_none_or(|after| *id > after));
    let ids: Vec<OrganizationId> = left.by_ref().take(limit).collect();
    let next = left.next().and(ids.last()).map(|last| Cursor::at(LIST, last)).transpose()?;
    let mut items: Vec<MyOrganizationView> = vec![];
    for part in ids.chunks(AT_ONCE) {
        items.extend(app.core.store.my_organizations(&granted, part).await?.into_iter().map(Into::into));
    }
    answer::ok(PageView { items, next: next.map(|next| next.as_str().to_owned()) })
}
