//! What those who answer for invitations are in the organization now: an invitation gives no more than they could.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::id::OrganizationId;
use domain::invitation::{AnswerInvitation, Backing, Invitation, Inviter, enough_for};
use domain::service_account::Belongs;
use domain::user::{User, UserStatus};
use domain::{Granted, OrgRole, Result};

use crate::authenticate::pick;
use crate::core::{Item, Store, decode};
use crate::edit::Edit;
use crate::keys::{self, Key};
use crate::person_items::{MembershipItem, UserItem};
use crate::service_items::ServiceAccountItem;

/// So many are read at once: each is two keys at most.
const READ_AT_ONCE: usize = 50;

impl Store {
    /// AP-200. What who answers for an invitation is in its organization now.
    pub async fn backing(&self, granted: &Granted<AnswerInvitation>, invitation: &Invitation) -> Result<Backing> {
        let inviters = [&invitation.inviter];
        let found = self.backings(granted.scope().organization(), &inviters).await?;
        Ok(found.into_iter().next().map_or(Backing::None, |(_, backing)| backing))
    }

    /// AP-200. What these are there, each once.
    pub(crate) async fn backings(
        &self,
        organization: OrganizationId,
        inviters: &[&Inviter],
    ) -> Result<Vec<(Inviter, Backing)>> {
        let mut each: Vec<&Inviter> = vec![];
        for inviter in inviters {
            if !each.contains(inviter) {
                each.push(inviter);
            }
        }
        let mut backings = vec![];
        for some in each.chunks(READ_AT_ONCE) {
            let mut keys: Vec<Key> = some.iter().flat_map(|inviter| keys_of(organization, inviter)).collect();
            keys.sort();
            keys.dedup();
            let found = self.get_many(&self.platform, &keys).await?;
            for inviter in some {
                backings.push(((*inviter).clone(), backing(&found, organization, inviter)?));
            }
        }
        Ok(backings)
    }

    /// Checks for a transaction that who answers for the invitation still is what was read, or enough for its role. What is
    /// written of somebody who accepts their own invitation cannot be checked beside that.
    pub(crate) fn still_backed(
        &self,
        organization: OrganizationId,
        invitation: &Invitation,
        backing: Backing,
        accepter: domain::id::UserId,
    ) -> Result<Vec<TransactWriteItem>> {
        let roles: Vec<&str> = enough_for(invitation.role).iter().map(|role| role.as_str()).collect();
        match &invitation.inviter {
            Inviter::Person { user, .. } if *user == accepter => Ok(vec![]),
            Inviter::Person { user, .. } => {
                let person = Edit::of(&self.platform, keys::user(*user)).when("status", "=", "active")?;
                if backing == Backing::Superadmin {
                    return Ok(vec![person.when("superadmin", "=", true)?.check()?]);
                }
                let place = Edit::of(&self.platform, keys::membership(*user, organization));
                Ok(vec![person.check()?, place.when_any("role", &roles)?.check()?])
            }
            Inviter::Program { service_account, .. } => {
                let account = Edit::of(&self.platform, keys::service_account(*service_account));
                let account = account.when("organization", "=", organization)?.when("suspended", "=", false)?;
                Ok(vec![account.when_any("role", &roles)?.check()?])
            }
        }
    }
}

fn keys_of(organization: OrganizationId, inviter: &Inviter) -> Vec<Key> {
    match inviter {
        Inviter::Person { user, .. } => vec![keys::user(*user), keys::membership(*user, organization)],
        Inviter::Program { service_account, .. } => vec![keys::service_account(*service_account)],
    }
}

fn backing(found: &[Item], organization: OrganizationId, inviter: &Inviter) -> Result<Backing> {
    let role = |role: Option<OrgRole>| role.map_or(Backing::None, Backing::Role);
    match inviter {
        Inviter::Person { user, .. } => {
            let person = pick(found, &keys::user(*user)).map(decode::<UserItem>).transpose()?.map(User::from);
            let place =
                pick(found, &keys::membership(*user, organization)).map(decode::<MembershipItem>).transpose()?;
            Ok(match person.filter(|person| person.status == UserStatus::Active) {
                None => Backing::None,
                Some(person) if person.superadmin => Backing::Superadmin,
                Some(_) => role(place.map(|place| place.role)),
            })
        }
        Inviter::Program { service_account, .. } => {
            let account = pick(found, &keys::service_account(*service_account));
            let account = account.map(|item| decode::<ServiceAccountItem>(item)?.account()).transpose()?;
            let account = account.filter(|account| !account.suspended);
            Ok(match account.map(|account| account.belongs) {
                Some(Belongs::Organization { organization: own, role, .. }) if own == organization => {
                    Backing::Role(role)
                }
                Some(_) | None => Backing::None,
            })
        }
    }
}
