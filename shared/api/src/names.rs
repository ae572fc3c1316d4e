//! Names of the domain in the API's description: the domain knows no OpenAPI.

use utoipa::ToSchema;

/// Where an organization is in its life.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum StatusName {
    /// Its table, key and default project are being made.
    Provisioning,
    /// In use.
    Active,
    /// Nobody but a superadmin gets in.
    Archived,
    /// In the 30 days before the purge, or in the purge.
    Deleting,
}

/// A role in an organization.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum OrgRoleName {
    /// Everything of the organization.
    Owner,
    /// Members and projects.
    Admin,
    /// What projects give.
    Member,
}

/// A role in a project.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ProjectRoleName {
    /// Also edits the project, its models, its members and the quotas of its use cases.
    Admin,
    /// Also registers and edits use cases and agents.
    Builder,
    /// Also runs.
    Operator,
    /// Reads.
    Viewer,
}
