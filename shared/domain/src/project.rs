//! Projects of an organization, and the use cases and agents that Studio registers in them.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, ProjectId, UseCaseId, UserId};
use crate::name::{Description, ItemName};
use crate::settings::ModelId;
use crate::{Action, Command, OrgScope, Patch, ProjectRole, ProjectScope, Timestamp};

/// Which kind of project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectKind {
    /// The one that every member is in, by organization role.
    Default,
    /// One with grants of its own.
    Team,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name, unique in the organization.
    pub name: ItemName,
    /// What it is for.
    pub description: Description,
    /// Which kind.
    pub kind: ProjectKind,
    /// Models that may be used; empty = all that the organization has.
    pub models_allowed: Vec<ModelId>,
    /// The model that is taken where none is named.
    pub default_model: Option<ModelId>,
    /// Whether it is out of use.
    pub archived: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

impl Project {
    /// Whether its list lets the model be used.
    #[must_use]
    pub fn allows(&self, model: &ModelId) -> bool {
        self.models_allowed.is_empty() || self.models_allowed.contains(model)
    }
}

/// `POST …/projects`
#[derive(Clone, Debug)]
pub struct CreateProject {
    /// Its name.
    pub name: ItemName,
    /// What it is for.
    pub description: Description,
    /// Models that may be used.
    pub models_allowed: Vec<ModelId>,
    /// The default one.
    pub default_model: Option<ModelId>,
}

impl Command for CreateProject {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageProjects
    }
}

/// `GET …/projects`
#[derive(Clone, Copy, Debug)]
pub struct ListProjects;

impl Command for ListProjects {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ListProjects
    }
}

/// `GET …/projects/{project}`
#[derive(Clone, Copy, Debug)]
pub struct ReadProject;

impl Command for ReadProject {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::ViewProject
    }
}

/// `PATCH …/projects/{project}`
#[derive(Clone, Debug, Default)]
pub struct EditProject {
    /// The version that was read.
    pub version: u64,
    /// A new name.
    pub name: Option<ItemName>,
    /// A new description.
    pub description: Patch<Description>,
    /// A new list of models; `Clear` allows all.
    pub models_allowed: Patch<Vec<ModelId>>,
    /// A new default model.
    pub default_model: Patch<ModelId>,
    /// Take it out of use, or back.
    pub archived: Option<bool>,
}

impl Command for EditProject {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::EditProject
    }
}

impl EditProject {
    /// The project with the change.
    #[must_use]
    pub fn apply(&self, before: &Project, at: Timestamp) -> Project {
        Project {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            description: self.description.clone().over(Some(before.description.clone())).unwrap_or_default(),
            models_allowed: self.models_allowed.clone().over(Some(before.models_allowed.clone())).unwrap_or_default(),
            default_model: self.default_model.clone().over(before.default_model.clone()),
            archived: self.archived.unwrap_or(before.archived),
            updated_at: at,
            version: before.version + 1,
            ..before.clone()
        }
    }
}

/// `DELETE …/projects/{project}`
#[derive(Clone, Copy, Debug)]
pub struct DeleteProject {
    /// Which; it is the organization's right, not the project's.
    pub project: ProjectId,
}

impl Command for DeleteProject {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ManageProjects
    }
}

/// `GET …/projects/{project}/members`
#[derive(Clone, Copy, Debug)]
pub struct ListProjectMembers;

impl Command for ListProjectMembers {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::ViewProject
    }
}

/// `PUT …/projects/{project}/members/{user}`
#[derive(Clone, Copy, Debug)]
pub struct SetProjectMember {
    /// Whom.
    pub user: UserId,
    /// To which role.
    pub role: ProjectRole,
}

impl Command for SetProjectMember {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::ManageProjectMembers
    }
}

/// `DELETE …/projects/{project}/members/{user}`
#[derive(Clone, Copy, Debug)]
pub struct RemoveProjectMember {
    /// Whom.
    pub user: UserId,
}

impl Command for RemoveProjectMember {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::ManageProjectMembers
    }
}

/// What Studio registers: a use case or an agent, with the id that the registration made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered<I> {
    /// Its id.
    pub id: I,
    /// In which project.
    pub project: ProjectId,
    /// Its name.
    pub name: ItemName,
    /// Whether it is out of use; it keeps its name in history.
    pub archived: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Counts changes; the `ETag`.
    pub version: u64,
}

/// A workflow definition.
pub type UseCase = Registered<UseCaseId>;
/// An AI agent.
pub type Agent = Registered<AgentId>;

/// `POST …/use-cases`, `POST …/agents`
#[derive(Clone, Debug)]
pub struct Register {
    /// Its name.
    pub name: ItemName,
}

impl Command for Register {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::BuildInProject
    }
}

/// `GET …/use-cases`, `GET …/agents` and one of them
#[derive(Clone, Copy, Debug)]
pub struct ReadRegistered;

impl Command for ReadRegistered {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::ReadInProject
    }
}

/// `PATCH …/use-cases/{id}`, `PATCH …/agents/{id}`
#[derive(Clone, Debug, Default)]
pub struct EditRegistered {
    /// The version that was read.
    pub version: u64,
    /// A new name.
    pub name: Option<ItemName>,
    /// Take it out of use, or back.
    pub archived: Option<bool>,
}

impl Command for EditRegistered {
    type Scope = ProjectScope;
    fn action(&self) -> Action {
        Action::BuildInProject
    }
}
