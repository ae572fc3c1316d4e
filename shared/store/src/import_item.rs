//! What is stored of an import's job.

use std::collections::BTreeSet;

use domain::Timestamp;
use domain::event::ActorRecord;
use domain::id::ImportId;
use domain::import::{Counts, Job, State as ImportState};
use serde::{Deserialize, Serialize};

use crate::keys::{self, Key, index};

#[derive(Serialize, Deserialize)]
pub(crate) struct ImportItem {
    pub(crate) pk: String,
    pub(crate) sk: String,
    gsi1pk: String,
    gsi1sk: String,
    /// Only while the job is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
    id: ImportId,
    dry_run: bool,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    state: ImportState,
    /// The state's name, for conditions.
    pub(crate) stage: String,
    rows: u32,
    created: u32,
    added: u32,
    errors: u32,
    #[serde(default, with = "serde_dynamo::string_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) chunks_done: BTreeSet<String>,
    created_at: Timestamp,
    created_by: ActorRecord,
    updated_at: Timestamp,
}

impl From<&Job> for ImportItem {
    fn from(job: &Job) -> Self {
        let Job { id, dry_run, source, etag, state, counts, created_at, created_by, updated_at, .. } = job.clone();
        let Key { pk, sk } = keys::import(id);
        let open = !state.is_over();
        Self {
            pk,
            sk,
            gsi1pk: index::IMPORTS.to_owned(),
            gsi1sk: index::import(id),
            gsi2pk: open.then(|| index::OPEN_IMPORTS.to_owned()),
            gsi2sk: open.then(|| index::import(id)),
            id,
            dry_run,
            source,
            etag,
            stage: state.as_str().to_owned(),
            state,
            rows: counts.rows,
            created: counts.created,
            added: counts.added,
            errors: counts.errors,
            chunks_done: BTreeSet::new(),
            created_at,
            created_by,
            updated_at,
        }
    }
}

impl From<ImportItem> for Job {
    fn from(item: ImportItem) -> Self {
        let ImportItem { id, dry_run, source, etag, state, rows, created, added, errors, chunks_done, .. } = item;
        let ImportItem { created_at, created_by, updated_at, .. } = item;
        let chunks_done = u32::try_from(chunks_done.len()).unwrap_or(u32::MAX);
        let counts = Counts { rows, created, added, errors };
        Self { id, dry_run, source, etag, state, counts, chunks_done, created_at, created_by, updated_at }
    }
}
