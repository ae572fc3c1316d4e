//! `GET /v1/settings/authentication`, `PATCH /v1/settings/authentication`

use api::{Body, Caller, IfMatch, ProblemView, Reply, answer};
use axum::extract::State;
use domain::Patch;
use domain::authentication::{EditAuthentication, ReadAuthentication};
use domain::scope::Platform;
use serde::{Deserialize, Serialize};
use store::Authentication;
use utoipa::ToSchema;

use crate::App;

/// How people sign in, for the whole platform.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuthenticationView {
    /// Whether an account that is made from now on cannot sign in before its e-mail is confirmed. Accounts that are there
    /// already are left alone.
    require_email_verification: bool,
    /// How many accounts sign in although their e-mail was never confirmed (suspended ones included), and go on doing so
    /// whatever the switch says.
    unaffected_accounts: u64,
    /// Counts changes; the `ETag`. 0 as long as nobody changed anything.
    version: u64,
}

impl From<&Authentication> for AuthenticationView {
    fn from(Authentication { settings, unconfirmed_accounts }: &Authentication) -> Self {
        Self {
            require_email_verification: settings.require_email_verification,
            unaffected_accounts: *unconfirmed_accounts,
            version: settings.version,
        }
    }
}

/// A merge patch of how people sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthenticationPatch {
    /// Whether new accounts wait until their e-mail is confirmed.
    #[schema(value_type = Option<bool>, example = true)]
    #[serde(default)]
    require_email_verification: Patch<bool>,
}

/// Read how people sign in
///
/// For superadmins. Before the switch is turned, it says how many accounts it leaves alone.
#[utoipa::path(get, path = "/v1/settings/authentication", tag = "Platform", responses(
    (status = 200, description = "The rules", body = AuthenticationView, headers(("ETag" = String))),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a superadmin", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn read(State(app): State<App>, caller: Caller) -> Reply {
    let granted = caller.grant(ReadAuthentication, Platform)?;
    show(&app.core.store.authentication(&granted).await?)
}

/// Edit how people sign in
///
/// For superadmins. A JSON merge patch on the version that `If-Match` names. It acts on accounts that are made afterwards;
/// an import that is running makes the rows that it has begun by the old rule.
#[utoipa::path(patch, path = "/v1/settings/authentication", tag = "Platform",
    request_body(content = AuthenticationPatch, content_type = "application/merge-patch+json"),
    params(("If-Match" = String, Header, description = "The `ETag` that was read", example = "\"0\"")),
    responses(
        (status = 200, description = "The rules with the changes", body = AuthenticationView,
            headers(("ETag" = String))),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 412, description = "Changed since it was read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 422, description = "A value cannot be taken away", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn edit(
    State(app): State<App>,
    caller: Caller,
    IfMatch(version): IfMatch,
    Body(AuthenticationPatch { require_email_verification }): Body<AuthenticationPatch>,
) -> Reply {
    let require_email_verification = require_email_verification.unless_cleared("/require_email_verification")?;
    let granted = caller.grant(EditAuthentication { version, require_email_verification }, Platform)?;
    show(&app.core.store.edit_authentication(&granted, &mut app.core.mint()).await?)
}

fn show(rules: &Authentication) -> Reply {
    answer::ok_tagged(AuthenticationView::from(rules), rules.settings.version)
}
