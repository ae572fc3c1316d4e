//! Whether what a call names is there, is the organization's, and is in use.

use domain::id::{OrganizationId, UserId};
use domain::project::{Project, UseCase};
use domain::quota::ScopeSet;
use domain::user::UserStatus;
use domain::{Code, Error, Result};

use super::read::Found;
use crate::items::TenantItem;
use crate::keys::{self, tenant};
use crate::person_items::{MembershipItem, UserItem};

/// Refuses a call for what nobody may use any more. Each refusal has its own code, and the name of its field.
pub(crate) fn in_use(found: &Found, organization: OrganizationId, set: &ScopeSet) -> Result<(), (&'static str, Error)> {
    known(found, organization, set, true)?;
    match set.user {
        Some(user) => person(found, organization, user).map_err(|error| ("user_id", error)),
        None => Ok(()),
    }
}

/// Refuses a call for what is not the organization's. What is archived still spent what it spent.
pub(crate) fn known(
    found: &Found,
    organization: OrganizationId,
    set: &ScopeSet,
    in_use: bool,
) -> Result<(), (&'static str, Error)> {
    project(found, organization, set, in_use).map_err(|error| ("project_id", error))?;
    use_case(found, organization, set, in_use).map_err(|error| ("use_case_id", error))
}

fn project(found: &Found, organization: OrganizationId, set: &ScopeSet, in_use: bool) -> Result<()> {
    match found.get::<TenantItem<Project>>(&tenant::project(organization, set.project))? {
        None => Err(Error::new(Code::ProjectUnknown, "the organization has no such project")),
        Some(item) if in_use && item.content.archived => {
            Err(Error::new(Code::ProjectArchived, "the project is archived"))
        }
        Some(_) => Ok(()),
    }
}

fn use_case(found: &Found, organization: OrganizationId, set: &ScopeSet, in_use: bool) -> Result<()> {
    let Some(id) = set.use_case else { return Ok(()) };
    let key = tenant::registered(organization, set.project, &id.to_string());
    match found.get::<TenantItem<UseCase>>(&key)? {
        None => Err(Error::new(Code::UseCaseUnknown, "the project has no such use case")),
        Some(item) if in_use && item.content.archived => {
            Err(Error::new(Code::UseCaseArchived, "the use case is archived"))
        }
        Some(_) => Ok(()),
    }
}

/// A superadmin needs no membership.
fn person(found: &Found, organization: OrganizationId, user: UserId) -> Result<()> {
    let person = found.get::<UserItem>(&keys::user(user))?;
    let is_member = found.get::<MembershipItem>(&keys::membership(user, organization))?.is_some();
    match person {
        Some(person) if is_member || person.superadmin => match person.status {
            UserStatus::Active => Ok(()),
            UserStatus::Pending | UserStatus::Suspended => {
                Err(Error::new(Code::UserSuspended, "the person's account is not in use"))
            }
        },
        Some(_) | None => Err(Error::new(Code::NotMember, "the person does not belong to the organization")),
    }
}
