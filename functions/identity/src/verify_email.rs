//! `POST /v1/email-verifications`, `POST /v1/email-verifications/confirm`

use api::{Body, ProblemView, Reply, Visitor, answer};
use axum::extract::State;
use domain::account_link::LinkPurpose;

use crate::App;
use crate::links_asked::{EmailBody, LinkTokenBody, ShownLink};

/// Ask for a link that confirms an e-mail
///
/// The answer is the same whether there is such an account, and whether it waits for that. A link works for 24 hours, once;
/// the newest alone. At most one a minute and five a day are sent to an account, and 60 requests of an address are taken in
/// any 15 minutes.
#[utoipa::path(post, path = "/v1/email-verifications", tag = "Sessions", request_body = EmailBody, security(()),
    responses(
        (status = 202, description = "Done, if there is something to do"),
        (status = 422, description = "The e-mail is none", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 429, description = "Too many requests from this address", body = ProblemView,
            content_type = "application/problem+json", headers(("Retry-After" = u32)))))]
pub(crate) async fn ask(State(app): State<App>, visitor: Visitor, Body(asked): Body<EmailBody>) -> Reply {
    app.send_link(&visitor, &asked.email, LinkPurpose::Verification).await
}

/// Confirm an e-mail
///
/// With the token behind `#token=` of the link in the mail. Opening the link changes nothing; this does. The account can
/// sign in from then on.
#[utoipa::path(post, path = "/v1/email-verifications/confirm", tag = "Sessions", request_body = LinkTokenBody, security(()),
    responses(
        (status = 204, description = "Confirmed"),
        (status = 403, description = "The account is suspended", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "`email.already-verified`: sign in. `link.superseded` or `link.expired`: use the newest mail, or ask for another", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "`link.unknown`", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 503, description = "The secrets server is away", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn confirm(State(app): State<App>, visitor: Visitor, Body(shown): Body<LinkTokenBody>) -> Reply {
    let ShownLink { account, version, actor } = app.shown(&visitor, &shown.token, LinkPurpose::Verification).await?;
    app.core.store.verify_email(&actor, account, version, &mut app.core.mint()).await?;
    answer::no_content()
}
