//! One consistent `BatchGetItem` that tells which program asks, and what it is in the organization of the path.

use domain::id::{ApiTokenId, OrganizationId, ServiceAccountId, UserId};
use domain::member::Membership;
use domain::organization::Organization;
use domain::service_account::{ApiToken, ServiceAccount, Whoami};
use domain::{Granted, Result, Standing, Timestamp};

use crate::authenticate::pick;
use crate::core::{Item, Store, decode};
use crate::edit::Edit;
use crate::items::OrganizationItem;
use crate::keys::{self, Key};
use crate::person_items::MembershipItem;
use crate::service_items::{ApiTokenItem, ServiceAccountItem};

/// Whom a token says it comes from, and whom and what its request's path names.
#[derive(Clone, Copy, Debug)]
pub struct AskedByToken {
    /// Whose token.
    pub account: ServiceAccountId,
    /// Which.
    pub token: ApiTokenId,
    /// The organization of the path.
    pub organization: Option<OrganizationId>,
    /// The person of the path.
    pub named: Option<UserId>,
}

/// What one read told of a program.
#[derive(Debug)]
pub struct IdentifiedProgram {
    /// The account, not suspended.
    pub account: ServiceAccount,
    /// The token, alive.
    pub token: ApiToken,
    /// SHA-256 of the token's secret, to compare with what was shown.
    pub secret: String,
    /// The organization of the path, if there is one.
    pub organization: Option<Organization>,
    /// The place in it of the person whom the path names.
    pub named: Option<Membership>,
}

impl AskedByToken {
    /// What is read to tell.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let Self { account, token, organization, named } = *self;
        let named = organization.zip(named).map(|(id, named)| keys::membership(named, id));
        let always = [keys::service_account(account), keys::api_token(account, token)];
        always.into_iter().chain(organization.map(keys::organization)).chain(named).collect()
    }

    /// What that told; none where the token does not hold.
    pub(crate) fn program_in(&self, found: &[Item], now: Timestamp) -> Result<Option<IdentifiedProgram>> {
        let Self { account, token, organization, named } = *self;
        let (account, shown) = (keys::service_account(account), keys::api_token(account, token));
        let place = organization.map(keys::organization);
        let named = organization.zip(named).map(|(id, named)| keys::membership(named, id));
        let (Some(account), Some(shown)) = (pick(found, &account), pick(found, &shown)) else { return Ok(None) };
        let (account, shown) = (decode::<ServiceAccountItem>(account)?, decode::<ApiTokenItem>(shown)?);
        let is_listed = account.token(token).is_some();
        let (secret, token, account) = (shown.secret.clone(), ApiToken::from(shown), account.account()?);
        if !is_listed || account.suspended || !token.is_live(now) {
            return Ok(None);
        }
        let organization = place.and_then(|key| pick(found, &key)).map(decode::<OrganizationItem>).transpose()?;
        let named = named.and_then(|key| pick(found, &key)).map(decode::<MembershipItem>).transpose()?;
        let (organization, named) = (organization.map(Organization::from), named.map(Membership::from));
        Ok(Some(IdentifiedProgram { account, token, secret, organization, named }))
    }
}

impl IdentifiedProgram {
    /// The standing in the organization of the path: without a role where it is not the account's own.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        let (organization, belongs) = (self.organization.as_ref()?, &self.account.belongs);
        let is_own = belongs.organization() == Some(organization.id);
        let (role, projects) = if is_own { (belongs.role(), belongs.projects()) } else { Default::default() };
        Some(organization.standing(role, projects))
    }
}

impl Store {
    /// AP-150. Token, account and organization in one round trip; none where the token does not hold: unknown, expired,
    /// revoked, or of an account that is suspended or gone.
    pub async fn identify_program(&self, asked: AskedByToken, now: Timestamp) -> Result<Option<IdentifiedProgram>> {
        let found = self.get_many(&self.platform, &asked.keys()).await?;
        asked.program_in(&found, now)
    }

    /// AP-151. Writes the last use, which the caller does at most once a minute: of requests at the same time one writes.
    /// A token that was revoked meanwhile stays gone.
    pub async fn touch_api_token(&self, token: &ApiToken, now: Timestamp) -> Result<()> {
        let edit = Edit::of(&self.platform, keys::api_token(token.account, token.id)).if_there();
        let edit = match token.last_used_at {
            Some(last) => edit.when("last_used_at", "=", last)?,
            None => edit.when_missing("last_used_at"),
        };
        match edit.set("last_used_at", now)?.send(&self.client).await {
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("touching a token")),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// AP-152. The organization of a service account, as it is now.
    pub async fn home_of_program(&self, _: &Granted<Whoami>, organization: OrganizationId) -> Result<Organization> {
        self.organization(organization).await
    }
}
