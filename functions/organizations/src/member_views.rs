//! What answers show of people in organizations and projects.

use std::collections::BTreeMap;

use api::{OrgRoleName, ProjectRoleName};
use domain::id::ProjectId;
use domain::member::{Membership, ProjectGrant};
use domain::role::Source;
use domain::{Actor, OrgRole, ProjectRole};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who belongs to an organization.
#[derive(Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// The person's id.
    user_id: String,
    /// The person's e-mail.
    email: String,
    /// The person's name.
    display_name: String,
    /// The role.
    #[schema(value_type = OrgRoleName)]
    role: OrgRole,
    /// Where the role came from: `manual`, `invitation`, `import` or `sso`.
    #[schema(value_type = String)]
    source: Source,
    /// Roles in team projects, by project: all of them for oneself and the organization's admins, for others those in
    /// projects that the caller has a role in.
    projects: BTreeMap<String, String>,
    /// Since when.
    joined_at: String,
    /// Counts changes; the `ETag`.
    version: u64,
}

impl MemberView {
    /// As this caller may see it: who is in a project is shown to whom may read the project.
    pub(crate) fn to(actor: &Actor, membership: &Membership) -> Self {
        let Membership { user, organization: _, email, display_name, role, source, projects, joined_at, version } =
            membership;
        let shows_all = actor.is_superadmin() || actor.role() >= Some(OrgRole::Admin) || actor.user() == Some(*user);
        let shown = |(id, _): &(&ProjectId, &ProjectGrant)| shows_all || actor.project_role(**id).is_some();
        Self {
            user_id: user.to_string(),
            email: email.to_string(),
            display_name: display_name.clone(),
            role: *role,
            source: *source,
            projects: projects
                .iter()
                .filter(shown)
                .map(|(id, grant)| (id.to_string(), grant.role.to_string()))
                .collect(),
            joined_at: joined_at.to_string(),
            version: *version,
        }
    }
}

/// Somebody with a role in a project.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProjectMemberView {
    /// The person's id.
    user_id: String,
    /// The person's e-mail.
    email: String,
    /// The person's name.
    display_name: String,
    /// The role.
    #[schema(value_type = ProjectRoleName)]
    role: ProjectRole,
    /// Where it came from: `manual`, `invitation`, `import`, `sso`, or `organization` in the default project, whose
    /// roles follow the organization's.
    source: String,
    /// Counts changes of the membership.
    version: u64,
}

impl ProjectMemberView {
    pub(crate) fn of(membership: &Membership, role: ProjectRole, source: Option<Source>) -> Self {
        let Membership { user, email, display_name, version, .. } = membership;
        let (user_id, email, display_name) = (user.to_string(), email.to_string(), display_name.clone());
        let source = source.map_or("organization", Source::as_str).to_owned();
        Self { user_id, email, display_name, role, source, version: *version }
    }
}
