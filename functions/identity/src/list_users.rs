//! `GET /v1/users`

use api::{Caller, PageView, Params, ProblemView, Reply, answer, cursor};
use axum::extract::State;
use domain::scope::Platform;
use domain::user::{ListUsers, PeopleBy, ReadUsers, UserStatus};
use domain::{Code, Email, Error};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use crate::views::{UserStatusName, UserView};

/// The longest beginning that anybody's e-mail or name can have.
const PREFIX_MAX: usize = 254;

/// Whom; at most one of the first three.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListParams {
    /// The e-mail itself, in any case: one person or none, as they are at this moment.
    #[param(value_type = Option<String>, format = "email", example = "ann@acme.example")]
    email: Option<Email>,
    /// The beginning of the e-mail, in any case.
    #[param(max_length = 254, example = "ann@")]
    email_prefix: Option<String>,
    /// The beginning of the name, in any case; the list is by name then.
    #[param(max_length = 254, example = "ann")]
    name_prefix: Option<String>,
    /// Only accounts of that status.
    #[param(value_type = Option<UserStatusName>)]
    status: Option<UserStatus>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// List people
///
/// For superadmins, over all organizations: by e-mail, or by name where that is asked for. Somebody who has just joined or was just renamed may be missing for a moment. With `status` a page may be empty and yet have a next one.
#[utoipa::path(get, path = "/v1/users", tag = "People", params(ListParams), responses(
    (status = 200, description = "A page", body = PageView<UserView>),
    (status = 400, description = "A parameter or the cursor is wrong, or two parameters exclude each other",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a superadmin", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Params(asked): Params<ListParams>) -> Reply {
    let ListParams { email, email_prefix, name_prefix, status, cursor: sent, limit } = asked;
    let (sent, limit) = cursor(sent, limit)?;
    let by = match (email, email_prefix, name_prefix) {
        (Some(email), None, None) if sent.is_none() => return find(&app, &caller, &email, status).await,
        (None, prefix, None) => PeopleBy::Email(bounded(prefix.unwrap_or_default(), "email_prefix")?),
        (None, None, Some(prefix)) => PeopleBy::Name(bounded(prefix, "name_prefix")?),
        _ => {
            let words =
                "an e-mail, a beginning of one and a beginning of a name exclude each other; the first has one page";
            return Err(Error::new(Code::Malformed, words).at("email").into());
        }
    };
    let granted = caller.grant(ListUsers { by, status }, Platform)?;
    let page = app.core.store.list_users(&granted, sent.as_ref(), limit).await?;
    answer::ok(PageView::from(page.map(|user| UserView::from(&user))))
}

fn bounded(prefix: String, name: &'static str) -> Result<String, Error> {
    let fits = prefix.chars().count() <= PREFIX_MAX;
    fits.then_some(prefix).ok_or_else(|| Error::new(Code::Malformed, "must be at most 254 characters").at(name))
}

/// A page of one, or of none.
async fn find(app: &App, caller: &Caller, email: &Email, status: Option<UserStatus>) -> Reply {
    let granted = caller.grant(ReadUsers, Platform)?;
    let found = app.core.store.find_user(&granted, email).await?;
    let found = found.filter(|user| status.is_none_or(|status| user.status == status));
    answer::ok(PageView { items: found.iter().map(UserView::from).collect(), next: None })
}
