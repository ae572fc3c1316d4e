//! One consistent `BatchGetItem` that tells who asks, and what they are in the organization of the path.

use std::collections::BTreeSet;

use domain::id::{OrganizationId, SessionId, UserId};
use domain::member::Membership;
use domain::organization::Organization;
use domain::session::Session;
use domain::user::{User, UserStatus};
use domain::{Result, Standing, Timestamp};

use crate::core::{Item, Store, decode};
use crate::edit::Edit;
use crate::items::OrganizationItem;
use crate::keys::{self, Key};
use crate::person_items::{MembershipItem, SessionItem, UserItem};

/// Whom a request says it comes from, and whom and what its path names.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Whose token.
    pub user: UserId,
    /// Which session.
    pub session: SessionId,
    /// The organization of the path.
    pub organization: Option<OrganizationId>,
    /// The person of the path.
    pub named: Option<UserId>,
}

/// What one read told of a caller.
#[derive(Debug)]
pub struct Identified {
    /// The session, alive.
    pub session: Session,
    /// SHA-256 of the session's secret, to compare with what was shown.
    pub secret: String,
    /// The person, active.
    pub user: User,
    /// The organization of the path, if there is one.
    pub organization: Option<Organization>,
    /// The person's place in it.
    pub membership: Option<Membership>,
    /// The place in it of the person whom the path names.
    pub named: Option<Membership>,
}

impl Identified {
    /// The standing in the organization of the path.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        let (organization, membership) = (self.organization.as_ref()?, self.membership.as_ref());
        let grants =
            membership.map(|membership| membership.projects.iter().map(|(id, grant)| (*id, grant.role)).collect());
        Some(organization.standing(membership.map(|membership| membership.role), grants.unwrap_or_default()))
    }
}

impl Store {
    /// AP-01. Session, user, membership and organization in one round trip; none where the session does not hold:
    /// unknown, expired, of an earlier epoch, or of a person who is not active.
    pub async fn identify(&self, asked: Asked, now: Timestamp) -> Result<Option<Identified>> {
        let Asked { user, session, organization, named } = asked;
        let (session, person) = (keys::session(user, session), keys::user(user));
        let place = organization.map(keys::organization);
        let own = organization.map(|id| keys::membership(user, id));
        let named = organization.zip(named).map(|(id, named)| keys::membership(named, id));
        let keys: BTreeSet<_> = [Some(&session), Some(&person), place.as_ref(), own.as_ref(), named.as_ref()]
            .into_iter()
            .flatten()
            .collect();
        let found = self.get_many(&self.platform, &keys.into_iter().cloned().collect::<Vec<_>>()).await?;
        let (Some(session), Some(person)) = (pick(&found, &session), pick(&found, &person)) else { return Ok(None) };
        let (session, person) = (decode::<SessionItem>(session)?, decode::<UserItem>(person)?);
        let (secret, session, user) = (session.secret.clone(), Session::from(session), User::from(person));
        if user.status != UserStatus::Active || !session.is_live(now, user.session_epoch) {
            return Ok(None);
        }
        let member = |key: Option<Key>| -> Result<Option<Membership>> {
            let item = key.and_then(|key| pick(&found, &key)).map(decode::<MembershipItem>).transpose()?;
            Ok(item.map(Membership::from))
        };
        let organization = place.and_then(|key| pick(&found, &key)).map(decode::<OrganizationItem>).transpose()?;
        let (membership, named) = (member(own)?, member(named)?);
        Ok(Some(Identified {
            session,
            secret,
            user,
            organization: organization.map(Organization::from),
            membership,
            named,
        }))
    }

    /// AP-02. Writes the last use, which the caller does at most every five minutes; a session that was revoked
    /// meanwhile stays gone.
    pub async fn touch_session(&self, session: &Session, now: Timestamp) -> Result<()> {
        let edit =
            Edit::of(&self.platform, keys::session(session.user, session.id)).set("last_used_at", now)?.if_there();
        match edit.send(&self.client).await {
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("touching a session")),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

pub(crate) fn pick(found: &[Item], key: &Key) -> Option<Item> {
    let is = |item: &&Item, name: &str, value: &str| {
        item.get(name).and_then(|held| held.as_s().ok()).is_some_and(|held| held == value)
    };
    found.iter().find(|item| is(item, "pk", &key.pk) && is(item, "sk", &key.sk)).cloned()
}
