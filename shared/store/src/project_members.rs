//! Grants in team projects. They lie in the membership, so that the one read of a request knows them all.

use domain::change::{Change, Target};
use domain::id::ProjectId;
use domain::member::{GRANTS_MAX, Membership, ProjectGrant, may_give_in_project};
use domain::project::{ListProjectMembers, RemoveProjectMember, SetProjectMember};
use domain::role::Source;
use domain::{Code, Error, EventKind, Granted, Mint, OrgScope, ProjectScope, Result};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use crate::core::{Item, Store, decode};
use crate::cursor::Cursor;
use crate::edit::Edit;
use crate::keys::{self, index, tenant};
use crate::page::{Page, Query};
use crate::person_items::MembershipItem;
use crate::projects::too_many_grants;

/// Members that one query looks at, with a role in the project or without.
const READ_AT_ONCE: u32 = 1_000;
/// Roles of a project that is gone that are dropped at once.
const DROPS_AT_ONCE: usize = 16;

impl Store {
    /// AP-35. Who has a grant in a team project, by e-mail; reads through the organization's members. The default
    /// project has no grants: everybody belongs to it.
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

    /// AP-39. The roles in a project that is gone go too. What the index does not tell yet stays until this is repeated
    /// or the role is taken away by itself.
    pub(crate) async fn drop_grants(&self, scope: &OrgScope, project: ProjectId) -> Result<()> {
        let members = Query::on(&self.platform, index::FIRST, index::members_of(scope.organization()));
        let having = members.having(format!("projects.{project}"));
        let mut start = None;
        loop {
            let (items, next) = self.query(&having, start, READ_AT_ONCE).await?;
            let drops = stream::iter(items).map(|item| self.drop_grant(project, item).boxed());
            drops.buffer_unordered(DROPS_AT_ONCE).try_collect::<()>().await?;
            start = next;
            if start.is_none() {
                return Ok(());
            }
        }
    }

    async fn drop_grant(&self, project: ProjectId, item: Item) -> Result<()> {
        let member: MembershipItem = decode(item)?;
        let edit = Edit::of(&self.platform, keys::membership(member.user, member.organization));
        let edit = edit.remove(&format!("projects.{project}")).add_number("version", 1).if_there();
        match edit.send(&self.client).await {
            Err(fault) if fault.refused().is_none() => Err(fault.into_error("dropping a role")),
            Ok(()) | Err(_) => Ok(()),
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
