//! `POST /v1/me/email`, `POST /v1/email-changes/confirm`

use api::{Body, Person, ProblemView, Reply, Visitor, answer};
use axum::extract::State;
use axum::response::IntoResponse;
use domain::account_link::LinkPurpose;
use domain::scope::Own;
use domain::user::ChangeEmail;
use domain::{Code, Email, Error};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::change_password::{COUNTED_AS, prove};
use crate::links_asked::{LinkTokenBody, ShownLink};
use crate::typed::Typed;

/// Another e-mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEmailBody {
    /// The e-mail that is to take the present one's place.
    #[schema(value_type = String, format = "email", example = "ann.lee@acme.example")]
    email: Email,
    /// The present password.
    #[schema(value_type = String, format = "password", example = "velvet-Orchard-31")]
    password: Typed,
}

/// Ask for another e-mail
///
/// Sends a link to the new address, which works for 24 hours, and tells the old one; until the link is confirmed nothing
/// changes. The answer does not tell whether somebody has that e-mail. At most one link a minute and five a day. Whatever
/// ends the account's sessions voids the link. Ten wrong passwords in any 15 minutes are looked at.
#[utoipa::path(post, path = "/v1/me/email", tag = "Profile", request_body = NewEmailBody, responses(
    (status = 202, description = "The new address is to be proved"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "A temporary password has to be changed first", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 409, description = "The account was changed at this moment", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 422, description = "`password.wrong`, or the e-mail is none or the present one", body = ProblemView,
        content_type = "application/problem+json"),
    (status = 429, description = "Too many attempts, or too many links", body = ProblemView,
        content_type = "application/problem+json", headers(("Retry-After" = u32)))))]
pub(crate) async fn ask(State(app): State<App>, caller: Person, Body(asked): Body<NewEmailBody>) -> Reply {
    let NewEmailBody { email, password } = asked;
    let is_present = email.folded() == caller.user.email.folded();
    let granted = caller.grant(ChangeEmail { email }, Own)?;
    if is_present {
        return Err(Error::new(Code::Invalid, "is your e-mail already").at("/email").into());
    }
    let store = &app.core.store;
    let attempt = store.begin_sign_in(&caller.user.email, COUNTED_AS, app.core.now()).await?;
    prove(&app, &caller, attempt, &password, "/password").await?;
    store.request_email_change(&granted, COUNTED_AS, &mut app.core.mint()).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Confirm another e-mail
///
/// With the token behind `#token=` of the link in the mail. The account has the new e-mail from then on, confirmed; every
/// session ends, and both addresses are told. Sign in with the new one.
#[utoipa::path(post, path = "/v1/email-changes/confirm", tag = "Profile", request_body = LinkTokenBody, security(()),
    responses(
        (status = 204, description = "Changed"),
        (status = 403, description = "The account is suspended", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "`email.taken`, `link.superseded`, `link.expired` or `link.used`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "`link.unknown`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The secrets server is away", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn confirm(State(app): State<App>, visitor: Visitor, Body(shown): Body<LinkTokenBody>) -> Reply {
    let ShownLink { account, version, actor } = app.shown(&visitor, &shown.token, LinkPurpose::EmailChange).await?;
    app.core.store.change_email(&actor, account, version, &mut app.core.mint()).await?;
    answer::no_content()
}
