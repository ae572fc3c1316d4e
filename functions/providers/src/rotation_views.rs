//! What answers show of rotations.

use domain::provider::Provider;
use domain::rotation::{Method, Outcome, Past, Rotation, Rotations, Schedule, Stage};
use serde::Serialize;
use utoipa::ToSchema;

/// The rotations of a provider's credential.
#[derive(Serialize, ToSchema)]
pub(crate) struct RotationsView {
    /// Whether the provider has an API that makes keys.
    can_be_automatic: bool,
    /// How often it comes by itself; absent = never.
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<ScheduleView>,
    /// The one that has not ended; absent = none.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<RunningView>,
    /// The last ten that ended, newest first.
    past: Vec<PastView>,
}

/// How often a credential is replaced.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScheduleView {
    /// How old a credential gets, in days.
    every_days: u16,
    /// How long an old one stays valid.
    grace_hours: u16,
    /// Whether the product replaces it; else people are reminded.
    automatic: bool,
    /// When the credential is old enough; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    due_at: Option<String>,
    /// The mask of the second credential, which makes keys; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "••••x7Qa")]
    rotation_credential: Option<String>,
    /// When it was set.
    #[schema(format = "date-time")]
    set_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    set_by: String,
}

/// A rotation that has not ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunningView {
    /// Its id.
    #[schema(example = "rot_01JZA000000000000000000000")]
    id: String,
    /// How far it is.
    #[schema(value_type = RotationState)]
    state: &'static str,
    /// When it was asked for.
    #[schema(format = "date-time")]
    requested_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    requested_by: String,
    /// The version of the credential that it brings, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    /// The mask of what it brings, until that is current.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "••••x7Qa")]
    mask: Option<String>,
    /// How long the old one stays valid.
    grace_hours: u16,
    /// Until when the old one is valid, once the new one is current.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date-time")]
    grace_until: Option<String>,
    /// What was last in its way; it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "credential-refused")]
    trouble: Option<String>,
}

/// A rotation that ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct PastView {
    /// Its id.
    #[schema(example = "rot_01JZA000000000000000000000")]
    id: String,
    /// What came of it.
    #[schema(value_type = RotationOutcome)]
    outcome: &'static str,
    /// Why it failed, or who called it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "credential-refused")]
    detail: Option<String>,
    /// When it was asked for.
    #[schema(format = "date-time")]
    requested_at: String,
    /// By whom.
    #[schema(example = "usr_01JZA000000000000000000000")]
    requested_by: String,
    /// When it ended.
    #[schema(format = "date-time")]
    ended_at: String,
    /// The version of the credential that it brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
}

/// How far a rotation is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) enum RotationState {
    /// Nothing was tried yet.
    Requested,
    /// The new one lies in the vault and is tried.
    Testing,
    /// The new one is current, and the old one still valid.
    Grace,
}

/// What came of a rotation.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a domain type that knows no OpenAPI")]
pub(crate) enum RotationOutcome {
    /// The new one is used and the old one is gone.
    Retired,
    /// The new one did not work or could not be made; the old one was never touched.
    Failed,
    /// It was called off.
    Cancelled,
    /// Somebody stored another credential meanwhile, or removed or voided it.
    Overtaken,
}

impl RotationsView {
    pub(crate) fn of(provider: &Provider, rotations: &Rotations) -> Self {
        let Rotations { schedule, running, past, .. } = rotations;
        Self {
            can_be_automatic: provider.endpoint.kind().makes_keys(),
            schedule: schedule.as_ref().map(|schedule| ScheduleView::of(schedule, provider)),
            running: running.as_ref().map(RunningView::from),
            past: past.iter().map(PastView::from).collect(),
        }
    }
}

impl ScheduleView {
    fn of(schedule: &Schedule, provider: &Provider) -> Self {
        let Schedule { every, grace, method, set_at, set_by, .. } = schedule;
        Self {
            every_days: every.days(),
            grace_hours: grace.hours(),
            automatic: matches!(method, Method::Automatic { .. }) && schedule.fits(provider),
            due_at: schedule.due_for(provider).map(|due| due.to_string()),
            rotation_credential: schedule.keeper().map(|keeper| keeper.mark.mask.clone()),
            set_at: set_at.to_string(),
            set_by: set_by.clone(),
        }
    }
}

impl From<&Rotation> for RunningView {
    fn from(rotation: &Rotation) -> Self {
        let Rotation { id, requested_at, requested_by, grace, stage, trouble, .. } = rotation;
        let (state, mask, until) = match stage {
            Stage::ToMake | Stage::Making { .. } => ("requested", None, None),
            Stage::Given { candidate } => ("requested", Some(candidate.mark.mask.clone()), None),
            Stage::Testing { candidate, .. } => ("testing", Some(candidate.mark.mask.clone()), None),
            Stage::Grace { until, .. } => ("grace", None, Some(until.to_string())),
        };
        Self {
            id: id.to_string(),
            state,
            requested_at: requested_at.to_string(),
            requested_by: requested_by.clone(),
            version: stage.version(),
            mask,
            grace_hours: grace.hours(),
            grace_until: until,
            trouble: trouble.clone(),
        }
    }
}

impl From<&Past> for PastView {
    fn from(past: &Past) -> Self {
        let Past { id, requested_at, requested_by, ended_at, version, outcome } = past;
        let detail = match outcome {
            Outcome::Failed { why } => Some(why.clone()),
            Outcome::Cancelled { by } => Some(by.clone()),
            Outcome::Retired | Outcome::Overtaken => None,
        };
        Self {
            id: id.to_string(),
            outcome: outcome.as_str(),
            detail,
            requested_at: requested_at.to_string(),
            requested_by: requested_by.clone(),
            ended_at: ended_at.to_string(),
            version: *version,
        }
    }
}
