//! Whom notices go to, as they are when it is told: people with what they chose, organizations, and who runs what.

use std::collections::HashSet;

use domain::delivery::{Names, SendNotices};
use domain::id::{OrganizationId, ProjectId, UserId};
use domain::member::Membership;
use domain::notification_choices::NoticeChoices;
use domain::organization::{Organization, Status};
use domain::project::Project;
use domain::user::User;
use domain::{Code, Email, Event, Granted, OrgRole, ProjectRole, Result};

use crate::bootstrap::SuperadminItem;
use crate::choices::chosen;
use crate::core::{Item, Store, decode};
use crate::inbox_item::{Inbox, InboxItem};
use crate::items::{OrganizationItem, TenantItem};
use crate::keys::{self, Key, index};
use crate::page::{Query, READ_AT_ONCE};
use crate::person_items::{LoginItem, MembershipItem, UserItem};

/// What one `BatchGetItem` takes.
const KEYS_AT_ONCE: usize = 100;

/// Somebody who may be told something.
#[derive(Clone, Debug)]
pub struct ToldPerson {
    /// The account.
    pub user: User,
    /// What they chose.
    pub own: NoticeChoices,
    /// How far their inbox is.
    pub inbox: Inbox,
}

/// Where something happened.
#[derive(Clone, Debug, Default)]
pub struct ToldPlace {
    /// What organization and project are called; what is gone has no name any more.
    pub names: Names,
    /// The organization's defaults.
    pub choices: NoticeChoices,
    /// Whether notices may be written of it: not once its purge has begun.
    pub is_kept: bool,
}

impl Store {
    /// AP-120. People whose account is there, each with their choices and the state of their inbox; at most 33 at once.
    pub async fn people_told(&self, _: &Granted<SendNotices>, ids: &[UserId]) -> Result<Vec<ToldPerson>> {
        let three = |id: UserId| [keys::user(id), keys::own_choices(id), keys::inbox(id)];
        let keys: Vec<Key> = ids.iter().copied().flat_map(three).collect();
        let mut found = self.found(&keys).await?;
        let mut people = vec![];
        for id in ids {
            let Some(item) = found.remove(&keys::user(*id)) else { continue };
            let inbox = found.remove(&keys::inbox(*id)).map(decode::<InboxItem>).transpose()?;
            people.push(ToldPerson {
                user: decode::<UserItem>(item)?.into(),
                own: chosen(&mut found, &keys::own_choices(*id))?.choices,
                inbox: inbox.map(Inbox::from).unwrap_or_default(),
            });
        }
        Ok(people)
    }

    /// AP-170. Who has these e-mails, of those that have an account; at most 100 at once.
    pub async fn owners_of(&self, _: &Granted<SendNotices>, emails: &[Email]) -> Result<Vec<(String, UserId)>> {
        let folded: HashSet<String> = emails.iter().map(Email::folded).collect();
        let keys: Vec<Key> = folded.iter().map(|email| keys::login(email)).collect();
        let mut found = self.found(&keys).await?;
        let of = |email: String| {
            let login = found.remove(&keys::login(&email)).map(decode::<LoginItem>).transpose();
            login.map(|login| login.map(|login| (email, login.user))).transpose()
        };
        folded.into_iter().filter_map(of).collect()
    }

    /// AP-121. What the event's organization and project are called, and what the organization chose.
    pub async fn place_told(&self, _: &Granted<SendNotices>, event: &Event) -> Result<ToldPlace> {
        let Some(id) = event.organization else { return Ok(ToldPlace { is_kept: true, ..ToldPlace::default() }) };
        let (place, defaults) = (keys::organization(id), keys::organization_choices(id));
        let mut found = self.found(&[place.clone(), defaults.clone()]).await?;
        let entry = found.remove(&place).map(decode::<OrganizationItem>).transpose()?;
        let Some(organization) = entry.map(Organization::from) else { return Ok(ToldPlace::default()) };
        let project = match event.project {
            Some(project) => {
                let table = self.tenant_table(id, organization.placement);
                // A dedicated table may be gone already: then the project has no name.
                match self.get::<TenantItem<Project>>(&table, &keys::tenant::project(id, project)).await {
                    Err(error) if error.code() == Code::OrganizationNotActive => None,
                    item => item?.map(|item| item.content.name.to_string()),
                }
            }
            None => None,
        };
        Ok(ToldPlace {
            names: Names { organization: Some(organization.name.to_string()), project },
            choices: chosen(&mut found, &defaults)?.choices,
            is_kept: organization.state.standing() != Status::Deleted,
        })
    }

