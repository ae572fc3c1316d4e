//! `GET /v1/whoami`

use std::collections::BTreeMap;

use api::{Caller, Identity, ProblemView, ProjectRoleName, Reply, answer};
use axum::extract::State;
use domain::organization::{Organization, Status};
use domain::scope::Oneself;
use domain::service_account::{ApiToken, Belongs, ServiceAccount, Whoami};
use domain::session::Session;
use domain::user::User;
use domain::{Code, Error, ProjectRole};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::service_accounts::views::{ServiceRoleName, projects_of, role_of};

/// Who asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct WhoamiView {
    /// `user` or `service_account`.
    #[schema(example = "service_account")]
    kind: &'static str,
    /// Of the person or service account.
    #[schema(example = "svc_01JZA000000000000000000000")]
    id: String,
    /// What they are called; may be empty.
    #[schema(example = "Deployment")]
    name: String,
    /// A person's e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Whether every check passes.
    superadmin: bool,
    /// Whether a temporary password has to be changed before anything else.
    password_change_required: bool,
    /// A service account's organization; a person's are at `/v1/me/organizations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<WhoamiOrganizationView>,
    /// A service account's role.
    #[schema(value_type = Option<ServiceRoleName>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    /// A service account's roles in team projects, by the project's id.
    #[schema(value_type = BTreeMap<String, ProjectRoleName>)]
    projects: BTreeMap<String, ProjectRole>,
    /// The session or token of this request.
    #[schema(example = "tok_01JZA000000000000000000000")]
    credential_id: String,
    /// When that ends if nothing more happens; absent where only a revocation ends it.
    #[schema(format = "date-time")]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

/// Where a service account belongs.
#[derive(Serialize, ToSchema)]
pub(crate) struct WhoamiOrganizationView {
    /// The organization's id.
    #[schema(example = "org_01JZA000000000000000000000")]
    id: String,
    /// Its name.
    #[schema(example = "Acme")]
    name: String,
}

/// Read who the caller is
///
/// For people and service accounts alike. A service account of an organization that is not in use is refused here as everywhere.
#[utoipa::path(get, path = "/v1/whoami", tag = "Profile", responses(
    (status = 200, description = "Who asks, and by what they are known", body = WhoamiView),
    (status = 401, description = "Not signed in", body = ProblemView, content_type = "application/problem+json"),
    (status = 403, description = "The service account's organization is not active", body = ProblemView,
        content_type = "application/problem+json")))]
pub(crate) async fn read(State(app): State<App>, caller: Caller) -> Reply {
    let granted = caller.grant(Whoami, Oneself)?;
    let view = match caller.identity.as_ref() {
        Identity::Person { session, user } => WhoamiView::of_person(user, session),
        Identity::Program { token, account } => {
            let home = match account.belongs.organization() {
                Some(organization) => Some(app.core.store.home_of_program(&granted, organization).await?),
                None => None,
            };
            if home.as_ref().is_some_and(|home| home.state.standing() != Status::Active) {
                return Err(Error::new(Code::OrganizationNotActive, "the organization is not active").into());
            }
            let belongs = match &home {
                Some(home) => app.core.store.belongs_shown(&granted, home, &account.belongs).await?,
                None => account.belongs.clone(),
            };
            WhoamiView::of_program(account, &belongs, token, home)
        }
    };
    answer::ok(view)
}

impl WhoamiView {
    fn of_person(user: &User, session: &Session) -> Self {
        Self {
            kind: "user",
            id: user.id.to_string(),
            name: user.display_name.to_string(),
            email: Some(user.email.to_string()),
            superadmin: user.superadmin,
            password_change_required: user.must_change_password,
            organization: None,
            role: None,
            projects: BTreeMap::new(),
            credential_id: session.id.to_string(),
            expires_at: Some(session.expires_at().to_string()),
        }
    }

    fn of_program(account: &ServiceAccount, belongs: &Belongs, token: &ApiToken, home: Option<Organization>) -> Self {
        let organization =
            home.map(|home| WhoamiOrganizationView { id: home.id.to_string(), name: home.name.to_string() });
        Self {
            kind: "service_account",
            id: account.id.to_string(),
            name: account.name.to_string(),
            email: None,
            superadmin: false,
            password_change_required: false,
            organization,
            role: Some(role_of(belongs)),
            projects: projects_of(belongs),
            credential_id: token.id.to_string(),
            expires_at: token.expires_at.map(|at| at.to_string()),
        }
    }
}
