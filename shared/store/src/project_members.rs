//! Grants in team projects. They lie in the membership, so that the one read of a request knows them all.

use domain::change::{Change, Target};
use domain::id::ProjectId;
use domain::member::{GRANTS_MAX, Membership, ProjectGrant, may_give_in_project};
use domain::project::{DeleteProject, ListProjectMembers, RemoveProjectMember, SetProjectMember};
use domain::role::Source;
use domain::{Code, Error, Event, EventKind, Granted, Mint, ProjectScope, Result};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use crate::core::{Store, decode};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::keys::{self, index, tenant};
use crate::page::{Page, Query, READ_AT_ONCE};
use crate::person_items::MembershipItem;
use crate::projects::too_many_grants;

/// Roles of a project that is gone that are dropped at once.
const DROPS_AT_ONCE: usize = 16;

impl Store {
    /// AP-35. Who has a grant in a team project, by e-mail; reads through the organization's members, 10,000 at most,
    /// and gives a cursor then. The default project has no grants: everybody belongs to it.
    pub async fn list_project_members(
        &self,
        granted: &Granted<ListProjectMembers>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Membership>> {
        let scope = granted.scope();
        let query = Query::on(&self.platform, index::FIRST, index::members_of(scope.organization().organization()));
        let having = format!("projects.{}", scope.project());
        let query = if scope.is_default() { query } else { query.having(having) };
        let (project, page) = futures::join!(
            self.project(scope.organization(), scope.project()),
            self.memberships("project-members", query, cursor, limit)
        );
        project.and(page)
    }

    /// AP-36. Gives somebody of the organization a role in a team project, or another one.
    ///
    /// # Errors
    /// [`Code::ProjectDefault`], [`Code::ProjectArchived`], [`Code::NotFound`] without the project,
    /// [`Code::Invalid`] beyond [`GRANTS_MAX`].
    pub async fn set_project_member(
        &self,
        granted: &Granted<SetProjectMember>,
        before: &Membership,
        mint: &mut Mint,
    ) -> Result<Membership> {
        let (scope, SetProjectMember { user, role }) = (granted.scope(), *granted.command());
        may_give_in_project(granted.actor(), scope.project(), user, role)?;
        self.may_touch(granted.actor(), scope, before)?;
        let grant = ProjectGrant { role, source: Source::Manual };
        let old = before.projects.get(&scope.project());
        let changes: Vec<_> = Change::between("role", old.map(|grant| grant.role), role).into_iter().collect();
        let mut after = before.clone();
        if changes.is_empty() {
            let there = vec![self.open_team_project(scope)?];
            return self.transact(there).await.map(|()| after).map_err(refusal);
        }
        after.version = before.version + 1;
        after.projects.insert(scope.project(), grant);
        let event =
            granted.event(mint, EventKind::ProjectMemberSet, target(before), changes).in_project(scope.project());
        if before.projects.len() >= GRANTS_MAX && old.is_none() {
            return Err(too_many_grants());
        }
        let edit = self.grant_of(before)?.set(&path(scope), grant)?;
        self.transact(vec![self.open_team_project(scope)?, edit.update()?, self.event(&event)?])
            .await
            .map_err(refusal)?;
        Ok(after)
    }

    /// AP-37. Takes somebody's role in a team project away, also where the project is gone.
    ///
    /// # Errors
    /// [`Code::NotMember`] where there is no grant.
    pub async fn remove_project_member(
        &self,
        granted: &Granted<RemoveProjectMember>,
        before: &Membership,
        mint: &mut Mint,
    ) -> Result<()> {
        let scope = granted.scope();
        self.may_touch(granted.actor(), scope, before)?;
        let grant = before.projects.get(&scope.project());
        let grant = grant.ok_or_else(|| Error::new(Code::NotMember, "the person has no role in this project"))?;
        let changes = vec![Change::cleared("role", grant.role)];
        let event =
            granted.event(mint, EventKind::ProjectMemberRemoved, target(before), changes).in_project(scope.project());
        let edit = self.grant_of(before)?.remove(&path(scope));
        self.transact(vec![edit.update()?, self.event(&event)?]).await.map_err(|fault| match fault.refused() {
            Some(_) => busy(),
            None => fault.into_error("taking a role away"),
        })
    }

    /// AP-39. The roles in a project that is gone go too, of people and of service accounts, each with its record in one
    /// transaction. What the index does not tell yet stays until this is repeated or the role is taken away by itself.
    pub(crate) async fn drop_grants(&self, granted: &Granted<DeleteProject>, mint: &mut Mint) -> Result<()> {
        self.drop_grants_of_people(granted, mint).await?;
        self.drop_grants_of_programs(granted, mint).await
    }

    async fn drop_grants_of_people(&self, granted: &Granted<DeleteProject>, mint: &mut Mint) -> Result<()> {
        let (scope, project) = (granted.scope(), granted.command().project);
        let members = Query::on(&self.platform, index::FIRST, index::members_of(scope.organization()));
        let having = members.having(format!("projects.{project}"));
        let mut start = None;
        loop {
            let (items, next) = self.query(&having, start, READ_AT_ONCE).await?;
            let members = items.into_iter().map(|item| decode::<MembershipItem>(item).map(Membership::from));
            let drops = members.map(|member| {
                let member = member?;
                let grant = member.projects.get(&project).copied();
                Ok(grant.map(|grant| (dropped(granted, &member, grant, mint), member, grant)))
            });
            let drops: Vec<_> = drops.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
            let drops = stream::iter(drops).map(|(event, member, grant)| {
                async move { self.drop_grant(project, &member, grant, event).await }.boxed()
            });
            drops.buffer_unordered(DROPS_AT_ONCE).try_collect::<()>().await?;
            start = next;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    /// The index may show a role that was another one when the project went: then it is read again.
    async fn drop_grant(
        &self,
        project: ProjectId,
        member: &Membership,
        grant: ProjectGrant,
        event: Event,
    ) -> Result<()> {
        let (key, path) = (keys::membership(member.user, member.organization), format!("projects.{project}"));
        let (mut role, mut event) = (grant.role, event);
        loop {
            let edit = Edit::of(&self.platform, key.clone()).remove(&path).add_number("version", 1);
            let edit = edit.when(&format!("{path}.role"), "=", role)?;
            let fault = match self.transact(vec![edit.update()?, self.event(&event)?]).await {
                Err(fault) => fault,
                Ok(()) => return Ok(()),
            };
            let Some(there) = fault.refused_at(0) else { return Err(fault.into_error("dropping a role")) };
            let there = there.cloned().map(decode::<MembershipItem>).transpose()?.map(Membership::from);
            match there.and_then(|there| there.projects.get(&project).copied()) {
                None => return Ok(()),
                Some(other) => role = other.role,
            }
            event.changes = vec![Change::cleared("role", role)];
        }
    }

    /// Nobody acts on somebody of a higher role in the project.
    fn may_touch(&self, actor: &domain::Actor, scope: &ProjectScope, before: &Membership) -> Result<()> {
        match before.projects.get(&scope.project()) {
            Some(grant) => may_give_in_project(actor, scope.project(), before.user, grant.role).or_else(|refused| {
                // One's own grant may always be given up or lowered.
                if actor.user() == Some(before.user) { Ok(()) } else { Err(refused) }
            }),
            None => Ok(()),
        }
    }

    fn grant_of(&self, before: &Membership) -> Result<Edit> {
        let key = keys::membership(before.user, before.organization);
        Edit::of(&self.platform, key).set("version", before.version + 1)?.when("version", "=", before.version)
    }

    fn open_team_project(&self, scope: &ProjectScope) -> Result<aws_sdk_dynamodb::types::TransactWriteItem> {
        let project = tenant::project(scope.organization().organization(), scope.project());
        let edit = Edit::of(&self.tenant(scope.organization()), project);
        edit.when("kind", "=", "team")?.when("archived", "=", false)?.check()
    }
}

fn dropped(granted: &Granted<DeleteProject>, member: &Membership, grant: ProjectGrant, mint: &mut Mint) -> Event {
    let changes = vec![Change::cleared("role", grant.role)];
    let event = granted.event(mint, EventKind::ProjectMemberRemoved, target(member), changes);
    event.in_project(granted.command().project)
}

fn path(scope: &ProjectScope) -> String {
    format!("projects.{}", scope.project())
}

fn target(membership: &Membership) -> Target {
    Target::named("user", membership.user, &membership.email)
}

fn busy() -> Error {
    Error::new(Code::Conflict, "somebody changed this membership at this moment; try again")
}

fn refusal(fault: crate::fault::Fault) -> Error {
    match (fault.refused(), fault.refused_at(0).flatten()) {
        (Some(0), None) => Error::not_found(),
        (Some(0), Some(project))
            if project.get("kind").and_then(|kind| kind.as_s().ok()).is_some_and(|kind| kind == "default") =>
        {
            Error::new(Code::ProjectDefault, "the default project follows the organization's roles")
        }
        (Some(0), Some(_)) => Error::new(Code::ProjectArchived, "the project is archived"),
        (Some(_), _) => busy(),
        (None, _) => fault.into_error("changing a grant"),
    }
}
