//! What is stored of people: accounts, credentials, sessions, memberships.

use std::collections::{BTreeMap, BTreeSet};

use domain::account_link::{EmailChange, SentLinks};
use domain::id::{OrganizationId, SessionId, UserId};
use domain::member::{Membership, ProjectGrant};
use domain::name::DisplayName;
use domain::role::Source;
use domain::session::Session;
use domain::user::{User, UserStatus};
use domain::{Email, OrgRole, Timestamp};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key, index};

#[derive(Serialize, Deserialize)]
pub(crate) struct UserItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    gsi1pk: String,
    gsi1sk: String,
    gsi2pk: String,
    gsi2sk: String,
    pub(crate) id: UserId,
    pub(crate) email: Email,
    pub(crate) display_name: DisplayName,
    pub(crate) status: UserStatus,
    /// While suspended: whether the account waited for its e-mail to be confirmed, and does so again afterwards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) was_pending: bool,
    pub(crate) email_verified: bool,
    pub(crate) must_change_password: bool,
    pub(crate) superadmin: bool,
    /// A DynamoDB set, which cannot be empty: absent where there are none.
    #[serde(default, with = "serde_dynamo::string_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) organizations: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_sign_in_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) session_epoch: u64,
    pub(crate) version: u64,
    /// The links that prove the e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verification: Option<SentLinks>,
    /// The links that set a new password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reset: Option<SentLinks>,
    /// The other e-mail that is wanted, or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) change: Option<EmailChange>,
}

impl From<&User> for UserItem {
    fn from(user: &User) -> Self {
        let User { id, email, display_name, status, email_verified, must_change_password, .. } = user.clone();
        let User { superadmin, organizations, last_sign_in_at, created_at, session_epoch, version, .. } = user.clone();
        let Key { pk, sk } = keys::user(id);
        let organizations = organizations.iter().map(OrganizationId::to_string).collect();
        let people = index::people(index::shard_of(id));
        Self {
            pk,
            sk,
            gsi1pk: people.clone(),
            gsi1sk: email.folded(),
            gsi2pk: people,
            gsi2sk: index::person_name(&display_name.folded(), id),
            id,
            email,
            display_name,
            status,
            was_pending: false,
            email_verified,
            must_change_password,
            superadmin,
            organizations,
            last_sign_in_at,
            created_at,
            session_epoch,
            version,
            verification: None,
            reset: None,
            change: None,
        }
    }
}

impl From<UserItem> for User {
    fn from(item: UserItem) -> Self {
        let UserItem { id, email, display_name, status, email_verified, must_change_password, .. } = item;
        let UserItem { superadmin, organizations, last_sign_in_at, created_at, session_epoch, version, .. } = item;
        let organizations = organizations.iter().filter_map(|id| id.parse().ok()).collect();
        Self {
            id,
            email,
            display_name,
            status,
            email_verified,
            must_change_password,
            superadmin,
            organizations,
            last_sign_in_at,
            created_at,
            session_epoch,
            version,
        }
    }
}

/// The claim of an e-mail, with what a sign-in needs.
#[derive(Serialize, Deserialize)]
pub(crate) struct LoginItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) user: UserId,
    pub(crate) password: String,
    /// Seconds since 1970 after which a temporary password is dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_until: Option<u64>,
    /// The person's session epoch, so that a sign-in knows it.
    pub(crate) epoch: u64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SessionItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    /// SHA-256 of the secret.
    pub(crate) secret: String,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_agent: Option<String>,
    pub(crate) epoch: u64,
    pub(crate) expires: u64,
}

impl SessionItem {
    pub(crate) fn of(session: &Session, secret: String) -> Self {
        let Session { id, user, created_at, last_used_at, address, user_agent, epoch } = session.clone();
        let Key { pk, sk } = keys::session(user, id);
        let expires = session.created_at.plus(domain::session::LIFETIME).seconds();
        Self { pk, sk, id, user, secret, created_at, last_used_at, address, user_agent, epoch, expires }
    }
}

impl From<SessionItem> for Session {
    fn from(item: SessionItem) -> Self {
        let SessionItem { id, user, created_at, last_used_at, address, user_agent, epoch, .. } = item;
        Self { id, user, created_at, last_used_at, address, user_agent, epoch }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct MembershipItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    gsi1pk: String,
    gsi1sk: String,
    /// Of admins and owners alone, so that members' memberships cost nothing there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
    pub(crate) user: UserId,
    pub(crate) organization: OrganizationId,
    pub(crate) email: Email,
    pub(crate) display_name: String,
    pub(crate) role: OrgRole,
    pub(crate) source: Source,
    /// Which row of which import made it, so that a replay knows its own work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) import_row: Option<String>,
    pub(crate) projects: BTreeMap<String, ProjectGrant>,
    pub(crate) joined_at: Timestamp,
    pub(crate) version: u64,
}

impl MembershipItem {
    pub(crate) fn of(membership: &Membership, import_row: Option<String>) -> Self {
        let Membership { user, organization, email, display_name, role, source, projects, joined_at, version } =
            membership.clone();
        let Key { pk, sk } = keys::membership(user, organization);
        let runs = role >= OrgRole::Admin;
        Self {
            pk,
            sk,
            gsi1pk: index::members_of(organization),
            gsi1sk: email.folded(),
            gsi2pk: runs.then(|| index::admins_of(organization)),
            gsi2sk: runs.then(|| user.to_string()),
            user,
            organization,
            email,
            display_name,
            role,
            source,
            import_row,
            projects: projects.into_iter().map(|(id, grant)| (id.to_string(), grant)).collect(),
            joined_at,
            version,
        }
    }
}

impl From<MembershipItem> for Membership {
    fn from(item: MembershipItem) -> Self {
        let MembershipItem {
            user, organization, email, display_name, role, source, projects, joined_at, version, ..
        } = item;
        let projects = projects.into_iter().filter_map(|(id, grant)| Some((id.parse().ok()?, grant))).collect();
        Self { user, organization, email, display_name, role, source, projects, joined_at, version }
    }
}
