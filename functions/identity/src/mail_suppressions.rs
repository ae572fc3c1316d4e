//! `GET /v1/mail-suppressions`, `DELETE /v1/mail-suppressions/{suppression}`

use api::{At, Caller, PageView, Params, ProblemView, Reply, answer, cursor};
use axum::extract::State;
use domain::mail_suppression::{LiftSuppression, ListSuppressions, Suppression, SuppressionId};
use domain::scope::Platform;
use domain::{Code, Email, Error};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::App;

/// Which.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListParams {
    /// The e-mail itself, in any case: one or none, as it is at this moment.
    #[param(value_type = Option<String>, format = "email", example = "ann@acme.example")]
    email: Option<Email>,
    /// Where the page begins: `next` of the one before.
    cursor: Option<String>,
    /// At most so many, 1 to 100; 50 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

/// An address that gets no mail.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuppressionView {
    /// Names it: a hash of the address.
    #[schema(example = "sup_2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE")]
    id: String,
    /// The address.
    email: String,
    /// `bounced`: it gets no mail at all; `complained`: it gets only what protects an account, and links that let its owner in.
    reason: &'static str,
    /// What the other side's server said.
    why: String,
    /// Since when.
    suppressed_at: String,
}

impl From<&Suppression> for SuppressionView {
    fn from(Suppression { id, email, reason, why, at }: &Suppression) -> Self {
        Self {
            id: id.to_string(),
            email: email.to_string(),
            reason: reason.as_str(),
            why: why.clone(),
            suppressed_at: at.to_string(),
        }
    }
}

/// List addresses that get no mail
///
/// For superadmins, the latest first: addresses to which a mail bounced for good, and those whose reader called one unwanted. The
/// mail service keeps a list of its own besides.
#[utoipa::path(get, path = "/v1/mail-suppressions", tag = "People", params(ListParams), responses(
    (status = 200, description = "A page", body = PageView<SuppressionView>),
    (status = 400, description = "A parameter or the cursor is wrong, or two parameters exclude each other",
        body = ProblemView, content_type = "application/problem+json"),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "Not a superadmin", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller, Params(asked): Params<ListParams>) -> Reply {
    let ListParams { email, cursor: sent, limit } = asked;
    let (sent, limit) = cursor(sent, limit)?;
    let granted = caller.grant(ListSuppressions, Platform)?;
    let store = &app.core.store;
    let Some(email) = email else {
        let page = store.list_suppressions(&granted, sent.as_ref(), limit).await?;
        return answer::ok(PageView::from(page.map(|one| SuppressionView::from(&one))));
    };
    if sent.is_some() {
        return Err(Error::new(Code::Malformed, "an e-mail has one page").at("email").into());
    }
    let items: Vec<Suppression> = store.find_suppression(&granted, &email).await?.into_iter().collect();
    answer::ok(PageView::from(store::Page { items, next: None }.map(|one| SuppressionView::from(&one))))
}

/// Let an address have mail again
///
/// For superadmins, once the mailbox works or its owner wants mail again. What was not sent meanwhile is not sent now: whoever
/// waits for a mail asks for it once more. If mail still bounces, the address is listed anew.
#[utoipa::path(delete, path = "/v1/mail-suppressions/{suppression}", tag = "People",
    params(("suppression" = String, Path, description = "The id in the list",
        example = "sup_2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE")),
    responses(
        (status = 204, description = "It gets mail"),
        (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
        (status = 403, description = "Not a superadmin", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "The address gets mail", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 409, description = "A mail to it bounced at this moment", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn lift(State(app): State<App>, caller: Caller, At(id): At<SuppressionId>) -> Reply {
    let granted = caller.grant(LiftSuppression { id }, Platform)?;
    app.core.store.lift_suppression(&granted, &mut app.core.mint()).await?;
    answer::no_content()
}
