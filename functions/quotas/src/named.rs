//! How requests name a thing that may be limited, in a path and in a body.

use domain::id::{OrganizationId, ProjectId};
use domain::quota::{ScopeKind, ScopeObject};
use domain::{Code, Error, Result};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The project of a use case, where a path names one.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithinParams {
    /// The project that a use case is in; of anything else there is none.
    #[param(value_type = Option<String>)]
    project: Option<ProjectId>,
}

/// What is limited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeBody {
    /// `organization`, `project`, `use_case` or `user`.
    #[schema(value_type = String, example = "project")]
    kind: ScopeKind,
    /// Its id. The organization of the path needs none.
    #[schema(example = "prj_01JZA000000000000000000000")]
    id: Option<String>,
    /// The project that a use case is in; of anything else there is none.
    #[schema(value_type = Option<String>)]
    project: Option<ProjectId>,
}

impl ScopeBody {
    /// The thing.
    ///
    /// # Errors
    /// [`Code::Invalid`] where the parts do not fit each other.
    pub(crate) fn object(&self, org: OrganizationId) -> Result<ScopeObject> {
        let refused = |words: &'static str, field: &'static str| Error::new(Code::Invalid, words).at(field);
        let id = || refused("must be an id of the right kind", "/scope/id");
        match (self.kind, &self.id, self.project) {
            (ScopeKind::UseCase, _, None) => Err(refused("must name the project of the use case", "/scope/project")),
            (ScopeKind::Organization | ScopeKind::Project | ScopeKind::User, _, Some(_)) => {
                Err(refused("must be left out of what is no use case", "/scope/project"))
            }
            (ScopeKind::Organization, None, _) => Ok(ScopeObject::Organization),
            (_, None, _) => Err(id()),
            (kind, Some(text), project) => object(org, kind, text, project).ok_or_else(id),
        }
    }
}

/// The thing that a path names.
///
/// # Errors
/// [`Code::NotFound`] for what is no id of that kind; [`Code::Malformed`] for a use case without its project.
pub(crate) fn in_path(
    org: OrganizationId,
    (kind, id): (ScopeKind, &str),
    WithinParams { project }: WithinParams,
) -> Result<ScopeObject> {
    let refused = |words: &'static str| Err(Error::new(Code::Malformed, words).at("project"));
    match (kind, project) {
        (ScopeKind::UseCase, None) => refused("name the project of the use case"),
        (ScopeKind::Organization | ScopeKind::Project | ScopeKind::User, Some(_)) => refused("is for use cases alone"),
        _ => object(org, kind, id, project).ok_or_else(Error::not_found),
    }
}

fn object(org: OrganizationId, kind: ScopeKind, id: &str, project: Option<ProjectId>) -> Option<ScopeObject> {
    Some(match kind {
        ScopeKind::Organization => {
            let named: OrganizationId = id.parse().ok()?;
            (named == org).then_some(ScopeObject::Organization)?
        }
        ScopeKind::Project => ScopeObject::Project { id: id.parse().ok()? },
        ScopeKind::UseCase => ScopeObject::UseCase { id: id.parse().ok()?, project: project? },
        ScopeKind::User => ScopeObject::User { id: id.parse().ok()? },
    })
}
