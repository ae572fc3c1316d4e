//! The one permission decision: may this actor do this, here?

use crate::action::Needs;
use crate::id::{OrganizationId, ProjectId};
use crate::organization::Status;
use crate::{Action, Actor, Code, OrgRole, Principal};

/// Where an act takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The platform as a whole.
    Platform,
    /// The caller's own account.
    Own,
    /// One organization.
    Organization(OrganizationId),
    /// One project of one organization.
    Project(OrganizationId, ProjectId),
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Allow,
    /// No, and the caller may know that there is something.
    Refuse(Code),
    /// No, and the caller learns of nothing: the same answer as for what does not exist.
    Conceal,
}

/// Decides by role alone; what depends on the state of things (last owner, grants above the own role) is decided where
/// that state is known.
#[must_use]
pub fn decide(actor: &Actor, action: Action, place: Place) -> Verdict {
    match &actor.principal {
        Principal::Nobody => Verdict::Refuse(Code::Unauthenticated),
        Principal::Operator => only(action.needs() == Needs::Operator),
        Principal::System { part, .. } => only(action.needs() == Needs::System(*part)),
        Principal::Dropper { .. } => only(action == Action::BulkImport),
        Principal::User { must_change_password: true, .. } if action.needs() != Needs::SignedInAtFirst => {
            Verdict::Refuse(Code::PasswordChangeRequired)
        }
        Principal::User { .. } => person(actor, action, place),
        Principal::ServiceAccount { runtime, .. } => program(actor, *runtime, action, place),
    }
}

fn only(allowed: bool) -> Verdict {
    if allowed { Verdict::Allow } else { Verdict::Refuse(Code::Forbidden) }
}

fn person(actor: &Actor, action: Action, place: Place) -> Verdict {
    let needs = action.needs();
    match place {
        Place::Own => only(matches!(needs, Needs::SignedIn | Needs::SignedInAtFirst)),
        Place::Platform => only(needs == Needs::Superadmin && actor.is_superadmin()),
        Place::Organization(organization) | Place::Project(organization, _) => {
            let Some(standing) = actor.standing.as_ref().filter(|standing| standing.organization == organization)
            else {
                return Verdict::Conceal;
            };
            match (actor.is_superadmin(), standing.role) {
                (true, _) if !is_there(standing.status, action) => Verdict::Refuse(Code::OrganizationNotActive),
                (true, _) => only(!matches!(needs, Needs::System(_) | Needs::Operator | Needs::Runtime)),
                (false, None) => Verdict::Conceal,
                (false, Some(_)) if !is_open(standing.status, action) => Verdict::Refuse(Code::OrganizationNotActive),
                (false, Some(role)) => only(member(actor, role, needs, place)),
            }
        }
    }
}

/// A service account has what its role gives, and nothing that belongs to a person; a platform's has what the runtime does,
/// in every organization that is in use.
fn program(actor: &Actor, runtime: bool, action: Action, place: Place) -> Verdict {
    match place {
        Place::Own => only(action == Action::KnowOneself),
        Place::Platform => only(false),
        Place::Organization(_) | Place::Project(..) if !runtime => person(actor, action, place),
        Place::Organization(organization) | Place::Project(organization, _) => {
            match actor.standing.as_ref().filter(|standing| standing.organization == organization) {
                None => Verdict::Conceal,
                Some(standing) if action.is_of_runtime() && !is_in_use(standing.status, action) => {
                    Verdict::Refuse(Code::OrganizationNotActive)
                }
                Some(_) => only(action.is_of_runtime()),
            }
        }
    }
}

/// What was spent is recorded also of an organization that was archived meanwhile.
fn is_in_use(status: Status, action: Action) -> bool {
    match status {
        Status::Active => true,
        Status::Archived | Status::Deleting => action == Action::SettleQuota,
        Status::Provisioning | Status::Deleted => false,
    }
}

/// What there is to act on, for superadmins too: content from the end of provisioning on, and nothing but the entry and
/// the record once the purge has begun.
fn is_there(status: Status, action: Action) -> bool {
    match status {
        Status::Provisioning => !action.reaches_content(),
        Status::Active | Status::Archived | Status::Deleting => true,
        Status::Deleted => matches!(action, Action::ReadOrganization | Action::ReadAudit),
    }
}

/// Members get in while the organization is active; calling a deletion off belongs to the time before the purge.
fn is_open(status: Status, action: Action) -> bool {
    let wanted = if action == Action::CancelDeletion { Status::Deleting } else { Status::Active };
    status == wanted || (status == Status::Active && action == Action::CancelDeletion)
}

fn member(actor: &Actor, role: OrgRole, needs: Needs, place: Place) -> bool {
    let project_role = match place {
        Place::Project(_, project) => actor.project_role(project),
        Place::Platform | Place::Own | Place::Organization(_) => None,
    };
    match needs {
        Needs::Organization(wanted) => role >= wanted,
        Needs::Project(wanted) => project_role >= Some(wanted),
        Needs::ProjectOrOrganizationAdmin(wanted) => project_role >= Some(wanted) || role >= OrgRole::Admin,
        Needs::Superadmin
        | Needs::SignedIn
        | Needs::SignedInAtFirst
        | Needs::Runtime
        | Needs::System(_)
        | Needs::Operator => false,
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
