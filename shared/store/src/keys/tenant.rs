//! Keys of tenant tables.

use super::{InvitationId, Key, OrganizationId, ProjectId, key, short};

pub(crate) const PROJECT_PREFIX: &str = "PRJ#";

pub(crate) fn projects(organization: OrganizationId) -> String {
    format!("{organization}#PROJECTS")
}

pub(crate) fn project(organization: OrganizationId, id: ProjectId) -> Key {
    key(projects(organization), format!("{PROJECT_PREFIX}{id}"))
}

/// What stays of a deleted project, so that the purge still finds what was registered in it.
pub(crate) fn deleted_project(organization: OrganizationId, id: ProjectId) -> Key {
    key(projects(organization), format!("GONE#{id}"))
}

pub(crate) fn project_name(organization: OrganizationId, folded: &str) -> Key {
    key(format!("{organization}#NAME#project#{}", short(folded)), "CLAIM")
}

pub(crate) const INVITATION_PREFIX: &str = "INV#";

pub(crate) fn invitations(organization: OrganizationId) -> String {
    format!("{organization}#INVITATIONS")
}

pub(crate) fn invitation(organization: OrganizationId, id: InvitationId) -> Key {
    key(invitations(organization), format!("{INVITATION_PREFIX}{id}"))
}

/// An e-mail that one pending invitation of the organization has.
pub(crate) fn invitation_email(organization: OrganizationId, folded: &str) -> Key {
    key(format!("{organization}#NAME#invitation#{}", short(folded)), "CLAIM")
}

/// What is registered in a project.
pub(crate) fn registered_in(organization: OrganizationId, project: ProjectId) -> String {
    format!("{organization}#{PROJECT_PREFIX}{project}")
}

pub(crate) fn registered(organization: OrganizationId, project: ProjectId, id: &str) -> Key {
    key(registered_in(organization, project), id)
}
