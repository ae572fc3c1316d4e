//! Limits for each period, as they are sent.

use api::Object;
use domain::Patch;
use domain::quota::{ByPeriod, DefaultsPatch, PeriodPatch, Tokens};
use serde::Deserialize;
use utoipa::ToSchema;

/// Limits that take the place of those that are there; a period that is left out has none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodsBody {
    /// Tokens a day; 0 blocks all.
    #[schema(value_type = Option<u64>)]
    daily: Option<Tokens>,
    /// Tokens a week from Monday on.
    #[schema(value_type = Option<u64>)]
    weekly: Option<Tokens>,
    /// Tokens a calendar month.
    #[schema(value_type = Option<u64>, example = 1_000_000)]
    monthly: Option<Tokens>,
}

impl From<PeriodsBody> for ByPeriod<Tokens> {
    fn from(PeriodsBody { daily, weekly, monthly }: PeriodsBody) -> Self {
        Self { daily, weekly, monthly }
    }
}

/// A merge patch of limits; `null` takes one away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodsEdit {
    /// Tokens a day; 0 blocks all.
    #[schema(value_type = Option<u64>)]
    #[serde(default)]
    daily: Patch<Tokens>,
    /// Tokens a week from Monday on.
    #[schema(value_type = Option<u64>)]
    #[serde(default)]
    weekly: Patch<Tokens>,
    /// Tokens a calendar month.
    #[schema(value_type = Option<u64>, example = 1_000_000)]
    #[serde(default)]
    monthly: Patch<Tokens>,
}

impl From<PeriodsEdit> for PeriodPatch {
    fn from(PeriodsEdit { daily, weekly, monthly }: PeriodsEdit) -> Self {
        Self { daily, weekly, monthly }
    }
}

/// A merge patch of the platform's defaults; `null` takes those of a kind away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlatformDefaultsEdit {
    /// Of organizations: the ceiling of each that has none of its own.
    #[schema(value_type = Option<PeriodsEdit>)]
    #[serde(default)]
    organization: Patch<Object<PeriodsEdit>>,
    /// Of projects.
    #[schema(value_type = Option<PeriodsEdit>)]
    #[serde(default)]
    project: Patch<Object<PeriodsEdit>>,
    /// Of use cases.
    #[schema(value_type = Option<PeriodsEdit>)]
    #[serde(default)]
    use_case: Patch<Object<PeriodsEdit>>,
    /// Of people.
    #[schema(value_type = Option<PeriodsEdit>)]
    #[serde(default)]
    user: Patch<Object<PeriodsEdit>>,
}

impl From<PlatformDefaultsEdit> for DefaultsPatch {
    fn from(edit: PlatformDefaultsEdit) -> Self {
        let PlatformDefaultsEdit { organization, project, use_case, user } = edit;
        Self { organization: of(organization), project: of(project), use_case: of(use_case), user: of(user) }
    }
}

/// A merge patch of an organization's defaults; `null` takes those of a kind away. Its own ceiling is not among them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationDefaultsEdit {
    /// Of projects.
    #[schema(value_type = Option<PeriodsEdit>)]
    #[serde(default)]
    project: Patch<Object<PeriodsEdit>>,
    /// Of use cases.
    #[schema(value_type = Option<PeriodsEdit>)]
    #[serde(default)]
    use_case: Patch<Object<PeriodsEdit>>,
    /// Of people.
    #[schema(value_type = Option<PeriodsEdit>)]
    #[serde(default)]
    user: Patch<Object<PeriodsEdit>>,
}

impl From<OrganizationDefaultsEdit> for DefaultsPatch {
    fn from(OrganizationDefaultsEdit { project, use_case, user }: OrganizationDefaultsEdit) -> Self {
        Self { organization: Patch::Keep, project: of(project), use_case: of(use_case), user: of(user) }
    }
}

fn of(edit: Patch<Object<PeriodsEdit>>) -> Patch<PeriodPatch> {
    edit.map(|Object(edit)| edit.into())
}