    /// AP-183. Whether what was written of an organization stays: its purge has not begun.
    pub async fn is_kept(&self, _: &Granted<SendNotices>, id: OrganizationId) -> Result<bool> {
        let item: Option<OrganizationItem> = self.get(&self.platform, &keys::organization(id)).await?;
        Ok(item.map(Organization::from).is_some_and(|entry| entry.state.standing() != Status::Deleted))
    }

    /// AP-171. Who runs an organization, with their role. The index says whom to look at, and may not list yet who was given
    /// the role a moment ago; the memberships, read consistently, say who has it.
    pub async fn admins_told(
        &self,
        _: &Granted<SendNotices>,
        organization: OrganizationId,
    ) -> Result<Vec<(UserId, OrgRole)>> {
        let query = Query::on(&self.platform, index::SECOND, index::admins_of(organization));
        let memberships = self.memberships_of(organization, query).await?.into_iter();
        let admins = memberships.map(|membership| (membership.user, membership.role));
        Ok(admins.filter(|(_, role)| *role >= OrgRole::Admin).collect())
    }

    /// AP-247. Admins of a team project. The index says whom to look at; the memberships, read consistently, say who is one.
    pub async fn project_admins_told(
        &self,
        _: &Granted<SendNotices>,
        organization: OrganizationId,
        project: ProjectId,
    ) -> Result<Vec<UserId>> {
        let query = Query::on(&self.platform, index::FIRST, index::members_of(organization));
        let memberships = self.memberships_of(organization, query.having(format!("projects.{project}"))).await?;
        let is_admin = |membership: &Membership| {
            membership.projects.get(&project).is_some_and(|grant| grant.role == ProjectRole::Admin)
        };
        Ok(memberships.into_iter().filter(is_admin).map(|membership| membership.user).collect())
    }

    /// The memberships that a query of an index leads to, read consistently.
    async fn memberships_of(&self, organization: OrganizationId, query: Query<'_>) -> Result<Vec<Membership>> {
        let (mut keys, mut start): (Vec<Key>, Option<Item>) = (vec![], None);
        loop {
            let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
            for item in items {
                keys.push(keys::membership(decode::<MembershipItem>(item)?.user, organization));
            }
            start = next;
            if start.is_none() {
                break;
            }
        }
        let mut memberships = vec![];
        for some in keys.chunks(KEYS_AT_ONCE) {
            let items = self.get_many(&self.platform, some).await?.into_iter();
            memberships.extend(items.map(|item| decode::<MembershipItem>(item).map(Membership::from)));
        }
        memberships.into_iter().collect()
    }

    /// AP-172. Who is on the list of superadmins.
    pub async fn superadmins_told(&self, _: &Granted<SendNotices>) -> Result<Vec<UserId>> {
        let query = Query::of(&self.platform, keys::SUPERADMINS.to_owned());
        let (mut superadmins, mut start) = (vec![], None);
        loop {
            let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
            for item in items {
                superadmins.push(decode::<SuperadminItem>(item)?.user);
            }
            start = next;
            if start.is_none() {
                return Ok(superadmins);
            }
        }
    }

    /// AP-173. What the platform chose.
    pub async fn platform_told(&self, _: &Granted<SendNotices>) -> Result<NoticeChoices> {
        Ok(self.platform_choices().await?.choices)
    }
}
