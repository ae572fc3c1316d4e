//! What answers show of people and of the organizations that they belong to.

use api::{OrgRoleName, StatusName};
use domain::OrgRole;
use domain::member::Membership;
use domain::organization::{Organization, Status};
use domain::user::{User, UserStatus};
use serde::Serialize;
use utoipa::ToSchema;

/// The caller's own account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileView {
    /// Who.
    #[schema(example = "usr_01JZA000000000000000000000")]
    id: String,
    /// The e-mail as typed.
    #[schema(example = "ann@acme.example")]
    email: String,
    /// Whether the e-mail was confirmed.
    email_verified: bool,
    /// The name; may be empty.
    #[schema(example = "Ann Lee")]
    display_name: String,
    /// Whether every check passes.
    superadmin: bool,
    /// Whether a temporary password has to be changed before anything else.
    password_change_required: bool,
    /// The first 50 organizations; the rest is at `/v1/me/organizations`.
    organizations: Vec<MyOrganizationView>,
    /// How many organizations there are in all.
    organization_count: usize,
    /// When the account was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it signed in last.
    #[schema(format = "date-time")]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign_in_at: Option<String>,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl ProfileView {
    pub(crate) fn of(user: &User, organizations: Vec<MyOrganizationView>) -> Self {
        let User { id, email, display_name, email_verified, must_change_password, superadmin, .. } = user;
        Self {
            id: id.to_string(),
            email: email.to_string(),
            email_verified: *email_verified,
            display_name: display_name.to_string(),
            superadmin: *superadmin,
            password_change_required: *must_change_password,
            organizations,
            organization_count: user.organizations.len(),
            created_at: user.created_at.to_string(),
            last_sign_in_at: user.last_sign_in_at.map(|at| at.to_string()),
            version: user.version,
        }
    }
}

/// An organization that the caller belongs to.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyOrganizationView {
    /// The organization's id.
    #[schema(example = "org_01JZA000000000000000000000")]
    id: String,
    /// Its name.
    #[schema(example = "Acme")]
    name: String,
    /// Its name in addresses.
    #[schema(example = "acme")]
    slug: String,
    /// Members get in while it is `active`.
    #[schema(value_type = StatusName)]
    status: Status,
    /// The caller's role in it.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
    /// Since when the caller belongs to it.
    #[schema(format = "date-time")]
    joined_at: String,
}

impl From<(Organization, Membership)> for MyOrganizationView {
    fn from((organization, membership): (Organization, Membership)) -> Self {
        Self {
            id: organization.id.to_string(),
            name: organization.name.to_string(),
            slug: organization.slug.to_string(),
            status: organization.state.status(),
            role: membership.role,
            joined_at: membership.joined_at.to_string(),
        }
    }
}

/// A person as superadmins see them.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserView {
    /// Who.
    #[schema(example = "usr_01JZA000000000000000000000")]
    id: String,
    /// The e-mail as typed.
    #[schema(example = "ann@acme.example")]
    email: String,
    /// Whether the e-mail was confirmed.
    email_verified: bool,
    /// The name; may be empty.
    #[schema(example = "Ann Lee")]
    display_name: String,
    /// Whether the account can be used.
    #[schema(value_type = UserStatusName)]
    status: UserStatus,
    /// Whether every check passes.
    superadmin: bool,
    /// Whether a temporary password waits to be changed.
    password_change_required: bool,
    /// The ids of the organizations that the person belongs to.
    organization_ids: Vec<String>,
    /// When the account was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it signed in last.
    #[schema(format = "date-time")]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sign_in_at: Option<String>,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        let User { id, email, display_name, status, email_verified, must_change_password, superadmin, .. } = user;
        Self {
            id: id.to_string(),
            email: email.to_string(),
            email_verified: *email_verified,
            display_name: display_name.to_string(),
            status: *status,
            superadmin: *superadmin,
            password_change_required: *must_change_password,
            organization_ids: user.organizations.iter().map(ToString::to_string).collect(),
            created_at: user.created_at.to_string(),
            last_sign_in_at: user.last_sign_in_at.map(|at| at.to_string()),
            version: user.version,
        }
    }
}

/// Whether an account can be used.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) enum UserStatusName {
    Pending,
    Active,
    Suspended,
}
