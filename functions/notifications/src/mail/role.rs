//! What letters about roles speak of.

use domain::{OrgRole, ProjectRole};

use super::shown::Shown;

/// What a role is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewRole {
    /// In the organization.
    Organization(OrgRole),
    /// In one of its projects.
    Project(Shown, ProjectRole),
    /// None any more in one of its projects.
    NoneInProject(Shown),
}

/// What somebody may do with a role, in half a sentence.
pub(crate) fn may(role: &OrgRole) -> &'static str {
    match role {
        OrgRole::Member => "you can use what it offers",
        OrgRole::Admin => "you can manage its members, projects and limits",
        OrgRole::Owner => "you answer for its members, projects, limits, sign-in and billing",
    }
}
