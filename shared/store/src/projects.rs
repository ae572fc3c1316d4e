//! Projects in an organization's own table.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::change::{Change, Target};
use domain::id::ProjectId;
use domain::member::GRANTS_MAX;
use domain::name::{Description, ItemName};
use domain::organization::Organization;
use domain::project::{CreateProject, DeleteProject, EditProject, Project, ProjectKind, ReadProject};
use domain::role::Source;
use domain::{Actor, Code, Error, EventKind, Granted, Mint, OrgScope, ProjectRole, Result};

use crate::core::{Store, encode, put_new};
use crate::edit::Edit;
use crate::idempotency::{Idempotency, Made};
use crate::items::{ClaimItem, TenantItem};
use crate::keys::{self, tenant};
use crate::organizations::acting;

impl Store {
    /// AP-30. A team project with its name claimed, its creator its admin, and the event in one transaction.
    ///
    /// # Errors
    /// [`Code::ProjectNameTaken`], [`Code::OrganizationNotActive`] where content is not made yet or being purged,
    /// [`Code::NotFound`] for a creator who was removed at this moment, [`Code::Invalid`] beyond
    /// [`GRANTS_MAX`](domain::member::GRANTS_MAX).
    pub async fn create_project(
        &self,
        granted: &Granted<CreateProject>,
        sent: Option<&Idempotency>,
        mint: &mut Mint,
    ) -> Result<Made<Project>> {
        let project = new_project(granted.command(), granted.actor(), mint);
        let (scope, table) = (granted.scope(), self.tenant(granted.scope()));
        let event =
            granted.event(mint, EventKind::ProjectCreated, target(&project), created(&project)).in_project(project.id);
        let name = tenant::project_name(scope.organization(), &project.name.folded());
        let mut writes = vec![
            put_new(&table, &ClaimItem::of(name, project.id))?,
            put_new(&table, &TenantItem::of(tenant::project(scope.organization(), project.id), &project))?,
            self.event(&event)?,
            self.has_content(scope)?,
        ];
        writes.extend(self.creators_grant(granted.actor(), scope, project.id)?);
        let mark = self.mark(granted.actor(), sent, project.id, mint)?;
        self.make(writes, mark, project).await?.map_err(|fault| match fault.refused() {
            Some(0) => name_taken(),
            Some(3) => Error::new(Code::OrganizationNotActive, "the organization is not active"),
            Some(4) if fault.refused_at(4).flatten().is_some() => too_many_grants(),
            Some(4) => Error::not_found(),
            _ => fault.into_error("creating a project"),
        })
    }

    /// The default project is the last that provisioning makes and the first that the purge takes away. A write that
    /// depends on nothing else of the tenant's own checks it, so that it cannot outlive the purge.
    pub(crate) fn has_content(&self, scope: &OrgScope) -> Result<TransactWriteItem> {
        let key = tenant::project(scope.organization(), scope.default_project());
        Edit::of(&self.tenant(scope), key).if_there().check()
    }

    /// AP-38. What an earlier request with the same idempotency key made.
    pub async fn created_project(&self, granted: &Granted<CreateProject>, id: ProjectId) -> Result<Project> {
        self.project(granted.scope(), id).await
    }

    /// Who creates a project becomes its admin, where they belong to the organization.
    fn creators_grant(&self, actor: &Actor, scope: &OrgScope, project: ProjectId) -> Result<Option<TransactWriteItem>> {
        let key = match (actor.user(), actor.service_account(), actor.role()) {
            (Some(user), _, Some(_)) => keys::membership(user, scope.organization()),
            (None, Some(account), Some(_)) => keys::service_account(account),
            _ => return Ok(None),
        };
        let grant = domain::member::ProjectGrant { role: ProjectRole::Admin, source: Source::Manual };
        let edit = Edit::of(&self.platform, key);
        let edit = edit.set(&format!("projects.{project}"), grant)?.add_number("version", 1);
        edit.when_fewer("projects", GRANTS_MAX)?.update().map(Some)
    }

    /// AP-32. One project.
    pub async fn read_project(&self, granted: &Granted<ReadProject>) -> Result<Project> {
        self.project(granted.scope().organization(), granted.scope().project()).await
    }

    pub(crate) async fn project(&self, scope: &OrgScope, id: ProjectId) -> Result<Project> {
        let key = tenant::project(scope.organization(), id);
        let item: Option<TenantItem<Project>> = self.get(&self.tenant(scope), &key).await?;
        item.map(|item| item.content).ok_or_else(Error::not_found)
    }

