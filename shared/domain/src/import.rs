//! Bulk imports: the job, its states and what may be asked of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::ActorRecord;
use crate::id::ImportId;
use crate::{Action, Command, OrgRole, OrgScope, PlatformScope, Timestamp};

/// What the key of every workbook begins with that was dropped.
pub const DROPS: &str = "drops/";
/// How long the result can be fetched.
pub const RESULT_KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long a link to the result works.
pub const LINK_VALID: Duration = Duration::from_secs(15 * 60);
/// How long a presigned upload works.
pub const UPLOAD_VALID: Duration = Duration::from_secs(60 * 60);
/// The largest workbook.
pub const UPLOAD_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// What became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Filled rows.
    pub rows: u32,
    /// Rows that made an account.
    pub created: u32,
    /// Rows that added a known person.
    pub added: u32,
    /// Rows that were refused.
    pub errors: u32,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            created: self.created + other.created,
            added: self.added + other.added,
            errors: self.errors + other.errors,
        }
    }
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum State {
    /// Waits for its workbook, or for its turn.
    Queued,
    /// The whole sheet is being checked; nothing is applied yet.
    Validating {
        /// Filled rows read so far.
        rows: u32,
    },
    /// Rows are being applied.
    Running {
        /// Rows in all.
        rows: u32,
        /// Pieces of work in all.
        chunks: u32,
    },
    /// The result is there.
    Completed {
        /// Since when.
        at: Timestamp,
    },
    /// The workbook could not be used; nothing was changed.
    Failed {
        /// Since when.
        at: Timestamp,
        /// The code, such as `missing_header:email`.
        reason: String,
        /// The same in words.
        words: String,
    },
}

impl State {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Validating { .. } => "validating",
            Self::Running { .. } => "running",
            Self::Completed { .. } => "completed",
            Self::Failed { .. } => "failed",
        }
    }

    /// Since when nothing more happens.
    #[must_use]
    pub fn over_since(&self) -> Option<Timestamp> {
        match self {
            Self::Completed { at } | Self::Failed { at, .. } => Some(*at),
            Self::Queued | Self::Validating { .. } | Self::Running { .. } => None,
        }
    }

    /// Whether nothing more happens.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Completed { .. } | Self::Failed { .. })
    }
}

/// A bulk import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: ImportId,
    /// Whether it only says what it would do.
    pub dry_run: bool,
    /// The object that holds the workbook.
    pub source: String,
    /// The tag of the content that was dropped; none for a form, whose last upload counts.
    pub etag: Option<String>,
    /// Where it is.
    pub state: State,
    /// What became of the rows that are done.
    pub counts: Counts,
    /// Pieces of work that are done.
    pub chunks_done: u32,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: ActorRecord,
    /// When something happened last.
    pub updated_at: Timestamp,
}

impl Job {
    /// Until when the result can be fetched; none before it is there.
    #[must_use]
    pub fn result_until(&self) -> Option<Timestamp> {
        match self.state {
            State::Completed { at } => Some(at.plus(RESULT_KEPT)),
            State::Queued | State::Validating { .. } | State::Running { .. } | State::Failed { .. } => None,
        }
    }
}

/// `POST /v1/imports`, or a workbook that was dropped
#[derive(Clone, Copy, Debug)]
pub struct RequestImport {
    /// Only say what would happen.
    pub dry_run: bool,
}

impl Command for RequestImport {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::BulkImport
    }
}

/// `GET /v1/imports`, `GET /v1/imports/{id}`, `GET /v1/imports/template`
#[derive(Clone, Copy, Debug)]
pub struct ReadImports;

impl Command for ReadImports {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::BulkImport
    }
}

/// Applies validated rows of one organization.
#[derive(Clone, Copy, Debug)]
pub struct ApplyRow {
    /// The role that the row gives.
    pub role: OrgRole,
}

impl Command for ApplyRow {
    type Scope = OrgScope;
    fn action(&self) -> Action {
        Action::ApplyImport
    }
}

/// Moves a job on: the worker's right.
#[derive(Clone, Copy, Debug)]
pub struct AdvanceImport;

impl Command for AdvanceImport {
    type Scope = PlatformScope;
    fn action(&self) -> Action {
        Action::ApplyImport
    }
}

/// What all objects of a job begin with.
#[must_use]
pub fn folder(id: ImportId) -> String {
    format!("imports/{id}/")
}

/// Where the workbook of a job is uploaded to.
#[must_use]
pub fn upload_key(id: ImportId) -> String {
    format!("imports/{id}/upload.xlsx")
}

/// Where the result of a job is.
#[must_use]
pub fn result_key(id: ImportId) -> String {
    format!("imports/{id}/result.xlsx")
}
