//! `POST /v1/password-resets`, `POST /v1/password-resets/confirm`

use api::{Body, ProblemView, Reply, Visitor, answer};
use axum::extract::State;
use domain::account_link::LinkPurpose;
use domain::{Code, Error};
use serde::Deserialize;
use store::PasswordReset;
use utoipa::ToSchema;

use crate::App;
use crate::change_password::COUNTED_AS;
use crate::links_asked::{EmailBody, ShownLink};
use crate::typed::Typed;

/// What a link carries behind `#token=`, and the password that it sets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetBody {
    /// The token.
    #[schema(example = "apl_r_01JZA000000000000000000000_1_iSOZ0sUnSgGqS1q3gqcUE5Q5zZ0mZ0mZ0mZ0mZ0mZ0m")]
    token: String,
    /// The new password: 12 to 256 characters, not a common one.
    #[schema(value_type = String, format = "password", min_length = 12, max_length = 256,
        example = "velvet-Orchard-31")]
    password: Typed,
}

/// Ask for a link that sets a new password
///
/// The answer is the same whether there is such an account, and whether it is suspended. A link works for an hour, once; the
/// newest alone. At most one a minute and five a day are sent to an account, and 60 requests of an address are taken in any
/// 15 minutes.
#[utoipa::path(post, path = "/v1/password-resets", tag = "Sessions", request_body = EmailBody, security(()),
    responses(
        (status = 202, description = "Done, if there is something to do"),
        (status = 422, description = "The e-mail is none", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests from this address", body = ProblemView,
            content_type = "application/problem+json", headers(("Retry-After" = u32)))))]
pub(crate) async fn ask(State(app): State<App>, visitor: Visitor, Body(asked): Body<EmailBody>) -> Reply {
    app.send_link(&visitor, &asked.email, LinkPurpose::PasswordReset).await
}

/// Set a new password by a link
///
/// With the token behind `#token=` of the link in the mail. Ends every session of the account, and forgives failed sign-ins
/// from this address. Since the mailbox is proved, the e-mail is confirmed too. A weak password does not use the link up.
#[utoipa::path(post, path = "/v1/password-resets/confirm", tag = "Sessions", request_body = ResetBody, security(()),
    responses(
        (status = 204, description = "Set; sign in with it"),
        (status = 403, description = "The account is suspended", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "`link.superseded`, `link.expired` or `link.used`: use the newest mail, or ask for another", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "`link.unknown` or `password.weak`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The secrets server is away", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn confirm(State(app): State<App>, visitor: Visitor, Body(asked): Body<ResetBody>) -> Reply {
    let ResetBody { token, password } = asked;
    let ShownLink { account, version, actor } = app.shown(&visitor, &token, LinkPurpose::PasswordReset).await?;
    if passwords::is_weak(password.expose()) {
        let words = "must have 12 to 256 characters and not be a common password";
        return Err(Error::new(Code::PasswordWeak, words).at("/password").into());
    }
    let reset =
        PasswordReset { version, stored: app.hash(&password).await?, counted_as: &[&visitor.address, COUNTED_AS] };
    app.core.store.reset_password(&actor, account, &reset, &mut app.core.mint()).await?;
    answer::no_content()
}