    /// AP-33. Name, description, models, and whether it is archived, on the version that was read.
    ///
    /// # Errors
    /// [`Code::PreconditionFailed`], [`Code::ProjectNameTaken`], [`Code::ProjectDefault`] for archiving the default.
    pub async fn edit_project(&self, granted: &Granted<EditProject>, mint: &mut Mint) -> Result<Project> {
        let scope = granted.scope().organization();
        let before = self.project(scope, granted.scope().project()).await?;
        let after = granted.command().apply(&before, mint.now());
        if after.archived && granted.scope().is_default() {
            return Err(Error::new(Code::ProjectDefault, "the default project cannot be archived").at("/archived"));
        }
        if granted.command().version != before.version {
            return Err(Error::stale());
        }
        let changes = edited(&before, &after);
        if changes.is_empty() {
            return Ok(before);
        }
        let event = granted.event(mint, edit_kind(&before, &after), target(&after), changes).in_project(after.id);
        let (table, organization) = (self.tenant(scope), scope.organization());
        let edit = Edit::of(&table, tenant::project(organization, after.id)).set_all(encode(&after)?, &[])?;
        let mut writes = vec![edit.when("version", "=", before.version)?.update()?, self.event(&event)?];
        let (from, to) = (before.name.folded(), after.name.folded());
        if from != to {
            writes.push(put_new(&table, &ClaimItem::of(tenant::project_name(organization, &to), after.id))?);
            writes.push(Edit::of(&table, tenant::project_name(organization, &from)).delete()?);
        }
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(0) => Error::stale(),
            Some(2) => name_taken(),
            _ => fault.into_error("editing a project"),
        })?;
        Ok(after)
    }

    /// AP-34. A team project goes: the project and the claim of its name, then the roles in it (AP-39), each with its
    /// own record. What was registered in it stays as history that no route reaches any more. Repeating it ends what
    /// was cut off.
    ///
    /// # Errors
    /// [`Code::ProjectDefault`], [`Code::NotFound`] without the project.
    pub async fn delete_project(&self, granted: &Granted<DeleteProject>, mint: &mut Mint) -> Result<()> {
        let (scope, id) = (granted.scope(), granted.command().project);
        if id == scope.default_project() {
            return Err(Error::new(Code::ProjectDefault, "the default project cannot be deleted"));
        }
        let before = match self.project(scope, id).await {
            Err(missing) if missing.code() == Code::NotFound => {
                return self.end_deletion(granted, mint).await.and(Err(missing));
            }
            found => found?,
        };
        let changes = deleted(&before);
        let event = granted.event(mint, EventKind::ProjectDeleted, target(&before), changes);
        let table = self.tenant(scope);
        let writes = vec![
            Edit::of(&table, tenant::project(scope.organization(), id))
                .when("version", "=", before.version)?
                .delete()?,
            Edit::of(&table, tenant::project_name(scope.organization(), &before.name.folded())).delete()?,
            put_new(&table, &TenantItem::of(tenant::deleted_project(scope.organization(), id), &before))?,
            self.event(&event.in_project(id))?,
        ];
        self.transact(writes).await.map_err(|fault| match fault.refused() {
            Some(_) => Error::new(Code::Conflict, "somebody changed the project at this moment; try again"),
            None => fault.into_error("deleting a project"),
        })?;
        self.drop_grants(granted, mint).await
    }

    /// What a deletion that was cut off left of the roles goes; a project that never was has left nothing.
    async fn end_deletion(&self, granted: &Granted<DeleteProject>, mint: &mut Mint) -> Result<()> {
        let scope = granted.scope();
        let gone = tenant::deleted_project(scope.organization(), granted.command().project);
        match self.get::<TenantItem<Project>>(&self.tenant(scope), &gone).await? {
            Some(_) => self.drop_grants(granted, mint).await,
            None => Ok(()),
        }
    }
}

/// The project that every organization has.
pub(crate) fn default_project(organization: &Organization, mint: &Mint) -> Result<Project> {
    let name = ItemName::try_from("Default project".to_owned()).map_err(Error::internal)?;
    Ok(Project {
        id: organization.default_project,
        name,
        description: Description::default(),
        kind: ProjectKind::Default,
        models_allowed: vec![],
        default_model: None,
        archived: false,
        created_at: mint.now(),
        created_by: organization.created_by.clone(),
        updated_at: mint.now(),
        version: 1,
    })
}

fn new_project(command: &CreateProject, actor: &Actor, mint: &mut Mint) -> Project {
    let CreateProject { name, description, models_allowed, default_model } = command.clone();
    Project {
        id: mint.id(),
        name,
        description,
        kind: ProjectKind::Team,
        models_allowed,
        default_model,
        archived: false,
        created_at: mint.now(),
        created_by: acting(actor),
        updated_at: mint.now(),
        version: 1,
    }
}

fn edit_kind(before: &Project, after: &Project) -> EventKind {
    match (before.archived, after.archived) {
        (false, true) => EventKind::ProjectArchived,
        (true, false) => EventKind::ProjectRestored,
        (true, true) | (false, false) => EventKind::ProjectEdited,
    }
}

fn target(project: &Project) -> Target {
    Target::named("project", project.id, &project.name)
}

fn created(project: &Project) -> Vec<Change> {
    vec![
        Change::set("name", &project.name),
        Change::set("description", &project.description),
        Change::set("models_allowed", &project.models_allowed),
        Change::set("default_model", &project.default_model),
    ]
}

fn deleted(project: &Project) -> Vec<Change> {
    vec![
        Change::cleared("name", &project.name),
        Change::cleared("description", &project.description),
        Change::cleared("models_allowed", &project.models_allowed),
        Change::cleared("default_model", &project.default_model),
        Change::cleared("archived", project.archived),
    ]
}

fn edited(before: &Project, after: &Project) -> Vec<Change> {
    let changes = [
        Change::between("name", &before.name, &after.name),
        Change::between("description", &before.description, &after.description),
        Change::between("models_allowed", &before.models_allowed, &after.models_allowed),
        Change::between("default_model", &before.default_model, &after.default_model),
        Change::between("archived", before.archived, after.archived),
    ];
    changes.into_iter().flatten().collect()
}

pub(crate) fn too_many_grants() -> Error {
    Error::new(Code::Invalid, "the person has a role in 500 projects already; that is the most")
}

fn name_taken() -> Error {
    Error::new(Code::ProjectNameTaken, "another project of the organization has that name").at("/name")
}
