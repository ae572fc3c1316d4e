//! What the sweep of imports looks at: jobs that stand still, and what is left of those that are over.

use domain::id::ImportId;
use domain::import::{AdvanceImport, Job, RESULT_KEPT};
use domain::{Granted, Result, Timestamp};

use crate::core::{Store, decode};
use crate::edit::Edit;
use crate::import_item::ImportItem;
use crate::import_jobs::done_before;
use crate::keys::{self, index};
use crate::page::{Query, READ_AT_ONCE};

/// Open jobs that one sweep looks at; a day's forgotten forms are among them.
const OPEN_MAX: usize = 10_000;

impl Store {
    /// AP-101. Jobs that are not over, oldest first and at most 10,000, for the sweep that re-drives what stands still.
    pub async fn open_imports(&self, _: &Granted<AdvanceImport>) -> Result<Vec<Job>> {
        let query = Query::on(&self.platform, index::SECOND, index::OPEN_IMPORTS.to_owned());
        let (mut jobs, mut start) = (vec![], None);
        while jobs.len() < OPEN_MAX {
            let (items, next) = self.query(&query, start, READ_AT_ONCE).await?;
            jobs.extend(items.into_iter().map(|item| decode::<ImportItem>(item).map(Job::from)));
            start = next;
            if start.is_none() {
                break;
            }
        }
        jobs.into_iter().collect()
    }

    /// AP-105. Jobs that were over so long ago that nothing of them is to be kept but their entry, at most 100.
    pub async fn imports_to_clean(&self, _: &Granted<AdvanceImport>, now: Timestamp) -> Result<Vec<Job>> {
        let query = Query::on(&self.platform, index::SECOND, index::KEPT_IMPORTS.to_owned());
        let (items, _) = self.query(&query, None, 100).await?;
        let jobs: Result<Vec<Job>> = items.into_iter().map(|item| decode::<ImportItem>(item).map(Job::from)).collect();
        let is_due = |job: &Job| job.state.over_since().is_some_and(|at| at.plus(RESULT_KEPT) <= now);
        Ok(jobs?.into_iter().filter(is_due).collect())
    }

    /// AP-106. Nothing is left of the job but its entry.
    pub async fn import_cleaned(&self, _: &Granted<AdvanceImport>, id: ImportId) -> Result<()> {
        let edit = Edit::of(&self.platform, keys::import(id)).remove("gsi2pk").remove("gsi2sk");
        done_before(edit.when_any("stage", &["completed", "failed"])?.send(&self.client).await)
    }
}
