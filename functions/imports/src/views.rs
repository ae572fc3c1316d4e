//! What answers show of imports.

use std::collections::BTreeMap;

use domain::import::{Counts, DROPS, Job, State};
use serde::Serialize;
use utoipa::ToSchema;

/// A bulk import.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobView {
    /// Its id.
    #[schema(example = "imp_01JZA000000000000000000000")]
    id: String,
    /// `queued`, `validating`, `running`, `completed` or `failed`.
    #[schema(example = "running")]
    status: &'static str,
    /// Whether it only says what it would do.
    dry_run: bool,
    /// What the workbook was called that was dropped; absent for one that was sent with a form.
    #[schema(example = "users.xlsx")]
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// What became of the rows that are done.
    counts: CountsView,
    /// How far it is, in rows; absent before anything is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<ProgressView>,
    /// Why it failed, such as `missing_header:email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
    /// Until when the result can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    result_until: Option<String>,
    /// When it was asked for, or dropped.
    created_at: String,
    /// By whom.
    created_by: String,
    /// When something happened last.
    updated_at: String,
}

/// Rows by outcome.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountsView {
    /// Filled rows.
    rows: u32,
    /// Rows that made an account.
    created: u32,
    /// Rows that added a known person.
    added: u32,
    /// Rows that were refused.
    errors: u32,
}

/// How far a job is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgressView {
    /// Rows that are done; while validating, rows that were read.
    done: u32,
    /// Rows in all; absent while validating.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u32>,
}

/// Where to put the workbook.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadView {
    /// The address of the form.
    pub(crate) url: String,
    /// Fields to send before the file, which goes last as `file`.
    pub(crate) fields: BTreeMap<String, String>,
    /// Until when.
    pub(crate) expires_at: String,
}

/// A new import with the place for its workbook.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestedView {
    /// The job.
    #[serde(flatten)]
    pub(crate) job: JobView,
    /// A presigned POST, for a workbook of at most 20 MB; absent once the import is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upload: Option<UploadView>,
}

/// A link to a result.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResultView {
    /// The workbook; it holds passwords.
    pub(crate) url: String,
    /// Until when the link works.
    pub(crate) expires_at: String,
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> Self {
        let Job { id, dry_run, source, etag: _, state, counts, chunks_done: _, .. } = job;
        let Job { created_at, created_by, updated_at, .. } = job;
        let (reason, explanation) = match state {
            State::Failed { reason, words, .. } => (Some(reason.clone()), Some(words.clone())),
            State::Queued | State::Validating { .. } | State::Running { .. } | State::Completed { .. } => (None, None),
        };
        let Counts { rows, created, added, errors } = *counts;
        let name = created_by.name.clone().or_else(|| created_by.id.clone());
        Self {
            id: id.to_string(),
            status: state.as_str(),
            dry_run: *dry_run,
            file: source.strip_prefix(DROPS).map(str::to_owned),
            counts: CountsView { rows, created, added, errors },
            progress: progress(state, *counts),
            reason,
            explanation,
            result_until: job.result_until().map(|until| until.to_string()),
            created_at: created_at.to_string(),
            created_by: name.unwrap_or_else(|| created_by.kind.clone()),
            updated_at: updated_at.to_string(),
        }
    }
}

fn progress(state: &State, counts: Counts) -> Option<ProgressView> {
    match state {
        State::Validating { rows } => Some(ProgressView { done: *rows, total: None }),
        State::Running { rows, .. } => {
            Some(ProgressView { done: counts.created + counts.added + counts.errors, total: Some(*rows) })
        }
        State::Completed { .. } => Some(ProgressView { done: counts.rows, total: Some(counts.rows) }),
        State::Queued | State::Failed { .. } => None,
    }
}
